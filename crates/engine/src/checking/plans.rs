//! Compares the plans of a part, and the recent changes of the records that are open on them, with those that the
//! engine loads from images and the commits after them.

use std::collections::HashMap;
use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::fetch::PlanCommit;
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use super::check::{Check, CheckError, Part, Watch, go_on};
use super::difference::{Difference, DifferenceKind, Place};
use super::rows::{first_difference, value_of};
use crate::call::Refusal;
use crate::naming::stream_id;
use crate::plans::passing::PassingPlans;
use crate::recorded::open_error::OpenError;
use crate::state::State;
use crate::state::snapshot::Snapshot;

/// So many plans are compared between two looks at whether the check is to end.
const COMPARED_COUNT: usize = 64;
/// So many plans of each tenant and part are also loaded by the index of streams.
const INDEXED_MAX: usize = 64;

/// The plans of a part as the engine loads them: from their images, and from the commits after those. The commits are
/// those of the replay. That the index of streams gives the same ones is checked for itself, so all of them need not
/// be read again, one by one; some plans are, so that a reader of streams that is wrong is found, too.
#[derive(Default)]
pub(super) struct Loaded {
    tenants: HashMap<TenantId, PassingPlans>,
}

impl Loaded {
    /// Takes a commit on a plan of the part. The result is a difference if the plan cannot be loaded.
    pub(super) fn fold(
        &mut self,
        check: &Check,
        tenant: &TenantId,
        (learner, position): (LearnerId, Position),
        commit: &PlanCommit,
    ) -> Result<Option<Difference>, CheckError> {
        let plans = self.tenants.entry(tenant.clone()).or_insert_with(|| {
            let snapshot = Snapshot::of(&check.served, tenant);
            check.loader.passing(snapshot, tenant)
        });
        match plans.fold(learner, commit) {
            Ok(()) => Ok(None),
            Err(Refusal::Unavailable { cause }) => Err(CheckError::Plan(cause)),
            Err(refusal) => {
                let stream = stream_id(tenant, &Stream::Plan(learner));
                let place = Place::of(stream, u64::from(commit.version), position);
                Ok(Some(unreadable(&refusal.to_string(), Some(place))))
            }
        }
    }
}

/// One tenant on both sides.
struct Sides<'a> {
    name: &'a TenantId,
    /// As it was replayed.
    replayed: &'a Tenant,
    /// As the engine loads it.
    served: &'a Tenant,
}

/// Compares the plans of a part. The result is their number, or the first difference.
pub(super) fn compare(
    check: &Check,
    part: Part,
    (replayed, mut loaded): (&State, Loaded),
    watch: &mut Watch<'_>,
) -> Result<Result<u64, Difference>, CheckError> {
    let mut count = 0_u64;
    for (name, tenant) in check.served.tenants() {
        let passing = loaded.tenants.remove(name);
        let served = passing.map_or_else(|| tenant.aside(), PassingPlans::arrive);
        let sides = Sides {
            name,
            replayed: replayed.tenant(name),
            served: &served,
        };
        let all = tenant.plans().versions().map(|(learner, _)| learner);
        let mut learners: Vec<LearnerId> = all.filter(|one| part.has_plan(*one)).collect();
        learners.sort_unstable();
        for group in learners.chunks(COMPARED_COUNT) {
            go_on(watch, check.end())?;
            for learner in group {
                if let Some(difference) = sides.compare(check, *learner)? {
                    return Ok(Err(difference));
                }
                count += 1;
            }
        }
        let apart = learners.len().div_ceil(INDEXED_MAX).max(1);
        let some: Vec<LearnerId> = learners.into_iter().step_by(apart).collect();
        go_on(watch, check.end())?;
        if let Some(difference) = compare_indexed(check, name, &some, replayed)? {
            return Ok(Err(difference));
        }
    }
    Ok(Ok(count))
}

/// Compares plans that are loaded as they are for whoever asks for them: by the index of streams.
fn compare_indexed(
    check: &Check,
    name: &TenantId,
    learners: &[LearnerId],
    replayed: &State,
) -> Result<Option<Difference>, CheckError> {
    let snapshot = Snapshot::of(&check.served, name);
    let load = |learners: &[LearnerId]| {
        let learners = learners.iter().copied();
        check.loader.with_plans(&snapshot, name, learners)
    };
    let served = match load(learners) {
        Ok(served) => served,
        Err(Refusal::Unavailable { cause }) => return Err(CheckError::Plan(cause)),
        Err(refusal) => {
            // The first one that cannot be loaded alone.
            let alone = |learner: &LearnerId| Some((*learner, load(&[*learner]).err()?));
            let found = learners.iter().find_map(alone);
            let place = found.as_ref().map(|(learner, _)| {
                let stream = Stream::Plan(*learner);
                let version = snapshot.tenant.version_of(&stream);
                Place::find(check.log.as_ref(), name, &stream, version)
            });
            let place = place.transpose().map_err(OpenError::from)?.flatten();
            let why = found.map_or_else(|| refusal.to_string(), |(_, why)| why.to_string());
            return Ok(Some(unreadable(&why, place)));
        }
    };
    let sides = Sides {
        name,
        replayed: replayed.tenant(name),
        served: &served,
    };
    for learner in learners {
        if let Some(difference) = sides.compare(check, *learner)? {
            return Ok(Some(difference));
        }
    }
    Ok(None)
}

fn unreadable(why: &str, place: Option<Place>) -> Difference {
    Difference {
        kind: DifferenceKind::Plan,
        what: format!("the plan cannot be loaded: {why}"),
        place,
    }
}

impl Sides<'_> {
    fn compare(&self, check: &Check, learner: LearnerId) -> Result<Option<Difference>, CheckError> {
        let stream = Stream::Plan(learner);
        let place = |tenant: &Tenant| {
            let version = tenant.version_of(&stream);
            let place = Place::find(check.log.as_ref(), self.name, &stream, version);
            place.map_err(OpenError::from)
        };
        let found = |kind, what| {
            let place = place(self.replayed)?;
            Ok(Some(Difference { kind, what, place }))
        };
        if !self.served.plans().is_resident(learner) {
            let why = format!(
                "the log has no version {} of it",
                self.served.plans().version(learner)
            );
            return Ok(Some(unreadable(&why, place(self.served)?)));
        }
        let [replayed, served] = [self.replayed, self.served].map(|tenant| {
            let plan = tenant.resident_plan(learner).ok()?;
            Some(PlanImage::canonical(plan, tenant.values()))
        });
        if replayed != served {
            let encoded = |image: &Option<PlanImage>| value_of(image).map_err(CheckError::Encoding);
            let (replayed, served) = (encoded(&replayed)?, encoded(&served)?);
            return match first_difference(&replayed, &served) {
                Some(differs) => found(DifferenceKind::Plan, differs.told()),
                None => Ok(None),
            };
        }
        match self.recent_changes(learner) {
            Some(what) => found(DifferenceKind::RecentChanges, what),
            None => Ok(None),
        }
    }

    /// What differs in the recent changes of the records that are open on a plan.
    fn recent_changes(&self, learner: LearnerId) -> Option<String> {
        let mut open = self.replayed.records().open_on(learner);
        open.find_map(|session| {
            let [replayed, served] = [self.replayed, self.served].map(|tenant| {
                let (plan, open) = (tenant.resident_plan(learner), tenant.session(session));
                let changes = open?.recent_changes(Arc::as_ref(plan.ok()?), tenant.values());
                changes.ok()
            });
            let [now, then] = [&served, &replayed].map(|changes| {
                changes.as_ref().map_or("no changes".to_owned(), |changes| {
                    format!("{} changes", changes.len())
                })
            });
            (replayed != served).then(|| {
                format!(
                    "the record session {session} has other recent changes: {now}, and the replay gives {then}"
                )
            })
        })
    }
}
