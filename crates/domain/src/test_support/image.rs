//! Tests that evicted plans come back as if they had stayed resident. Test code only.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::Event;
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{Actor, LearnerId, SessionId, SyncId};
use crate::plan::Plan;
use crate::recent::change::RecentChange;
use crate::state::compact::Compaction;
use crate::state::evolve::{evolve, evolve_past_plans};
use crate::state::fetch::{Arriving, PlanCommit, evict_plan, image_version_max};
use crate::state::fold_cache::{ChangeSets, FoldCache};
use crate::state::image::{PlanImage, TenantImage};
use crate::state::tenant::Tenant;
use crate::sync::change_set::{ChangeSet, Entry};
use crate::sync::status::SyncStatus;
use crate::test_support::Given;
use crate::time::log_time::Stamp;

/// A commit as in a log: its actor, stream and events.
type Logged = (Actor, Stream, Vec<Event>);

/// What can be observed of a tenant with all plans resident, whatever ids its values have.
#[derive(Debug, PartialEq)]
pub(crate) struct VisibleState {
    plans: Vec<(LearnerId, PlanImage)>,
    recent: Vec<(SessionId, Vec<RecentChange>)>,
    syncs: Vec<(SyncId, SyncStatus, u32)>,
}

pub(crate) fn visible_state(tenant: &Tenant) -> VisibleState {
    let image = |learner| PlanImage::of(tenant.plan(learner), tenant.values());
    let learners = tenant.learners().map(|(learner, _)| learner);
    let mut recent: Vec<_> = tenant
        .records()
        .by_touch()
        .map(|(id, session)| {
            let plan = tenant.plan(session.learner);
            (id, session.recent_changes(plan, tenant.values()).unwrap())
        })
        .collect();
    recent.sort_by_key(|(id, _)| *id);
    let syncs = tenant.syncs().iter();
    VisibleState {
        plans: learners.map(|learner| (learner, image(learner))).collect(),
        recent,
        syncs: syncs
            .map(|sync| (sync.id(), sync.status(), sync.done_count()))
            .collect(),
    }
}

/// The value after it was stored as bytes and read back.
pub(crate) fn kept<T: Serialize + DeserializeOwned>(value: &T) -> T {
    rmp_serde::from_slice(&rmp_serde::to_vec_named(value).unwrap()).unwrap()
}

/// The commits of a plan.
pub(crate) fn of_plan(commits: &[Logged], learner: LearnerId) -> Vec<PlanCommit> {
    let own = commits
        .iter()
        .filter(|(_, stream, _)| *stream == Stream::Plan(learner));
    own.zip(1..)
        .map(|((by, _, events), version)| PlanCommit {
            version: Version::new(version),
            by: by.clone(),
            events: events.clone(),
        })
        .collect()
}

/// The change set of every sync.
pub(crate) fn change_sets(commits: &[Logged]) -> ChangeSets {
    let mut entries: HashMap<SyncId, Vec<Entry>> = HashMap::new();
    for event in commits.iter().flat_map(|(_, _, events)| events) {
        if let Event::ChangeSetChunk(chunk) = event {
            entries
                .entry(chunk.sync)
                .or_default()
                .extend(chunk.entries.clone());
        } else if let Event::SyncAccepted(accepted) = event {
            let own = entries.entry(accepted.sync).or_default();
            own.extend(accepted.entries.clone());
        }
    }
    entries
        .into_iter()
        .map(|(sync, entries)| (sync, Arc::new(ChangeSet::new(entries))))
        .collect()
}

/// Fetches every plan of a tenant, from nothing or from an image in `images` if one may be used.
pub(crate) fn bring_all(tenant: &mut Tenant, commits: &[Logged], images: &Tenant) {
    let (change_sets, mut fold_cache) = (change_sets(commits), FoldCache::default());
    let learners: Vec<_> = tenant.learners().map(|(learner, _)| learner).collect();
    for learner in learners {
        let image = PlanImage::of(images.plan(learner), images.values());
        let usable = image.version() <= image_version_max(tenant, learner)
            && image.version() <= tenant.plans().version(learner);
        let start = if usable {
            kept(&image).restore(tenant).unwrap()
        } else {
            Plan::default()
        };
        let commits = of_plan(commits, learner);
        let behind = commits.partition_point(|commit| commit.version <= start.version());
        let commits = &commits[behind..];
        bring(
            tenant,
            learner,
            start,
            commits,
            &change_sets,
            &mut fold_cache,
        );
    }
}

fn bring(
    tenant: &mut Tenant,
    learner: LearnerId,
    start: Plan,
    commits: &[PlanCommit],
    change_sets: &ChangeSets,
    fold_cache: &mut FoldCache,
) {
    let mut arriving = Arriving::begin(tenant, learner, Arc::new(start));
    for commit in commits {
        arriving.fold(tenant, commit, change_sets, fold_cache);
    }
    assert!(arriving.arrive(tenant));
}

impl Given {
    /// I1: a state that is stored at any position, and restored without its plans, is the same once
    /// they are fetched; and so is one from which every plan was evicted.
    #[track_caller]
    pub(crate) fn assert_comes_back(&self) {
        let expected = visible_state(&self.tenant);
        for kept_at in [0, self.commits.len() / 2, self.commits.len()] {
            let halfway = folded(Tenant::default(), &self.commits[..kept_at]);
            let image = kept(&TenantImage::of(&halfway));
            let mut again = passed_over(image.restore().unwrap(), &self.commits[kept_at..]);
            bring_all(&mut again, &self.commits, &halfway);
            assert_eq!(visible_state(&again), expected, "kept at {kept_at}");
            let learners: Vec<_> = again.learners().map(|(learner, _)| learner).collect();
            for learner in learners {
                evict_plan(&mut again, learner);
            }
            bring_all(&mut again, &self.commits, &Tenant::default());
            assert_eq!(
                visible_state(&again),
                expected,
                "evicted, kept at {kept_at}"
            );
        }
    }

    /// Compacting the values of a tenant at any time changes nothing that can be observed, and the
    /// tenant continues as it would have.
    #[track_caller]
    pub(crate) fn assert_goes_on_anew(&self) {
        let expected = visible_state(&self.tenant);
        for begun_at in [0, self.commits.len() / 2, self.commits.len()] {
            let (first, rest) = self.commits.split_at(begun_at);
            let halfway = folded(Tenant::default(), first);
            let mut late = folded(halfway.clone(), rest);
            anew(&mut late, Compaction::of(&halfway), &self.commits);
            assert_eq!(
                visible_state(&late),
                expected,
                "begun at {begun_at}, and then gone on"
            );
            let mut early = halfway.clone();
            anew(&mut early, Compaction::of(&halfway), first);
            let early = folded(early, rest);
            assert_eq!(visible_state(&early), expected, "begun at {begun_at}");
        }
    }
}

/// Applies a compaction, and fetches what was evicted.
fn anew(tenant: &mut Tenant, compaction: Compaction, commits: &[Logged]) {
    let (change_sets, mut fold_cache) = (change_sets(commits), FoldCache::default());
    for learner in compaction.onto(tenant) {
        let start = Plan::default();
        let commits = of_plan(commits, learner);
        bring(
            tenant,
            learner,
            start,
            &commits,
            &change_sets,
            &mut fold_cache,
        );
    }
}

fn folded(tenant: Tenant, commits: &[Logged]) -> Tenant {
    commits
        .iter()
        .fold(tenant, |mut tenant, (by, stream, events)| {
            let version = tenant.version_of(stream) + 1;
            let stamp = Stamp::default();
            evolve(&mut tenant, (stream, version), stamp, by, events);
            tenant
        })
}

/// Folded as when a log is opened: without plans.
fn passed_over(tenant: Tenant, commits: &[Logged]) -> Tenant {
    commits
        .iter()
        .fold(tenant, |mut tenant, (by, stream, events)| {
            let version = tenant.version_of(stream) + 1;
            let stamp = Stamp::default();
            evolve_past_plans(&mut tenant, (stream, version), stamp, by, events);
            tenant
        })
}
