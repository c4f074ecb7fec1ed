//! Where the built `plansync` is.
//!
//! It is the program's own `main`, built as a binary of this package: cargo builds those together
//! with the tests that need them, and only those. Nothing is built twice, and nothing stale is run.

use std::path::PathBuf;

/// The path of the program.
///
/// # Panics
/// If this is not a test of this package.
pub fn plansync() -> PathBuf {
    beside("plansync-under-test")
}

/// The path of the program on a disk that is as bad as a test wants; see `bad_disk.rs`.
///
/// # Panics
/// If this is not a test of this package.
pub fn plansync_on_a_bad_disk() -> PathBuf {
    beside("plansync-on-a-bad-disk")
}

/// A binary of this package: tests lie in a folder beside it.
fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let binary = folder.join(name);
    assert!(
        binary.is_file(),
        "{} is not built; run the tests with cargo",
        binary.display()
    );
    binary
}
