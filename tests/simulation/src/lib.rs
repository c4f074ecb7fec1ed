//! The engine under fire, simulated: random histories of two tenants through the real service, engine
//! and relay, on one thread, before a disk, a bus and a clock that do whatever a random tape says.
//!
//! Afterwards the log is replayed through the model of `plansync-model`, commit by commit: every
//! answer that anybody heard, every outcome, every plan and every published event must be what the
//! model makes of the same commands in the same order. It knows no NATS and no disk.

mod action;
mod case;
mod check;
mod choices;
mod client;
mod closings;
mod cluster;
mod commands;
mod crowd;
mod disk;
mod events;
mod figures;
mod hostile;
mod ledger;
mod machine;
mod simulation;
mod state;
mod stranger;
mod threads;
mod ticking;

pub use case::{Bench, Failure};
pub use choices::{Choices, Tape};
pub use cluster::{ClusterBench, ClusterFailure, ClusterFault, ClusterFigures};
pub use crowd::Crowd;
pub use figures::Figures;
pub use plansync_engine::Fault;
pub use threads::run_crowd;
