//! The log on disk: the suite of the port, recovery, sealing, faults, and the order of sync and
//! acknowledgement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod acknowledgement;
mod backup;
mod checkpoints;
mod contract;
mod damage;
mod faults;
mod filters;
mod flips;
mod folder;
mod format_1;
mod formats;
mod full_disk;
mod injected;
mod keys;
mod look;
mod measured;
mod namespace;
mod next_volume;
mod opening;
mod recovery;
mod refused;
mod reindex;
mod restore;
mod same_as_memory;
mod sealing;
mod told;
mod trees;
mod verify;
mod view;
mod view_archive;
