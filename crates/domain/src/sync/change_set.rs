//! The change set of a sync: what it replays, one entry for each component, in the order of ids
//! (T6). It never changes once the sync is accepted.
//!
//! Entries are made from the source plan. What an entry does to a target is decided when the target
//! is judged.

use serde::{Deserialize, Serialize};

use crate::ids::{ComponentId, ComponentType};
use crate::sync::pair_outcome::Action;
use crate::text::personal::Personal;
use crate::values::attributes::AttributeMap;
use crate::values::difference::Difference;

/// What is replayed of one selected component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The component.
    pub component: ComponentId,
    /// Its name on the source, or its last one there.
    pub name: Personal,
    /// Its type. A target's component with another type is skipped (T5).
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Whether it came from a programme's template.
    pub from_template: bool,
    /// The change.
    pub change: Change,
}

/// The complete content of a component, as far as the type of the sync carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// The values, including the source component's owner.
    pub attributes: AttributeMap,
    /// Whether the source component's owner and the source learner's case owner were known and
    /// equal (O1).
    pub owner_is_case_owner: bool,
    /// For a created component, the attributes that were set explicitly: only these are replayed if
    /// the target already has it (T1). None in change sets of the first edition, which overwrite
    /// everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit: Option<Difference>,
}

/// The change of an entry, before a target is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only changes were requested, and there are none (T1).
    NoRecentChange,
    /// The programme's template does not have the component (T3).
    NoTemplate,
    /// The source created it: it is created, or what was set explicitly is replayed (T1).
    Create(Whole),
    /// The source edited it (T1).
    Update(Difference),
    /// The source deleted it (T1, T2).
    Delete,
    /// All attributes are overwritten; the component is created if it is missing (T2).
    Overwrite(Whole),
    /// The selected attributes get the values of the programme's template (T3).
    Select {
        /// The selected attributes.
        attributes: AttributeMap,
    },
}

impl Change {
    /// The action of a pair that is skipped before its target is looked at (M2).
    pub const fn own_action(&self) -> Action {
        match self {
            Self::Create(_) => Action::Create,
            Self::Delete => Action::Delete,
            Self::NoRecentChange
            | Self::NoTemplate
            | Self::Update(_)
            | Self::Overwrite(_)
            | Self::Select { .. } => Action::Synchronise,
        }
    }
}

/// The entries in the order of component ids, each component once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSet {
    entries: Vec<Entry>,
}

impl ChangeSet {
    /// The change set with these entries, which are sorted by component id.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.component);
        entries.dedup_by_key(|entry| entry.component);
        Self { entries }
    }

    /// Its entries, in the order of component ids.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of components.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The index of a component's entry, which is also the index of its pair outcome.
    pub fn index(&self, component: ComponentId) -> Option<usize> {
        self.entries
            .binary_search_by_key(&component, |entry| entry.component)
            .ok()
    }
}
