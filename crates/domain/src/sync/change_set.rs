//! The frozen list of what one synchronisation replays: one entry a component, in id order (T6).
//!
//! Owns how entries are made of the source plan, and their stored form. Refuses to know the
//! targets: what an entry does to one is judged apart.

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
    /// Its type; a target's component of another type is left alone (T5).
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Whether it came from a programme's template.
    pub from_template: bool,
    /// What to do.
    pub change: Change,
}

/// All that a component is to have, for as far as the sync's type reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// The values; the source component's owner is among them.
    pub attributes: AttributeMap,
    /// Whether the source component's owner and the source learner's case owner were known and
    /// the same (O1).
    pub owner_is_case_owner: bool,
    /// Of a created component, what was set explicitly: that alone is replayed where the target has it
    /// already (T1). None in a change set of the first edition, which overwrites everything there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit: Option<Difference>,
}

/// What an entry does, before a target is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only changes were asked for, and there is none (T1).
    NoRecentChange,
    /// The programme's template has no such component (T3).
    NoTemplate,
    /// The source created it: create it, or else replay what was set explicitly (T1).
    Create(Whole),
    /// The source edited it (T1).
    Update(Difference),
    /// The source deleted it (T1, T2).
    Delete,
    /// Take over everything; create it where it is missing (T2).
    Overwrite(Whole),
    /// Take these values of the programme's template (T3).
    Select {
        /// The chosen attributes.
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

/// The frozen list, in component id order, each component once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSet {
    entries: Vec<Entry>,
}

impl ChangeSet {
    /// The change set of these entries; they are put in component id order.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.component);
        entries.dedup_by_key(|entry| entry.component);
        Self { entries }
    }

    /// Its entries, in component id order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many components it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The place of a component's entry, which is the place of its pair outcome.
    pub fn index(&self, component: ComponentId) -> Option<usize> {
        self.entries
            .binary_search_by_key(&component, |entry| entry.component)
            .ok()
    }
}
