//! The learners that a sync can reach (S5): the list, its filters and its order.

use std::collections::BTreeSet;

use crate::ids::position::Position;
use crate::ids::{LearnerId, ProgrammeId};
use crate::reference::administrator::Groups;
use crate::reference::directory::{Matches, Query};
use crate::reference::learner::{EnrolmentStatus, Learner};
use crate::selection::source::Source;
use crate::sync::request::LearnerFilter;

/// A learner that can be selected.
#[derive(Debug, Clone, Copy)]
pub struct ListedLearner<'a> {
    /// The learner's id.
    pub id: LearnerId,
    /// The learner's record.
    pub learner: &'a Learner,
    /// The status of the enrolment on the programme.
    pub programme_status: EnrolmentStatus,
}

/// A part of a list of learners.
#[derive(Debug, Clone)]
pub struct LearnerList<'a> {
    /// The number of learners in the whole list.
    pub total: usize,
    /// The learners of the requested part.
    pub learners: Vec<ListedLearner<'a>>,
}

/// The learners that S5 lists and the filter matches, in the order of names, then ids: `take` of
/// them after the first `skip`.
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

/// All learners that S5 lists and the filter matches.
pub(crate) fn all(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &LearnerFilter,
) -> Vec<LearnerId> {
    found(source, programme, filter, 0, usize::MAX).learners
}

/// All learners that S5 listed and the filter matched at the position of a confirmed preview (M5);
/// none if they are no longer known.
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
        // Learners whose records were replaced since then are judged by their records of then.
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

/// Calls a function with the query that S5 and the filter mean: any value within one filter, all
/// filters together.
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
        search: filter.search.as_str(),
        except: &except,
    })
}
