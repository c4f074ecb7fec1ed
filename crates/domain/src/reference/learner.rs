//! Learners: their case owner, groups, tutors and enrolments.
//!
//! Written by `system` alone (P10). Knows nothing of their plans.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, Group, ProgrammeId};
use crate::text::personal::Personal;

/// The most groups of one learner.
pub const GROUPS_MAX: usize = 200;
/// The most tutors of one learner.
pub const TUTORS_MAX: usize = 200;
/// The most enrolments of one learner.
pub const ENROLMENTS_MAX: usize = 50;

/// One learner, as `system` put them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learner {
    /// Their name, 1 to 200 characters.
    pub name: Personal,
    /// Who is responsible for them, known to this tenant or not yet.
    pub case_owner: Option<AdministratorId>,
    /// Their groups, as given, each once.
    pub groups: Vec<Group>,
    /// Their tutors, as given, each once.
    pub tutors: Vec<AdministratorId>,
    /// What they are enrolled on, in the order given, a programme at most once.
    pub enrolments: Vec<Enrolment>,
}

impl Learner {
    /// Their enrolment on this very programme, if they have one.
    pub fn enrolment(&self, programme: ProgrammeId) -> Option<&Enrolment> {
        self.enrolments
            .iter()
            .find(|enrolment| enrolment.programme == programme)
    }

    /// The same record with every group and tutor once, in the order of their first naming.
    pub(crate) fn with_each_once(&self) -> Self {
        Self {
            groups: each_once(&self.groups),
            tutors: each_once(&self.tutors),
            ..self.clone()
        }
    }
}

fn each_once<T: Clone + Eq + Hash>(given: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    given
        .iter()
        .filter(|one| seen.insert(*one))
        .cloned()
        .collect()
}

/// A learner is enrolled on a programme, known to this tenant or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The programme.
    pub programme: ProgrammeId,
    /// How the enrolment stands.
    pub status: EnrolmentStatus,
}

/// How an enrolment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Their names are their documentation.
pub enum EnrolmentStatus {
    Active,
    OnBreak,
    Completed,
    Withdrawn,
    Expired,
    Cancelled,
    Archived,
    PendingChangeOfProgramme,
}

/// A text that is no status of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of active, on_break, completed, withdrawn, expired, cancelled, archived, \
     pending_change_of_programme"
)]
pub struct NoSuchEnrolmentStatus;

impl EnrolmentStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Active,
        Self::OnBreak,
        Self::Completed,
        Self::Withdrawn,
        Self::Expired,
        Self::Cancelled,
        Self::Archived,
        Self::PendingChangeOfProgramme,
    ];

    /// Its name, as messages and the log have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::OnBreak => "on_break",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Archived => "archived",
            Self::PendingChangeOfProgramme => "pending_change_of_programme",
        }
    }

    /// Whether learners of this status are left out of synchronisation (S5).
    pub const fn is_excluded(self) -> bool {
        match self {
            Self::Active | Self::OnBreak | Self::Completed | Self::Withdrawn => false,
            Self::Expired | Self::Cancelled | Self::Archived | Self::PendingChangeOfProgramme => {
                true
            }
        }
    }
}

impl fmt::Display for EnrolmentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EnrolmentStatus {
    type Err = NoSuchEnrolmentStatus;

    fn from_str(name: &str) -> Result<Self, NoSuchEnrolmentStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or(NoSuchEnrolmentStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolments_status_is_read_by_its_name_and_by_no_other() {
        for status in EnrolmentStatus::ALL {
            assert_eq!(status.name().parse(), Ok(status));
        }
        assert!("enrolled".parse::<EnrolmentStatus>().is_err());
    }
}
