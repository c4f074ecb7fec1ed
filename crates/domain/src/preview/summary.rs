//! The summary of a preview: counts, one row for each component and action, and warnings for the
//! whole sync (M1, M2, M4).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, LearnerId, ProgrammeId};
use crate::judging::baseline::Baseline;
use crate::judging::judge::Judge;
use crate::plan::not_resident::NotResident;
use crate::selection::Selection;
use crate::selection::component_list::ListedComponent;
use crate::state::tenant::Tenant;
use crate::sync::pair_outcome::{Action, Outcome, PairOutcome};
use crate::sync::pair_outcomes::{PairOutcomes, Tally};
use crate::sync::prepared::Prepared;
use crate::sync::warning::PairWarning;
use crate::text::personal::Personal;

/// The preview of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The number of selected components.
    pub components: usize,
    /// The number of selected learners; the source that a sync updates is not counted.
    pub learners: usize,
    /// The counts of all pairs.
    pub tally: Tally,
    /// The warnings for the whole sync.
    pub warnings: Vec<Warning>,
    /// The rows, in the order of the component list. A component has two rows if some targets have
    /// it and others do not.
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
    /// The number of learners for whom it would be synchronised, including those for whom nothing
    /// would change.
    pub synchronised: u64,
    /// The number of these for whom nothing would change.
    pub unchanged: u64,
    /// The number of learners for whom it would not be synchronised.
    pub not_synchronised: u64,
    /// The outcome for the source's own component, if the sync updates its source (T3).
    pub source: Option<PairOutcome>,
}

/// A warning for the whole sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// The number of learners that it concerns.
    pub learners: u64,
    /// The number of components that it concerns.
    pub components: u64,
}

/// What a warning for the whole sync is about (M4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// Some pairs would be skipped.
    SomeNotSynchronised,
    /// Reviews and their tasks would be cancelled and created anew.
    ReviewRecreated,
    /// Reviews that have begun would keep their type.
    ReviewTypeKept,
    /// Completed reviews would keep their date.
    CompletedReviewKept,
    /// Evidence was submitted for exercises that would change.
    MarkingAidEvidence,
    /// Open tasks of deleted components would be cancelled.
    TasksCancelled,
    /// Evidence of deleted components would be deleted.
    EvidenceDeleted,
    /// Finished components would be deleted.
    FinishedDeleted,
    /// Only `planned_for_qa` would be replayed.
    RestNotPermitted,
    /// The type of sync also updates its source (T3).
    SourceWillBeUpdated,
}

impl WarningCode {
    /// The warnings of pairs, in the order of [`PairWarning::kind`].
    const OF_PAIRS: [Self; PairWarning::KINDS] = [
        Self::ReviewRecreated,
        Self::ReviewTypeKept,
        Self::CompletedReviewKept,
        Self::MarkingAidEvidence,
        Self::TasksCancelled,
        Self::EvidenceDeleted,
        Self::FinishedDeleted,
        Self::RestNotPermitted,
    ];

    /// Its code on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SomeNotSynchronised => "some_not_synchronised",
            Self::ReviewRecreated => "review_recreated",
            Self::ReviewTypeKept => "review_type_kept",
            Self::CompletedReviewKept => "completed_review_kept",
            Self::MarkingAidEvidence => "marking_aid_evidence",
            Self::TasksCancelled => "tasks_cancelled",
            Self::EvidenceDeleted => "evidence_deleted",
            Self::FinishedDeleted => "finished_deleted",
            Self::RestNotPermitted => "rest_not_permitted",
            Self::SourceWillBeUpdated => "source_will_be_updated",
        }
    }

    /// Its message for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SomeNotSynchronised => "Component(s) for some Learners will not be synchronised",
            Self::ReviewRecreated => {
                "Reviews and their calendar tasks will be cancelled and made anew"
            }
            Self::ReviewTypeKept => "Reviews that have begun will keep their type",
            Self::CompletedReviewKept => "Completed reviews will keep their date",
            Self::TasksCancelled => "Open calendar tasks of deleted components will be cancelled",
            Self::EvidenceDeleted => "Evidence submitted for deleted components will be deleted",
            Self::FinishedDeleted => "Finished components will be deleted",
            Self::RestNotPermitted => {
                "Only Planned for QA will be synchronised where the rest is not permitted"
            }
            Self::MarkingAidEvidence => {
                "Evidence submitted for Marking Aid exercises will no longer be reachable"
            }
            Self::SourceWillBeUpdated => {
                "The source learner's component(s) will be updated as well"
            }
        }
    }
}

/// What the selected sync would do in this state, in which all plans that it needs are resident.
pub fn preview(
    tenant: &Tenant,
    programme: ProgrammeId,
    selection: &Selection,
) -> Result<Summary, NotResident> {
    preview_since(tenant, programme, selection, &Baselines::new())
}

/// The baselines of the targets of a request that confirms a preview, by target; otherwise empty.
pub type Baselines = BTreeMap<LearnerId, Baseline>;

/// The same, skipping what changed after these baselines.
pub fn preview_since(
    tenant: &Tenant,
    programme: ProgrammeId,
    selection: &Selection,
    baselines: &Baselines,
) -> Result<Summary, NotResident> {
    let prepared = Prepared::new(programme, &selection.change_set, tenant.values());
    let mut judge = Judge::new(selection.terms.clone(), Arc::new(prepared));
    let mut counts = Counts::new(selection.change_set.len());
    let mut judged = |learner: LearnerId| {
        let judged = judge.judge_target_since(tenant, learner, baselines.get(&learner));
        judged.map(|judgement| judgement.pair_outcomes)
    };
    for learner in &selection.learners {
        counts.add(&judged(*learner)?);
    }
    let source = selection.terms.source;
    let updates_source = selection.terms.is_updated_source(source);
    let updated = updates_source.then(|| judged(source)).transpose()?;
    Ok(counts.summary(selection, updated.as_ref()))
}

/// The counts of one component and action.
#[derive(Debug, Clone, Copy, Default)]
struct RowCounts {
    applied: u64,
    unchanged: u64,
    skipped: u64,
}

/// The counts of every component, by its index in the change set and the action's code.
struct Counts {
    rows: Vec<[RowCounts; Action::ALL.len()]>,
    tally: Tally,
    learners_skipped: u64,
    /// The warnings of each component's pairs, by the bits of their kinds.
    warned: Vec<u8>,
    learners_warned: [u64; PairWarning::KINDS],
}

impl Counts {
    fn new(components: usize) -> Self {
        Self {
            rows: vec![Default::default(); components],
            tally: Tally::default(),
            learners_skipped: 0,
            warned: vec![0; components],
            learners_warned: [0; PairWarning::KINDS],
        }
    }

    fn add(&mut self, pair_outcomes: &PairOutcomes) {
        let tally = pair_outcomes.tally();
        self.tally = self.tally.plus(tally);
        self.learners_skipped += u64::from(tally.skipped > 0);
        self.add_warnings(pair_outcomes);
        for (row, pair_outcome) in self.rows.iter_mut().zip(pair_outcomes.iter()) {
            let counts = &mut row[usize::from(pair_outcome.action().code())];
            match pair_outcome.outcome() {
                Outcome::Applied => counts.applied += 1,
                Outcome::Unchanged => counts.unchanged += 1,
                Outcome::Skipped(_) => counts.skipped += 1,
            }
        }
    }

    fn add_warnings(&mut self, pair_outcomes: &PairOutcomes) {
        let mut learner = 0_u8;
        let mut place = 0_usize;
        for run in pair_outcomes.runs() {
            let bits = run
                .pair_outcome
                .warnings()
                .fold(0, |bits, one| bits | 1 << one.kind());
            let count = usize::try_from(run.count).unwrap_or(usize::MAX);
            if bits != 0 {
                learner |= bits;
                let components = self.warned.iter_mut().skip(place).take(count);
                components.for_each(|warned| *warned |= bits);
            }
            place = place.saturating_add(count);
        }
        for (kind, learners) in self.learners_warned.iter_mut().enumerate() {
            *learners += u64::from(learner >> kind & 1);
        }
    }

    fn summary(&self, selection: &Selection, source: Option<&PairOutcomes>) -> Summary {
        let listed = selection.listed.iter();
        Summary {
            components: selection.change_set.len(),
            learners: selection.learners.len(),
            tally: self.tally,
            warnings: self.warnings(source.map_or(0, |source| source.tally().applied)),
            rows: listed
                .flat_map(|listed| self.rows_of(selection, listed, source))
                .collect(),
        }
    }

    fn warnings(&self, source_updated: u64) -> Vec<Warning> {
        let some_not = (self.learners_skipped > 0).then(|| Warning {
            code: WarningCode::SomeNotSynchronised,
            learners: self.learners_skipped,
            components: self.components(|counts| counts.skipped),
        });
        let kinds = self.learners_warned.iter().zip(WarningCode::OF_PAIRS);
        let of_pairs = kinds
            .enumerate()
            .filter(|(_, (learners, _))| **learners > 0);
        let of_pairs = of_pairs.map(|(kind, (learners, code))| {
            let warned = self.warned.iter().filter(|warned| *warned >> kind & 1 == 1);
            Warning {
                code,
                learners: *learners,
                components: warned.map(|_| 1).sum(),
            }
        });
        let source = (source_updated > 0).then_some(Warning {
            code: WarningCode::SourceWillBeUpdated,
            learners: 1,
            components: source_updated,
        });
        some_not.into_iter().chain(of_pairs).chain(source).collect()
    }

    /// The number of components that have any such pair.
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
        source: Option<&'a PairOutcomes>,
    ) -> impl Iterator<Item = SummaryRow> + 'a {
        let index = selection.change_set.index(listed.component);
        let entry = index.and_then(|index| selection.change_set.entries().get(index));
        let counts = index.and_then(|index| self.rows.get(index));
        let source = index.and_then(|index| source?.get(index));
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
                        source: source.filter(|source| source.action() == action),
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
