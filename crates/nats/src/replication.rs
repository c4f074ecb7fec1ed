//! The streams of a log that is replicated to several machines: one of records, one of leases. Their ports are in
//! [`plansync_log::replication`]; what a record or a lease says is not known here.
//!
//! The calls of the ports block, so they are for threads of their own. Answers of the server are data of somebody else:
//! they come through the connection filter, and what does not fit counts as no answer.

mod asking;
mod error;
mod finding;
mod follow_file;
mod lease_stream;
mod log_stream;
mod log_watch;
mod messages;
mod names;
mod publishing;
mod servers;
mod streams;

pub use error::ReplicationError;
pub use finding::find_cursor;
pub use follow_file::{FollowFile, FollowFileError};
pub use lease_stream::JetStreamLeases;
pub use log_stream::JetStreamLog;
pub use log_watch::LogWatch;
pub(crate) use names::{
    LEASE_SUBJECT, LEASES, LEASES_KEPT, REPLICAS, log_of, log_stream, log_subject,
};
pub use servers::ServersError;
pub(crate) use streams::newest;
pub use streams::{LogBase, LogStreamFound, ReplicationStreams, Safety};
