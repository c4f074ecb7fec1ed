//! Fetching plans that are away: their commits are read from the log, and an image of them from
//! beside it, without the sequencer's lock; under it they are folded into the state.
//!
//! What is read is durable, and a plan that is away does not change: whoever changes it fetches it
//! first.

use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::{Arc, MutexGuard};

use plansync_domain::event::Event;
use plansync_domain::fetch::{PlanCommit, bring, image_version_max};
use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::image::PlanImage;
use plansync_domain::plan::Plan;
use plansync_domain::recall::{ChangeSets, Recall};
use plansync_domain::stream::Stream;
use plansync_domain::tenant::Tenant;
use plansync_domain::version::Version;

use crate::call::Refusal;
use crate::codec;
use crate::engine::Engine;
use crate::fold::decided;
use crate::naming::stream_id;
use crate::sequencer::Sequencer;
use crate::snapshot::Snapshot;
use crate::submit::RETRY_AFTER_MS;

/// Commits of a plan read at a time.
const READ_COUNT: usize = 256;
/// Plans folded into the state under one lock.
const PART_COUNT: usize = 64;
/// How often plans are fetched for one purpose before it must wait: each time, others came and took
/// their place.
const ATTEMPTS_MAX: usize = 16;

/// A plan as it was read.
pub(crate) struct Fetched {
    learner: LearnerId,
    /// The version that it has after the last commit.
    version: Version,
    image: Option<PlanImage>,
    /// What came after the image.
    commits: Vec<PlanCommit>,
}

/// Plans of one tenant as they were read, and what their commits refer to.
pub(crate) struct Fetches {
    plans: Vec<Fetched>,
    change_sets: ChangeSets,
}

impl Fetches {
    /// All of them, in parts that are installed so fast that nobody waits.
    fn parts(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.plans.len();
        let begins = (0..count).step_by(PART_COUNT);
        begins.map(move |begin| begin..count.min(begin + PART_COUNT))
    }

    /// Folds the plans into a state in which they are away, at the versions that were read: whose
    /// plans have come.
    pub(crate) fn install(
        &self,
        part: Range<usize>,
        tenant: &mut Tenant,
        recall: &mut Recall,
    ) -> Vec<LearnerId> {
        let mut come = Vec::with_capacity(part.len());
        for fetched in self.plans.get(part).unwrap_or_default() {
            let plans = tenant.plans();
            let is_away = !plans.is_here(fetched.learner);
            if is_away && plans.version(fetched.learner) == fetched.version {
                self.install_one(tenant, recall, fetched);
                come.push(fetched.learner);
            }
        }
        come
    }

    fn install_one(&self, tenant: &mut Tenant, recall: &mut Recall, fetched: &Fetched) {
        let image = fetched.image.clone();
        let start = image.map_or(Some(Plan::default()), |image| image.restore(tenant));
        let Some(start) = start else { return };
        let (learner, start) = (fetched.learner, Arc::new(start));
        let (commits, change_sets) = (&fetched.commits, &self.change_sets);
        bring(tenant, learner, start, commits, change_sets, recall);
    }
}

impl Engine {
    /// The sequencer, with the plans here that are needed there; they stay as long as it is held.
    pub(crate) fn sequencer_with(
        &self,
        tenant: &TenantId,
        needed: impl Fn(&Tenant) -> Vec<LearnerId>,
    ) -> Result<MutexGuard<'_, Sequencer>, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let mut sequencer = self.sequencer();
            let state = Arc::clone(sequencer.state.tenant(tenant));
            let learners = needed(&state);
            let away = away(&state, learners.iter().copied());
            if away.is_empty() {
                sequencer.use_plans(tenant, &learners);
                return Ok(sequencer);
            }
            let snapshot = sequencer.state.snapshot(tenant);
            drop(sequencer);
            let fetches = self.fetch(&snapshot, tenant, &away)?;
            self.install(tenant, &fetches);
        }
        Err(Refusal::Overloaded {
            retry_after_ms: RETRY_AFTER_MS,
        })
    }

    /// One tenant as of the last durable position, with every plan here: for those who look at all of
    /// a state, and have the memory for it.
    pub fn whole_snapshot(&self, tenant: &TenantId) -> Result<Snapshot, Refusal> {
        let snapshot = self.snapshot(tenant);
        let learners = snapshot.tenant.plans().versions();
        let learners = learners.map(|(learner, _)| learner);
        Ok(Snapshot {
            tenant: self.with_plans(&snapshot, tenant, learners)?,
            ..snapshot.clone()
        })
    }

    /// A state like this one, with these plans here; and, where nothing has moved since, the state that
    /// everybody sees.
    pub(crate) fn with_plans(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let away = away(&snapshot.tenant, learners);
        if away.is_empty() {
            return Ok(Arc::clone(&snapshot.tenant));
        }
        let fetches = self.fetch(snapshot, tenant, &away)?;
        let mut state = snapshot.tenant.aside();
        fetches.install(0..away.len(), &mut state, &mut Recall::default());
        self.install(tenant, &fetches);
        self.republish();
        if let Some(learner) = away.into_iter().find(|l| !state.plans().is_here(*l)) {
            return Err(Refusal::Internal {
                cause: format!("the plan of {learner} was read and cannot be taken up"),
            });
        }
        Ok(Arc::new(state))
    }

    /// Takes the plans into the state that everybody decides on.
    fn install(&self, tenant: &TenantId, fetches: &Fetches) {
        for part in fetches.parts() {
            let durable = self.parts.durable.current();
            self.sequencer().install(tenant, (fetches, part), durable);
        }
    }

    /// Reads plans that are away in this state.
    pub(crate) fn fetch(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: &[LearnerId],
    ) -> Result<Fetches, Refusal> {
        let mut change_sets = ChangeSets::new();
        let mut plans = Vec::with_capacity(learners.len());
        for learner in learners {
            let version = snapshot.tenant.plans().version(*learner);
            let version_max = version.min(image_version_max(&snapshot.tenant, *learner));
            let image = self.image(snapshot, tenant, *learner, version_max);
            let start = image.as_ref().map_or(Version::ZERO, PlanImage::version);
            let commits = self.plan_commits(tenant, *learner, (start, version))?;
            for sync in commits.iter().flat_map(|commit| &commit.events) {
                if let Event::TargetReplayed(replayed) = sync {
                    self.know(snapshot, tenant, replayed.sync, &mut change_sets)?;
                }
            }
            plans.push(Fetched {
                learner: *learner,
                version,
                image,
                commits,
            });
        }
        Ok(Fetches { plans, change_sets })
    }

    /// The latest image of a plan that is not beyond a version.
    pub(crate) fn image(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learner: LearnerId,
        version_max: Version,
    ) -> Option<PlanImage> {
        let kept = snapshot.images.get(&(tenant.clone(), learner))?;
        if kept.version > version_max {
            return None;
        }
        let read = self.parts.config.checkpoints.as_ref()?.image(kept.place);
        let read = read.map_err(|error| error.to_string());
        let decoded = read.and_then(|bytes| codec::image::<PlanImage>(&bytes));
        match decoded {
            // Tried here, where nobody waits for it: what cannot be taken up is as good as none.
            Ok(image) => image.clone().restore(&mut Tenant::default()).map(|_| image),
            Err(problem) => {
                tracing::warn!(%learner, problem, "an image cannot be used; the log has it all");
                None
            }
        }
    }

    /// The commits that brought a plan from one version to another.
    pub(crate) fn plan_commits(
        &self,
        tenant: &TenantId,
        learner: LearnerId,
        (start, last): (Version, Version),
    ) -> Result<Vec<PlanCommit>, Refusal> {
        let stream = stream_id(tenant, &Stream::Plan(learner));
        let (mut next, last) = (u64::from(start) + 1, u64::from(last));
        let (mut commits, mut has_settled) = (Vec::new(), false);
        while next <= last {
            let count = usize::try_from(last - next + 1).unwrap_or(usize::MAX);
            let from = plansync_log::Version::new(next);
            let read = self.log().stream(&stream, from, count.min(READ_COUNT))?;
            if read.is_empty() && !has_settled {
                // What was decided just now may not be durable yet.
                let position = self.sequencer().position();
                let settled = self.settle(position);
                settled.map_err(|error| Refusal::Unavailable {
                    cause: error.to_string(),
                })?;
                has_settled = true;
                continue;
            }
            if read.is_empty() {
                let cause = format!("the log has no version {from} of {stream}");
                return Err(Refusal::Internal { cause });
            }
            for commit in &read {
                let decided = decided(commit).map_err(|error| Refusal::Internal {
                    cause: error.to_string(),
                })?;
                commits.push(PlanCommit {
                    version: Version::of_stream(next),
                    by: decided.actor,
                    events: decided.events,
                });
                next += 1;
            }
        }
        Ok(commits)
    }

    /// What a sync that has ended replayed.
    pub(crate) fn know(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        sync: SyncId,
        change_sets: &mut ChangeSets,
    ) -> Result<(), Refusal> {
        let Some(state) = snapshot.tenant.sync(sync) else {
            return Ok(());
        };
        if let Entry::Vacant(unknown) = change_sets.entry(sync) {
            unknown.insert(self.change_set(tenant, state)?);
        }
        Ok(())
    }
}

/// Those of these learners whose plans are away, each once.
fn away(tenant: &Tenant, learners: impl Iterator<Item = LearnerId>) -> Vec<LearnerId> {
    let mut away: Vec<_> = learners
        .filter(|learner| !tenant.plans().is_here(*learner))
        .collect();
    away.sort_unstable();
    away.dedup();
    away
}
