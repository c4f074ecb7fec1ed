//! Tests that need what a machine may not have.

use std::fmt::Display;

/// Set where all tests must run, so that one that cannot run fails.
const MUST_RUN: &str = "PLANSYNC_MUST_RUN";

/// Says that a test, or a part of it, is left out, and why.
///
/// # Panics
/// If all tests must run (`PLANSYNC_MUST_RUN`).
#[track_caller]
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see it")]
pub fn skip(why: impl Display) {
    assert!(std::env::var_os(MUST_RUN).is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
}
