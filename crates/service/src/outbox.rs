//! The log as a sequence of published events, for a relay.
//!
//! Only durable commits are published. The caller keeps the position up to which it has published.

use std::sync::atomic::Ordering;

use plansync_domain::ids::CommandId;
use plansync_engine::{Decided, Refusal, decided};
use plansync_log::{Chain, Position, ReadError};
use plansync_protocol as protocol;
use plansync_protocol::cloud_event::{self, CloudEvent};
use plansync_protocol::{Digest, Time};

use crate::event::{Source, damaged, told};
use crate::service::Service;

/// One event, ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// The position of its commit.
    pub position: Position,
    /// The hash of the log at that position.
    pub chain: Chain,
    /// The id that is the same in every delivery: `<log id>.<incarnation>/<position>`, with the incarnation
    /// in which it was committed.
    pub id: String,
    /// The subject to publish on.
    pub subject: String,
    /// Names and values of the headers.
    pub headers: Vec<(&'static str, String)>,
    /// The encoded body.
    pub body: Vec<u8>,
}

impl Outbound {
    /// The W3C trace context of the command that caused it, if that had one.
    pub fn trace(&self) -> Option<&str> {
        // It is the last header.
        let mut headers = self.headers.iter().rev();
        let found = headers.find(|(name, _)| *name == cloud_event::TRACE);
        found.map(|(_, context)| context.as_str())
    }
}

/// A part of the log as events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The events in it, in log order.
    pub events: Vec<Outbound>,
    /// The last position that was read, whether its commit has an event or not.
    pub through: Position,
}

/// Why events could not be read from the log.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// The log cannot be read now; it may work later.
    #[error("the log cannot be read now ({cause}); no event is lost, and reading is tried again")]
    Unavailable {
        /// What the storage said.
        cause: String,
    },
    /// The log is damaged.
    #[error("the log is damaged ({cause}); restore it from a backup")]
    Corrupt {
        /// What is wrong.
        cause: String,
    },
}

impl From<ReadError> for EventsError {
    fn from(error: ReadError) -> Self {
        let cause = error.to_string();
        match error {
            ReadError::Unavailable { .. } => Self::Unavailable { cause },
            ReadError::Corrupt { .. } => Self::Corrupt { cause },
        }
    }
}

impl From<Refusal> for EventsError {
    fn from(refusal: Refusal) -> Self {
        let cause = refusal.to_string();
        match refusal {
            Refusal::Unavailable { .. }
            | Refusal::OnlyRead
            | Refusal::NotLeading
            | Refusal::Overloaded { .. } => Self::Unavailable { cause },
            Refusal::Rejected(_)
            | Refusal::CommandIdReused
            | Refusal::Recorded { .. }
            | Refusal::ReadingExpired
            | Refusal::Damaged { .. }
            | Refusal::Internal { .. } => Self::Corrupt { cause },
        }
    }
}

impl Service {
    /// The events after a position, of at most `count_max` commits. Only durable commits are read.
    ///
    /// # Errors
    /// If the log cannot be read, or is damaged.
    pub fn events(&self, after: Position, count_max: usize) -> Result<Batch, EventsError> {
        let mut batch = Batch {
            events: Vec::new(),
            through: after,
        };
        self.handed_out.store(after.get(), Ordering::Relaxed);
        if !self.engine.may_show(after.next()) {
            return Ok(batch);
        }
        for sequenced in self.engine.log().read(after.next(), count_max)? {
            if !self.engine.may_show(sequenced.position()) {
                break;
            }
            let decided = decided(&sequenced, &self.engine.config().keys).map_err(|error| {
                EventsError::Corrupt {
                    cause: error.to_string(),
                }
            })?;
            batch.events.extend(self.event(&decided)?);
            batch.through = sequenced.position();
        }
        Ok(batch)
    }

    /// The hash of the log at a durable position; `None` if the log does not have this position.
    ///
    /// # Errors
    /// If the log cannot be read, or is damaged.
    pub fn chain(&self, position: Position) -> Result<Option<Chain>, EventsError> {
        if position > self.engine.durable().current() {
            return Ok(None);
        }
        let commits = self.engine.log().read(position, 1)?;
        let found = commits
            .first()
            .filter(|commit| commit.position() == position);
        Ok(found.map(plansync_log::Sequenced::chain))
    }

    /// The event of a commit; `None` if it publishes none.
    fn event(&self, decided: &Decided) -> Result<Option<Outbound>, Refusal> {
        let Some(event) = told(Source::Engine(&self.engine), decided)? else {
            return Ok(None);
        };
        let Some(kind) = event.published() else {
            return Ok(None);
        };
        let body = event
            .encode_data(self.events)
            .map_err(|error| damaged(error.to_string()))?;
        let commit = &decided.commit;
        let log = self.engine.log();
        let headers = CloudEvent {
            log: log.tip().log.get(),
            // An event keeps its id if it is published in a later incarnation.
            incarnation: log.incarnations().of(commit.position).get(),
            position: protocol::Position(commit.position.get()),
            chain: Digest::from_bytes(commit.chain.get()),
            tenant: &decided.tenant,
            kind,
            at: Time::from_micros(commit.at.get()),
            actor: &decided.actor,
            correlation: CommandId::from_uuid(commit.proposal.cause.correlation),
            encoding: self.events,
            trace: commit.proposal.cause.trace.as_deref(),
        };
        Ok(Some(Outbound {
            position: commit.position,
            chain: commit.chain,
            id: headers.id(),
            subject: kind.subject(&decided.tenant),
            headers: headers.headers(),
            body,
        }))
    }
}
