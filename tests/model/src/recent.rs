//! C1–C7: what the session's administrator changed on the plan since it was opened.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::ComponentId;

use crate::attribute::{Attribute, element_wise};
use crate::component::Component;
use crate::elements::{self, Elements};
use crate::plan::{Plan, Touch, find};
use crate::record::Session;
use crate::value::Value;

/// C4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the rule's.
pub enum Kind {
    Created,
    Updated,
    Deleted,
}

impl Kind {
    /// As the wire has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// What differs of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Before the session.
    pub before: Value,
    /// Now.
    pub after: Value,
    /// C3: of `criteria` and `documents`, the administrator's own elements.
    pub elements: Option<Elements>,
}

/// One component's recent change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// As it is now, or as it last was.
    pub component: Component,
    /// C4.
    pub kind: Kind,
    /// C7.
    pub preselected: bool,
    /// Of an updated one.
    pub differences: BTreeMap<Attribute, Difference>,
}

/// Somebody's touch in a version.
type Dated<'a> = (usize, &'a str, Touch);

/// All recent changes of a session: in plan order, deleted ones after them in their old order.
pub fn recent_changes(session: &Session, plan: &Plan) -> Vec<Recent> {
    let marker = plan.at(session.marker);
    let now = plan.components();
    let gone = marker.iter().filter(|one| find(now, one.id).is_none());
    now.iter()
        .chain(gone)
        .filter_map(|component| recent_change(session, plan, component.id))
        .collect()
}

fn recent_change(session: &Session, plan: &Plan, id: ComponentId) -> Option<Recent> {
    let touches = touches_since(session, plan, id);
    let own = |touch: &Dated<'_>| touch.1 == session.administrator;
    let last_own = touches.iter().rev().find(|touch| own(touch))?.0;
    let cleared = session.cleared.get(&id).copied().unwrap_or(0);
    let preselected = last_own > cleared;
    let recent = |component: &Component, kind, differences| Recent {
        component: component.clone(),
        kind,
        preselected,
        differences,
    };
    let came_or_went = |touch: &&Dated<'_>| !matches!(touch.2, Touch::Changed(..));
    let last_coming_or_going = touches.iter().rev().find(came_or_went);
    let then = find(plan.at(session.marker), id);
    let now = plan.component(id);
    match (then, now) {
        (None, None) => None,
        (Some(then), None) => {
            let (_, by, touch) = last_coming_or_going?;
            let Touch::Removed(last) = touch else {
                return None;
            };
            let is_own = *by == session.administrator;
            // What is deleted is what stood there at the marker, with its last name and status.
            let last = Component {
                programme: then.programme,
                component_type: then.component_type.clone(),
                ..(**last).clone()
            };
            is_own.then(|| recent(&last, Kind::Deleted, BTreeMap::new()))
        }
        (None, Some(now)) => {
            let (added_in, by, _) = last_coming_or_going?;
            if *by == session.administrator {
                return Some(recent(now, Kind::Created, BTreeMap::new()));
            }
            let since: Vec<Dated<'_>> = touches
                .iter()
                .filter(|touch| touch.0 > *added_in && own(touch))
                .cloned()
                .collect();
            let differences = against_first_touch(now, &since);
            (!differences.is_empty()).then(|| recent(now, Kind::Updated, differences))
        }
        (Some(then), Some(now)) => {
            let mine: Vec<Dated<'_>> = touches.iter().filter(|touch| own(touch)).cloned().collect();
            let differences = against_marker(then, now, &mine);
            (!differences.is_empty()).then(|| recent(now, Kind::Updated, differences))
        }
    }
}

fn touches_since<'a>(session: &Session, plan: &'a Plan, id: ComponentId) -> Vec<Dated<'a>> {
    let mut touches = Vec::new();
    for version in session.marker + 1..=plan.version() {
        let by = plan.revisions[version - 1].by.as_str();
        let of = plan
            .touches(version)
            .into_iter()
            .filter(|touch| touch.component() == id);
        touches.extend(of.map(|touch| (version, by, touch)));
    }
    touches
}

/// C1, C2: what was there at the marker against what is there now, of what one touched oneself.
/// Adding or removing the component touches all of it.
fn against_marker(
    then: &Component,
    now: &Component,
    mine: &[Dated<'_>],
) -> BTreeMap<Attribute, Difference> {
    let whole = mine
        .iter()
        .any(|touch| !matches!(touch.2, Touch::Changed(..)));
    let mut differences = BTreeMap::new();
    for (attribute, after) in &now.attributes {
        let changes = changes_of(*attribute, mine);
        if !whole && changes.is_empty() {
            continue;
        }
        let elements = if whole {
            None
        } else {
            Some(elements_of(&changes))
        };
        let before = then.value(*attribute);
        differences.extend(difference(*attribute, before, after, elements));
    }
    differences
}

/// The same for a component that another added meanwhile: before is what was there before one's
/// own first touch.
fn against_first_touch(now: &Component, mine: &[Dated<'_>]) -> BTreeMap<Attribute, Difference> {
    let mut differences = BTreeMap::new();
    for (attribute, after) in &now.attributes {
        let changes = changes_of(*attribute, mine);
        let Some((before, _)) = changes.first() else {
            continue;
        };
        let elements = Some(elements_of(&changes));
        differences.extend(difference(*attribute, (*before).clone(), after, elements));
    }
    differences
}

fn changes_of<'a>(attribute: Attribute, mine: &'a [Dated<'_>]) -> Vec<(&'a Value, &'a Value)> {
    let mut changes = Vec::new();
    for (_, _, touch) in mine {
        if let Touch::Changed(_, changed, before, after) = touch
            && *changed == attribute
        {
            changes.push((before, after));
        }
    }
    changes
}

fn elements_of(changes: &[(&Value, &Value)]) -> BTreeSet<String> {
    changes
        .iter()
        .flat_map(|(before, after)| elements::touched(before, after))
        .collect()
}

/// C3: of sets and lists only one's own elements count, and none of their order.
fn difference(
    attribute: Attribute,
    before: Value,
    after: &Value,
    own: Option<BTreeSet<String>>,
) -> Option<(Attribute, Difference)> {
    let after = after.clone();
    if !element_wise(attribute) {
        let differs = before != after;
        return differs.then_some((
            attribute,
            Difference {
                before,
                after,
                elements: None,
            },
        ));
    }
    let mut elements = elements::difference(&before, &after);
    if let Some(own) = own {
        elements.added.retain(|one| own.contains(one));
        elements.removed.retain(|one| own.contains(one));
    }
    let none = elements.added.is_empty() && elements.removed.is_empty();
    let difference = Difference {
        before,
        after,
        elements: Some(elements),
    };
    (!none).then_some((attribute, difference))
}
