//! The catalogue of rules, held against the sources: what it names is there, every rule has a
//! test, and no test names a rule that does not exist.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

mod catalogue;
mod check;
mod sources;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sources::{Function, functions};

/// The folder that the catalogue's paths begin at.
fn root() -> PathBuf {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR"));
    domain.ancestors().nth(2).unwrap().to_owned()
}

fn read_all(folder: &Path, found: &mut BTreeMap<String, Vec<Function>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                read_all(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            found.insert(name.to_owned(), functions(&text));
        }
    }
}

#[test]
fn the_catalogue_is_true_of_the_sources() {
    let mut sources = BTreeMap::new();
    for folder in ["crates", "tests"] {
        read_all(&root().join(folder), &mut sources);
    }
    let text = std::fs::read_to_string(root().join("crates/domain/RULES.md")).unwrap();
    let faults = check::faults(&text, &sources);
    assert!(
        faults.is_empty(),
        "RULES.md or a test's name must be put right:\n{}",
        faults.join("\n")
    );
}
