//! The learners that a synchronisation can go to (S5).
//!
//! Owns the list, its filters and its order. Refuses to page, and to look at plans.

use crate::ids::{LearnerId, ProgrammeId};
use crate::learner::{EnrolmentStatus, Learner};
use crate::request::LearnerFilter;
use crate::search;
use crate::source::Source;
use crate::standing;

/// One learner that can be chosen.
#[derive(Debug, Clone, Copy)]
pub struct ListedLearner<'a> {
    /// Their id.
    pub id: LearnerId,
    /// Their record.
    pub learner: &'a Learner,
    /// How their enrolment on the programme stands.
    pub programme_status: EnrolmentStatus,
}

/// The learners whom S5 lists and the filter keeps, by name, then id.
pub fn list<'a>(
    source: &Source<'a>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
) -> Vec<ListedLearner<'a>> {
    let mut listed: Vec<_> = reached(source, programme)
        .filter(|listed| keeps(filter, listed))
        .collect();
    listed.sort_by(|one, other| {
        let names = one.learner.name.as_str().cmp(other.learner.name.as_str());
        names.then(one.id.cmp(&other.id))
    });
    listed
}

/// Everybody whom S5 lists, by id.
pub(crate) fn reached<'a>(
    source: &Source<'a>,
    programme: ProgrammeId,
) -> impl Iterator<Item = ListedLearner<'a>> {
    let (tenant, administrator) = (source.tenant, source.administrator);
    let from = source.learner;
    tenant.enrolled(programme).filter_map(move |(id, learner)| {
        standing::of_target(tenant, administrator, from, programme, id).ok()?;
        let programme_status = learner.enrolment(programme)?.status;
        Some(ListedLearner {
            id,
            learner,
            programme_status,
        })
    })
}

/// Any value within one filter, all of the filters together.
pub(crate) fn keeps(filter: &LearnerFilter, listed: &ListedLearner<'_>) -> bool {
    let learner = listed.learner;
    let any = |wanted: bool, found: bool| !wanted || found;
    any(
        !filter.programme_statuses.is_empty(),
        filter.programme_statuses.contains(&listed.programme_status),
    ) && any(
        !filter.groups.is_empty(),
        filter
            .groups
            .iter()
            .any(|group| learner.groups.contains(group)),
    ) && any(
        !filter.tutors.is_empty(),
        filter
            .tutors
            .iter()
            .any(|tutor| learner.tutors.contains(tutor)),
    ) && search::holds(learner.name.as_str(), &filter.search)
        && !filter.except.contains(&listed.id)
}
