//! What the engine is asked, and what it answers: who asks, under which id, and the receipt.

use std::sync::Arc;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::ProgrammeChoice;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, CommandId, ComponentId, SessionId, SyncId, TenantId};
use plansync_domain::sync::status::SyncStatus;
use plansync_log::{Cause, Fingerprint, Position};

/// Who asks, and under which id.
#[derive(Debug, Clone)]
pub struct Call {
    /// The customer whose data this is about.
    pub tenant: TenantId,
    /// Who asks.
    pub actor: Actor,
    /// The command's id; asked again with the same id, nothing is done twice.
    pub command: CommandId,
    /// Whether the id was made for this call: nothing can be known under it, so nothing is looked for.
    pub id_is_new: bool,
    /// The hash of operation and decoded body: what the same id must ask again.
    pub fingerprint: Fingerprint,
    /// The hash by which an earlier version of this program knew the same command, if it is another:
    /// what was recorded under it is the same command, too.
    pub earlier: Option<Fingerprint>,
    /// The W3C `traceparent` of the request, carried onto the events it causes.
    pub trace: Option<Arc<str>>,
}

impl Call {
    /// Whether a command that was recorded with this fingerprint is the same.
    pub fn is_of(&self, recorded: Fingerprint) -> bool {
        self.fingerprint == recorded || self.earlier == Some(recorded)
    }

    /// What its commits, and those of the sync it may start, are caused by.
    pub(crate) fn cause(&self) -> Cause {
        Cause {
            correlation: *self.command.as_uuid(),
            trace: self.trace.clone(),
        }
    }
}

/// What the engine says of an accepted command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The answer may leave once the log is durable up to here.
    pub position: Position,
    /// The answer.
    pub reply: Reply,
    /// Whether this is the first answer given again.
    pub duplicate: bool,
    /// Whether nothing changed, so that the command's own stream holds the commit.
    pub unchanged: bool,
}

/// The answer to an accepted command; a function of its commit alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A reference record was put or removed.
    Put {
        /// Where in the log.
        position: Position,
    },
    /// A plan was edited.
    Edited {
        /// The plan's version afterwards.
        version: Version,
        /// Where in the log.
        position: Position,
        /// Whether anything differs.
        changed: bool,
        /// The components that were added, in the order of the edits.
        added: Vec<ComponentId>,
    },
    /// A template's components were added to a plan.
    Instantiated {
        /// The plan's version afterwards.
        version: Version,
        /// Where in the log.
        position: Position,
        /// How many components were added.
        added: usize,
    },
    /// A record was opened, or gone on with.
    Opened {
        /// The record session.
        session: SessionId,
        /// Whether it was open before, and goes on.
        resumed: bool,
        /// The version that the plan had.
        marker: Version,
        /// Whether the administrator may synchronise at all (P6).
        can_sync: bool,
        /// The programmes to choose from (S2).
        programmes: Vec<ProgrammeChoice>,
    },
    /// A record was closed.
    Closed,
    /// A sync was accepted; its work goes on.
    SyncStarted {
        /// The sync.
        sync: SyncId,
        /// Where in the log.
        position: Position,
    },
    /// A sync was asked to stop.
    SyncCancelled {
        /// What it is now.
        state: SyncStatus,
    },
}

/// Why a command was not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A rule of the domain.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The id was used for something else, or by somebody else.
    #[error("this command id was used for another command; send this one under a new id")]
    CommandIdReused,
    /// The same durable command was refused before: the recorded refusal stands.
    #[error("this command was refused before, at position {position}")]
    Recorded {
        /// Where the refusal is recorded.
        position: Position,
    },
    /// A page was asked for of a reading that is not held any more.
    #[error(
        "the first page of this list is not held any more; read the list again from its first page"
    )]
    ReadingExpired,
    /// More waits for the disk than is allowed.
    #[error("too much is waiting for the disk; send the command again in {retry_after_ms} ms")]
    Overloaded {
        /// When to try again, in milliseconds.
        retry_after_ms: u64,
    },
    /// The log cannot be written or read now.
    #[error("the log cannot be used now ({cause}); send the command again later")]
    Unavailable {
        /// What the storage said.
        cause: String,
    },
    /// The engine's own fault.
    #[error("the engine could not record this command ({cause})")]
    Internal {
        /// What went wrong.
        cause: String,
    },
}

/// A refusal, and when it may be shown: what it was judged on may not be durable yet.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused {
    /// The refusal may leave once the log is durable up to here.
    pub after: Position,
    /// Why.
    pub refusal: Refusal,
}

impl Refused {
    pub(crate) fn judged(after: Position, rejection: Rejection) -> Self {
        Self {
            after,
            refusal: Refusal::Rejected(rejection),
        }
    }
}
