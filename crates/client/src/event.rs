//! An event as it was delivered: where it comes from in the log, and what it says.
//!
//! Decoding never fails. What this version does not know, or cannot decode, is [`EventBody::Unknown`] and keeps its
//! bytes and headers, so that a subscriber neither stops at it nor loses it.

mod decoding;
mod id;

use bytes::Bytes;
use plansync_primitives::ids::{Actor, CommandId};
use plansync_protocol::event::{
    CommandAccepted, CommandRejected, PlanChanged, RecordEnded, RecordMoved, SyncAccepted,
    SyncEnded, SyncTarget,
};
use plansync_protocol::{Digest, Operation, Position, Time, subject};
use serde::Serialize;

use crate::checkpoint::Checkpoint;

pub use id::{EventId, NoEventId};

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The subject: `plansync.v1.evt.<tenant>.<kind>.<id>.<what>`.
    pub subject: String,
    /// Where it comes from; none if the headers are not those of an event of plansync, whoever published it.
    pub origin: Option<Origin>,
    /// What it says.
    pub body: EventBody,
    /// The sequence in the stream; none for events that were not read from the stream.
    pub sequence: Option<u64>,
}

/// Where an event comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The id, which is the same in every delivery (`ce-id`).
    pub id: EventId,
    /// The time at which it was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub actor: Actor,
    /// The command that caused it.
    pub command: CommandId,
    /// The hash of the log at its position. Whoever keeps it can prove later that the log was not changed.
    pub chain: Digest,
    /// The W3C trace context of the request that caused it.
    pub trace: Option<String>,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EventBody {
    /// A plan was changed by hand or from a template.
    PlanChanged(PlanChanged),
    /// A record was opened.
    RecordOpened(RecordMoved),
    /// A record was closed.
    RecordClosed(RecordEnded),
    /// A synchronisation was accepted.
    SyncStarted(Box<SyncAccepted>),
    /// A synchronisation has finished one learner.
    SyncTarget(Box<SyncTarget>),
    /// A synchronisation has finished all learners.
    SyncCompleted(Box<SyncEnded>),
    /// A synchronisation was cancelled.
    SyncCancelled(Box<SyncEnded>),
    /// A durable command was carried out.
    CommandAccepted(Box<CommandAccepted<CommandReply>>),
    /// A durable command was refused.
    CommandRejected(Box<CommandRejected>),
    /// An event of a kind that this version does not know, or that cannot be decoded.
    Unknown(Box<Unknown>),
}

/// An event that this version cannot decode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Why not.
    pub why: String,
    /// The headers, each with its first value.
    pub headers: Vec<(String, String)>,
    /// The encoded body.
    pub bytes: Bytes,
}

macro_rules! replies {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        /// The reply of a durable command that was carried out: one variant for each command.
        ///
        /// It is serialized as the reply itself.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum CommandReply {
            $(
                #[doc = concat!("The reply of [`", stringify!($command), "`](plansync_protocol::", stringify!($command), ").")]
                $command(<plansync_protocol::$command as Operation>::Reply),
            )+
        }
    };
}

plansync_protocol::list_operations!(replies);

impl Event {
    /// The id (`ce-id`): the same in every delivery, and never used again.
    pub fn id(&self) -> Option<EventId> {
        Some(self.origin.as_ref()?.id)
    }

    /// The kind in the subject, such as `sync.target`, also if this version does not know it.
    pub fn kind(&self) -> Option<String> {
        let (noun, _, what) = self.tail()?;
        Some(format!("{noun}.{what}"))
    }

    /// The id in the subject: of the learner, session, synchronisation or command that the event is about.
    pub fn about(&self) -> Option<&str> {
        Some(self.tail()?.1)
    }

    /// Noun, id and what in the subject.
    fn tail(&self) -> Option<(&str, &str, &str)> {
        let tokens = self.subject.strip_prefix(subject::PREFIX)?;
        let mut tokens = tokens.strip_prefix(".evt.")?.split('.').skip(1);
        Some((tokens.next()?, tokens.next()?, tokens.next()?))
    }

    /// The position in the log.
    pub fn position(&self) -> Option<Position> {
        Some(self.id()?.position)
    }

    /// The checkpoint of a subscriber that has processed this event and all before it.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        Some(Checkpoint::new(self.id()?, self.sequence))
    }
}
