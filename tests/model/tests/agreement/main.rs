//! The product is held against the model: random histories through both, every answer compared.
//!
//! `PLANSYNC_MODEL_CASES` says how many histories (600), `PLANSYNC_MODEL_SEED` which is the first
//! (0). A history that they disagree on is cut down to what the disagreement needs, and printed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // It is all test.
#![allow(clippy::wildcard_enum_match_arm)] // Most steps concern most of it not at all.

mod audited;
mod compare;
mod confirming;
mod corrections;
mod coverage;
mod product;
mod run;
mod seen;
mod supposed;
