//! The answers to accepted commands. An answer is derived from the commit alone, so that a repeat gets the
//! first answer, however much later it comes.

use std::sync::Arc;

use plansync_domain::event::command_outcome::CommandOutcome;
use plansync_domain::event::{Event, ProgrammeChoice};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{ComponentId, SessionId, SyncId};
use plansync_domain::sync::status::SyncStatus;
use plansync_log::{Commit, Position, Read};

use crate::call::{Call, Refusal};
use crate::config::Config;
use crate::recorded::commit::{Decided, decoded};
use crate::writing::group_writer::GroupWriter;

/// The answer to an accepted command, and when it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The answer may be shown once the log is durable up to this position.
    pub position: Position,
    /// The answer.
    pub reply: Reply,
    /// Whether this repeats the answer of an earlier command with the same id.
    pub duplicate: bool,
    /// Whether nothing changed; the commit is then in the command's own stream.
    pub unchanged: bool,
}

/// The answer to an accepted command; a function of its commit alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A reference record was put or removed.
    Put {
        /// The commit's position.
        position: Position,
    },
    /// A plan was edited.
    Edited {
        /// The plan's version afterwards.
        version: Version,
        /// The commit's position.
        position: Position,
        /// Whether the plan changed.
        changed: bool,
        /// The components that were added, in the order of the edits.
        added: Vec<ComponentId>,
    },
    /// A template's components were added to a plan.
    Instantiated {
        /// The plan's version afterwards.
        version: Version,
        /// The commit's position.
        position: Position,
        /// How many components were added.
        added: usize,
    },
    /// A record was opened or resumed.
    Opened {
        /// The record session.
        session: SessionId,
        /// Whether the record was open already and was resumed.
        resumed: bool,
        /// The plan's version at that time.
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
        /// The commit's position.
        position: Position,
    },
    /// A sync was asked to stop.
    SyncCancelled {
        /// The sync's status now.
        state: SyncStatus,
    },
}

/// The answer that the commit of a client's command gives; `None` for a commit that no client sent a command
/// for.
pub(super) fn reply(
    stream: &Stream,
    version: u64,
    position: Position,
    events: &[Event],
) -> Option<Reply> {
    match stream {
        Stream::Tenant | Stream::Administrator(_) | Stream::Learner(_) | Stream::Programme(_) => {
            Some(Reply::Put { position })
        }
        Stream::Plan(_) => Some(plan_reply(Version::of_stream(version), position, events)),
        Stream::Record(_) | Stream::Sync(_) | Stream::Command(_) => events
            .iter()
            .find_map(|event| single_reply(stream, position, event)),
        Stream::Target(_) | Stream::Engine => None,
    }
}

fn plan_reply(version: Version, position: Position, events: &[Event]) -> Reply {
    if let Some(Event::PlanInstantiated(instantiated)) = events.first() {
        return Reply::Instantiated {
            version,
            position,
            added: instantiated.added_count(),
        };
    }
    let added = events.iter().filter_map(added_component).collect();
    Reply::Edited {
        version,
        position,
        changed: true,
        added,
    }
}

fn added_component(event: &Event) -> Option<ComponentId> {
    if let Event::ComponentAdded(added) = event {
        Some(added.component)
    } else if let Event::ComponentReadded(readded) = event {
        Some(readded.component)
    } else {
        None
    }
}

/// The answer of a commit that depends on one event.
fn single_reply(stream: &Stream, position: Position, event: &Event) -> Option<Reply> {
    if let (Event::RecordOpened(opened), Stream::Record(session)) = (event, stream) {
        return Some(Reply::Opened {
            session: *session,
            resumed: false,
            marker: opened.marker,
            can_sync: opened.can_sync,
            programmes: opened.programmes.clone(),
        });
    }
    if let Event::RecordResumed(resumed) = event {
        return Some(Reply::Opened {
            session: resumed.session,
            resumed: true,
            marker: resumed.marker,
            can_sync: resumed.can_sync,
            programmes: resumed.programmes.clone(),
        });
    }
    if let Event::RecordClosed(_) = event {
        return Some(Reply::Closed);
    }
    if let Event::SyncAccepted(accepted) = event {
        return Some(Reply::SyncStarted {
            sync: accepted.sync,
            position,
        });
    }
    if let Event::SyncCancelled(_) = event {
        return Some(Reply::SyncCancelled {
            state: SyncStatus::Cancelled,
        });
    }
    if let Event::CommandOutcome(outcome) = event {
        return Some(outcome_reply(outcome, position));
    }
    None
}

fn outcome_reply(outcome: &CommandOutcome, position: Position) -> Reply {
    match outcome {
        CommandOutcome::Put => Reply::Put { position },
        CommandOutcome::Plan { version } => Reply::Edited {
            version: *version,
            position,
            changed: false,
            added: Vec::new(),
        },
        CommandOutcome::Instantiated { version } => Reply::Instantiated {
            version: *version,
            position,
            added: 0,
        },
        CommandOutcome::Cancel { state } => Reply::SyncCancelled { state: *state },
    }
}

impl Decided {
    /// The receipt that was given for this commit; none for a commit that answers no client's command.
    pub fn receipt(&self) -> Option<Receipt> {
        let Commit {
            position, proposal, ..
        } = &self.commit;
        let version = proposal.version.get();
        Some(Receipt {
            position: *position,
            reply: reply(&self.stream, version, *position, &self.events)?,
            duplicate: false,
            unchanged: matches!(self.stream, Stream::Command(_)),
        })
    }
}

/// Reads the answers of earlier commands from the log.
pub(crate) struct Answers {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    writer: Arc<GroupWriter>,
}

impl Answers {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        writer: &Arc<GroupWriter>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            writer: Arc::clone(writer),
        }
    }

    /// The first answer to a command that was sent before, from its commit at `first`.
    pub(super) fn answer_again(&self, call: &Call, first: Position) -> Result<Receipt, Refusal> {
        let decided = self.decided_at(first)?;
        let recorded = decided.commit.proposal.fingerprint;
        let is_same = call.is_of(recorded, &decided.stream, &self.config.keys);
        if decided.actor != call.actor || !is_same {
            return Err(Refusal::CommandIdReused);
        }
        let receipt = decided.receipt();
        let receipt = receipt.ok_or(Refusal::Recorded { position: first })?;
        Ok(Receipt {
            duplicate: true,
            ..receipt
        })
    }

    /// The commit at a position that was assigned; waits until it is durable.
    pub(crate) fn decided_at(&self, position: Position) -> Result<Decided, Refusal> {
        let settled = self.writer.settle(position);
        settled.map_err(Refusal::unavailable)?;
        let commits = self.log.read(position, 1)?;
        let missing = || format!("the log has no commit at position {position}");
        let commit = commits.first().ok_or_else(missing);
        decoded(commit.map_err(Refusal::internal)?, &self.config.keys)
    }
}
