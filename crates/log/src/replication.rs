//! One log on several machines: a stream puts the records of all nodes in one order, and each node appends to its own
//! log what the stream accepted.
//!
//! [`LogStream`] is the port of the stream, and [`LeaseStream`] that of the lease. Nobody here knows NATS, and
//! time is passed in.

mod ids;
mod lease_stream;
mod log_stream;

pub use ids::{NodeId, StreamSequence, Term};
pub use lease_stream::{
    LeaseEnd, LeaseRecord, LeaseStream, NODE_NAME_BYTES_MAX, NodeName, NodeNameError, Written,
};
pub use log_stream::{Entry, LogStream, LogStreamError, Sent, StreamEnd};
