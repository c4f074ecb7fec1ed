//! Metrics of synchronisations, plans, records and caches.

use plansync_domain::sync::pair_outcome::{Outcome, Reason};
use plansync_engine::{CacheName, Measured, SyncsMeasured};
use plansync_log::Lookups;

use super::family::Family;
use super::requests::count;
use crate::observing::observer::Serving;

pub(super) fn families(serving: Option<&Serving>) -> Vec<Family> {
    let engine = serving.map(|serving| &serving.engine);
    let syncs = engine.map(|engine| &engine.syncs);
    vec![
        running(engine),
        Family::counter(
            "plansync_syncs_accepted",
            "Synchronisations that were accepted.",
        )
        .total(syncs.map(|syncs| syncs.accepted)),
        Family::counter("plansync_syncs_ended", "Synchronisations that ended.")
            .by(&["outcome"])
            .counts(syncs.into_iter().flat_map(|syncs| {
                [
                    (["completed"], syncs.completed),
                    (["cancelled"], syncs.cancelled),
                ]
            })),
        Family::counter(
            "plansync_sync_targets",
            "Learners that synchronisations have done, whether their plans changed or not.",
        )
        .total(syncs.map(|syncs| syncs.targets)),
        Family::gauge(
            "plansync_sync_targets_waiting",
            "Learners that running synchronisations still have to do: those that wait for a worker (ready), and those \
             that an earlier synchronisation must do first (held).",
        )
        .by(&["state"])
        .wholes(syncs.into_iter().flat_map(|syncs| {
            [
                (["ready"], count(syncs.targets_waiting)),
                (["held"], count(syncs.targets_held)),
            ]
        })),
        pairs(syncs),
    ]
}

fn running(engine: Option<&Measured>) -> Family {
    let all = engine.into_iter().flat_map(|engine| {
        let held = engine.syncs.syncs_held;
        let running = engine.totals.running_syncs.saturating_sub(held);
        [(["running"], count(running)), (["waiting"], count(held))]
    });
    Family::gauge(
        "plansync_syncs",
        "Synchronisations that are not complete: those that run, and those that wait for earlier ones.",
    )
    .by(&["state"])
    .wholes(all)
}

fn pairs(syncs: Option<&SyncsMeasured>) -> Family {
    let pairs = syncs.map_or(&[][..], |syncs| &syncs.pairs);
    let reason = |outcome: &Outcome| outcome.reason().map_or("", Reason::name);
    Family::counter(
        "plansync_sync_pairs",
        "Pairs of a component and a learner that synchronisations have done. The reason says why a pair was skipped.",
    )
    .by(&["outcome", "reason"])
    .counts(
        pairs
            .iter()
            .map(|(outcome, count)| ([outcome.name(), reason(outcome)], *count)),
    )
}

/// Metrics of plans, records and caches.
pub(super) fn plans(serving: Option<&Serving>) -> Vec<Family> {
    let engine = serving.map(|serving| &serving.engine);
    let totals = engine.map(|engine| engine.totals);
    vec![
        Family::gauge(
            "plansync_plans",
            "Plans: those in memory (resident), and those that are read from the log when they are needed (away).",
        )
        .by(&["state"])
        .wholes(engine.into_iter().flat_map(|engine| {
            let resident = engine.plans.resident;
            let away = engine.totals.plans.saturating_sub(resident);
            [(["resident"], count(resident)), (["away"], count(away))]
        })),
        Family::gauge(
            "plansync_plans_resident_size",
            "Size of the plans in memory, counted as if they shared nothing. They share most, and take less.",
        )
        .of("bytes")
        .whole(engine.map(|engine| count(engine.plans.resident_bytes))),
        Family::counter(
            "plansync_plan_fetches",
            "Plans that were fetched from the log, because they were not in memory.",
        )
        .total(engine.map(|engine| engine.plans.fetched)),
        Family::counter(
            "plansync_plan_fetch_commits",
            "Commits that were read to fetch plans.",
        )
        .total(engine.map(|engine| engine.plans.fetched_commits)),
        Family::gauge("plansync_tenants", "Tenants.").whole(totals.map(|all| count(all.tenants))),
        Family::gauge("plansync_learners", "Learners of all tenants.")
            .whole(totals.map(|all| count(all.learners))),
        Family::gauge(
            "plansync_open_records",
            "Learners' records that somebody has open.",
        )
        .whole(totals.map(|all| count(all.open_records))),
        caches(serving),
    ]
}

fn caches(serving: Option<&Serving>) -> Family {
    let engine = serving.into_iter().flat_map(|serving| {
        let caches = serving.engine.caches.iter();
        caches.map(|(name, lookups)| (cache(*name), *lookups))
    });
    let log = serving.and_then(|serving| serving.log.as_ref());
    let volumes = log.map(|log| ("volumes", log.volume_lookups));
    Family::counter(
        "plansync_cache_lookups",
        "Look-ups in caches of what the log has: change sets, targets, outcomes and short forms of synchronisations that \
         have ended, and open volumes of the log.",
    )
    .by(&["cache", "result"])
    .counts(engine.chain(volumes).flat_map(results))
}

fn results((cache, lookups): (&'static str, Lookups)) -> [([&'static str; 2], u64); 2] {
    [
        ([cache, "hit"], lookups.hits),
        ([cache, "miss"], lookups.misses),
    ]
}

const fn cache(name: CacheName) -> &'static str {
    match name {
        CacheName::ChangeSets => "change_sets",
        CacheName::SyncTargets => "sync_targets",
        CacheName::SyncOutcomes => "sync_outcomes",
        CacheName::SyncOutlines => "sync_outlines",
    }
}
