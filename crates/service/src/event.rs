//! Events: the event that a commit publishes, if it publishes one.
//!
//! A commit publishes at most one event. Bodies that need more than the commit read the log; nothing is
//! decided here.

use std::collections::BTreeMap;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandRejected, RejectedError,
};
use plansync_domain::event::sync::{self, TargetReplayed};
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version as plan;
use plansync_domain::ids::{Actor, CommandId, LearnerId, SyncId};
use plansync_engine::{Decided, Receipt, Refusal};
use plansync_log::{CommandKey, CommandScope, Position};
use plansync_protocol::event::{self as wire, EventKind};
use plansync_protocol::plan::TaskChanges;
use plansync_protocol::sync::SyncSource;
use plansync_protocol::{
    Bytes, Digest, Encoding, Error, OperationName, PairWarning, Reason, Version, decode_known,
};
use serde::Serialize;

use crate::answer::{count, plan_changes, sync_record, sync_request};
use crate::catalogue::{Commands, WithCommand, with_command};
use crate::recorded::told_again;
use crate::refusal::internal;
use crate::request::reply;
use crate::service::Service;
use crate::words::ToWire;

/// The kind of an event, and its encoded body.
pub(crate) type Told = (EventKind, Vec<u8>);

impl Service {
    /// The event of a commit; `None` if it publishes none.
    pub(crate) fn told(&self, decided: &Decided) -> Result<Option<Told>, Refusal> {
        match &decided.stream {
            Stream::Plan(learner) => self.of_plan(*learner, decided).map(Some),
            Stream::Target(_) | Stream::Record(_) | Stream::Sync(_) | Stream::Command(_) => {
                let told = decided
                    .events
                    .iter()
                    .map(|event| self.of_event(event, decided));
                Ok(told
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .flatten()
                    .next())
            }
            Stream::Tenant
            | Stream::Administrator(_)
            | Stream::Learner(_)
            | Stream::Programme(_) => Ok(None),
        }
    }

    fn of_plan(&self, learner: LearnerId, decided: &Decided) -> Result<Told, Refusal> {
        let version = Version(decided.commit.proposal.version.get());
        if let [Event::TargetReplayed(replayed)] = decided.events.as_slice() {
            return self.of_target(replayed, Some(version), decided);
        }
        let body = wire::PlanChanged {
            learner,
            version,
            changes: plan_changes(&decided.events),
        };
        Ok((EventKind::PlanChanged(learner), self.encoded(&body)?))
    }

    fn of_event(&self, event: &Event, decided: &Decided) -> Result<Option<Told>, Refusal> {
        Ok(Some(match event {
            Event::TargetReplayed(replayed) => self.of_target(replayed, None, decided)?,
            Event::RecordOpened(opened) => {
                let body = wire::RecordMoved {
                    session: opened.session,
                    learner: opened.learner,
                    administrator: opened.administrator.clone(),
                    replaced: opened.replaced,
                };
                (
                    EventKind::RecordOpened(opened.session),
                    self.encoded(&body)?,
                )
            }
            Event::RecordClosed(closed) => {
                let body = wire::RecordEnded {
                    session: closed.session,
                    learner: closed.learner,
                    administrator: closed.administrator.clone(),
                    reason: closed.reason.wire(),
                };
                (
                    EventKind::RecordClosed(closed.session),
                    self.encoded(&body)?,
                )
            }
            Event::SyncAccepted(accepted) => self.of_acceptance(accepted, decided)?,
            Event::SyncCompleted(completed) => {
                let sync = completed.sync;
                (EventKind::SyncCompleted(sync), self.of_end(sync, decided)?)
            }
            Event::SyncCancelled(cancelled) => {
                let sync = cancelled.sync;
                (EventKind::SyncCancelled(sync), self.of_end(sync, decided)?)
            }
            Event::CommandAccepted(accepted) => self.of_accepted(accepted, decided)?,
            Event::CommandRejected(rejected) => self.of_rejected(rejected, decided)?,
            // A resumed record was published when it was opened, and continues.
            Event::RecordResumed(_)
            | Event::ChangeSetChunk(_)
            | Event::CommandOutcome(_)
            | Event::TenantPut(_)
            | Event::AdministratorPut(_)
            | Event::AdministratorRemoved(_)
            | Event::LearnerPut(_)
            | Event::ProgrammePut(_)
            | Event::TemplatePut(_)
            | Event::TemplateRemoved(_)
            | Event::PlanInstantiated(_)
            | Event::ComponentAdded(_)
            | Event::ComponentReadded(_)
            | Event::ComponentChanged(_)
            | Event::ComponentRemoved(_)
            | Event::StatusSet(_)
            | Event::EvidenceSubmitted(_)
            | Event::ReviewStatusSet(_) => return Ok(None),
        }))
    }

    fn of_target(
        &self,
        replayed: &TargetReplayed,
        version: Option<Version>,
        decided: &Decided,
    ) -> Result<Told, Refusal> {
        let of_plan = version.map(|version| plan::Version::of_stream(version.0));
        let told = self
            .engine
            .target_told(&decided.tenant, replayed, of_plan)?;
        let tally = replayed.pair_outcomes.tally();
        let mut skipped: BTreeMap<Reason, u64> = BTreeMap::new();
        let mut warnings: BTreeMap<PairWarning, u64> = BTreeMap::new();
        for (pair_outcome, count) in replayed.pair_outcomes.counts() {
            if let Some(reason) = pair_outcome.outcome().reason() {
                *skipped.entry(reason.wire()).or_default() += count;
            }
            for warning in pair_outcome.warnings() {
                *warnings.entry(warning.wire()).or_default() += count;
            }
        }
        let body = wire::SyncTarget {
            sync: replayed.sync,
            learner: replayed.learner,
            version,
            applied: tally.applied,
            unchanged: tally.unchanged,
            skipped,
            warnings,
            created: told.created,
            updated: told.updated,
            deleted: told.deleted,
            tasks: TaskChanges {
                made: told.made,
                cancelled: told.cancelled,
            },
            truncated: told.truncated,
        };
        Ok((EventKind::SyncTarget(replayed.sync), self.encoded(&body)?))
    }

    fn of_acceptance(
        &self,
        accepted: &sync::SyncAccepted,
        decided: &Decided,
    ) -> Result<Told, Refusal> {
        let progress = self
            .engine
            .reading(&decided.tenant, &Actor::System)?
            .sync(accepted.sync)?;
        let body = wire::SyncAccepted {
            sync: accepted.sync,
            request: sync_request(&accepted.request),
            source: SyncSource {
                learner: accepted.source,
                session: accepted.request.session,
            },
            digest: Digest::from_bytes(*accepted.digest.as_bytes()),
            components: count(progress.components),
            learners: count(accepted.learners.len()),
        };
        Ok((EventKind::SyncStarted(accepted.sync), self.encoded(&body)?))
    }

    /// A synchronisation that has ended no longer changes: its current state is that at its end.
    fn of_end(&self, sync: SyncId, decided: &Decided) -> Result<Vec<u8>, Refusal> {
        let reading = self.engine.reading(&decided.tenant, &Actor::System)?;
        let body: wire::SyncEnded = sync_record(reading.sync(sync)?);
        self.encoded(&body)
    }

    fn of_accepted(&self, accepted: &CommandAccepted, decided: &Decided) -> Result<Told, Refusal> {
        let command_id = command_of(decided)?;
        let operation = OperationName::parse(&accepted.operation);
        let answer = match &accepted.answer {
            AcceptedAnswer::Commit(position) => {
                FirstAnswer::Receipt(self.first_receipt(*position, decided)?)
            }
            AcceptedAnswer::Encoded(reply) => FirstAnswer::Encoded(reply),
        };
        let told = AcceptedBody {
            command_id,
            operation: &accepted.operation,
            answer,
            encoding: self.events,
        };
        let body = operation.and_then(|operation| with_command(operation, told));
        let unknown = || damaged(format!("there is no command `{}`", accepted.operation));
        Ok((
            EventKind::CommandAccepted(command_id),
            body.ok_or_else(unknown)??,
        ))
    }

    /// The receipt of the commit at a position, to which a durable command led.
    fn first_receipt(
        &self,
        position: position::Position,
        became: &Decided,
    ) -> Result<Receipt, Refusal> {
        let position = Position::new(position.get());
        let command = CommandKey {
            scope: CommandScope::Client,
            id: became.commit.proposal.command.id,
        };
        let earlier = position < became.commit.position;
        let first = earlier.then(|| self.engine.decided_at(position));
        let first = first.transpose()?.filter(|first| {
            first.tenant == became.tenant && first.commit.proposal.command == command
        });
        first.and_then(|first| first.receipt()).ok_or_else(|| {
            damaged(format!(
                "the commit at position {position} is not the command's"
            ))
        })
    }

    fn of_rejected(&self, rejected: &CommandRejected, decided: &Decided) -> Result<Told, Refusal> {
        let command_id = command_of(decided)?;
        let error = recorded_error(decided).unwrap_or_else(|| {
            internal("the recorded reason of the rejection cannot be read; report it")
        });
        let bytes = Some(&rejected.bytes).filter(|bytes| !bytes.is_empty());
        let body = wire::CommandRejected {
            command_id,
            operation: rejected.operation.clone(),
            error,
            bytes: bytes.map(|bytes| Bytes(bytes.clone())),
            not_kept: rejected.not_kept.map(|not_kept| wire::NotKept {
                length: not_kept.length,
                digest: Digest::from_bytes(*not_kept.digest.as_bytes()),
            }),
        };
        Ok((EventKind::CommandRejected(command_id), self.encoded(&body)?))
    }

    fn encoded<T: Serialize>(&self, body: &T) -> Result<Vec<u8>, Refusal> {
        self.events
            .encode(body)
            .map_err(|error| damaged(error.to_string()))
    }
}

/// What the reply of an accepted command is made from.
enum FirstAnswer<'a> {
    Receipt(Receipt),
    /// As an earlier version encoded it.
    Encoded(&'a [u8]),
}

impl FirstAnswer<'_> {
    fn reply<O: Commands>(self) -> Result<O::Reply, Refusal> {
        match self {
            Self::Receipt(receipt) => reply::<O>(receipt).map_err(|error| damaged(error.message)),
            Self::Encoded(bytes) => decode_known(Encoding::MessagePack, bytes)
                .map_err(|error| damaged(error.to_string())),
        }
    }
}

/// The body of `command.accepted`.
struct AcceptedBody<'a> {
    command_id: CommandId,
    operation: &'a str,
    answer: FirstAnswer<'a>,
    encoding: Encoding,
}

impl WithCommand for AcceptedBody<'_> {
    type Output = Result<Vec<u8>, Refusal>;

    fn with<O: Commands>(self) -> Self::Output {
        let body = wire::CommandAccepted {
            command_id: self.command_id,
            operation: self.operation.to_owned(),
            reply: self.answer.reply::<O>()?,
        };
        self.encoding
            .encode(&body)
            .map_err(|error| damaged(error.to_string()))
    }
}

/// The recorded reason for which a durable command was rejected.
pub(crate) fn recorded_error(decided: &Decided) -> Option<Error> {
    decided.events.iter().find_map(|event| {
        let Event::CommandRejected(rejected) = event else {
            return None;
        };
        match &rejected.error {
            RejectedError::Recorded(refusal) => Some(told_again(refusal)),
            RejectedError::Encoded(error) => decode_known(Encoding::MessagePack, error).ok(),
        }
    })
}

fn command_of(decided: &Decided) -> Result<CommandId, Refusal> {
    if let Stream::Command(command) = &decided.stream {
        Ok(*command)
    } else {
        Err(damaged(
            "the result of a command is recorded in another stream".to_owned(),
        ))
    }
}

fn damaged(cause: String) -> Refusal {
    Refusal::Internal { cause }
}
