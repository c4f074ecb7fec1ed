//! Where the built `plansync` is.
//!
//! It is the program's own `main`, built as a binary of this package: cargo builds those together
//! with the tests that need them, and only those. Nothing is built twice, and nothing stale is run.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

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

/// A command that starts the program so that signals end it, and its first arguments: where tests run in the
/// background of a shell, SIGINT and SIGQUIT are ignored, and the program respects what it inherits.
///
/// # Panics
/// If this is not a test of this package.
pub fn interruptible() -> (PathBuf, Vec<OsString>) {
    static CAN_RESET: OnceLock<bool> = OnceLock::new();
    const RESET: &str = "--default-signal=HUP,INT,QUIT,TERM";
    let can_reset = || {
        let mut tried = Command::new("env");
        tried.args([RESET, "true"]).stderr(Stdio::null());
        tried.status().is_ok_and(|status| status.success())
    };
    if *CAN_RESET.get_or_init(can_reset) {
        // It becomes the program, which keeps its process id.
        ("env".into(), vec![RESET.into(), plansync().into()])
    } else {
        (plansync(), Vec::new())
    }
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
