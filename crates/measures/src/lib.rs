//! Counters and distributions that the parts of plansync count in while they work.
//!
//! To count is one or two relaxed atomic additions: no lock, no memory and no clock. Somebody who wants to know the
//! numbers takes a copy. How they are named, labelled and shown is not known here.

mod counter;
mod distribution;

pub use counter::Counter;
pub use distribution::{Distribution, Histogram, LATENCIES_NS, SIZES};
