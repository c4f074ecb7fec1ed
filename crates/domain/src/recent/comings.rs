//! Which components one commit added by hand, and what was given for each (T1).
//!
//! Owns what only the events say: a plan alone cannot tell what was given from a default, nor that a
//! component went and came again within one commit. Refuses to know whose commit it was.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::ids::ComponentId;
use crate::values::attribute::AttributeSet;

/// The components that a commit added by hand, and has left there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comings {
    given: BTreeMap<ComponentId, AttributeSet>,
}

impl Comings {
    /// Those of a commit on a plan. What a template or a sync brought was given by nobody.
    pub fn of(events: &[Event]) -> Self {
        let mut comings = Self::default();
        for event in events {
            if let Event::ComponentAdded(added) = event {
                comings.came(added.component, added.attributes.set());
            } else if let Event::ComponentReadded(added) = event {
                comings.came(added.component, added.attributes.set());
            } else if let Event::ComponentChanged(changed) = event {
                if let Some(given) = comings.given.get_mut(&changed.component) {
                    *given = given.union(changed.set.set());
                }
            } else if let Event::ComponentRemoved(removed) = event {
                comings.given.remove(&removed.component);
            }
        }
        comings
    }

    fn came(&mut self, component: ComponentId, given: AttributeSet) {
        self.given.insert(component, given);
    }

    /// Whether the commit added it.
    pub(crate) fn has(&self, component: ComponentId) -> bool {
        self.given.contains_key(&component)
    }

    /// What was given for it, by its addition or after it.
    pub(crate) fn given(&self, component: ComponentId) -> AttributeSet {
        self.given.get(&component).copied().unwrap_or_default()
    }

    /// All that were added.
    pub(crate) fn components(&self) -> impl Iterator<Item = ComponentId> + '_ {
        self.given.keys().copied()
    }
}
