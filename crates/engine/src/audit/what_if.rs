//! `audit.what-if`: a recorded sync is judged again, for another administrator, with other permissions or under
//! other conditions, and what would have been decided otherwise is listed. Nothing is written.
//!
//! Each target is judged by the judge of the rules, on what its commit was judged on: the records, the settings and
//! the plan at that position, which are folded from their streams. So without a change, the recorded outcomes come
//! out again. What was never judged, or failed for a defect, is not judged here.

use std::sync::Arc;

use plansync_domain::access::sync::readable;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::{AdministratorPut, Event};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, AdministratorId, ComponentId, LearnerId, SyncId};
use plansync_domain::judging::judge::Judge;
use plansync_domain::permission::PermissionSet;
use plansync_domain::plan::ComponentView;
use plansync_domain::progress::state::SyncState;
use plansync_domain::progress::terms::Terms;
use plansync_domain::reference::administrator::Administrator;
use plansync_domain::state::evolve::evolve;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::change_set::ChangeSet;
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_domain::sync::prepared::Prepared;
use plansync_domain::sync::request::{StatusFilter, SyncRequest};
use plansync_domain::sync::status::SyncStatus;
use plansync_domain::time::log_time::Stamp;
use plansync_log::Position;

use crate::audit::why::{WhyItem, missing};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanReplay;

/// The commits of plans that one request folds.
const COMMITS_MAX: u64 = 50_000;
/// Finding and judging a target costs about as much as folding so many commits.
const TARGET_COST: u64 = 32;
/// So many components of a target cost as much as folding one commit.
const PAIRS_OF_ONE_COST: u64 = 16;

/// What is asked about a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfQuery {
    /// The sync.
    pub sync: SyncId,
    /// The administrator for whom it is judged; whoever requested it, if none is given.
    pub judged_as: Option<AdministratorId>,
    /// Permissions that this administrator is given.
    pub with: PermissionSet,
    /// Permissions that are taken away, also of those that are given.
    pub without: PermissionSet,
    /// The conditions, in place of those of the request.
    pub statuses: Option<StatusFilter>,
    /// Where to begin.
    pub after: Option<WhatIfPlace>,
    /// The most differences that are wanted.
    pub take: usize,
}

/// A place in the list of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhatIfPlace {
    /// The learner who is next.
    pub learner: LearnerId,
    /// Only components after this one.
    pub component: Option<ComponentId>,
}

/// What a sync would have decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// Who requested the sync.
    pub requested_by: AdministratorId,
    /// For whom it was judged again.
    pub judged_as: AdministratorId,
    /// How far the sync is.
    pub status: SyncStatus,
    /// The differences, by learner and component.
    pub items: Vec<WhatIfItem>,
    /// Where to go on, if there may be more.
    pub next: Option<WhatIfPlace>,
}

/// One pair about which the sync would have decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfItem {
    /// The target.
    pub learner: LearnerId,
    /// The position of the commit with the recorded outcome.
    pub position: Position,
    /// The position of the state that both were judged on.
    pub judged_at: Position,
    /// What was recorded.
    pub recorded: WhyItem,
    /// What would have been decided.
    pub hypothetical: WhyItem,
}

/// A sync that is judged again.
struct Hypothesis<'r> {
    reading: &'r Reading<'r>,
    sync: &'r SyncState,
    query: &'r WhatIfQuery,
    request: Arc<SyncRequest>,
    change_set: Arc<ChangeSet>,
    terms: Terms,
    /// The plan of the last target, whose values those of the next ones join.
    replay: Option<PlanReplay<'r>>,
    prepared: Option<(usize, Arc<Prepared>)>,
    budget: u64,
}

impl Reading<'_> {
    /// `audit.what-if`: `not_permitted`, `sync_not_found`; `administrator_not_found` for one who never existed;
    /// `invalid_request` for a place at a learner who is no target.
    pub fn audit_what_if(&self, query: &WhatIfQuery) -> Result<WhatIf, Refusal> {
        self.check_reference_reader()?;
        let sync = readable(self.tenant(), self.actor(), query.sync)?;
        if let Some(administrator) = &query.judged_as {
            let stream = Stream::Administrator(administrator.clone());
            if self.tenant().version_of(&stream) == 0 {
                return Err(Rejection::AdministratorNotFound(administrator.clone()).into());
            }
        }
        let (accepted, _) = self.acceptance(sync)?;
        let requested_by = sync.requested_by().clone();
        let judged_as = query.judged_as.clone().unwrap_or(requested_by);
        let mut terms = Terms::new(judged_as.clone(), accepted.source, &accepted.request);
        if let Some(statuses) = &query.statuses {
            terms.statuses.clone_from(statuses);
        }
        let mut hypothesis = Hypothesis {
            reading: self,
            sync,
            query,
            request: accepted.request,
            change_set: self.change_set(sync)?,
            terms,
            replay: None,
            prepared: None,
            budget: COMMITS_MAX,
        };
        let (items, next) = hypothesis.run()?;
        Ok(WhatIf {
            requested_by: sync.requested_by().clone(),
            judged_as,
            status: sync.status(),
            items,
            next,
        })
    }
}

impl Hypothesis<'_> {
    /// Judges target by target. Returns what differs, and where to go on.
    fn run(&mut self) -> Result<(Vec<WhatIfItem>, Option<WhatIfPlace>), Refusal> {
        let targets = self.reading.targets(self.sync)?;
        let first = self.query.after.map(|place| place.learner);
        if let Some(first) = first
            && !targets.iter().any(|(learner, _)| learner == first)
        {
            let problem = "the synchronisation has no such target; use the value `next` of a reply";
            return Err(Rejection::invalid("after.learner", problem).into());
        }
        let rest = targets.iter().filter(|(learner, is_done)| {
            *is_done && Some(*learner) >= first && self.reading.sees_learner(*learner)
        });
        let rest: Vec<LearnerId> = rest.map(|(learner, _)| learner).collect();
        let mut items: Vec<WhatIfItem> = Vec::new();
        for learner in rest {
            let place = self.query.after.filter(|place| place.learner == learner);
            let begin = place.unwrap_or(WhatIfPlace {
                learner,
                component: None,
            });
            if self.budget == 0 || items.len() >= self.query.take {
                return Ok((items, Some(begin)));
            }
            items.extend(self.target(begin)?);
            if items.len() > self.query.take {
                items.truncate(self.query.take);
                let last = items.last().map(|item| item.recorded.component);
                let next = WhatIfPlace {
                    learner,
                    component: last.or(begin.component),
                };
                return Ok((items, Some(next)));
            }
        }
        Ok((items, None))
    }

    /// The pairs of one target that differ.
    fn target(&mut self, begin: WhatIfPlace) -> Result<Vec<WhatIfItem>, Refusal> {
        let learner = begin.learner;
        let Some(position) = self.reading.target_position(self.sync, learner)? else {
            return Ok(Vec::new());
        };
        let (recorded, judged_at) = self.reading.judgement(position)?;
        if recorded.cause.is_some() {
            return Ok(Vec::new());
        }
        let (tenant, supposed) = self.judged_again(learner, judged_at)?;
        let plan = tenant.resident_plan(learner).map_err(Refusal::internal)?;
        let by = self
            .reading
            .administrator_at(self.sync.requested_by(), judged_at)?;
        let supposed_by = tenant.administrator(&self.terms.requested_by);
        let pairs = recorded.pair_outcomes.iter().zip(supposed.iter());
        let entries = self.change_set.entries().iter().zip(pairs);
        let differing = entries.filter(|(entry, (recorded, supposed))| {
            recorded != supposed && begin.component.is_none_or(|after| after < entry.component)
        });
        let items = differing.map(|(entry, (recorded, supposed))| {
            let view = plan.component(entry.component);
            let item = |pair_outcome, held| WhyItem {
                component: entry.component,
                name: entry.name.clone(),
                pair_outcome,
                status: view.map(ComponentView::status),
                missing: missing(pair_outcome, held),
            };
            WhatIfItem {
                learner,
                position,
                judged_at,
                recorded: item(recorded, by.as_ref()),
                hypothetical: item(supposed, supposed_by),
            }
        });
        Ok(items.collect())
    }

    /// Judges one target on the state at a position, and returns that state, too.
    fn judged_again(
        &mut self,
        learner: LearnerId,
        judged_at: Position,
    ) -> Result<(Tenant, PairOutcomes), Refusal> {
        let records = self.records(learner, judged_at)?;
        let tenant = self.with_plan(&records, learner, judged_at)?;
        let prepared = self.prepared(&tenant);
        let confirmed = self.request.confirm.map(|confirm| confirm.position);
        let versions = self.reading.versions_at();
        let baselines = versions.baselines(confirmed, std::iter::once(learner))?;
        let mut judge = Judge::new(self.terms.clone(), prepared);
        let judged = judge.judge_target_since(&tenant, learner, baselines.get(&learner));
        let judgement = judged.map_err(Refusal::internal)?;
        self.spend(TARGET_COST);
        let pairs = u64::try_from(self.change_set.entries().len()).unwrap_or(u64::MAX);
        self.spend(pairs / PAIRS_OF_ONE_COST);
        Ok((tenant, judgement.pair_outcomes))
    }

    /// The settings and records that a judgement depends on, as they were at a position, but with the changes that
    /// are asked for.
    fn records(&mut self, learner: LearnerId, position: Position) -> Result<Tenant, Refusal> {
        let mut records = Tenant::default();
        let administrator = &self.terms.requested_by;
        self.fold_last(&mut records, &Stream::Tenant, position)?;
        let stream = Stream::Administrator(administrator.clone());
        self.fold_last(&mut records, &stream, position)?;
        if let Some(known) = records.administrator(administrator) {
            let record = self.changed(known);
            let put = Event::AdministratorPut(AdministratorPut {
                administrator: administrator.clone(),
                record,
            });
            let version = (&stream, records.version_of(&stream));
            evolve(
                &mut records,
                version,
                Stamp::default(),
                &Actor::System,
                &[put],
            );
        }
        let stream = Stream::Learner(learner);
        if self.request.confirm.is_some() {
            // Since when the record has the properties that matter follows from all of its versions.
            let last = self.reading.versions_at().version_at(&stream, position)?;
            for version in 1..=last {
                self.fold(&mut records, &stream, version)?;
            }
            self.spend(last);
        } else {
            let last = self.reading.versions_at().version_at(&stream, position)?;
            if let Some(put) = self.reading.learner_put_at(learner, last)? {
                // Holds are no part of a judgement.
                let last = if put.is_erased { last } else { put.version };
                for version in put.version..=last {
                    self.fold(&mut records, &stream, version)?;
                }
            }
        }
        Ok(records)
    }

    /// The record of the administrator with the permissions that are asked for.
    fn changed(&self, known: &Administrator) -> Administrator {
        let given = known.permissions.iter().chain(self.query.with.iter());
        let taken = self.query.without;
        Administrator {
            permissions: given.filter(|one| !taken.contains(*one)).collect(),
            ..known.clone()
        }
    }

    /// Folds the last commit of a stream at a position, if there is one.
    fn fold_last(
        &self,
        records: &mut Tenant,
        stream: &Stream,
        position: Position,
    ) -> Result<(), Refusal> {
        let version = self.reading.versions_at().version_at(stream, position)?;
        if version == 0 {
            return Ok(());
        }
        self.fold(records, stream, version)
    }

    fn fold(&self, records: &mut Tenant, stream: &Stream, version: u64) -> Result<(), Refusal> {
        let commit = self
            .reading
            .decoded(&self.reading.commit(stream, version)?)?;
        let at = (stream, version);
        evolve(records, at, Stamp::default(), &commit.actor, &commit.events);
        Ok(())
    }

    /// These records with the learner's plan at a position.
    fn with_plan(
        &mut self,
        records: &Tenant,
        learner: LearnerId,
        position: Position,
    ) -> Result<Tenant, Refusal> {
        let stream = Stream::Plan(learner);
        let version = self.reading.versions_at().version_at(&stream, position)?;
        let version = Version::of_stream(version);
        let mut replay = match self.replay.take() {
            Some(replay) => replay.of_another(learner, version),
            None => PlanReplay::begin(self.reading, learner, version),
        };
        let begun = u64::from(replay.plan().version());
        self.spend(u64::from(version).saturating_sub(begun));
        replay.go(version)?;
        let plan = Arc::new(replay.plan().clone());
        let tenant = replay.tenant().judged_on(records, learner, plan);
        self.replay = Some(replay);
        Ok(tenant)
    }

    /// The change set with the ids that its values have in this state. They are looked up again where values came
    /// with a plan.
    fn prepared(&mut self, tenant: &Tenant) -> Arc<Prepared> {
        let count = tenant.values().count();
        if let Some((known, prepared)) = &self.prepared
            && *known == count
        {
            return Arc::clone(prepared);
        }
        let programme = self.request.programme;
        let prepared = Prepared::new(programme, &self.change_set, tenant.values());
        let prepared = Arc::new(prepared);
        self.prepared = Some((count, Arc::clone(&prepared)));
        prepared
    }

    fn spend(&mut self, cost: u64) {
        self.budget = self.budget.saturating_sub(cost);
    }
}
