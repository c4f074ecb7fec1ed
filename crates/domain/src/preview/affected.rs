//! The learners of a sync, one row each: the counts of what it would do to each of them (M2a).

use std::sync::Arc;

use crate::access::target_eligibility;
use crate::ids::{LearnerId, ProgrammeId};
use crate::judging::judge::Judge;
use crate::plan::not_resident::NotResident;
use crate::preview::summary::Baselines;
use crate::selection::Selection;
use crate::state::tenant::Tenant;
use crate::sync::pair_outcomes::Tally;
use crate::sync::prepared::Prepared;
use crate::sync::warning::WarningCounts;
use crate::text::personal::Personal;

/// One learner of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedLearner {
    /// The learner.
    pub learner: LearnerId,
    /// The learner's name; none if the learner is not available.
    pub name: Option<Personal>,
    /// The counts of the learner's pairs.
    pub tally: Tally,
    /// The number of components with each warning.
    pub warnings: WarningCounts,
    /// Whether this is the source, which the sync updates, and not one of its learners (T3).
    pub is_source: bool,
}

/// What a selected sync would do to each learner in this state, skipping what changed after these
/// baselines. Learners are in the order of names, then ids; those who are not available come last.
/// The source that a sync updates comes first and is not one of its learners.
pub fn affected(
    tenant: &Tenant,
    programme: ProgrammeId,
    selection: &Selection,
    baselines: &Baselines,
) -> Result<Vec<AffectedLearner>, NotResident> {
    let terms = &selection.terms;
    let prepared = Prepared::new(programme, &selection.change_set, tenant.values());
    let mut judge = Judge::new(terms.clone(), Arc::new(prepared));
    let learners = selection.learners.iter().map(|learner| (*learner, false));
    let source = terms.is_updated_source(terms.source);
    let source = source.then_some((terms.source, true));
    let rows = learners.chain(source).map(|(learner, is_source)| {
        let since = baselines.get(&learner);
        let pair_outcomes = judge
            .judge_target_since(tenant, learner, since)?
            .pair_outcomes;
        let seen = target_eligibility::seen(tenant, &terms.requested_by, learner);
        Ok(AffectedLearner {
            learner,
            name: seen.ok().map(|record| record.name.clone()),
            tally: pair_outcomes.tally(),
            warnings: pair_outcomes.warnings(),
            is_source,
        })
    });
    let mut rows = rows.collect::<Result<Vec<_>, NotResident>>()?;
    rows.sort_by(|one, other| order(one).cmp(&order(other)));
    Ok(rows)
}

fn order(row: &AffectedLearner) -> (bool, bool, Option<&Personal>, LearnerId) {
    let name = row.name.as_ref();
    (!row.is_source, name.is_none(), name, row.learner)
}
