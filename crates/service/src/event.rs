//! Events: the event that a commit publishes, if it publishes one.
//!
//! A commit publishes at most one event. Bodies that need more than the commit read the log; nothing is
//! decided here. The audit shows the same events, to those who may see them.

use std::collections::BTreeMap;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandRejected, RejectedError,
};
use plansync_domain::event::sync::{self, TargetReplayed};
use plansync_domain::history::target_told::TargetTold;
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version as plan;
use plansync_domain::ids::{Actor, CommandId, LearnerId, SyncId};
use plansync_engine::read::{Reading, SyncProgress};
use plansync_engine::{Decided, Engine, Receipt, Refusal};
use plansync_log::{CommandKey, CommandScope, Position};
use plansync_protocol::audit::{AuditEvent, CommandReply};
use plansync_protocol::event as wire;
use plansync_protocol::plan::{PlanChange, TaskChanges};
use plansync_protocol::sync::{LearnerChoice, SyncRequest, SyncSource};
use plansync_protocol::{
    Bytes, Digest, Encoding, Error, OperationName, PairWarning, Reason, Version, decode_known,
};

use crate::answer::{count, plan_changes, sync_record, sync_request};
use crate::catalogue::{Commands, WithCommand, with_command};
use crate::recorded::told_again;
use crate::refusal::internal;
use crate::request::reply;
use crate::words::ToWire;

/// Where the translation reads what a commit does not contain.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// From the engine, as the log has it: for published events.
    Engine(&'a Engine),
    /// From what an actor may see.
    Reading(&'a Reading<'a>),
}

impl Source<'_> {
    fn target_told(
        self,
        decided: &Decided,
        replayed: &TargetReplayed,
        version: Option<plan::Version>,
    ) -> Result<TargetTold, Refusal> {
        match self {
            Self::Engine(engine) => engine.target_told(&decided.tenant, replayed, version),
            Self::Reading(reading) => reading.target_told(replayed, version),
        }
    }

    fn sync(self, decided: &Decided, sync: SyncId) -> Result<SyncProgress, Refusal> {
        match self {
            Self::Engine(engine) => engine.reading(&decided.tenant, &Actor::System)?.sync(sync),
            Self::Reading(reading) => reading.sync(sync),
        }
    }

    fn decided_at(self, position: Position) -> Result<Decided, Refusal> {
        match self {
            Self::Engine(engine) => engine.decided_at(position),
            Self::Reading(reading) => reading.decided_at(position),
        }
    }

    /// Whether there are learners whom the reader may not see.
    fn is_restricted(self) -> bool {
        match self {
            Self::Engine(_) => false,
            Self::Reading(reading) => !reading.sees_everybody(),
        }
    }

    /// Whether the reader is this actor.
    fn is_of(self, actor: &Actor) -> bool {
        match self {
            Self::Engine(_) => true,
            Self::Reading(reading) => reading.actor() == actor,
        }
    }

    /// Whether text about persons is told. What is published stays with its subscribers, whoever is erased later, so it
    /// has none; they read it where they need it.
    const fn shows_text(self) -> bool {
        match self {
            Self::Engine(_) => false,
            Self::Reading(_) => true,
        }
    }

    fn sees(self, learner: LearnerId) -> bool {
        match self {
            Self::Engine(_) => true,
            Self::Reading(reading) => reading.sees_learner(learner),
        }
    }
}

/// The event that a commit publishes; `None` if it publishes none.
pub(crate) fn told(source: Source<'_>, decided: &Decided) -> Result<Option<AuditEvent>, Refusal> {
    match &decided.stream {
        Stream::Plan(learner) => of_plan(source, *learner, decided).map(Some),
        Stream::Learner(_)
        | Stream::Target(_)
        | Stream::Record(_)
        | Stream::Sync(_)
        | Stream::Command(_) => {
            let mut events = decided.events.iter();
            events
                .find_map(|event| of_event(source, event, decided).transpose())
                .transpose()
        }
        Stream::Tenant | Stream::Administrator(_) | Stream::Programme(_) | Stream::Engine => {
            Ok(None)
        }
    }
}

fn of_plan(
    source: Source<'_>,
    learner: LearnerId,
    decided: &Decided,
) -> Result<AuditEvent, Refusal> {
    let version = Version(decided.commit.proposal.version.get());
    if let [Event::TargetReplayed(replayed)] = decided.events.as_slice() {
        return of_target(source, replayed, Some(version), decided);
    }
    let mut changes = plan_changes(&decided.events);
    if !source.shows_text() {
        changes.iter_mut().for_each(leave_out_reason);
    }
    Ok(AuditEvent::PlanChanged(Box::new(wire::PlanChanged {
        learner,
        version,
        changes,
    })))
}

fn of_event(
    source: Source<'_>,
    event: &Event,
    decided: &Decided,
) -> Result<Option<AuditEvent>, Refusal> {
    Ok(Some(match event {
        Event::TargetReplayed(replayed) => of_target(source, replayed, None, decided)?,
        Event::RecordOpened(opened) => AuditEvent::RecordOpened(Box::new(wire::RecordMoved {
            session: opened.session,
            learner: opened.learner,
            administrator: opened.administrator.clone(),
            replaced: opened.replaced,
        })),
        Event::RecordClosed(closed) => AuditEvent::RecordClosed(Box::new(wire::RecordEnded {
            session: closed.session,
            learner: closed.learner,
            administrator: closed.administrator.clone(),
            reason: closed.reason.wire(),
        })),
        Event::LearnerErased(erased) => AuditEvent::LearnerErased(Box::new(wire::LearnerErased {
            learner: erased.learner,
            searches: u64::from(erased.searches),
        })),
        Event::SyncAccepted(accepted) => of_acceptance(source, accepted, decided)?,
        Event::SyncCompleted(completed) => {
            AuditEvent::SyncCompleted(Box::new(of_end(source, completed.sync, decided)?))
        }
        Event::SyncCancelled(cancelled) => {
            AuditEvent::SyncCancelled(Box::new(of_end(source, cancelled.sync, decided)?))
        }
        Event::CommandAccepted(accepted) => of_accepted(source, accepted, decided)?,
        Event::CommandRejected(rejected) => of_rejected(source, rejected, decided)?,
        // A resumed record was published when it was opened, and continues.
        Event::RecordResumed(_)
        | Event::ChangeSetChunk(_)
        | Event::CommandOutcome(_)
        | Event::TenantPut(_)
        | Event::AdministratorPut(_)
        | Event::EngineStarted(_)
        | Event::AdministratorRemoved(_)
        | Event::LearnerPut(_)
        | Event::LearnerHeld(_)
        | Event::LearnerReleased(_)
        | Event::LearnerErasureRequested(_)
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
    source: Source<'_>,
    replayed: &TargetReplayed,
    version: Option<Version>,
    decided: &Decided,
) -> Result<AuditEvent, Refusal> {
    let of_plan = version.map(|version| plan::Version::of_stream(version.0));
    let told = source.target_told(decided, replayed, of_plan)?;
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
    Ok(AuditEvent::SyncTarget(Box::new(wire::SyncTarget {
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
    })))
}

fn of_acceptance(
    source: Source<'_>,
    accepted: &sync::SyncAccepted,
    decided: &Decided,
) -> Result<AuditEvent, Refusal> {
    let progress = source.sync(decided, accepted.sync)?;
    let mut request = sync_request(&accepted.request);
    let mut learners = accepted.learners.len();
    let mut search_left_out = !source.shows_text() && leave_out_search(&mut request);
    if source.is_restricted() {
        leave_out_unseen(source, &mut request);
        learners = progress.learners;
        search_left_out = !source.is_of(&decided.actor) && leave_out_search(&mut request);
    }
    Ok(AuditEvent::SyncStarted(Box::new(wire::SyncAccepted {
        sync: accepted.sync,
        request,
        source: SyncSource {
            learner: accepted.source,
            session: accepted.request.session,
        },
        digest: Digest::from_bytes(*accepted.digest.as_bytes()),
        components: count(progress.components),
        learners: count(learners),
        search_left_out,
    })))
}

/// Leaves out the text that is searched for, which may be the name of a learner whom the reader may not see;
/// `false` if there is none.
fn leave_out_search(request: &mut SyncRequest) -> bool {
    if let LearnerChoice::Filtered(filter) = &mut request.learners {
        filter.search.take().is_some()
    } else {
        false
    }
}

/// Leaves out the learners whom the reader may not see.
fn leave_out_unseen(source: Source<'_>, request: &mut SyncRequest) {
    match &mut request.learners {
        LearnerChoice::All => {}
        LearnerChoice::Listed(learners) => learners.retain(|learner| source.sees(*learner)),
        LearnerChoice::Filtered(filter) => filter.except.retain(|learner| source.sees(*learner)),
    }
}

/// A synchronisation that has ended no longer changes: its current state is that at its end.
fn of_end(source: Source<'_>, sync: SyncId, decided: &Decided) -> Result<wire::SyncEnded, Refusal> {
    Ok(sync_record(source.sync(decided, sync)?))
}

fn of_accepted(
    source: Source<'_>,
    accepted: &CommandAccepted,
    decided: &Decided,
) -> Result<AuditEvent, Refusal> {
    let command_id = command_of(decided)?;
    let operation = OperationName::parse(&accepted.operation);
    let answer = match &accepted.answer {
        AcceptedAnswer::Commit(position) => {
            FirstAnswer::Receipt(first_receipt(source, *position, decided)?)
        }
        AcceptedAnswer::Encoded(reply) => FirstAnswer::Encoded(reply),
    };
    let reply = operation.and_then(|operation| with_command(operation, AcceptedReply(answer)));
    let unknown = || damaged(format!("there is no command `{}`", accepted.operation));
    Ok(AuditEvent::CommandAccepted(Box::new(
        wire::CommandAccepted {
            command_id,
            operation: accepted.operation.clone(),
            reply: reply.ok_or_else(unknown)??,
        },
    )))
}

/// The receipt of the commit at a position, to which a durable command led.
fn first_receipt(
    source: Source<'_>,
    position: position::Position,
    became: &Decided,
) -> Result<Receipt, Refusal> {
    let position = Position::new(position.get());
    let command = CommandKey {
        scope: CommandScope::Client,
        id: became.commit.proposal.command.id,
    };
    let earlier = position < became.commit.position;
    let first = earlier.then(|| source.decided_at(position));
    let first = first
        .transpose()?
        .filter(|first| first.tenant == became.tenant && first.commit.proposal.command == command);
    first.and_then(|first| first.receipt()).ok_or_else(|| {
        damaged(format!(
            "the commit at position {position} is not the command's"
        ))
    })
}

fn of_rejected(
    source: Source<'_>,
    rejected: &CommandRejected,
    decided: &Decided,
) -> Result<AuditEvent, Refusal> {
    let command_id = command_of(decided)?;
    let mut error = recorded_error(decided).unwrap_or_else(|| {
        internal("the recorded reason of the rejection cannot be read; report it")
    });
    if !source.shows_text() && rejected.is_undecoded() {
        // The code stays: it is one of a fixed list. Message and path can repeat any part of the body.
        error = Error::new(error.code, UNDECODED_MESSAGE);
    }
    let is_kept = source.shows_text() && !rejected.bytes.is_empty();
    let bytes = is_kept.then(|| rejected.bytes.as_slice().to_vec());
    Ok(AuditEvent::CommandRejected(Box::new(
        wire::CommandRejected {
            command_id,
            operation: rejected.operation.clone(),
            error,
            bytes: bytes.map(Bytes),
            not_kept: rejected.not_kept.map(|not_kept| wire::NotKept {
                length: not_kept.length,
                digest: Digest::from_bytes(*not_kept.digest.as_bytes()),
            }),
        },
    )))
}

fn leave_out_reason(change: &mut PlanChange) {
    match change {
        PlanChange::Component(change) => change.reason = None,
        PlanChange::Instantiated { .. } | PlanChange::Synchronised { .. } => {}
    }
}

/// What a published refusal of a command that could not be decoded says: nothing of the command, because a published
/// event cannot be erased.
const UNDECODED_MESSAGE: &str = "the command could not be decoded, and nothing was changed; what is wrong with it, \
     `audit.read` and `plansync audit show` tell";

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

/// The reply in `command.accepted`.
struct AcceptedReply<'a>(FirstAnswer<'a>);

impl WithCommand for AcceptedReply<'_> {
    type Output = Result<CommandReply, Refusal>;

    fn with<O: Commands>(self) -> Self::Output {
        self.0.reply::<O>().map(Into::into)
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

pub(crate) fn command_of(decided: &Decided) -> Result<CommandId, Refusal> {
    if let Stream::Command(command) = &decided.stream {
        Ok(*command)
    } else {
        Err(damaged(
            "the result of a command is recorded in another stream".to_owned(),
        ))
    }
}

pub(crate) fn damaged(cause: String) -> Refusal {
    Refusal::Damaged { cause }
}
