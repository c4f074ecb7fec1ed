//! A learner's plan with its whole history: every version, and who touched what in it.

use std::collections::BTreeMap;

use plansync_domain::ids::ComponentId;

use crate::attribute::Attribute;
use crate::component::Component;
use crate::value::Value;

/// What somebody did to a component's configuration from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// Added it, by whatever way.
    Added(ComponentId),
    /// Changed one attribute.
    Changed(ComponentId, Attribute, Value, Value),
    /// Removed it; it was the last that was seen of it.
    Removed(Box<Component>),
}

impl Touch {
    /// Which component.
    pub fn component(&self) -> ComponentId {
        match self {
            Self::Added(id) | Self::Changed(id, ..) => *id,
            Self::Removed(last) => last.id,
        }
    }
}

/// One version of a plan: what came of one command or of one sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Who made it.
    pub by: String,
    /// The plan from then on, in the order of adding.
    pub components: Vec<Component>,
}

/// A plan: version n is the n-th revision, version 0 is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Every version.
    pub revisions: Vec<Revision>,
    /// The world's step at which a component was last removed.
    pub removed_at: BTreeMap<ComponentId, u64>,
}

impl Plan {
    /// Its version.
    pub fn version(&self) -> usize {
        self.revisions.len()
    }

    /// Its components as they were at a version.
    pub fn at(&self, version: usize) -> &[Component] {
        match version.checked_sub(1) {
            Some(index) => &self.revisions[index].components,
            None => &[],
        }
    }

    /// Its components now.
    pub fn components(&self) -> &[Component] {
        self.at(self.version())
    }

    /// A component as it is now.
    pub fn component(&self, id: ComponentId) -> Option<&Component> {
        find(self.components(), id)
    }

    /// Adds a version.
    pub fn revise(&mut self, draft: Draft) {
        for id in draft.stamped_removals {
            self.removed_at.insert(id, draft.step);
        }
        self.revisions.push(Revision {
            by: draft.by,
            components: draft.components,
        });
    }

    /// What came about with a version: what differs from the one before.
    pub fn touches(&self, version: usize) -> Vec<Touch> {
        let (before, after) = (self.at(version - 1), self.at(version));
        let mut touches = Vec::new();
        for next in after {
            let Some(earlier) = find(before, next.id) else {
                touches.push(Touch::Added(next.id));
                continue;
            };
            for (attribute, value) in &next.attributes {
                let was = earlier.value(*attribute);
                if was != *value {
                    touches.push(Touch::Changed(next.id, *attribute, was, value.clone()));
                }
            }
        }
        let gone = before.iter().filter(|one| find(after, one.id).is_none());
        touches.extend(gone.map(|last| Touch::Removed(Box::new(last.clone()))));
        touches
    }

    /// Whether a draft holds anything else than the plan; who did it last aside.
    pub fn differs(&self, draft: &Draft) -> bool {
        let content = |components: &[Component]| -> Vec<Component> {
            let plain = |one: &Component| Component {
                last_by: String::new(),
                last_at: 0,
                ..one.clone()
            };
            components.iter().map(plain).collect()
        };
        content(self.components()) != content(&draft.components)
    }

    /// What the next version starts from.
    pub fn draft(&self, by: &str, step: u64) -> Draft {
        Draft {
            by: by.to_owned(),
            step,
            components: self.components().to_vec(),
            stamped_removals: Vec::new(),
            changed: false,
        }
    }
}

/// A component by its id.
pub fn find(components: &[Component], id: ComponentId) -> Option<&Component> {
    components.iter().find(|component| component.id == id)
}

/// A version in the making.
#[derive(Debug, Clone)]
pub struct Draft {
    by: String,
    step: u64,
    /// The plan as it is so far.
    pub components: Vec<Component>,
    stamped_removals: Vec<ComponentId>,
    /// Whether anything was done to it.
    pub changed: bool,
}

impl Draft {
    /// A component as it is so far.
    pub fn component(&self, id: ComponentId) -> Option<&Component> {
        find(&self.components, id)
    }

    /// Adds a component at the end.
    pub fn add(&mut self, mut component: Component) {
        self.changed = true;
        component.last_by.clone_from(&self.by);
        component.last_at = self.step;
        if let Some(review) = &mut component.review {
            review.added_at = self.step;
        }
        self.components.push(component);
    }

    /// Removes a component.
    pub fn remove(&mut self, id: ComponentId) {
        self.changed = true;
        self.stamped_removals.push(id);
        self.components.retain(|component| component.id != id);
    }

    /// Puts a component's next state in its place.
    pub fn put(&mut self, mut next: Component) {
        let Some(place) = self.components.iter_mut().find(|one| one.id == next.id) else {
            return;
        };
        if *place != next {
            self.changed = true;
            next.last_by.clone_from(&self.by);
            next.last_at = self.step;
            *place = next;
        }
    }
}
