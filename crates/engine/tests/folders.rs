//! The folders of the engine: imports run one way between them, and none holds a large circle of files. The
//! check is the one of the domain's folders.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

#[path = "../../domain/tests/folders/check.rs"]
mod check;
#[path = "../../domain/tests/folders/imports.rs"]
mod imports;
#[path = "../../domain/tests/folders/sources.rs"]
mod sources;

/// The folders of `src`, from the one that imports no other to the one that may import all.
const ORDER: &[&str] = &[
    "fault",
    "clock",
    "config",
    "naming",
    "codec",
    "call",
    "digest",
    "state",
    "recorded",
    "sequencing",
    "writing",
    "checkpoint",
    "plans",
    "checking",
    "syncing",
    "submitting",
    "reading",
    "audit",
    "observing",
    "engine",
];

#[test]
fn folders_import_one_way_and_hold_no_large_circle() {
    let sources = sources::read(env!("CARGO_MANIFEST_DIR"));
    let faults = check::faults(ORDER, &sources);
    assert!(
        faults.is_empty(),
        "the folders of crates/engine/src must be put right:\n{}",
        faults.join("\n")
    );
}
