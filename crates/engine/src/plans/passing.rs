//! Loads plans of one tenant from their images and from commits that pass by in the order of the log, for whoever
//! reads the whole log anyway. Nothing is looked up, and the state that commands are decided on does not change.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::fetch::{Arriving, PlanCommit};
use plansync_domain::state::fold_cache::{ChangeSets, FoldCache};
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;

use super::folding::begun;
use super::loader::unusable;
use super::reader::PlanReader;
use crate::call::Refusal;
use crate::recorded::change_sets::ChangeSetReader;
use crate::state::snapshot::Snapshot;

/// Plans that are being loaded. They are folded as plans are that somebody asks for.
pub(crate) struct PassingPlans {
    reader: Arc<PlanReader>,
    change_sets: Arc<ChangeSetReader>,
    name: TenantId,
    snapshot: Snapshot,
    state: Tenant,
    fold_cache: FoldCache,
    /// The change set of the sync that the last commit belonged to.
    change_set: ChangeSets,
    plans: HashMap<LearnerId, Passing>,
}

/// A plan that is not resident.
struct Passing {
    arriving: Arriving,
    version: Version,
}

impl PassingPlans {
    pub(super) fn new(
        (reader, change_sets): (&Arc<PlanReader>, &Arc<ChangeSetReader>),
        (name, snapshot): (&TenantId, Snapshot),
    ) -> Self {
        Self {
            reader: Arc::clone(reader),
            change_sets: Arc::clone(change_sets),
            name: name.clone(),
            state: snapshot.tenant.aside(),
            snapshot,
            fold_cache: FoldCache::default(),
            change_set: ChangeSets::new(),
            plans: HashMap::new(),
        }
    }

    /// Takes the next commit on a plan. The image of the plan is read at its first commit, and commits that are in the
    /// image are left out, as are those of a plan that is resident.
    pub(crate) fn fold(&mut self, learner: LearnerId, commit: &PlanCommit) -> Result<(), Refusal> {
        if self.snapshot.tenant.plans().is_resident(learner) {
            return Ok(());
        }
        let passing = match self.plans.entry(learner) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let image = self
                    .reader
                    .latest_image(&self.snapshot, &self.name, learner);
                let version = image.as_ref().map_or(Version::ZERO, PlanImage::version);
                let arriving = begun(&mut self.state, learner, image);
                let arriving = arriving.ok_or_else(|| unusable(learner))?;
                new.insert(Passing { arriving, version })
            }
        };
        if commit.version <= passing.version {
            return Ok(());
        }
        let lacks = self.fold_cache.lacks(&self.state, &commit.events);
        if let Some(sync) = lacks.filter(|sync| !self.change_set.contains_key(sync)) {
            self.change_set.clear();
            let of = (&self.name, self.snapshot.tenant.as_ref());
            self.change_sets.add_to(&mut self.change_set, of, sync)?;
        }
        let (state, cache) = (&mut self.state, &mut self.fold_cache);
        passing
            .arriving
            .fold(state, commit, &self.change_set, cache);
        passing.version = commit.version;
        Ok(())
    }

    /// The tenant with the plans whose last commit has passed by; the others are not resident.
    pub(crate) fn arrive(self) -> Tenant {
        let mut state = self.state;
        for (learner, passing) in self.plans {
            if state.plans().version(learner) == passing.version {
                // Nobody opens a record in this copy meanwhile.
                let _ = passing.arriving.arrive(&mut state);
            }
        }
        state
    }
}
