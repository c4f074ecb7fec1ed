//! The learners that a synchronisation can go to (S5).
//!
//! Owns the list, its filters and its order. Refuses to page, and to look at plans.

use std::collections::BTreeSet;

use crate::ids::position::Position;
use crate::ids::{LearnerId, ProgrammeId};
use crate::reference::administrator::Groups;
use crate::reference::directory::{Matches, Query};
use crate::reference::learner::{EnrolmentStatus, Learner};
use crate::selection::source::Source;
use crate::sync::request::LearnerFilter;

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

/// A part of a list of learners.
#[derive(Debug, Clone)]
pub struct LearnerList<'a> {
    /// How many there are on all of it.
    pub total: usize,
    /// Those of the part that was asked for.
    pub learners: Vec<ListedLearner<'a>>,
}

/// The learners whom S5 lists and the filter keeps, by name, then id: `take` of them behind the first
/// `skip`.
pub fn list<'a>(
    source: &Source<'a>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
    skip: usize,
    take: usize,
) -> LearnerList<'a> {
    let found = found(source, programme, filter, skip, take);
    let listed = |id: LearnerId| {
        let learner = source.tenant.learner(id)?;
        let programme_status = learner.enrolment(programme)?.status;
        Some(ListedLearner {
            id,
            learner,
            programme_status,
        })
    };
    LearnerList {
        total: found.total,
        learners: found.learners.into_iter().filter_map(listed).collect(),
    }
}

/// All whom S5 lists and the filter keeps.
pub(crate) fn all(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
) -> Vec<LearnerId> {
    found(source, programme, filter, 0, usize::MAX).learners
}

/// All whom S5 listed and the filter kept at a position that is confirmed (M5); none where it is not known
/// any more who they were.
pub(crate) fn all_then(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
    position: Position,
) -> Option<BTreeSet<LearnerId>> {
    let tenant = source.tenant;
    let then = tenant.past().at(position)?;
    let nobody = Groups::Listed(BTreeSet::new());
    let seen_with = then.groups(tenant, source.administrator);
    let found = with_query(source, programme, filter, |query| {
        let query = Query {
            seen_with: seen_with.unwrap_or(&nobody),
            ..*query
        };
        let mut found = tenant.directory().find(&query, 0, usize::MAX).learners;
        // Those whose records were replaced since are judged by the records of then.
        let (kept, gone) = then.learners().partition::<Vec<_>, _>(|(id, record)| {
            record.is_some_and(|record| query.finds(*id, record))
        });
        let replaced: BTreeSet<LearnerId> = kept
            .iter()
            .chain(&gone)
            .map(|(learner, _)| *learner)
            .collect();
        found.retain(|learner| !replaced.contains(learner));
        found.extend(kept.into_iter().map(|(learner, _)| learner));
        found
    });
    Some(found.into_iter().collect())
}

fn found(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
    skip: usize,
    take: usize,
) -> Matches {
    with_query(source, programme, filter, |query| {
        source.tenant.directory().find(query, skip, take)
    })
}

/// Does something with the question that S5 and the filter put to the directory: any value within one
/// filter, all of the filters together.
pub(crate) fn with_query<T>(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
    with: impl FnOnce(&Query<'_>) -> T,
) -> T {
    let nobody = Groups::Listed(BTreeSet::new());
    let known = source.tenant.administrator(source.administrator);
    let mut except: BTreeSet<LearnerId> = filter.except.iter().copied().collect();
    except.insert(source.learner);
    let wanted = |status: &EnrolmentStatus| {
        let statuses = &filter.programme_statuses;
        !status.is_excluded() && (statuses.is_empty() || statuses.contains(status))
    };
    with(&Query {
        seen_with: known.map_or(&nobody, |known| &known.groups),
        programme: Some(programme),
        statuses: EnrolmentStatus::ALL.into_iter().filter(wanted).collect(),
        groups: &filter.groups,
        tutors: &filter.tutors,
        search: &filter.search,
        except: &except,
    })
}
