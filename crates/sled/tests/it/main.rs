//! The log on disk: the suite of the port, recovery, sealing, faults, and the order of sync and
//! acknowledgement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod acknowledgement;
mod contract;
mod faults;
mod flips;
mod folder;
mod full_disk;
mod look;
mod next_volume;
mod opening;
mod recovery;
mod reindex;
mod sealing;
mod twin;
mod verify;
