//! The request of a sync. The log stores it as it was sent.

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, ComponentId, Group, LearnerId, ProgrammeId, SessionId};
use crate::plan::status::Status;
use crate::reference::learner::EnrolmentStatus;
use crate::sync::confirm::Confirm;
use crate::text::personal::{Personal, sealable};
use crate::values::attribute::{Attribute, AttributeSet};

/// A request for a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// The record session whose learner is the source.
    pub session: SessionId,
    /// The programme whose components are synchronised.
    pub programme: ProgrammeId,
    /// The components.
    pub components: Components,
    /// The learners whose plans are changed.
    pub learners: Learners,
    /// The statuses of target components to which the sync applies (S7).
    pub statuses: StatusFilter,
    /// What is replayed of each component.
    pub kind: SyncKind,
    /// The attributes of `selected_attributes`; otherwise empty.
    pub attributes: AttributeSet,
    /// The preview that it confirms: what the preview did not show is skipped (M5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
}

impl SyncRequest {
    /// The request as it is digested: without its confirmation, and in the one form that all equal
    /// requests have. Sets are sorted and without repetitions; filters that match everybody are
    /// absent.
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

/// The components of the programme that a sync carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Components {
    /// The preselected ones (C7).
    Recent,
    /// All that S1 lists.
    All,
    /// These components. Distinct ones are counted.
    Listed(Vec<ComponentId>),
}

/// The learners whose plans a sync changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learners {
    /// All whom S5 lists.
    All,
    /// These learners. Distinct ones are counted.
    Listed(Vec<LearnerId>),
    /// Those whom S5 lists and these filters match.
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

/// The filters of the learner list (S5): any value within one filter, all filters together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerFilter {
    /// Statuses of enrolments; empty: any.
    pub programme_statuses: Vec<EnrolmentStatus>,
    /// Groups; empty: any.
    pub groups: Vec<Group>,
    /// Tutors; empty: any.
    pub tutors: Vec<AdministratorId>,
    /// A part of the name, ignoring case and accents; empty: any.
    #[serde(deserialize_with = "sealable::deserialize")]
    pub search: Personal,
    /// Learners to leave out, whatever the filters match.
    pub except: Vec<LearnerId>,
}

/// The conditions on a target's component (S7); empty: any status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusFilter {
    /// The statuses that match.
    pub statuses: Vec<Status>,
    /// Whether components that are planned for QA match, whatever their status.
    pub planned_for_qa: bool,
}

impl StatusFilter {
    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.statuses.is_empty() && !self.planned_for_qa
    }

    /// Whether a component with this status and state matches.
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
    /// The selected attributes, with the template's values (T3).
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

    /// Whether it replays this attribute: changed (T1), of the source (T2), or if it is chosen (T3).
    pub const fn replays(self, attribute: Attribute) -> bool {
        match self {
            Self::ChangesOnly => attribute.in_changes(),
            Self::AllAttributes => attribute.in_all(),
            Self::SelectedAttributes => attribute.selectable(),
        }
    }

    /// Which changes of a component are no longer preselected once it carried the component (C7).
    pub const fn clears(self) -> Cleared {
        match self {
            Self::ChangesOnly => Cleared::All,
            Self::AllAttributes => Cleared::AllButPlannedForQa,
            Self::SelectedAttributes => Cleared::None,
        }
    }

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangesOnly => "changes_only",
            Self::AllAttributes => "all_attributes",
            Self::SelectedAttributes => "selected_attributes",
        }
    }
}

/// Which changes of a component a sync clears from the preselection (C7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleared {
    /// All.
    All,
    /// All but those of `planned_for_qa`.
    AllButPlannedForQa,
    /// None.
    None,
}
