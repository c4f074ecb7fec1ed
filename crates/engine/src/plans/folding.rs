//! Folds plans that were read from the log, in the order of the log over all of them.
//!
//! In that order each plan goes through a sync right after the one before it. Most plans equal that one at
//! this point, and the change set of the sync is prepared once.

use std::ops::Range;
use std::sync::Arc;

use plansync_domain::ids::{LearnerId, SyncId};
use plansync_domain::plan::Plan;
use plansync_domain::state::fetch::Arriving;
use plansync_domain::state::fold_cache::{ChangeSets, FoldCache};
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;

use super::reader::{ReadPlan, ReadPlans};

/// Plans put into the state under one lock.
const PART_COUNT: usize = 64;

/// Plans that are being folded, to be put into a state afterwards.
pub(super) struct Folding<'a> {
    read: &'a ReadPlans,
    /// The number of commits, in the order of the log, that are folded.
    folded: usize,
    arrivals: Vec<Arrival>,
    /// The generation of the tenant's values that the folded plans refer to.
    generation: u64,
    /// The change set of the sync that the next commit belongs to.
    change_sets: ChangeSets,
    /// Whose images cannot be restored.
    refused: Vec<LearnerId>,
}

/// A plan that begins to arrive, from its image if it has one; `None` if the image cannot be restored.
pub(super) fn begun(
    tenant: &mut Tenant,
    learner: LearnerId,
    image: Option<PlanImage>,
) -> Option<Arriving> {
    let start = image.map_or(Some(Plan::default()), |image| image.restore(tenant))?;
    Some(Arriving::begin(tenant, learner, Arc::new(start)))
}

enum Arrival {
    NotBegun,
    Coming(Arriving),
    /// It is in the state, or its image cannot be restored.
    Over,
}

/// What is left to do after some commits were folded.
pub(super) enum Folded {
    More,
    /// The change set of this sync must be read first.
    Lacks(SyncId),
    All,
}

impl<'a> Folding<'a> {
    pub(super) fn new(read: &'a ReadPlans) -> Self {
        Self {
            read,
            folded: 0,
            arrivals: read.plans().iter().map(|_| Arrival::NotBegun).collect(),
            generation: 0,
            change_sets: ChangeSets::new(),
            refused: Vec::new(),
        }
    }

    /// Folds commits, at most so many.
    pub(super) fn fold(
        &mut self,
        tenant: &mut Tenant,
        fold_cache: &mut FoldCache,
        count_max: usize,
    ) -> Folded {
        self.keep_up(tenant);
        let read = self.read;
        for (plan, commit) in read.commits_from(self.folded).take(count_max) {
            let lacks = fold_cache.lacks(tenant, &commit.events);
            if let Some(sync) = lacks.filter(|sync| !self.change_sets.contains_key(sync)) {
                return Folded::Lacks(sync);
            }
            self.begin(plan, tenant);
            if let Arrival::Coming(arriving) = &mut self.arrivals[plan] {
                arriving.fold(tenant, commit, &self.change_sets, fold_cache);
            }
            self.folded += 1;
        }
        if self.folded == self.read.commit_count() {
            Folded::All
        } else {
            Folded::More
        }
    }

    /// Starts again if the tenant's values were compacted meanwhile and have other ids.
    fn keep_up(&mut self, tenant: &Tenant) {
        let generation = tenant.values().generation();
        if self.generation != generation {
            *self = Self::new(self.read);
            self.generation = generation;
        }
    }

    fn begin(&mut self, plan: usize, tenant: &mut Tenant) {
        if !matches!(self.arrivals[plan], Arrival::NotBegun) {
            return;
        }
        let read = &self.read.plans()[plan];
        let begun = begun(tenant, read.learner, read.image.clone());
        if begun.is_none() {
            self.refused.push(read.learner);
        }
        self.arrivals[plan] = begun.map_or(Arrival::Over, Arrival::Coming);
    }

    /// Drops the change sets that were read so far, and gives the place for those that come next.
    pub(super) fn next_change_sets(&mut self) -> &mut ChangeSets {
        self.change_sets.clear();
        &mut self.change_sets
    }

    /// A learner whose image cannot be restored, if there is one.
    pub(super) fn refused(&self) -> Option<LearnerId> {
        self.refused.first().copied()
    }

    /// Ranges of plans, each put into a state so fast that nobody has to wait for it.
    pub(super) fn parts(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let count = self.read.plans().len();
        let begins = (0..count).step_by(PART_COUNT);
        begins.map(move |begin| begin..count.min(begin + PART_COUNT))
    }

    /// Puts plans whose commits are all folded into the state, unless they are resident or have another
    /// version there by now. Returns whose plans were put there.
    pub(super) fn install(&mut self, part: Range<usize>, tenant: &mut Tenant) -> Vec<LearnerId> {
        let mut come = Vec::with_capacity(part.len());
        if self.generation != tenant.values().generation() {
            return come;
        }
        for plan in part {
            self.begin(plan, tenant);
            let ReadPlan {
                learner, version, ..
            } = self.read.plans()[plan];
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
