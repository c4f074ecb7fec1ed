//! The decisions of one target, one a component of the change set and in its order.
//!
//! Owns their run-length form, which is what the log keeps, and their tally. Refuses to know what
//! the components are.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::sync::decision::{Action, Decision, Outcome, Reason};

/// Runs that room is made for before they have been read: how many there are is not believed beyond.
const RUNS_READ_AHEAD: usize = 4_096;

/// One decision, repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// What was decided.
    pub decision: Decision,
    /// Of how many components in a row; at least one.
    pub count: u32,
}

/// The decisions of one target, run-length encoded over the change set's order.
///
/// In the log it is one flat list: code, count, code, count, …
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decisions {
    runs: Vec<Run>,
}

impl Decisions {
    /// None yet, with room for so many runs.
    pub(crate) fn with_room(runs: usize) -> Self {
        Self {
            runs: Vec::with_capacity(runs),
        }
    }

    /// Adds the decision of the next component.
    pub fn push(&mut self, decision: Decision) {
        self.push_run(decision, 1);
    }

    fn push_run(&mut self, decision: Decision, count: u32) {
        if let Some(last) = self.runs.last_mut()
            && last.decision == decision
        {
            last.count = last.count.saturating_add(count);
        } else if count > 0 {
            self.runs.push(Run { decision, count });
        }
    }

    /// The runs, in the change set's order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// One decision a component, in the change set's order.
    pub fn iter(&self) -> impl Iterator<Item = Decision> + '_ {
        self.runs.iter().flat_map(|run| {
            std::iter::repeat_n(
                run.decision,
                usize::try_from(run.count).unwrap_or(usize::MAX),
            )
        })
    }

    /// The decision of the component with this place in the change set.
    pub fn get(&self, index: usize) -> Option<Decision> {
        self.iter().nth(index)
    }

    /// Of how many components there is a decision.
    pub fn count(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.count)).sum()
    }

    /// Whether any component of the target changes.
    pub fn change_the_plan(&self) -> bool {
        self.runs.iter().any(|run| run.decision.is_applied())
    }

    /// The same where the target could not be committed: what was to change failed, and every other
    /// pair keeps what was decided of it (T8).
    #[must_use]
    pub fn failed(&self) -> Self {
        let mut failed = Self::default();
        for run in &self.runs {
            let decision = if run.decision.is_applied() {
                Decision::skipped(run.decision.action(), Reason::Failed)
            } else {
                run.decision
            };
            failed.push_run(decision, run.count);
        }
        failed
    }

    /// Each decision that was made of any component, with how many it was made of. There are few.
    pub fn counts(&self) -> Vec<(Decision, u64)> {
        let mut counts: Vec<(Decision, u64)> = Vec::new();
        for run in &self.runs {
            let known = counts
                .iter_mut()
                .find(|(decision, _)| *decision == run.decision);
            match known {
                Some((_, count)) => *count += u64::from(run.count),
                None => counts.push((run.decision, u64::from(run.count))),
            }
        }
        counts
    }

    /// How many pairs came out how.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (decision, count) in self.counts() {
            tally.add(decision, count);
        }
        tally
    }
}

impl FromIterator<Decision> for Decisions {
    fn from_iter<I: IntoIterator<Item = Decision>>(decisions: I) -> Self {
        let mut all = Self::default();
        for decision in decisions {
            all.push(decision);
        }
        all
    }
}

impl Serialize for Decisions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(self.runs.len().checked_mul(2))?;
        for run in &self.runs {
            list.serialize_element(&run.decision.code())?;
            list.serialize_element(&run.count)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Decisions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RunsVisitor)
    }
}

struct RunsVisitor;

impl<'de> Visitor<'de> for RunsVisitor {
    type Value = Decisions;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decision codes, each followed by its count")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Decisions, A::Error> {
        let runs = list.size_hint().unwrap_or_default() / 2;
        let mut decisions = Decisions::with_room(runs.min(RUNS_READ_AHEAD));
        while let Some(code) = list.next_element::<u64>()? {
            let decision = Decision::from_code(code)
                .ok_or_else(|| de::Error::custom(format!("unknown decision code {code}")))?;
            let count = list
                .next_element::<u32>()?
                .ok_or_else(|| de::Error::custom("a decision code without its count"))?;
            decisions.push_run(decision, count);
        }
        Ok(decisions)
    }
}

/// How many pairs came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Pairs that changed.
    pub applied: u64,
    /// Pairs with nothing to change.
    pub unchanged: u64,
    /// Pairs left alone, for a reason.
    pub skipped: u64,
    /// Applied pairs that got the component.
    pub created: u64,
    /// Applied pairs whose component was changed.
    pub updated: u64,
    /// Applied pairs that lost the component.
    pub deleted: u64,
}

impl Tally {
    /// Counts one decision, so many times.
    pub fn add(&mut self, decision: Decision, count: u64) {
        match decision.outcome() {
            Outcome::Applied => {
                self.applied = self.applied.saturating_add(count);
                let effect = match decision.action() {
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

    /// This without a part of it.
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

    /// Both together.
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
