//! A decision before and after it has its place in the log. It refuses to know what the events
//! mean.

use std::sync::Arc;

use uuid::Uuid;

use crate::{Chain, CommandKey, Fingerprint, Position, Recorded, StreamId, Version};

/// One event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The frozen number of the event's kind.
    pub kind: u16,
    /// The event: a self-describing `MessagePack` map.
    pub body: Vec<u8>,
}

/// What set a decision off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The client command at the beginning of it all.
    pub correlation: Uuid,
    /// The W3C `traceparent` it came with, at most [`TRACE_BYTES_MAX`](crate::TRACE_BYTES_MAX) bytes.
    pub trace: Option<Arc<str>>,
}

/// A decision that is to become a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The stream that it is about.
    pub stream: StreamId,
    /// The version of that stream once this is committed.
    pub version: Version,
    /// Who asked, at most [`NAME_BYTES_MAX`](crate::NAME_BYTES_MAX) bytes.
    pub actor: Arc<str>,
    /// The command it answers.
    pub command: CommandKey,
    /// What was asked.
    pub fingerprint: Fingerprint,
    /// What set it off.
    pub cause: Cause,
    /// The position at which everything it was decided on was read.
    pub judged_at: Position,
    /// What was decided, in order.
    pub events: Vec<Recording>,
}

/// A decision with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Where it stands.
    pub position: Position,
    /// When it was sequenced.
    pub at: Recorded,
    /// The seal of it and of everything before it.
    pub chain: Chain,
    /// What was decided.
    pub proposal: Proposal,
}
