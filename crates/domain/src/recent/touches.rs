//! What one administrator touched on a plan since a record was opened: which attributes of which
//! components, and who last added or removed a component.
//!
//! What a touch changed is not kept: that is the difference of two plans (C1), which `memory`
//! computes.

use std::collections::BTreeSet;

use crate::ids::ComponentId;
use crate::ids::version::Version;
use crate::plan::ComponentView;
use crate::plan::status::Status;
use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::{ValueId, Values};

/// What the session's administrator did to one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The attributes touched: changed, or given when the component was added. Removing the
    /// component and adding it again starts over (but see `first_touches`).
    pub attributes: AttributeSet,
    /// The version of the plan at the last touch.
    pub last: Version,
    /// Whether the administrator was the one who last added or removed it since the marker.
    pub added_or_removed_by_own: bool,
    /// For a component that somebody else added after the marker: its values before the first touch
    /// of each attribute. The plan at the marker does not have the component.
    before: Vec<(Attribute, ValueId)>,
    /// The attributes that were given when the administrator last added the component.
    given: AttributeSet,
    /// Each change of a set or list by the administrator: the values before and after it (C3).
    lists: Vec<(Attribute, ValueId, ValueId)>,
    /// The first touch of each attribute. It is kept when the component is removed or added again:
    /// what a sync has sent since is still compared with it (C2).
    first: Vec<(Attribute, Version)>,
    /// `given` and `lists` from before the administrator last added or removed the component.
    earlier: (AttributeSet, Vec<(Attribute, ValueId, ValueId)>),
    /// What the administrator removed last.
    pub removed: Option<Removed>,
}

/// What is still shown of a removed component.
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
            added_or_removed_by_own: false,
            before: Vec::new(),
            given: AttributeSet::EMPTY,
            lists: Vec::new(),
            first: Vec::new(),
            earlier: (AttributeSet::EMPTY, Vec::new()),
            removed: None,
        }
    }

    /// The value before the first touch, for a component that somebody else added.
    pub fn before(&self, attribute: Attribute) -> Option<ValueId> {
        let known = self.before.iter().find(|(known, _)| *known == attribute);
        known.map(|(_, value)| *value)
    }

    /// Every attribute touched since the marker, also before a removal, with its first touch.
    pub fn first_touches(&self) -> impl Iterator<Item = (Attribute, Version)> + '_ {
        self.first.iter().copied()
    }

    /// The elements of a set or list that the administrator added or removed; none if the whole
    /// value was given, which counts as all elements (C3). If it was `sent`, also the elements from
    /// before the administrator last added or removed the component.
    pub fn own_elements<'a>(
        &self,
        attribute: Attribute,
        values: &'a Values,
        sent: bool,
    ) -> Option<BTreeSet<&'a str>> {
        let (given, lists) = &self.earlier;
        let is_given = self.given.contains(attribute) || (sent && given.contains(attribute));
        let earlier = lists.iter().filter(|_| sent);
        let changes = self.lists.iter().chain(earlier);
        let changes = changes.filter(|(known, ..)| *known == attribute);
        let differing = changes.flat_map(|(_, was, now)| {
            let elements = |id: ValueId| values.get(id).elements().iter().map(AsRef::as_ref);
            let (was, now): (BTreeSet<&str>, _) =
                (elements(*was).collect(), elements(*now).collect());
            was.symmetric_difference(&now).copied().collect::<Vec<_>>()
        });
        (!is_given).then(|| differing.collect())
    }

    fn touched_first(&mut self, attributes: AttributeSet, version: Version) {
        for attribute in attributes.iter() {
            if self.first.iter().all(|(known, _)| *known != attribute) {
                self.first.push((attribute, version));
            }
        }
    }

    /// The same after the administrator added or removed the component: earlier touches become
    /// `earlier`.
    fn begun_anew(mut self, version: Version) -> Self {
        let (mut given, mut lists) = self.earlier;
        given = given.union(self.given);
        self.lists.retain(|list| !lists.contains(list));
        lists.append(&mut self.lists);
        Self {
            last: version,
            added_or_removed_by_own: true,
            removed: self.removed,
            first: self.first,
            earlier: (given, lists),
            ..Self::new()
        }
    }
}

/// Every component that the session's administrator touched. A clone is cheap.
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

    /// The administrator added the component and gave these attributes.
    pub(crate) fn added(&mut self, component: ComponentId, given: AttributeSet, version: Version) {
        let touch = self.added_or_removed(component, version);
        touch.attributes = given;
        touch.given = given;
        touch.touched_first(given, version);
    }

    /// The administrator removed the component, which was as `before`.
    pub(crate) fn went(&mut self, before: ComponentView<'_>, version: Version) {
        let touch = self.added_or_removed(before.component(), version);
        touch.removed = Some(Removed::of(before));
    }

    fn added_or_removed(&mut self, component: ComponentId, version: Version) -> &mut Touch {
        let touch = self.components.entry(component).or_insert_with(Touch::new);
        *touch = std::mem::replace(touch, Touch::new()).begun_anew(version);
        touch
    }

    /// Somebody else added or removed the component.
    ///
    /// Touches of a component that existed at the marker still count, against its value at the
    /// marker. Touches of one that was added later are dropped with it.
    pub(crate) fn added_or_removed_by_other(&mut self, component: ComponentId, at_marker: bool) {
        if !at_marker {
            self.components.remove(&component);
        } else if let Some(touch) = self.components.get_mut(&component) {
            touch.added_or_removed_by_own = false;
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
        if !at_marker && !touch.added_or_removed_by_own {
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
        touch.touched_first(attributes, version);
        touch.last = version;
    }
}
