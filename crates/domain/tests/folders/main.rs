//! The folders of the rules: imports run one way between them, and none holds a large circle of files.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

mod check;
mod imports;

use std::collections::BTreeMap;
use std::path::Path;

/// The folders of `src`, from the one that imports no other to the one that may import all.
const ORDER: &[&str] = &[
    "ids",
    "time",
    "text",
    "values",
    "review",
    "plan",
    "permission",
    "reference",
    "sync",
    "event",
    "progress",
    "fold",
    "recent",
    "state",
    "command",
    "access",
    "selection",
    "judging",
    "preview",
    "history",
    "decide",
];

/// Code of tests alone, which may import anything.
fn is_test(name: &str) -> bool {
    name == "tests" || name == "test_support"
}

/// The sources of a folder by module, without those of tests.
fn read_all(folder: &Path, module: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if is_test(&name) || (module.is_empty() && name == "lib") {
            continue;
        }
        let module = match module {
            "" => name,
            parent => format!("{parent}::{name}"),
        };
        if path.is_dir() {
            read_all(&path, &module, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(module, std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn folders_import_one_way_and_hold_no_large_circle() {
    let mut sources = BTreeMap::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read_all(&src, "", &mut sources);
    let faults = check::faults(ORDER, &sources);
    assert!(
        faults.is_empty(),
        "the folders of crates/domain/src must be put right:\n{}",
        faults.join("\n")
    );
}
