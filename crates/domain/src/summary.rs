//! What a preview shows: numbers, one row a component and action, and warnings of the whole
//! (M1, M2, M4).
//!
//! Owns the counting. Refuses to judge: it asks the judge that the run asks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::component_list::ListedComponent;
use crate::confirm::Baseline;
use crate::decision::{Action, Outcome};
use crate::decisions::{Decisions, Tally};
use crate::ids::{ComponentId, ComponentType, LearnerId, ProgrammeId};
use crate::judge::Judge;
use crate::personal::Personal;
use crate::prepared::Prepared;
use crate::selection::Selection;
use crate::tenant::Tenant;
use crate::version::Version;

/// A preview of a whole sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many components were selected.
    pub components: usize,
    /// How many learners were selected; the source that a sync updates is not among them.
    pub learners: usize,
    /// How all pairs would come out.
    pub tally: Tally,
    /// Warnings of the whole.
    pub warnings: Vec<Warning>,
    /// In the order of the component list; two rows where some targets have the component and
    /// others lack it.
    pub rows: Vec<SummaryRow>,
}

/// One component and action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The component.
    pub component: ComponentId,
    /// Its name on the source, or its last one.
    pub name: Personal,
    /// Its type.
    pub component_type: ComponentType,
    /// What would be done to it.
    pub action: Action,
    /// The version of the source's plan that last changed it.
    pub last_updated: Version,
    /// For how many learners it would be, those included to whom nothing would change.
    pub synchronised: u64,
    /// To how many of those nothing would change.
    pub unchanged: u64,
    /// For how many learners it would not be.
    pub not_synchronised: u64,
}

/// A warning of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Of what.
    pub code: WarningCode,
    /// How many learners it concerns.
    pub learners: u64,
    /// How many components it concerns.
    pub components: u64,
}

/// What a warning of the whole is about (M4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// Some pairs would be skipped.
    SomeNotSynchronised,
    /// Evidence was submitted for exercises that would change.
    MarkingAidEvidence,
    /// The type of sync updates its source, too (T3).
    SourceWillBeUpdated,
}

impl WarningCode {
    /// Its code on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SomeNotSynchronised => "some_not_synchronised",
            Self::MarkingAidEvidence => "marking_aid_evidence",
            Self::SourceWillBeUpdated => "source_will_be_updated",
        }
    }

    /// What it says to people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SomeNotSynchronised => "Component(s) for some Learners will not be synchronised",
            Self::MarkingAidEvidence => {
                "Evidence submitted for Marking Aid exercises will no longer be reachable"
            }
            Self::SourceWillBeUpdated => {
                "The source learner's component(s) will be updated as well"
            }
        }
    }
}

/// What the selected sync would do, were it run on this state.
pub fn preview(tenant: &Tenant, programme: ProgrammeId, selection: &Selection) -> Summary {
    preview_since(tenant, programme, selection, &Baselines::new())
}

/// The baselines of the targets of a request that confirms a preview, by target; none otherwise.
pub type Baselines = BTreeMap<LearnerId, Baseline>;

/// The same, leaving alone what has changed after these baselines.
pub fn preview_since(
    tenant: &Tenant,
    programme: ProgrammeId,
    selection: &Selection,
    baselines: &Baselines,
) -> Summary {
    let prepared = Prepared::new(programme, &selection.change_set, tenant.values());
    let mut judge = Judge::new(selection.terms.clone(), Arc::new(prepared));
    let mut counts = Counts::new(selection.change_set.len());
    let mut judged = |learner: LearnerId| {
        judge
            .judge_target_since(tenant, learner, baselines.get(&learner))
            .decisions
    };
    for learner in &selection.learners {
        counts.add(&judged(*learner));
    }
    let source = selection.terms.source;
    let updates_source = selection.terms.is_updated_source(source);
    let updated = updates_source.then(|| judged(source).tally().applied);
    counts.summary(selection, updated)
}

/// How the pairs of one component and action come out.
#[derive(Debug, Clone, Copy, Default)]
struct RowCounts {
    applied: u64,
    unchanged: u64,
    skipped: u64,
    evidence_lost: u64,
}

/// The counts of every component, by its place in the change set and the action's code.
struct Counts {
    rows: Vec<[RowCounts; Action::ALL.len()]>,
    tally: Tally,
    learners_skipped: u64,
    learners_losing_evidence: u64,
}

impl Counts {
    fn new(components: usize) -> Self {
        Self {
            rows: vec![Default::default(); components],
            tally: Tally::default(),
            learners_skipped: 0,
            learners_losing_evidence: 0,
        }
    }

    fn add(&mut self, decisions: &Decisions) {
        let tally = decisions.tally();
        self.tally = self.tally.plus(tally);
        self.learners_skipped += u64::from(tally.skipped > 0);
        let mut runs = decisions.runs().iter();
        let loses_evidence = runs.any(|run| run.decision.evidence_lost());
        self.learners_losing_evidence += u64::from(loses_evidence);
        for (row, decision) in self.rows.iter_mut().zip(decisions.iter()) {
            let counts = &mut row[usize::from(decision.action().code())];
            counts.evidence_lost += u64::from(decision.evidence_lost());
            match decision.outcome() {
                Outcome::Applied => counts.applied += 1,
                Outcome::Unchanged => counts.unchanged += 1,
                Outcome::Skipped(_) => counts.skipped += 1,
            }
        }
    }

    fn summary(&self, selection: &Selection, source_updated: Option<u64>) -> Summary {
        let listed = selection.listed.iter();
        Summary {
            components: selection.change_set.len(),
            learners: selection.learners.len(),
            tally: self.tally,
            warnings: self.warnings(source_updated),
            rows: listed
                .flat_map(|listed| self.rows_of(selection, listed))
                .collect(),
        }
    }

    fn warnings(&self, source_updated: Option<u64>) -> Vec<Warning> {
        let some_not = (self.learners_skipped > 0).then(|| Warning {
            code: WarningCode::SomeNotSynchronised,
            learners: self.learners_skipped,
            components: self.components(|counts| counts.skipped),
        });
        let evidence = (self.learners_losing_evidence > 0).then(|| Warning {
            code: WarningCode::MarkingAidEvidence,
            learners: self.learners_losing_evidence,
            components: self.components(|counts| counts.evidence_lost),
        });
        // The page warns of the type as such, whether or not anything would differ this time.
        let source = source_updated.map(|components| Warning {
            code: WarningCode::SourceWillBeUpdated,
            learners: u64::from(components > 0),
            components,
        });
        [some_not, evidence, source].into_iter().flatten().collect()
    }

    /// Of how many components there is any such pair.
    fn components(&self, count: impl Fn(&RowCounts) -> u64) -> u64 {
        let rows = self.rows.iter();
        rows.filter(|row| row.iter().any(|counts| count(counts) > 0))
            .map(|_| 1)
            .sum()
    }

    fn rows_of<'a>(
        &'a self,
        selection: &'a Selection,
        listed: &'a ListedComponent,
    ) -> impl Iterator<Item = SummaryRow> + 'a {
        let index = selection.change_set.index(listed.component);
        let entry = index.and_then(|index| selection.change_set.entries().get(index));
        let counts = index.and_then(|index| self.rows.get(index));
        entry
            .zip(counts)
            .into_iter()
            .flat_map(move |(entry, counts)| {
                let own = entry.change.own_action();
                let nobody = counts.iter().all(|counts| counts.total() == 0);
                let shown = move |action: &Action| {
                    counts[usize::from(action.code())].total() > 0 || (nobody && *action == own)
                };
                Action::ALL.into_iter().filter(shown).map(move |action| {
                    let counts = counts[usize::from(action.code())];
                    SummaryRow {
                        component: entry.component,
                        name: entry.name.clone(),
                        component_type: listed.component_type.clone(),
                        action,
                        last_updated: listed.last_updated,
                        synchronised: counts.applied + counts.unchanged,
                        unchanged: counts.unchanged,
                        not_synchronised: counts.skipped,
                    }
                })
            })
    }
}

impl RowCounts {
    const fn total(self) -> u64 {
        self.applied + self.unchanged + self.skipped
    }
}
