//! Reads of learners: only of those whom the actor may see (P8).

use std::collections::BTreeSet;

use plansync_domain::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use plansync_domain::reference::administrator::Groups;
use plansync_domain::reference::directory::{Query, Statuses};
use plansync_domain::reference::learner::{Enrolment, EnrolmentStatus, Learner};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// Which learners are listed: those that match any value of each filter that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LearnerListFilter {
    /// Those enrolled on this programme.
    pub programme: Option<ProgrammeId>,
    /// Those whose enrolment (on that programme, if one is given) has one of these statuses; empty: any.
    pub programme_statuses: Vec<EnrolmentStatus>,
    /// Those in one of these groups; empty: any.
    pub groups: Vec<Group>,
    /// Those with one of these tutors; empty: any.
    pub tutors: Vec<AdministratorId>,
    /// A part of the name, in any case and with any accents; empty: any.
    pub search: String,
}

/// A learner whom the actor may see, and the programmes to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLearner<'a> {
    /// The learner's id.
    pub learner: LearnerId,
    /// The learner's record.
    pub record: &'a Learner,
    /// The learner's enrolments on programmes that exist, in the record's order, with the programmes' names.
    pub programmes: Vec<(Enrolment, &'a str)>,
}

impl Reading<'_> {
    /// `learner.get`: `not_permitted`, `learner_not_available`.
    pub fn learner(&self, id: LearnerId) -> Result<&Learner, Refusal> {
        self.check_reference_reader()?;
        Ok(self.learner_seen(id)?)
    }

    /// `learner.list`, by name, then id: `not_permitted`.
    pub fn learners(
        &self,
        filter: &LearnerListFilter,
        window: Window,
    ) -> Result<Listed<(LearnerId, &Learner)>, Refusal> {
        self.check_reference_reader()?;
        Ok(self.seen(filter, window))
    }

    /// `learner.find`, by name, then id, for every admitted actor.
    pub fn find_learners(
        &self,
        programme: Option<ProgrammeId>,
        search: &str,
        window: Window,
    ) -> Listed<FoundLearner<'_>> {
        let filter = LearnerListFilter {
            programme,
            search: search.to_owned(),
            ..LearnerListFilter::default()
        };
        let tenant = self.tenant();
        let known = |enrolment: &Enrolment| {
            let programme = tenant.programme(enrolment.programme)?;
            Some((*enrolment, programme.name.as_str()))
        };
        self.seen(&filter, window)
            .map(|(learner, record)| FoundLearner {
                learner,
                record,
                programmes: record.enrolments.iter().filter_map(known).collect(),
            })
    }

    /// The learners whom the actor may see (P8) and who match the filter, by name, then id.
    fn seen(&self, filter: &LearnerListFilter, window: Window) -> Listed<(LearnerId, &Learner)> {
        let tenant = self.tenant();
        let (everybody, nobody) = (Groups::All, Groups::Listed(BTreeSet::new()));
        let seen_with = match self.actor.administrator() {
            None => &everybody,
            Some(id) => tenant.administrator(id).map_or(&nobody, |of| &of.groups),
        };
        let statuses = &filter.programme_statuses;
        let query = Query {
            seen_with,
            programme: filter.programme,
            statuses: if statuses.is_empty() {
                Statuses::ALL
            } else {
                statuses.iter().copied().collect()
            },
            groups: &filter.groups,
            tutors: &filter.tutors,
            search: &filter.search,
            except: &BTreeSet::new(),
        };
        let found = tenant
            .directory()
            .find(&query, window.skip, window.count_max());
        let known = |id| tenant.learner(id).map(|record| (id, record));
        Listed {
            total: found.total,
            items: found.learners.into_iter().filter_map(known).collect(),
        }
    }
}
