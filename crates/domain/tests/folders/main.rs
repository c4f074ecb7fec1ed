//! The folders of the rules: imports run one way between them, and none holds a large circle of files.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

mod check;
mod imports;
mod sources;

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

#[test]
fn folders_import_one_way_and_hold_no_large_circle() {
    let sources = sources::read(env!("CARGO_MANIFEST_DIR"));
    let faults = check::faults(ORDER, &sources);
    assert!(
        faults.is_empty(),
        "the folders of crates/domain/src must be put right:\n{}",
        faults.join("\n")
    );
}
