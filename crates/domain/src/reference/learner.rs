//! Learners: their names, case owners, groups, tutors and enrolments.
//!
//! Only `system` writes them (P10).

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, Group, ProgrammeId};
use crate::text::personal::{Personal, sealable};

/// The largest number of groups of a learner.
pub const GROUPS_MAX: usize = 200;
/// The largest number of tutors of a learner.
pub const TUTORS_MAX: usize = 200;
/// The largest number of enrolments of a learner.
pub const ENROLMENTS_MAX: usize = 50;

/// A learner, as `system` put the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learner {
    /// The name, 1 to 200 characters.
    #[serde(deserialize_with = "sealable::deserialize")]
    pub name: Personal,
    /// The administrator who is responsible for the learner, and who need not be known to the
    /// tenant yet.
    pub case_owner: Option<AdministratorId>,
    /// The groups in the order given, each once.
    pub groups: Vec<Group>,
    /// The tutors in the order given, each once.
    pub tutors: Vec<AdministratorId>,
    /// The enrolments in the order given, at most one for each programme.
    pub enrolments: Vec<Enrolment>,
}

impl Learner {
    /// The enrolment on exactly this programme, if there is one.
    pub fn enrolment(&self, programme: ProgrammeId) -> Option<&Enrolment> {
        self.enrolments
            .iter()
            .find(|enrolment| enrolment.programme == programme)
    }

    /// The record that remains after an erasure (D6): who is responsible for the learner, and who sees them.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self {
            name: Personal::erased(),
            enrolments: Vec::new(),
            ..self.clone()
        }
    }

    /// The same record with every group and tutor once, in the order of first occurrence.
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

/// An enrolment on a programme, which need not be known to the tenant yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The programme.
    pub programme: ProgrammeId,
    /// The status of the enrolment.
    pub status: EnrolmentStatus,
}

/// The status of an enrolment.
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

/// A text that is not a status of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of active, on_break, completed, withdrawn, expired, cancelled, archived, \
     pending_change_of_programme"
)]
pub struct NoSuchEnrolmentStatus;

impl EnrolmentStatus {
    /// All statuses.
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

    /// Its name in messages and in the log.
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

    /// Whether learners with this status are excluded from synchronisation (S5).
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
