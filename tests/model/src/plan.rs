//! A learner's plan with its whole history: every version, and who touched what in it.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::{ComponentId, SyncId};

use crate::attribute::Attribute;
use crate::component::Component;
use crate::value::Value;

/// What somebody did to a component's configuration from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// Added it, by whatever way; by hand with what was given (T1).
    Added(ComponentId, BTreeSet<Attribute>),
    /// Changed one attribute.
    Changed(ComponentId, Attribute, Value, Value),
    /// Removed it; it was the last that was seen of it.
    Removed(Box<Component>),
}

impl Touch {
    /// Which component.
    pub fn component(&self) -> ComponentId {
        match self {
            Self::Added(id, _) | Self::Changed(id, ..) => *id,
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
    /// What was added by hand, and what was given for it.
    pub given: BTreeMap<ComponentId, BTreeSet<Attribute>>,
    /// The reasons that were given by hand.
    pub reasons: BTreeMap<ComponentId, String>,
    /// Whose due dates were set by hand, or came and went with their components, and why.
    pub dated: BTreeMap<ComponentId, Option<String>>,
    /// The sync that made it.
    pub sync: Option<SyncId>,
    /// The learner's case owner then.
    pub case_owner: Option<String>,
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

    /// Adds a version: by hand or by a sync, while the learner had this case owner.
    pub fn revise(&mut self, draft: Draft, sync: Option<SyncId>, case_owner: Option<String>) {
        for id in draft.stamped_removals {
            self.removed_at.insert(id, draft.step);
        }
        self.revisions.push(Revision {
            by: draft.by,
            components: draft.components,
            given: draft.given,
            reasons: draft.reasons,
            dated: draft.dated,
            sync,
            case_owner,
        });
    }

    /// What came about with a version: what differs from the one before.
    pub fn touches(&self, version: usize) -> Vec<Touch> {
        let (before, after) = (self.at(version - 1), self.at(version));
        let mut touches = Vec::new();
        for next in after {
            let given = self.revisions[version - 1].given.get(&next.id);
            let Some(earlier) = find(before, next.id) else {
                touches.push(Touch::Added(next.id, given.cloned().unwrap_or_default()));
                continue;
            };
            if let Some(given) = given {
                // Removed and added again at once.
                touches.push(Touch::Removed(Box::new(earlier.clone())));
                touches.push(Touch::Added(next.id, given.clone()));
                continue;
            }
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
            given: BTreeMap::new(),
            reasons: BTreeMap::new(),
            dated: BTreeMap::new(),
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
    given: BTreeMap<ComponentId, BTreeSet<Attribute>>,
    reasons: BTreeMap<ComponentId, String>,
    dated: BTreeMap<ComponentId, Option<String>>,
    /// Whether anything was done to it.
    pub changed: bool,
}

impl Draft {
    /// A component as it is so far.
    pub fn component(&self, id: ComponentId) -> Option<&Component> {
        find(&self.components, id)
    }

    /// Somebody changed these attributes of a component, and said why, or did not.
    pub fn explain(&mut self, id: ComponentId, attributes: &[Attribute], reason: Option<&str>) {
        if let Some(reason) = reason {
            self.reasons.insert(id, reason.to_owned());
        }
        if attributes.contains(&Attribute::DueDate) {
            self.dated.insert(id, reason.map(str::to_owned));
        }
    }

    /// Adds a component at the end.
    pub fn add(&mut self, mut component: Component) {
        self.changed = true;
        self.dated.insert(component.id, None);
        component.last_by.clone_from(&self.by);
        component.last_at = self.step;
        if let Some(review) = &mut component.review {
            review.added_at = self.step;
        }
        self.components.push(component);
    }

    /// Somebody gave these attributes of a component that they add, or have just added.
    pub fn give(&mut self, id: ComponentId, attributes: impl Iterator<Item = Attribute>) {
        self.given.entry(id).or_default().extend(attributes);
    }

    /// Whether it was added by hand in this version.
    pub fn came(&self, id: ComponentId) -> bool {
        self.given.contains_key(&id)
    }

    /// Removes a component.
    pub fn remove(&mut self, id: ComponentId) {
        self.changed = true;
        self.dated.insert(id, None);
        self.stamped_removals.push(id);
        self.given.remove(&id);
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
