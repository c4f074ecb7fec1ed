//! What a synchronisation is asked to do, in the words of the wire.

use std::collections::BTreeSet;

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId};
use serde::Serialize;

use crate::attribute::Attribute;

/// A sync request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct SyncRequest {
    pub session: SessionId,
    pub programme: ProgrammeId,
    pub components: Components,
    pub learners: Learners,
    /// Statuses of targets' components, and `planned_for_qa`; empty: every one (S7).
    pub statuses: BTreeSet<Condition>,
    #[serde(rename = "type")]
    pub sync_type: SyncType,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<Attribute>,
}

impl SyncRequest {
    /// Whether both ask the same: ids in whatever order and however often, and everybody in
    /// whatever words.
    pub fn is_same(&self, other: &Self) -> bool {
        let rest = |request: &Self| Self {
            components: Components::Word("all"),
            learners: Learners::Word("all"),
            ..request.clone()
        };
        rest(self) == rest(other)
            && self.components.set() == other.components.set()
            && self.learners.set() == other.learners.set()
    }
}

impl Components {
    fn set(&self) -> Result<BTreeSet<ComponentId>, &'static str> {
        match self {
            Self::Word(word) => Err(word),
            Self::Listed(ids) => Ok(ids.iter().copied().collect()),
        }
    }
}

impl Learners {
    fn set(&self) -> Result<BTreeSet<LearnerId>, LearnerFilter> {
        match self {
            Self::Word(_everybody) => Err(LearnerFilter::default()),
            Self::Listed(ids) => Ok(ids.iter().copied().collect()),
            Self::Filtered(filter) => Err(filter.clone()),
        }
    }
}

/// A condition of S7, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the table's.
pub enum Condition {
    NotStarted,
    InProgress,
    Submitted,
    Returned,
    Completed,
    PlannedForQa,
}

/// Which components.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Components {
    /// `"recent"` or `"all"`.
    Word(&'static str),
    /// These.
    Listed(Vec<ComponentId>),
}

/// Which learners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Learners {
    /// `"all"`.
    Word(&'static str),
    /// These.
    Listed(Vec<LearnerId>),
    /// Those that every filter keeps.
    Filtered(LearnerFilter),
}

/// The filters of the learner list; an empty one keeps everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct LearnerFilter {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub programme_statuses: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tutors: BTreeSet<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub search: String,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<LearnerId>,
}

/// T1 to T3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the rules'.
pub enum SyncType {
    ChangesOnly,
    AllAttributes,
    SelectedAttributes,
}
