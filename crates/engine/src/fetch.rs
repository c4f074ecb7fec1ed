//! Fetching plans that are not resident: their commits are read from the log, and an image of them from
//! beside it, without the sequencer's lock; under it they are folded, some at a time, with the values of
//! the state, and put there at the end.
//!
//! What is read is durable, and a plan that is not resident does not change: whoever changes it fetches it
//! first.

use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use parking_lot::MutexGuard;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::plan::Plan;
use plansync_domain::state::fetch::{Arriving, PlanCommit, image_version_max};
use plansync_domain::state::fold_cache::{ChangeSets, FoldCache};
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use crate::call::Refusal;
use crate::codec;
use crate::engine::Engine;
use crate::fold::decided;
use crate::naming::stream_id;
use crate::sequencer::Sequencer;
use crate::snapshot::Snapshot;
use crate::submit::{ATTEMPTS_MAX, RETRY_AFTER_MS};

/// Commits of a plan read at a time.
const READ_COUNT: usize = 256;
/// Commits folded under one lock.
const FOLD_COUNT: usize = 16;
/// Plans put into the state under one lock.
const PART_COUNT: usize = 64;
/// A plan as it was read.
pub(crate) struct Fetched {
    learner: LearnerId,
    /// The version that it has after the last commit.
    version: Version,
    image: Option<PlanImage>,
    /// What came after the image.
    commits: Vec<PlanCommit>,
}

/// Plans of one tenant as they were read.
pub(crate) struct Fetches {
    plans: Vec<Fetched>,
    /// All their commits in the order of the log: whose, and the how-manieth of it.
    order: Vec<(usize, usize)>,
}

/// Plans on their way into a state: folded in the order of the log, so that each goes through a sync
/// right after the one before it, which it mostly equals, and what the sync replayed is made ready once.
pub(crate) struct Folding<'a> {
    fetches: &'a Fetches,
    /// How much of the order is folded.
    folded: usize,
    arrivals: Vec<Arrival>,
    /// The generation of the values that the plans have so far.
    generation: u64,
    /// What the sync replayed that the next commit refers to.
    change_sets: ChangeSets,
    /// Whose images cannot be taken up.
    refused: Vec<LearnerId>,
}

enum Arrival {
    NotBegun,
    Coming(Arriving),
    /// It has arrived, or its image cannot be taken up.
    Over,
}

/// What comes after some commits were folded.
pub(crate) enum Folded {
    More,
    /// The change set of this sync must be known.
    Lacks(SyncId),
    All,
}

impl<'a> Folding<'a> {
    fn new(fetches: &'a Fetches) -> Self {
        Self {
            fetches,
            folded: 0,
            arrivals: fetches.plans.iter().map(|_| Arrival::NotBegun).collect(),
            generation: 0,
            change_sets: ChangeSets::new(),
            refused: Vec::new(),
        }
    }

    /// Folds commits, at most so many.
    pub(crate) fn fold(
        &mut self,
        tenant: &mut Tenant,
        fold_cache: &mut FoldCache,
        count_max: usize,
    ) -> Folded {
        self.keep_up(tenant);
        let order = self.fetches.order.get(self.folded..).unwrap_or_default();
        for (plan, number) in order.iter().take(count_max) {
            let commit = &self.fetches.plans[*plan].commits[*number];
            let lacks = fold_cache.lacks(tenant, &commit.events);
            if let Some(sync) = lacks.filter(|sync| !self.change_sets.contains_key(sync)) {
                return Folded::Lacks(sync);
            }
            self.begin(*plan, tenant);
            if let Arrival::Coming(arriving) = &mut self.arrivals[*plan] {
                arriving.fold(tenant, commit, &self.change_sets, fold_cache);
            }
            self.folded += 1;
        }
        if self.folded == self.fetches.order.len() {
            Folded::All
        } else {
            Folded::More
        }
    }

    /// Where values have other ids by now, all begins anew.
    fn keep_up(&mut self, tenant: &Tenant) {
        let generation = tenant.values().generation();
        if self.generation != generation {
            *self = Self::new(self.fetches);
            self.generation = generation;
        }
    }

    fn begin(&mut self, plan: usize, tenant: &mut Tenant) {
        if !matches!(self.arrivals[plan], Arrival::NotBegun) {
            return;
        }
        let fetched = &self.fetches.plans[plan];
        let image = fetched.image.clone();
        let start = image.map_or(Some(Plan::default()), |image| image.restore(tenant));
        if start.is_none() {
            self.refused.push(fetched.learner);
        }
        self.arrivals[plan] = start.map_or(Arrival::Over, |start| {
            Arrival::Coming(Arriving::begin(tenant, fetched.learner, Arc::new(start)))
        });
    }

    /// Parts that are put into a state so fast that nobody waits.
    fn parts(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.fetches.plans.len();
        let begins = (0..count).step_by(PART_COUNT);
        begins.map(move |begin| begin..count.min(begin + PART_COUNT))
    }

    /// Puts plans whose commits are all folded into the state, where they are not resident at the versions
    /// that were read: whose plans have come.
    pub(crate) fn install(&mut self, part: Range<usize>, tenant: &mut Tenant) -> Vec<LearnerId> {
        let mut come = Vec::with_capacity(part.len());
        if self.generation != tenant.values().generation() {
            return come;
        }
        for plan in part {
            self.begin(plan, tenant);
            let Fetched {
                learner, version, ..
            } = self.fetches.plans[plan];
            let plans = tenant.plans();
            let is_awaited = !plans.is_resident(learner) && plans.version(learner) == version;
            if let Arrival::Coming(arriving) =
                std::mem::replace(&mut self.arrivals[plan], Arrival::Over)
                && is_awaited
                && arriving.arrive(tenant)
            {
                come.push(learner);
            }
        }
        come
    }
}

impl Engine {
    /// The sequencer, with the plans resident that are needed there; they stay as long as it is held.
    pub(crate) fn sequencer_with(
        &self,
        tenant: &TenantId,
        needed: impl Fn(&Tenant) -> Vec<LearnerId>,
    ) -> Result<MutexGuard<'_, Sequencer>, Refusal> {
        for _ in 0..ATTEMPTS_MAX {
            let mut sequencer = self.sequencer();
            let state = Arc::clone(sequencer.state.tenant(tenant));
            let learners = needed(&state);
            let not_resident = not_resident(&state, learners.iter().copied());
            if not_resident.is_empty() {
                sequencer.use_plans(tenant, &learners);
                return Ok(sequencer);
            }
            let snapshot = sequencer.state.snapshot(tenant);
            drop(sequencer);
            let fetches = self.fetch(&snapshot, tenant, &not_resident)?;
            self.install(&snapshot, tenant, &fetches, &learners)?;
        }
        Err(Refusal::Overloaded {
            retry_after_ms: RETRY_AFTER_MS,
        })
    }

    /// Brings those of these plans into memory that are not resident; whoever needs them asks for them again.
    pub(crate) fn bring(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<(), Refusal> {
        let not_resident = not_resident(&snapshot.tenant, learners);
        let fetches = self.fetch(snapshot, tenant, &not_resident)?;
        self.install(snapshot, tenant, &fetches, &[])
    }

    /// Brings the plans that a decision lacked.
    pub(crate) fn bring_all(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: Vec<LearnerId>,
    ) -> Result<(), Refusal> {
        let plans = snapshot.tenant.plans();
        match learners.iter().find(|learner| plans.is_resident(**learner)) {
            // What it lacked is not the plan, and will not come by fetching.
            Some(learner) if learners.len() == 1 => Err(unusable(*learner)),
            Some(_) | None => self.bring(snapshot, tenant, learners.into_iter()),
        }
    }

    /// One tenant as of the last durable position, with every plan resident: for those who look at all of
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

    /// A state like this one, with these plans resident; and, where nothing has moved since, the state that
    /// everybody sees.
    pub(crate) fn with_plans(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: impl Iterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let not_resident = not_resident(&snapshot.tenant, learners);
        if not_resident.is_empty() {
            return Ok(Arc::clone(&snapshot.tenant));
        }
        let fetches = self.fetch(snapshot, tenant, &not_resident)?;
        let mut state = snapshot.tenant.aside();
        let (mut folding, mut fold_cache) = (Folding::new(&fetches), FoldCache::default());
        while let Folded::Lacks(sync) = folding.fold(&mut state, &mut fold_cache, usize::MAX) {
            self.learn(&mut folding, snapshot, (tenant, sync))?;
        }
        folding.install(0..not_resident.len(), &mut state);
        drop(folding);
        self.install(snapshot, tenant, &fetches, &[])?;
        self.republish();
        if let Some(learner) = not_resident
            .into_iter()
            .find(|l| !state.plans().is_resident(*l))
        {
            return Err(unusable(learner));
        }
        Ok(Arc::new(state))
    }

    /// Takes the plans into the state that everybody decides on. Those that are `needed` together make
    /// no room for one another, or they would never all be resident where there is too little.
    fn install(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        fetches: &Fetches,
        needed: &[LearnerId],
    ) -> Result<(), Refusal> {
        let mut folding = Folding::new(fetches);
        loop {
            let mut sequencer = self.sequencer();
            let folded = sequencer.fold(tenant, &mut folding, FOLD_COUNT);
            // Whoever waits for the lock comes first.
            MutexGuard::unlock_fair(sequencer);
            match folded {
                Folded::More => {}
                Folded::Lacks(sync) => self.learn(&mut folding, snapshot, (tenant, sync))?,
                Folded::All => break,
            }
        }
        for part in folding.parts() {
            let durable = self.parts.durable.current();
            let mut sequencer = self.sequencer();
            sequencer.install(tenant, (&mut folding, part), needed, durable);
            MutexGuard::unlock_fair(sequencer);
        }
        match folding.refused.first() {
            // It will not come the next time either.
            Some(learner) => Err(unusable(*learner)),
            None => Ok(()),
        }
    }

    /// Reads what a sync replayed, for the commits that come next.
    fn learn(
        &self,
        folding: &mut Folding<'_>,
        snapshot: &Snapshot,
        (tenant, sync): (&TenantId, SyncId),
    ) -> Result<(), Refusal> {
        folding.change_sets.clear();
        self.know(snapshot, tenant, sync, &mut folding.change_sets)
    }

    /// Reads plans that are not resident in this state.
    pub(crate) fn fetch(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: &[LearnerId],
    ) -> Result<Fetches, Refusal> {
        let mut plans = Vec::with_capacity(learners.len());
        let mut order = Vec::new();
        for (plan, learner) in learners.iter().enumerate() {
            let version = snapshot.tenant.plans().version(*learner);
            let version_max = version.min(image_version_max(&snapshot.tenant, *learner));
            let image = self.image(snapshot, tenant, *learner, version_max);
            let start = image.as_ref().map_or(Version::ZERO, PlanImage::version);
            let commits = self.plan_commits(tenant, *learner, (start, version))?;
            let numbered = commits.iter().enumerate();
            order.extend(numbered.map(|(number, (position, _))| (*position, plan, number)));
            plans.push(Fetched {
                learner: *learner,
                version,
                image,
                commits: commits.into_iter().map(|(_, commit)| commit).collect(),
            });
        }
        order.sort_unstable();
        let order = order.into_iter().map(|(_, plan, number)| (plan, number));
        Ok(Fetches {
            plans,
            order: order.collect(),
        })
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

    /// The commits that brought a plan from one version to another, and where they are.
    pub(crate) fn plan_commits(
        &self,
        tenant: &TenantId,
        learner: LearnerId,
        (start, last): (Version, Version),
    ) -> Result<Vec<(Position, PlanCommit)>, Refusal> {
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
                let plan_commit = PlanCommit {
                    version: Version::of_stream(next),
                    by: decided.actor,
                    events: decided.events,
                };
                commits.push((commit.position(), plan_commit));
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

fn unusable(learner: LearnerId) -> Refusal {
    Refusal::Internal {
        cause: format!("the plan of {learner} was read and cannot be taken up"),
    }
}

/// Those of these learners whose plans are not resident, each once.
fn not_resident(tenant: &Tenant, learners: impl Iterator<Item = LearnerId>) -> Vec<LearnerId> {
    let mut not_resident: Vec<_> = learners
        .filter(|learner| !tenant.plans().is_resident(*learner))
        .collect();
    not_resident.sort_unstable();
    not_resident.dedup();
    not_resident
}
