//! The components that one commit added by hand, and the attributes that were given for each (T1).
//!
//! This is read from the events, because a plan does not distinguish a given value from a default,
//! nor show that a component was removed and added again within one commit.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::ids::ComponentId;
use crate::values::attribute::AttributeSet;

/// The components that a commit added by hand and did not remove again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HandAdditions {
    given: BTreeMap<ComponentId, AttributeSet>,
}

impl HandAdditions {
    /// Those of a commit on a plan. Components from a template or a sync are not included.
    pub fn of(events: &[Event]) -> Self {
        let mut additions = Self::default();
        for event in events {
            if let Event::ComponentAdded(added) = event {
                additions.add(added.component, added.attributes.set());
            } else if let Event::ComponentReadded(added) = event {
                additions.add(added.component, added.attributes.set());
            } else if let Event::ComponentChanged(changed) = event {
                if let Some(given) = additions.given.get_mut(&changed.component) {
                    *given = given.union(changed.set.set());
                }
            } else if let Event::ComponentRemoved(removed) = event {
                additions.given.remove(&removed.component);
            }
        }
        additions
    }

    fn add(&mut self, component: ComponentId, given: AttributeSet) {
        self.given.insert(component, given);
    }

    /// Whether the commit added it.
    pub(crate) fn has(&self, component: ComponentId) -> bool {
        self.given.contains_key(&component)
    }

    /// The attributes that were given, when it was added or later in the commit.
    pub(crate) fn given(&self, component: ComponentId) -> AttributeSet {
        self.given.get(&component).copied().unwrap_or_default()
    }

    /// All components that were added.
    pub(crate) fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.given.keys().copied()
    }
}
