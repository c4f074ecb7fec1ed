//! Reads of synchronisations that were accepted.

use plansync_domain::ids::Actor;
use plansync_domain::plan::status::Status;
use plansync_domain::sync::pair_outcome::PairOutcome;
use plansync_domain::sync::pair_outcomes::Tally;
use plansync_domain::sync::request::{
    Components, LearnerFilter, Learners, StatusFilter, SyncRequest,
};
use plansync_domain::text::personal::Personal;
use plansync_engine::Refusal;
use plansync_engine::read::{
    OutcomeFilter, OutcomeItem, OutcomeWord, Reading, SyncProgress, SyncQuery,
};
use plansync_protocol::{self as protocol, Condition, Digest, Search, sync as wire};

use crate::answer::{count, time, window};
use crate::catalogue::Reads;
use crate::words::{ToDomain, ToWire};

impl Reads for protocol::SyncGet {
    fn answer(reading: &Reading<'_>, body: wire::GetSync) -> Result<wire::SyncRecord, Refusal> {
        Ok(sync_record(reading.sync(body.sync)?))
    }
}

impl Reads for protocol::SyncList {
    fn answer(reading: &Reading<'_>, body: wire::ListSyncs) -> Result<wire::SyncPage, Refusal> {
        let window = window(body.page, body.page_size);
        let query = SyncQuery {
            source: body.learner,
            requested_by: body.requested_by,
        };
        let listed = reading.syncs(&query, window)?;
        Ok(wire::SyncPage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(sync_record).collect(),
        })
    }
}

impl Reads for protocol::SyncOutcomes {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListSyncOutcomes,
    ) -> Result<wire::SyncOutcomePage, Refusal> {
        let window = window(body.page, body.page_size);
        let filter = OutcomeFilter {
            learner: body.learner,
            component: body.component,
            outcome: body.outcome.map(ToDomain::domain),
            reason: body.reason.map(ToDomain::domain),
        };
        let listed = reading.sync_outcomes(body.sync, &filter, window)?;
        Ok(wire::SyncOutcomePage {
            position: None,
            total: count(listed.total),
            items: listed.items.into_iter().map(outcome).collect(),
        })
    }
}

pub(super) fn outcome(pair: OutcomeItem) -> wire::PairOutcome {
    let outcome = pair.pair_outcome.outcome();
    wire::PairOutcome {
        learner: pair.learner,
        component: pair.component,
        action: pair.pair_outcome.action().wire(),
        outcome: OutcomeWord::of(outcome).wire(),
        reason: outcome.reason().map(ToWire::wire),
        cause: pair.cause,
        warnings: warnings(pair.pair_outcome),
        source: pair.is_source,
    }
}

/// The warnings about one component in the plan of one learner.
pub(super) fn warnings(pair_outcome: PairOutcome) -> Vec<wire::Warning> {
    let warnings = pair_outcome.warnings().map(|warning| wire::Warning {
        code: warning.wire(),
        tasks: warning.tasks().map(u64::from),
        made: warning.made().map(u64::from),
        evidence: warning.evidence().map(u64::from),
        reason: warning.reason().map(ToWire::wire),
    });
    warnings.collect()
}

/// The state of a synchronisation, for a reply and for the event of its end.
pub(crate) fn sync_record(progress: SyncProgress) -> wire::SyncRecord {
    wire::SyncRecord {
        sync: progress.sync,
        state: progress.status.wire(),
        sync_type: progress.kind.wire(),
        source: wire::SyncSource {
            learner: progress.source,
            session: progress.session,
        },
        programme: progress.programme,
        requested_by: Actor::Administrator(progress.requested_by),
        started_at: time(progress.started_at),
        finished_at: progress.finished_at.map(time),
        components: count(progress.components),
        learners: count(progress.learners),
        done: u64::from(progress.done),
        pairs: pairs(progress.tally),
        created: progress.tally.created,
        updated: progress.tally.updated,
        deleted: progress.tally.deleted,
    }
}

pub(super) fn pairs(tally: Tally) -> wire::PairCounts {
    wire::PairCounts {
        applied: tally.applied,
        unchanged: tally.unchanged,
        skipped: tally.skipped,
    }
}

/// The conditions of a request (S7).
pub(super) fn conditions(filter: &StatusFilter) -> Vec<Condition> {
    let statuses = filter.statuses.iter().copied().map(condition);
    let qa = filter.planned_for_qa.then_some(Condition::PlannedForQa);
    statuses.chain(qa).collect()
}

/// The same, where no condition means every status (M1).
pub(super) fn effective_conditions(filter: &StatusFilter) -> Vec<Condition> {
    if filter.is_empty() {
        Status::ALL.into_iter().map(condition).collect()
    } else {
        conditions(filter)
    }
}

const fn condition(status: Status) -> Condition {
    match status {
        Status::NotStarted => Condition::NotStarted,
        Status::InProgress => Condition::InProgress,
        Status::Submitted => Condition::Submitted,
        Status::Returned => Condition::Returned,
        Status::Completed => Condition::Completed,
    }
}

/// A request as it was sent, for the event `sync.started`.
pub(crate) fn sync_request(request: &SyncRequest) -> wire::SyncRequest {
    wire::SyncRequest {
        session: request.session,
        programme: request.programme,
        components: match &request.components {
            Components::Recent => wire::ComponentChoice::Recent,
            Components::All => wire::ComponentChoice::All,
            Components::Listed(components) => wire::ComponentChoice::Listed(components.clone()),
        },
        learners: match &request.learners {
            Learners::All => wire::LearnerChoice::All,
            Learners::Listed(learners) => wire::LearnerChoice::Listed(learners.clone()),
            Learners::Filtered(filter) => wire::LearnerChoice::Filtered(learner_filter(filter)),
        },
        statuses: conditions(&request.statuses),
        sync_type: request.kind.wire(),
        attributes: request.attributes.iter().map(ToWire::wire).collect(),
        confirm: request.confirm.map(|confirm| wire::Confirm {
            position: protocol::Position(confirm.position.get()),
            digest: Digest::from_bytes(*confirm.digest.as_bytes()),
        }),
    }
}

fn learner_filter(filter: &LearnerFilter) -> wire::LearnerFilter {
    let statuses = filter.programme_statuses.iter().copied();
    // An empty one says that it was erased; nobody searches for nothing.
    let search = Some(&filter.search).filter(|search| **search != Personal::default());
    wire::LearnerFilter {
        programme_statuses: statuses.map(ToWire::wire).collect(),
        groups: filter.groups.clone(),
        tutors: filter.tutors.clone(),
        search: search.and_then(|search| Search::new(search.to_string()).ok()),
        except: filter.except.clone(),
    }
}
