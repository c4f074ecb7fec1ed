//! `sync.outcomes`: the outcome of each pair of a sync (M6), read from the commits of its targets.
//!
//! Nothing is judged again. A target's pair outcomes are stored as a few runs and counted run by run; only
//! the pairs that are shown are expanded.

use std::ops::Range;
use std::sync::Arc;

use plansync_domain::access::sync::readable;
use plansync_domain::ids::{ComponentId, LearnerId, SyncId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::change_set::ChangeSet;
use plansync_domain::sync::pair_outcome::{Outcome, PairOutcome, Reason};
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_domain::sync::status::SyncStatus;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::ended_syncs::{DecidedTarget, DecidedTargets};
use crate::reading::window::{Listed, Window};

/// The outcome of a pair without its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeWord {
    /// The target's component changed.
    Applied,
    /// There was nothing to change.
    Unchanged,
    /// The target's component was not touched.
    Skipped,
}

impl OutcomeWord {
    /// The kind of an outcome.
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Applied => Self::Applied,
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Skipped(_) => Self::Skipped,
        }
    }
}

/// Which pairs are wanted: everything that is given must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeFilter {
    /// Those of this learner.
    pub learner: Option<LearnerId>,
    /// Those of this component.
    pub component: Option<ComponentId>,
    /// Those with this outcome.
    pub outcome: Option<OutcomeWord>,
    /// Those that were skipped for this reason.
    pub reason: Option<Reason>,
}

impl OutcomeFilter {
    fn keeps(&self, pair_outcome: PairOutcome) -> bool {
        let outcome = pair_outcome.outcome();
        self.outcome
            .is_none_or(|kind| kind == OutcomeWord::of(outcome))
            && self
                .reason
                .is_none_or(|reason| outcome == Outcome::Skipped(reason))
    }

    /// Whether every pair outcome is kept, so that they need not be read.
    fn keeps_every_pair(&self) -> bool {
        self.outcome.is_none() && self.reason.is_none()
    }
}

/// The outcome of one component for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeItem {
    /// The target.
    pub learner: LearnerId,
    /// The component.
    pub component: ComponentId,
    /// The action, the outcome and its reason.
    pub pair_outcome: PairOutcome,
    /// What went wrong, if it failed.
    pub cause: Option<String>,
    /// Whether the target is the source, whose plan the sync updates, too (T3).
    pub is_source: bool,
}

/// One query of the outcomes of one sync.
struct Query<'a> {
    reading: &'a Reading<'a>,
    sync: &'a SyncState,
    change_set: Arc<ChangeSet>,
    filter: &'a OutcomeFilter,
    /// The indexes of the wanted components in the change set.
    places: Range<usize>,
    /// What was decided of every target, if all of them must be read.
    known: Option<Arc<DecidedTargets>>,
}

impl Reading<'_> {
    /// `sync.outcomes`, by learner id, then component id: `sync_not_found`. Pairs of learners
    /// whom the actor may not see are left out, except those that show nothing but an id that was in the
    /// request (P8).
    pub fn sync_outcomes(
        &self,
        sync: SyncId,
        filter: &OutcomeFilter,
        window: Window,
    ) -> Result<Listed<OutcomeItem>, Refusal> {
        let sync = readable(self.tenant(), self.actor, sync)?;
        let query = Query::new(self, sync, filter)?;
        let targets = self.targets(sync)?;
        let asked =
            |(target, _): &(_, bool)| filter.learner.is_none_or(|learner| learner == *target);
        let mut found = Listed {
            total: 0,
            items: Vec::new(),
        };
        for target in targets.iter().filter(asked) {
            query.add(target, window, &mut found)?;
        }
        Ok(found)
    }
}

impl<'a> Query<'a> {
    fn new(
        reading: &'a Reading<'a>,
        sync: &'a SyncState,
        filter: &'a OutcomeFilter,
    ) -> Result<Self, Refusal> {
        let change_set = reading.change_set(sync)?;
        let places = match filter
            .component
            .map(|component| change_set.index(component))
        {
            None => 0..change_set.len(),
            Some(Some(place)) => place..place + 1,
            Some(None) => 0..0,
        };
        let known = if filter.keeps_every_pair() || filter.learner.is_some() {
            None
        } else {
            reading.decided_targets(sync)?
        };
        Ok(Self {
            reading,
            sync,
            change_set,
            filter,
            places,
            known,
        })
    }

    /// Counts a target's pairs, and adds those that are shown.
    fn add(
        &self,
        (target, is_done): (LearnerId, bool),
        window: Window,
        found: &mut Listed<OutcomeItem>,
    ) -> Result<(), Refusal> {
        let is_cancelled = self.sync.status() == SyncStatus::Cancelled;
        if self.places.is_empty() || !(is_done || is_cancelled) {
            return Ok(());
        }
        let before = found.total;
        let is_seen = self.reading.learner_seen(target).is_ok();
        if is_seen && self.filter.keeps_every_pair() {
            found.total += self.places.len();
            if found.total <= window.skip || found.items.len() >= window.count_max() {
                return Ok(());
            }
        }
        let decided = self.decided((target, is_done))?;
        if !is_seen && !decided.says_only_that_it_was_given(self.sync) {
            return Ok(());
        }
        found.total = before + self.count(&decided.pair_outcomes);
        let pairs = self
            .pairs(target, &decided)
            .skip(window.skip.saturating_sub(before));
        found
            .items
            .extend(pairs.take(window.count_max().saturating_sub(found.items.len())));
        Ok(())
    }

    /// How many pairs of a target are wanted, counted run by run.
    fn count(&self, pair_outcomes: &PairOutcomes) -> usize {
        let mut begin = 0;
        let mut kept = 0;
        for run in pair_outcomes.runs() {
            let end = begin + usize::try_from(run.count).unwrap_or(usize::MAX);
            if self.filter.keeps(run.pair_outcome) {
                let first = self.places.start.clamp(begin, end);
                let last = self.places.end.clamp(begin, end);
                kept += last - first;
            }
            begin = end;
        }
        kept
    }

    /// The wanted pairs of a target.
    fn pairs<'d>(
        &'d self,
        learner: LearnerId,
        decided: &'d DecidedTarget,
    ) -> impl Iterator<Item = OutcomeItem> + 'd {
        let is_source = self.sync.is_updated_source(learner);
        let entries = self
            .change_set
            .entries()
            .iter()
            .zip(decided.pair_outcomes.iter());
        let asked = entries.skip(self.places.start).take(self.places.len());
        let kept = asked.filter(|(_, pair_outcome)| self.filter.keeps(*pair_outcome));
        kept.map(move |(entry, pair_outcome)| OutcomeItem {
            learner,
            component: entry.component,
            pair_outcome,
            cause: cause(pair_outcome, decided),
            is_source,
        })
    }

    /// What was decided of a target, from memory if it was read before.
    fn decided(&self, target: (LearnerId, bool)) -> Result<Arc<DecidedTarget>, Refusal> {
        if let Some(known) = self.known.as_ref().and_then(|known| known.get(&target.0)) {
            return Ok(Arc::clone(known));
        }
        let decided = self
            .reading
            .decided_target(self.sync, &self.change_set, target)?;
        Ok(Arc::new(decided))
    }
}

fn cause(pair_outcome: PairOutcome, decided: &DecidedTarget) -> Option<String> {
    let has_failed = pair_outcome.outcome() == Outcome::Skipped(Reason::Failed);
    decided.cause.clone().filter(|_| has_failed)
}
