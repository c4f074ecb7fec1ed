//! One log on several machines: a stream puts the records of all nodes in one order, and each node appends to its own
//! log what the stream accepted.
//!
//! [`LogStream`] is the port of the stream, and [`LeaseStream`] that of the lease. Nobody here knows NATS, and
//! time is passed in.

mod apply;
mod clock;
mod follower;
mod halt;
mod ids;
mod judging;
mod leading;
mod lease;
mod lease_stream;
mod log_stream;
pub mod record;
mod replicated;
mod shortness;
mod standing;
mod takeover;

pub use apply::{Applied, Inert, Place, Verdict, judge};
pub use clock::{Monotonic, MonotonicClock, SystemMonotonicClock};
pub use follower::{FollowError, Follower, Proposed};
pub use halt::Halt;
pub use ids::{NodeId, StreamSequence, Term};
pub use leading::{Leading, NotLed};
pub use lease::{LOOK_EVERY, Lease, LeaseTask, RENEW_EVERY, TRUSTED_FOR, UNCHANGED_FOR};
pub use lease_stream::{
    LeaseEnd, LeaseRecord, LeaseStream, NODE_NAME_BYTES_MAX, NodeName, NodeNameError, Written,
};
pub use log_stream::{Entry, LogStream, LogStreamError, Sent, StreamEnd};
pub use replicated::Replicated;
pub use standing::{InertRecord, Standing};
pub use takeover::{Step, Takeover};
