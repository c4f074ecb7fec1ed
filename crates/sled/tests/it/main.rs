//! The log on disk: the suite of the port, recovery, sealing, faults, and the order of sync and
//! acknowledgement.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod folder;
mod twin;
