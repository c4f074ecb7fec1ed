//! Why a request does not select a learner: every rule and filter of the selection that leaves the
//! learner out (S4 to S6, S8).
//!
//! It is told afterwards, of the records as they were when the learners were chosen.

use crate::access::visibility;
use crate::ids::LearnerId;
use crate::reference::administrator::Administrator;
use crate::reference::learner::Learner;
use crate::sync::request::{LearnerFilter, Learners, SyncRequest};
use crate::text::personal::Personal;
use crate::text::search::Sought;

/// What leaves a learner out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The request names its learners, and not this one.
    NotListed,
    /// There was no such learner.
    Unknown,
    /// The administrator did not see the learner (P8).
    NotSeen,
    /// The learner was the source.
    Source,
    /// The learner was not enrolled on the programme.
    NotOnProgramme,
    /// The learner's enrolment was over.
    ProgrammeStatusExcluded,
    /// The filter for statuses of enrolments.
    ProgrammeStatuses,
    /// The filter for groups.
    Groups,
    /// The filter for tutors.
    Tutors,
    /// The search by name.
    Search,
    /// It may have been the search by name: the text of the search, or the name, was erased since.
    SearchErased,
    /// The request excepts the learner.
    Except,
}

/// Who chose, and from which records.
#[derive(Debug, Clone, Copy)]
pub struct Choosing<'a> {
    /// The request.
    pub request: &'a SyncRequest,
    /// The source.
    pub source: LearnerId,
    /// The administrator who requested the sync, if they were known.
    pub administrator: Option<&'a Administrator>,
}

impl Choosing<'_> {
    /// All that leaves this learner out; nothing if the request selects the learner.
    pub fn leaves_out(self, learner: LearnerId, record: Option<&Learner>) -> Vec<LeftOut> {
        let everybody = LearnerFilter::default();
        let filter = match &self.request.learners {
            Learners::Listed(listed) if listed.contains(&learner) => return Vec::new(),
            Learners::Listed(_) => return vec![LeftOut::NotListed],
            Learners::All => &everybody,
            Learners::Filtered(filter) => filter,
        };
        let Some(record) = record else {
            return vec![LeftOut::Unknown];
        };
        let mut found = self.rules(learner, record);
        found.extend(filters(filter, learner, record, self.request));
        found
    }

    /// What S5 leaves out whatever the filters are.
    fn rules(self, learner: LearnerId, record: &Learner) -> Vec<LeftOut> {
        let seen = self.administrator;
        let seen = seen.is_some_and(|administrator| visibility::sees(administrator, record));
        let enrolment = record.enrolment(self.request.programme);
        let is_over = enrolment.is_some_and(|enrolment| enrolment.status.is_excluded());
        let rules = [
            (LeftOut::NotSeen, !seen),
            (LeftOut::Source, learner == self.source),
            (LeftOut::NotOnProgramme, enrolment.is_none()),
            (LeftOut::ProgrammeStatusExcluded, is_over),
        ];
        holding(rules).collect()
    }
}

fn filters(
    filter: &LearnerFilter,
    learner: LearnerId,
    record: &Learner,
    request: &SyncRequest,
) -> impl Iterator<Item = LeftOut> {
    let enrolment = record.enrolment(request.programme);
    let has_status = enrolment.is_none_or(|one| filter.programme_statuses.contains(&one.status));
    let lacks = |wanted: bool, has: bool| wanted && !has;
    let in_group = record.groups.iter().any(|of| filter.groups.contains(of));
    let is_search = filter.search != Personal::default();
    let is_known = !is_search || !(filter.search.is_erased() || record.name.is_erased());
    let is_found = Sought::new(filter.search.as_str()).is_in(record.name.as_str());
    let has_tutor = record.tutors.iter().any(|of| filter.tutors.contains(of));
    holding([
        (
            LeftOut::ProgrammeStatuses,
            lacks(!filter.programme_statuses.is_empty(), has_status),
        ),
        (LeftOut::Groups, lacks(!filter.groups.is_empty(), in_group)),
        (LeftOut::Tutors, lacks(!filter.tutors.is_empty(), has_tutor)),
        (LeftOut::Search, is_known && !is_found),
        (LeftOut::SearchErased, !is_known),
        (LeftOut::Except, filter.except.contains(&learner)),
    ])
}

fn holding<const N: usize>(rules: [(LeftOut, bool); N]) -> impl Iterator<Item = LeftOut> {
    let held = rules.into_iter().filter(|(_, leaves_out)| *leaves_out);
    held.map(|(rule, _)| rule)
}
