//! A decision, before ([`Proposal`]) and after ([`Commit`]) it has a position in the log. Bodies of
//! events are bytes here.

use std::sync::Arc;

use uuid::Uuid;

use crate::{Chain, CommandKey, Fingerprint, Position, Recorded, StreamId, Version};

/// One event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The number of the event's kind; frozen.
    pub kind: u16,
    /// The event: a self-describing `MessagePack` map.
    pub body: Vec<u8>,
}

/// What caused a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The id of the client command that started the chain of causes.
    pub correlation: Uuid,
    /// The W3C `traceparent` of that command, at most [`TRACE_BYTES_MAX`](crate::TRACE_BYTES_MAX) bytes.
    pub trace: Option<Arc<str>>,
}

/// A decision that is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The stream that it changes.
    pub stream: StreamId,
    /// The version of that stream after the commit.
    pub version: Version,
    /// The actor, at most [`NAME_BYTES_MAX`](crate::NAME_BYTES_MAX) bytes.
    pub actor: Arc<str>,
    /// The command that it answers.
    pub command: CommandKey,
    /// The fingerprint of what was asked.
    pub fingerprint: Fingerprint,
    /// What caused it.
    pub cause: Cause,
    /// The position of the state that it was decided on.
    pub judged_at: Position,
    /// The events, in order.
    pub events: Vec<Recording>,
}

/// A decision with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its position.
    pub position: Position,
    /// When it was sequenced.
    pub at: Recorded,
    /// The hash of it and of everything before it.
    pub chain: Chain,
    /// The decision.
    pub proposal: Proposal,
}
