//! Several nodes on one log: random histories through the real service and engine of whichever node leads, before a
//! stream and leases that lose, delay, double and forget, clocks that run at other rates, and processes that freeze, are
//! cut off and end.
//!
//! Afterwards the one log is replayed through the model, every answer that anybody heard is held against it, and all
//! nodes must have the same. It knows no NATS.

mod bench;
mod figures;
mod node;
mod nodes;
mod stream;
mod time;

pub use bench::{ClusterBench, ClusterFailure};
pub use figures::ClusterFigures;
pub use stream::ClusterFault;
