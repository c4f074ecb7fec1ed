//! Compares the plans of a part, and the recent changes of the records that are open on them, with those that the
//! engine loads from images and by the index of streams.

use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;

use super::check::{Check, CheckError, Part, Watch, go_on};
use super::difference::{Difference, DifferenceKind, Place};
use super::rows::{first_difference, value_of};
use crate::call::Refusal;
use crate::recorded::open_error::OpenError;
use crate::state::State;
use crate::state::snapshot::Snapshot;

/// Plans that the engine loads at a time.
const LOADED_COUNT: usize = 64;

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
    replayed: &State,
    watch: &mut Watch<'_>,
) -> Result<Result<u64, Difference>, CheckError> {
    let mut count = 0_u64;
    for (name, tenant) in check.served.tenants() {
        let snapshot = Snapshot::of(&check.served, name);
        let all = tenant.plans().versions().map(|(learner, _)| learner);
        let mut learners: Vec<LearnerId> = all.filter(|one| part.has_plan(*one)).collect();
        learners.sort_unstable();
        for group in learners.chunks(LOADED_COUNT) {
            go_on(watch, check.end())?;
            let loaded = check
                .loader
                .with_plans(&snapshot, name, group.iter().copied());
            let loaded = match loaded {
                Ok(loaded) => loaded,
                Err(Refusal::Unavailable { cause }) => return Err(CheckError::Plan(cause)),
                Err(refusal) => return unreadable(check, name, group, &refusal).map(Err),
            };
            // Lets go of plans that are beyond the bound of memory. There is nothing to write.
            if let Err(error) = check.writer.step() {
                tracing::debug!(%error, "memory was not released");
            }
            let sides = Sides {
                name,
                replayed: replayed.tenant(name),
                served: &loaded,
            };
            for learner in group {
                if let Some(difference) = sides.compare(check, *learner)? {
                    return Ok(Err(difference));
                }
                count += 1;
            }
        }
    }
    Ok(Ok(count))
}

/// A plan of a group cannot be loaded: the first one that cannot be loaded alone.
fn unreadable(
    check: &Check,
    name: &TenantId,
    group: &[LearnerId],
    refusal: &Refusal,
) -> Result<Difference, CheckError> {
    let snapshot = Snapshot::of(&check.served, name);
    let alone = |learner: &LearnerId| {
        let one = std::iter::once(*learner);
        check.loader.with_plans(&snapshot, name, one).err()
    };
    let found = group.iter().find_map(|one| Some((*one, alone(one)?)));
    let learner = found.as_ref().map(|(learner, _)| *learner);
    let why = found.map_or_else(|| refusal.to_string(), |(_, why)| why.to_string());
    let place = learner.map(|learner| {
        let stream = Stream::Plan(learner);
        let version = snapshot.tenant.version_of(&stream);
        Place::find(check.log.as_ref(), name, &stream, version)
    });
    let place = place.transpose().map_err(OpenError::from)?;
    Ok(Difference {
        kind: DifferenceKind::Plan,
        what: format!("the plan cannot be loaded: {why}"),
        place: place.flatten(),
    })
}

impl Sides<'_> {
    fn compare(&self, check: &Check, learner: LearnerId) -> Result<Option<Difference>, CheckError> {
        let stream = Stream::Plan(learner);
        let found = |kind, what| {
            let version = self.replayed.version_of(&stream);
            let place = Place::find(check.log.as_ref(), self.name, &stream, version);
            let place = place.map_err(OpenError::from)?;
            Ok(Some(Difference { kind, what, place }))
        };
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
