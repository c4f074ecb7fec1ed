//! A log on several machines: its records, the rule by which they are applied, leading, following and taking over.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm
)] // A test that cannot go on has failed.

mod adversary;
mod following;
mod golden;
mod interleavings;
mod leading;
mod lease;
mod records;
mod rule;
mod streams;
mod takeover;
mod world;
