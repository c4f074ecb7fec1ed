//! The protocol against its released versions: what was released may only grow.
//!
//! `proto-schemas/released/` has the AsyncAPI document of every released version. `documents` compares the subjects,
//! operations and messages of two documents, `schemas` the schemas of one message.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod changes;
mod documents;
mod schemas;

use std::path::{Path, PathBuf};

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-schemas")
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn current() -> Value {
    read(&folder().join("asyncapi.json"))
}

#[test]
fn what_was_released_has_only_grown() {
    let mut versions = Vec::new();
    for entry in std::fs::read_dir(folder().join("released")).unwrap() {
        let path = entry.unwrap().path();
        let released = read(&path);
        let faults = documents::faults(&released, &current());
        assert!(
            faults.is_empty(),
            "the protocol breaks with {}:\n{}\nWhat was released may only grow: see `proto-schemas/README.md`.",
            path.display(),
            faults.join("\n")
        );
        versions.push(released["info"]["version"].as_str().unwrap().to_owned());
    }
    assert!(versions.contains(&"1.0".to_owned()), "{versions:?}");
}
