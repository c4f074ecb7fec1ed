//! Finds the reasons for due dates that a sync replayed: the reasons that were given for the edits of its
//! source.
//!
//! They are in the log, among the commits of the source's plan before the sync was accepted. If the source
//! got a date from another sync, the search continues in that sync's source.

use std::collections::BTreeSet;

use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{ComponentId, LearnerId, SyncId};
use plansync_domain::sync::change_set::Change;
use plansync_domain::sync::pair_outcome::{Action, PairOutcome};
use plansync_domain::values::attribute::Attribute;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_change::Reasons;

/// Commits of a plan read at a time.
const READ_COUNT: u64 = 256;
/// Syncs that are followed back from one commit. A date that passed through more of them has no reason.
const SYNCS_MAX: usize = 64;

/// Components whose dates a sync took from its source's plan, to be searched there.
struct Trail {
    sync: SyncId,
    components: BTreeSet<ComponentId>,
}

impl Reading<'_> {
    /// The reasons for the due dates of these components, which a sync replayed.
    pub(super) fn reasons_of_sync(
        &self,
        sync: SyncId,
        components: BTreeSet<ComponentId>,
    ) -> Result<Reasons, Refusal> {
        let mut search = Search {
            reading: self,
            trails: vec![Trail { sync, components }],
            reasons: Reasons::new(),
        };
        for _ in 0..SYNCS_MAX {
            let Some(trail) = search.trails.pop() else {
                break;
            };
            search.follow(trail)?;
        }
        Ok(search.reasons)
    }

    /// A sync's source and the version of its plan.
    fn source_of(&self, sync: SyncId) -> Result<(LearnerId, Version), Refusal> {
        let none = || Refusal::internal(format!("the log has no acceptance of sync {sync}"));
        let state = self.tenant().sync(sync).ok_or_else(none)?;
        let accepted = state.facts().accepted_version;
        let acceptance = self.commit(&Stream::Sync(sync), accepted)?;
        let mut events = self.decoded(&acceptance)?.events.into_iter();
        let found = events.find_map(|event| {
            if let Event::SyncAccepted(accepted) = event {
                Some((accepted.source, accepted.source_version))
            } else {
                None
            }
        });
        found.ok_or_else(none)
    }
}

/// The search for the reasons.
struct Search<'a> {
    reading: &'a Reading<'a>,
    /// What is still to be searched.
    trails: Vec<Trail>,
    /// What was found.
    reasons: Reasons,
}

impl Search<'_> {
    /// Searches a source's plan, backwards from where the sync was accepted.
    fn follow(&mut self, trail: Trail) -> Result<(), Refusal> {
        let (source, version) = self.reading.source_of(trail.sync)?;
        let (mut wanted, mut end) = (trail.components, u64::from(version) + 1);
        while end > 1 && !wanted.is_empty() {
            let begin = end.saturating_sub(READ_COUNT).max(1);
            let commits = self.reading.plan_commits(source, begin, end)?;
            for commit in commits.iter().rev() {
                for event in self.reading.decoded(commit)?.events.iter().rev() {
                    self.see(event, &mut wanted)?;
                }
            }
            end = begin;
        }
        Ok(())
    }

    /// Records the wanted components for which an event gives the reason or ends the search.
    fn see(&mut self, event: &Event, wanted: &mut BTreeSet<ComponentId>) -> Result<(), Refusal> {
        if let Event::TargetReplayed(replayed) = event {
            return self.see_sync(replayed, wanted);
        }
        if let Event::ComponentChanged(changed) = event {
            if changed.set.contains(Attribute::DueDate) && wanted.remove(&changed.component) {
                let reason = changed.reason.clone();
                self.reasons
                    .extend(reason.map(|reason| (changed.component, reason)));
            }
        } else if let Some(component) = came_or_went(event) {
            wanted.remove(&component);
        }
        Ok(())
    }

    fn see_sync(
        &mut self,
        replayed: &TargetReplayed,
        wanted: &mut BTreeSet<ComponentId>,
    ) -> Result<(), Refusal> {
        let state = self.reading.tenant().sync(replayed.sync);
        let Some(state) = state.filter(|_| replayed.pair_outcomes.change_the_plan()) else {
            return Ok(());
        };
        let change_set = self.reading.change_set(state)?;
        let pairs = change_set
            .entries()
            .iter()
            .zip(replayed.pair_outcomes.iter());
        let mut brought = BTreeSet::new();
        for (entry, pair_outcome) in pairs.filter(|(_, pair_outcome)| pair_outcome.is_applied()) {
            if pair_outcome.action() == Action::Delete {
                wanted.remove(&entry.component);
            } else if carries_date(&entry.change, pair_outcome) && wanted.remove(&entry.component) {
                brought.insert(entry.component);
            }
        }
        if !brought.is_empty() {
            self.trails.push(Trail {
                sync: replayed.sync,
                components: brought,
            });
        }
        Ok(())
    }
}

/// The component that an edit added or removed: it has no earlier date.
fn came_or_went(event: &Event) -> Option<ComponentId> {
    if let Event::ComponentAdded(added) = event {
        Some(added.component)
    } else if let Event::ComponentReadded(readded) = event {
        Some(readded.component)
    } else if let Event::ComponentRemoved(removed) = event {
        Some(removed.component)
    } else {
        None
    }
}

/// Whether a replayed change gave its component a due date.
fn carries_date(change: &Change, pair_outcome: PairOutcome) -> bool {
    match change {
        Change::Create(whole) => match &whole.explicit {
            Some(explicit) if pair_outcome.action() == Action::Synchronise => {
                explicit.after.contains(Attribute::DueDate)
            }
            Some(_) | None => true,
        },
        Change::Overwrite(_) => true,
        Change::Update(difference) => difference.after.contains(Attribute::DueDate),
        Change::Select { attributes } => attributes.contains(Attribute::DueDate),
        Change::NoRecentChange | Change::NoTemplate | Change::Delete => false,
    }
}
