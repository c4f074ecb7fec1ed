//! Derives the answer to a command from its commit alone, so that a repeat gets the first answer, however
//! much later it comes.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::CommandOutcome;
use plansync_domain::ids::ComponentId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::sync::status::SyncStatus;
use plansync_log::{Commit, Position, Read};

use crate::call::{Call, Receipt, Refusal, Reply};
use crate::recorded::commit::{Decided, decoded};
use crate::writing::group_writer::GroupWriter;

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
        Stream::Target(_) => None,
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
    log: Arc<dyn Read>,
    writer: Arc<GroupWriter>,
}

impl Answers {
    pub(crate) fn new(log: &Arc<dyn Read>, writer: &Arc<GroupWriter>) -> Self {
        Self {
            log: Arc::clone(log),
            writer: Arc::clone(writer),
        }
    }

    /// The first answer to a command that was sent before, from its commit at `first`.
    pub(super) fn answer_again(&self, call: &Call, first: Position) -> Result<Receipt, Refusal> {
        let decided = self.decided_at(first)?;
        let proposal = &decided.commit.proposal;
        if decided.actor != call.actor || !call.is_of(proposal.fingerprint) {
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
        decoded(commit.map_err(Refusal::internal)?)
    }
}
