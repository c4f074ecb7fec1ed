//! The pair outcomes of one target, one for each component and in the order of the change set:
//! their run-length encoded form, which the log stores, and their counts.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::sync::pair_outcome::{Action, Outcome, PairOutcome, Reason};

/// The number of runs for which memory is reserved before they are read: a stored length is not
/// trusted beyond it.
const RUNS_READ_AHEAD: usize = 4_096;

/// A repeated pair outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRun {
    /// The pair outcome.
    pub pair_outcome: PairOutcome,
    /// The number of consecutive components, at least 1.
    pub count: u32,
}

/// The pair outcomes of one target, run-length encoded in the order of the change set.
///
/// In the log this is one flat list: code, count, code, count, …
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PairOutcomes {
    runs: Vec<OutcomeRun>,
}

impl PairOutcomes {
    /// An empty list with room for this number of runs.
    pub(crate) fn with_room(runs: usize) -> Self {
        Self {
            runs: Vec::with_capacity(runs),
        }
    }

    /// Appends the pair outcome of the next component.
    pub fn push(&mut self, pair_outcome: PairOutcome) {
        self.push_run(pair_outcome, 1);
    }

    fn push_run(&mut self, pair_outcome: PairOutcome, count: u32) {
        if let Some(last) = self.runs.last_mut()
            && last.pair_outcome == pair_outcome
        {
            last.count = last.count.saturating_add(count);
        } else if count > 0 {
            self.runs.push(OutcomeRun {
                pair_outcome,
                count,
            });
        }
    }

    /// The runs, in the order of the change set.
    pub fn runs(&self) -> &[OutcomeRun] {
        &self.runs
    }

    /// The pair outcomes, one for each component, in the order of the change set.
    pub fn iter(&self) -> impl Iterator<Item = PairOutcome> + '_ {
        self.runs.iter().flat_map(|run| {
            std::iter::repeat_n(
                run.pair_outcome,
                usize::try_from(run.count).unwrap_or(usize::MAX),
            )
        })
    }

    /// The pair outcome of the component with this index in the change set.
    pub fn get(&self, index: usize) -> Option<PairOutcome> {
        self.iter().nth(index)
    }

    /// The number of components.
    pub fn count(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.count)).sum()
    }

    /// Whether some component of the target changes.
    pub fn change_the_plan(&self) -> bool {
        self.runs.iter().any(|run| run.pair_outcome.is_applied())
    }

    /// The outcomes of a target whose commit failed: changes become `failed`, and every other pair
    /// keeps its outcome (T8).
    #[must_use]
    pub fn failed(&self) -> Self {
        let mut failed = Self::default();
        for run in &self.runs {
            let pair_outcome = if run.pair_outcome.is_applied() {
                PairOutcome::skipped(run.pair_outcome.action(), Reason::Failed)
            } else {
                run.pair_outcome
            };
            failed.push_run(pair_outcome, run.count);
        }
        failed
    }

    /// Each distinct pair outcome with its number of components. There are few.
    pub fn counts(&self) -> Vec<(PairOutcome, u64)> {
        let mut counts: Vec<(PairOutcome, u64)> = Vec::new();
        for run in &self.runs {
            let known = counts
                .iter_mut()
                .find(|(pair_outcome, _)| *pair_outcome == run.pair_outcome);
            match known {
                Some((_, count)) => *count += u64::from(run.count),
                None => counts.push((run.pair_outcome, u64::from(run.count))),
            }
        }
        counts
    }

    /// The counts of these pairs.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (pair_outcome, count) in self.counts() {
            tally.add(pair_outcome, count);
        }
        tally
    }
}

impl FromIterator<PairOutcome> for PairOutcomes {
    fn from_iter<I: IntoIterator<Item = PairOutcome>>(pair_outcomes: I) -> Self {
        let mut all = Self::default();
        for pair_outcome in pair_outcomes {
            all.push(pair_outcome);
        }
        all
    }
}

impl Serialize for PairOutcomes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(self.runs.len().checked_mul(2))?;
        for run in &self.runs {
            list.serialize_element(&run.pair_outcome.code())?;
            list.serialize_element(&run.count)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for PairOutcomes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RunsVisitor)
    }
}

struct RunsVisitor;

impl<'de> Visitor<'de> for RunsVisitor {
    type Value = PairOutcomes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pair outcome codes, each followed by its count")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<PairOutcomes, A::Error> {
        let runs = list.size_hint().unwrap_or_default() / 2;
        let mut pair_outcomes = PairOutcomes::with_room(runs.min(RUNS_READ_AHEAD));
        while let Some(code) = list.next_element::<u64>()? {
            let pair_outcome = PairOutcome::from_code(code)
                .ok_or_else(|| de::Error::custom(format!("unknown pair outcome code {code}")))?;
            let count = list
                .next_element::<u32>()?
                .ok_or_else(|| de::Error::custom("a pair outcome code without its count"))?;
            pair_outcomes.push_run(pair_outcome, count);
        }
        Ok(pair_outcomes)
    }
}

/// Counts of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Pairs that changed.
    pub applied: u64,
    /// Pairs with nothing to change.
    pub unchanged: u64,
    /// Pairs that were skipped for a reason.
    pub skipped: u64,
    /// Applied pairs that created the component.
    pub created: u64,
    /// Applied pairs that updated the component.
    pub updated: u64,
    /// Applied pairs that deleted the component.
    pub deleted: u64,
}

impl Tally {
    /// Counts a pair outcome `count` times.
    pub fn add(&mut self, pair_outcome: PairOutcome, count: u64) {
        match pair_outcome.outcome() {
            Outcome::Applied => {
                self.applied = self.applied.saturating_add(count);
                let effect = match pair_outcome.action() {
                    Action::Synchronise => &mut self.updated,
                    Action::Create => &mut self.created,
                    Action::Delete => &mut self.deleted,
                };
                *effect = effect.saturating_add(count);
            }
            Outcome::Unchanged => self.unchanged = self.unchanged.saturating_add(count),
            Outcome::Skipped(_) => self.skipped = self.skipped.saturating_add(count),
        }
    }

    /// The difference to a part of it.
    #[must_use]
    pub fn minus(self, part: Self) -> Self {
        Self {
            applied: self.applied.saturating_sub(part.applied),
            unchanged: self.unchanged.saturating_sub(part.unchanged),
            skipped: self.skipped.saturating_sub(part.skipped),
            created: self.created.saturating_sub(part.created),
            updated: self.updated.saturating_sub(part.updated),
            deleted: self.deleted.saturating_sub(part.deleted),
        }
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            applied: self.applied.saturating_add(other.applied),
            unchanged: self.unchanged.saturating_add(other.unchanged),
            skipped: self.skipped.saturating_add(other.skipped),
            created: self.created.saturating_add(other.created),
            updated: self.updated.saturating_add(other.updated),
            deleted: self.deleted.saturating_add(other.deleted),
        }
    }
}
