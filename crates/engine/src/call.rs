//! The envelope of a command (tenant, actor, id), and why it is refused.
//!
//! May import: `codec`.

use std::fmt::Display;
use std::sync::Arc;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, CommandId, TenantId};
use plansync_log::sealing::Keys;
use plansync_log::{Cause, Fingerprint, Position, ReadError};

use crate::codec::fingerprint;

/// How long a sender waits before it sends a command again that was refused as overloaded.
const RETRY_AFTER_MS: u64 = 50;

/// How often a command is attempted while other commits interfere, before it is refused as overloaded.
pub(crate) const ATTEMPTS_MAX: usize = 16;

/// Who sends a command, and under which id.
#[derive(Debug, Clone)]
pub struct Call {
    /// The customer whose data this is about.
    pub tenant: TenantId,
    /// Who sends the command.
    pub actor: Actor,
    /// The command's id. A command that is sent again with the same id is executed once.
    pub command: CommandId,
    /// Whether the id was generated for this call: then no earlier command has it, and none is looked up.
    pub id_is_new: bool,
    /// The hash of operation and decoded body. A repeat under the same id must have the same one.
    pub fingerprint: Fingerprint,
    /// The fingerprint that an earlier version of plansync gave the same command, if it differs. A commit
    /// that was recorded with it counts as the same command.
    pub earlier: Option<Fingerprint>,
    /// The W3C `traceparent` of the request, carried onto the events it causes.
    pub trace: Option<Arc<str>>,
}

impl Call {
    /// Whether a command that was recorded with this fingerprint on a stream of this tenant, in a log with these keys, is
    /// the same command. It cannot be told, and the answer is no, if it had text about a learner who is erased.
    pub fn is_of(&self, recorded: Fingerprint, stream: &Stream, keys: &Keys) -> bool {
        let known = [Some(self.fingerprint), self.earlier];
        fingerprint::is_of(known, recorded, (&self.tenant, stream), keys)
    }

    /// The cause of the command's commits, and of those of a sync that it starts.
    pub(crate) fn cause(&self) -> Cause {
        Cause {
            correlation: *self.command.as_uuid(),
            trace: self.trace.clone(),
        }
    }
}

/// Why a command was not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A rule of the domain rejects the command.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Another command, or another actor's, used this id.
    #[error(
        "this `command_id` was already used for another command; nothing was changed by this one: send it with a new `command_id`"
    )]
    CommandIdReused,
    /// The same durable command was refused before: the recorded refusal stands.
    #[error("this command was refused before, at position {position}")]
    Recorded {
        /// Where the refusal is recorded.
        position: Position,
    },
    /// A later page of a list was requested, and the state of its first page is not held any more.
    #[error(
        "the list is no longer held for reading page by page; read it again from its first page"
    )]
    ReadingExpired,
    /// Too many commits wait for the disk, or other commits interfered too often.
    #[error(
        "too many commands are waiting for the disk; nothing was changed: send the command again in {retry_after_ms} ms"
    )]
    Overloaded {
        /// When to try again, in milliseconds.
        retry_after_ms: u64,
    },
    /// The log cannot be written or read at the moment.
    #[error(
        "the log cannot be used now, and nothing was changed ({cause}); send the command again later"
    )]
    Unavailable {
        /// The storage's message.
        cause: String,
    },
    /// The engine was opened on a log that is only read ([`Engine::view`](crate::Engine::view)).
    #[error(
        "the log is open for reading only, and nothing was changed; send the command to the engine that runs on this log"
    )]
    OnlyRead,
    /// Another node decides ([`Engine::follow`](crate::Engine::follow)), or this one has just ceased to.
    #[error(
        "this node follows another one, which decides, and nothing was changed; send the command again"
    )]
    NotLeading,
    /// A part of the log that is needed is damaged.
    #[error(
        "a part of the log that this needs is damaged, and nothing was changed ({cause}); `plansync audit verify` reports all damage to the operator of the service"
    )]
    Damaged {
        /// What is damaged, where, and what to do.
        cause: String,
    },
    /// A defect of the engine.
    #[error(
        "the command failed because of a defect or damage and was not recorded ({cause}); report this to the operator of the service"
    )]
    Internal {
        /// What went wrong.
        cause: String,
    },
}

impl Refusal {
    /// What kind of refusal it is, in a word. Its message may quote what was sent, and this does not.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "rejected",
            Self::CommandIdReused => "command_id_reused",
            Self::Recorded { .. } => "recorded",
            Self::ReadingExpired => "reading_expired",
            Self::Overloaded { .. } => "overloaded",
            Self::Unavailable { .. } => "unavailable",
            Self::OnlyRead => "only_read",
            Self::NotLeading => "not_leading",
            Self::Damaged { .. } => "damaged",
            Self::Internal { .. } => "internal",
        }
    }

    /// A part of the log is damaged, with this message.
    pub(crate) fn damaged(error: impl Display) -> Self {
        Self::Damaged {
            cause: error.to_string(),
        }
    }

    /// A defect of the engine, with this message.
    pub(crate) fn internal(error: impl Display) -> Self {
        Self::Internal {
            cause: error.to_string(),
        }
    }

    /// The log cannot be written or read at the moment, with this message.
    pub(crate) fn unavailable(error: impl Display) -> Self {
        Self::Unavailable {
            cause: error.to_string(),
        }
    }

    /// The refusal of a command that may succeed a moment later.
    pub(crate) fn overloaded() -> Self {
        Self::Overloaded {
            retry_after_ms: RETRY_AFTER_MS,
        }
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable { ref source, .. } => {
                Self::unavailable(format!("{error}: {source}"))
            }
            // Damage does not go away: sending the command again would not help.
            ReadError::Corrupt { .. } => Self::damaged(error),
        }
    }
}

/// A refusal, and when it may be shown: the state that it was decided on may not be durable yet.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused {
    /// The refusal may be shown once the log is durable up to this position.
    pub after: Position,
    /// The reason.
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
