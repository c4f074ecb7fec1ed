//! What one administrator touched on a plan since a record was opened.
//!
//! Owns which attributes of which components, and by whom a component last came or went. Refuses
//! to know what a touch amounts to: that is the difference of two plans (C1).

use std::collections::BTreeSet;

use crate::attribute::{Attribute, AttributeSet};
use crate::ids::ComponentId;
use crate::plan::ComponentView;
use crate::status::Status;
use crate::values::{ValueId, Values};
use crate::version::Version;

/// What the session's own administrator did to one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The attributes touched; adding or removing a component touches all of them.
    pub attributes: AttributeSet,
    /// The version of the plan at the last touch.
    pub last: Version,
    /// Whether its latest coming or going since the marker was the administrator's own.
    pub came_or_went_by_own: bool,
    /// Of a component that somebody else added after the marker: its values before each
    /// attribute's first touch. The plan at the marker cannot tell them, having no such component.
    before: Vec<(Attribute, ValueId)>,
    /// Whether the administrator added or removed the whole component since the marker.
    whole: bool,
    /// Each own change of a set or list: what it was, and what it became (C3).
    lists: Vec<(Attribute, ValueId, ValueId)>,
    /// What the administrator removed last.
    pub removed: Option<Removed>,
}

/// What is still shown of a component that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Its last name.
    pub name: ValueId,
    /// Its last status.
    pub status: Status,
}

impl Removed {
    fn of(view: ComponentView<'_>) -> Self {
        Self {
            name: view.value(Attribute::Name),
            status: view.status(),
        }
    }
}

impl Touch {
    fn new() -> Self {
        Self {
            attributes: AttributeSet::EMPTY,
            last: Version::ZERO,
            came_or_went_by_own: false,
            before: Vec::new(),
            whole: false,
            lists: Vec::new(),
            removed: None,
        }
    }

    /// The value before the first touch, of a component that somebody else added.
    pub fn before(&self, attribute: Attribute) -> Option<ValueId> {
        let known = self.before.iter().find(|(known, _)| *known == attribute);
        known.map(|(_, value)| *value)
    }

    /// The elements of a set or list that the administrator added or removed; nothing where the
    /// whole component was added or removed, and all of them with it (C3).
    pub fn own_elements<'a>(
        &self,
        attribute: Attribute,
        values: &'a Values,
    ) -> Option<BTreeSet<&'a str>> {
        let changes = self.lists.iter().filter(|(known, ..)| *known == attribute);
        let differing = changes.flat_map(|(_, was, now)| {
            let elements = |id: ValueId| values.get(id).elements().iter().map(AsRef::as_ref);
            let (was, now): (BTreeSet<&str>, _) =
                (elements(*was).collect(), elements(*now).collect());
            was.symmetric_difference(&now).copied().collect::<Vec<_>>()
        });
        (!self.whole).then(|| differing.collect())
    }
}

/// Every component that the session's own administrator touched. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touches {
    components: imbl::OrdMap<ComponentId, Touch>,
}

impl Touches {
    /// Every touch, by component id.
    pub fn iter(&self) -> impl Iterator<Item = (ComponentId, &Touch)> {
        self.components
            .iter()
            .map(|(component, touch)| (*component, touch))
    }

    /// The administrator added the component.
    pub(crate) fn came(&mut self, component: ComponentId, version: Version) {
        self.came_or_went(component, version);
    }

    /// The administrator removed the component, which was as `before`.
    pub(crate) fn went(&mut self, before: ComponentView<'_>, version: Version) {
        let touch = self.came_or_went(before.component(), version);
        touch.removed = Some(Removed::of(before));
    }

    fn came_or_went(&mut self, component: ComponentId, version: Version) -> &mut Touch {
        let touch = self.components.entry(component).or_insert_with(Touch::new);
        touch.attributes = AttributeSet::ALL;
        touch.last = version;
        touch.came_or_went_by_own = true;
        touch.whole = true;
        touch.before.clear();
        touch
    }

    /// Somebody else added the component, or removed it.
    ///
    /// Touches of a component that the marker knew still count, against its value at the marker.
    /// Those of one that came later are about something that is gone.
    pub(crate) fn came_or_went_by_other(&mut self, component: ComponentId, at_marker: bool) {
        if !at_marker {
            self.components.remove(&component);
        } else if let Some(touch) = self.components.get_mut(&component) {
            touch.came_or_went_by_own = false;
        }
    }

    /// The administrator changed attributes of the component, from `before` to `after`.
    pub(crate) fn changed(
        &mut self,
        before: ComponentView<'_>,
        after: ComponentView<'_>,
        attributes: AttributeSet,
        version: Version,
        at_marker: bool,
    ) {
        let touch = self
            .components
            .entry(before.component())
            .or_insert_with(Touch::new);
        if !at_marker && !touch.came_or_went_by_own {
            let first = attributes.difference(touch.attributes);
            touch.before.extend(
                first
                    .iter()
                    .map(|attribute| (attribute, before.value(attribute))),
            );
        }
        let lists = attributes
            .iter()
            .filter(|attribute| attribute.element_wise());
        let change = |attribute| (attribute, before.value(attribute), after.value(attribute));
        for list in lists.map(change) {
            if !touch.lists.contains(&list) {
                touch.lists.push(list);
            }
        }
        touch.attributes = touch.attributes.union(attributes);
        touch.last = version;
    }
}
