//! Reads the sources of a crate by module.

use std::collections::BTreeMap;
use std::path::Path;

/// The texts of all files of a crate's `src` by module, without its root and without modules of tests.
pub(crate) fn read(manifest_dir: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    read_folder(&Path::new(manifest_dir).join("src"), "", &mut found);
    found
}

fn read_folder(folder: &Path, module: &str, found: &mut BTreeMap<String, String>) {
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
            read_folder(&path, &module, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(module, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Code of tests alone, which may import anything.
fn is_test(name: &str) -> bool {
    name == "tests" || name == "test_support"
}
