//! What a synchronisation is asked to do.
//!
//! The log keeps it as it was asked. Knows nothing of what it comes to: choosing, judging and the
//! change set have files of their own.

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, ComponentId, Group, LearnerId, ProgrammeId, SessionId};
use crate::plan::status::Status;
use crate::reference::learner::EnrolmentStatus;
use crate::sync::confirm::Confirm;
use crate::values::attribute::AttributeSet;

/// One synchronisation, as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// The record session whose learner is the source.
    pub session: SessionId,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// Which of them.
    pub components: Components,
    /// Onto whose plans.
    pub learners: Learners,
    /// Onto target components of which status (S7).
    pub statuses: StatusFilter,
    /// What is replayed of each component.
    pub kind: SyncKind,
    /// Which attributes, for `selected_attributes`; empty otherwise.
    pub attributes: AttributeSet,
    /// The preview that it confirms: what was not shown there is left alone (M5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
}

impl SyncRequest {
    /// What a digest is over: the request without its confirmation, in the one form that stands for
    /// all that ask the same. Sets are sorted and hold nothing twice; a filter that keeps everybody
    /// is none.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut canonical = Self {
            confirm: None,
            ..self.clone()
        };
        if let Components::Listed(components) = &mut canonical.components {
            make_set(components);
        }
        canonical.learners.settle();
        make_set(&mut canonical.statuses.statuses);
        canonical
    }
}

/// Which components of the programme a sync takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Components {
    /// The preselected ones (C7).
    Recent,
    /// Everything that S1 lists.
    All,
    /// These, distinct ones counted.
    Listed(Vec<ComponentId>),
}

/// Whose plans a sync goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learners {
    /// Everybody whom S5 lists.
    All,
    /// These, distinct ones counted.
    Listed(Vec<LearnerId>),
    /// Everybody whom S5 lists and these filters keep.
    Filtered(LearnerFilter),
}

impl Learners {
    fn settle(&mut self) {
        match self {
            Self::All => {}
            Self::Listed(learners) => make_set(learners),
            Self::Filtered(filter) => {
                make_set(&mut filter.programme_statuses);
                make_set(&mut filter.groups);
                make_set(&mut filter.tutors);
                make_set(&mut filter.except);
                if *filter == LearnerFilter::default() {
                    *self = Self::All;
                }
            }
        }
    }
}

fn make_set<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// The filters of the learner list: any value within one, all of them together (S5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerFilter {
    /// Enrolment statuses; empty: any.
    pub programme_statuses: Vec<EnrolmentStatus>,
    /// Groups; empty: any.
    pub groups: Vec<Group>,
    /// Tutors; empty: any.
    pub tutors: Vec<AdministratorId>,
    /// A part of the name, in any case and with any accents; empty: any.
    pub search: String,
    /// These not, whatever the filters say.
    pub except: Vec<LearnerId>,
}

/// The conditions on a target's component (S7): empty is every status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusFilter {
    /// Statuses that match.
    pub statuses: Vec<Status>,
    /// Whether components planned for QA match, whatever their status.
    pub planned_for_qa: bool,
}

impl StatusFilter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.statuses.is_empty() && !self.planned_for_qa
    }

    /// Whether a component of this status and state matches.
    pub fn matches(&self, status: Status, planned_for_qa: bool) -> bool {
        self.is_empty()
            || self.statuses.contains(&status)
            || (self.planned_for_qa && planned_for_qa)
    }
}

/// What a sync replays of each component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    /// The recent changes (T1).
    #[default]
    ChangesOnly,
    /// Every attribute, with the source's values (T2).
    AllAttributes,
    /// The chosen attributes, with the template's values (T3).
    SelectedAttributes,
}

impl SyncKind {
    /// Whether a request of this kind chooses the attributes that are replayed (T3).
    pub const fn chooses_attributes(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether the values are those of the programme's template, and the source's own plan is updated
    /// too (T3).
    pub const fn replays_template(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether it is refused if the source has no recent changes (T1).
    pub const fn needs_recent_changes(self) -> bool {
        match self {
            Self::ChangesOnly => true,
            Self::AllAttributes | Self::SelectedAttributes => false,
        }
    }

    /// Its name, as messages and the log have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangesOnly => "changes_only",
            Self::AllAttributes => "all_attributes",
            Self::SelectedAttributes => "selected_attributes",
        }
    }
}
