//! Running a test again where something is so that cannot be so here: on a small or read-only file
//! system, or without the rights of root. Where that cannot be had, a test is skipped, unless
//! `PLANSYNC_MUST_RUN=1` says that it must not be.

use std::path::Path;
use std::process::Command;

/// Tells the test that is run inside which folder is meant.
pub(crate) const FOLDER: &str = "PLANSYNC_PROBE_FOLDER";
const MUST_RUN: &str = "PLANSYNC_MUST_RUN";
/// The exit code of a script where its world cannot be had. A test that fails has another.
const SKIPPED: i32 = 77;

/// Leaves out a test for want of something, or fails if it must run.
pub(crate) fn skip(reason: &str) {
    let must_run = std::env::var(MUST_RUN).is_ok_and(|value| value == "1");
    assert!(!must_run, "{MUST_RUN} is set, but {reason}");
    eprintln!("skipped: {reason}");
}

/// Runs an ignored test in the world that the script makes for its arguments: `$0` is the folder,
/// and `"$@"` runs the test. The script exits with 77 where that world cannot be had.
pub(crate) fn run(script: &str, folder: &Path, test: &str) {
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(folder)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(SKIPPED) {
        skip(&format!("{test} has no place to run here: {stderr}"));
        return;
    }
    // A run that found no test to run succeeds as well.
    let has_passed = output.status.success() && stdout.contains("1 passed");
    assert!(has_passed, "{}: {stdout}{stderr}", output.status);
}
