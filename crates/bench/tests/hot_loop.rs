//! What a pair of a sync costs, in instructions: they are the same on every machine and in every run,
//! as far as that is to be had, so that a loop that has become slow is found on a noisy one too.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::Command;

const SIZE: u64 = 120;
const SYNCS: u64 = 2;
/// Instructions that judging a pair and replaying it may take in a debug build, in which tests run.
/// About half as many are needed; a release build needs a twentieth.
const INSTRUCTIONS_MAX: u64 = 15_000;

/// Instructions inside of the workers' steps.
fn instructions() -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("callgrind.out");
    let counted = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg("--toggle-collect=*Engine*work_step*")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(env!("CARGO_BIN_EXE_plansync-hot-loop"))
        .args([SIZE, SYNCS].map(|number| number.to_string()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&counted.stderr);
    assert!(counted.status.success(), "{said}");
    total(&out)
}

/// The last line of the file: `totals: N`.
fn total(out: &Path) -> u64 {
    let text = std::fs::read_to_string(out).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("totals: "));
    line.unwrap().trim().parse().unwrap()
}

#[test]
fn a_pair_takes_few_instructions() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let each = instructions() / (SYNCS * SIZE * SIZE);
    println!("{each} instructions a pair");
    assert!(
        each > 0 && each <= INSTRUCTIONS_MAX,
        "{each} instructions a pair"
    );
}
