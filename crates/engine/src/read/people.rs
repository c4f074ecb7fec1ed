//! Reading learners: those that the actor sees, and no others (P8).

use plansync_domain::ids::{AdministratorId, Group, LearnerId, ProgrammeId};
use plansync_domain::learner::{EnrolmentStatus, Learner};
use plansync_domain::search;
use plansync_domain::visibility::actor_sees;

use crate::call::Refusal;
use crate::read::{Listed, Reading, Window};

/// Which learners to list: any of the values within a filter, all filters together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LearnerListFilter {
    /// Those enrolled on this programme.
    pub programme: Option<ProgrammeId>,
    /// Those whose enrolment (on that programme, if one is given) stands so; empty: any.
    pub programme_statuses: Vec<EnrolmentStatus>,
    /// Those in one of these groups; empty: any.
    pub groups: Vec<Group>,
    /// Those with one of these tutors; empty: any.
    pub tutors: Vec<AdministratorId>,
    /// A part of the name, in either case of letters; empty: any.
    pub search: String,
}

impl LearnerListFilter {
    fn keeps(&self, learner: &Learner) -> bool {
        self.keeps_enrolments(learner)
            && (self.groups.is_empty()
                || self.groups.iter().any(|one| learner.groups.contains(one)))
            && (self.tutors.is_empty()
                || self.tutors.iter().any(|one| learner.tutors.contains(one)))
            && search::holds(learner.name.as_str(), &self.search)
    }

    fn keeps_enrolments(&self, learner: &Learner) -> bool {
        let any_will_do = self.programme.is_none() && self.programme_statuses.is_empty();
        let mut enrolments = learner.enrolments.iter();
        any_will_do
            || enrolments.any(|enrolment| {
                self.programme
                    .is_none_or(|wanted| enrolment.programme == wanted)
                    && (self.programme_statuses.is_empty()
                        || self.programme_statuses.contains(&enrolment.status))
            })
    }
}

impl Reading<'_> {
    /// `learner.get`
    pub fn learner(&self, id: LearnerId) -> Result<&Learner, Refusal> {
        self.check_reference_reader()?;
        Ok(self.learner_seen(id)?)
    }

    /// `learner.list`, by name, then id.
    pub fn learners(
        &self,
        filter: &LearnerListFilter,
        window: Window,
    ) -> Result<Listed<(LearnerId, &Learner)>, Refusal> {
        self.check_reference_reader()?;
        let tenant = self.tenant();
        let mut found: Vec<_> = tenant
            .learners()
            .filter(|(_, learner)| actor_sees(tenant, self.actor, learner) && filter.keeps(learner))
            .collect();
        found.sort_by(|one, other| (&one.1.name, one.0).cmp(&(&other.1.name, other.0)));
        Ok(window.of(found))
    }
}
