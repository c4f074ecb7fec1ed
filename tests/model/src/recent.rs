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
    /// T1: of a created one, what was set explicitly.
    pub explicit: BTreeMap<Attribute, Difference>,
}

/// Somebody's touch in a version.
type Dated<'a> = (usize, &'a str, Touch);

/// C2: what a component is compared with: as it was at the marker, then at the syncs since; with the
/// version of each.
type Bases<'a> = Vec<(usize, Option<&'a Component>)>;

/// The administrator's touches that count, and those from before they last added or removed it, which
/// count for what was sent since.
type Mine<'a> = (Vec<Dated<'a>>, Vec<Dated<'a>>);

/// All recent changes of a session: in plan order, deleted ones after them, by the first base that had
/// them and in its order.
pub fn recent_changes(session: &Session, plan: &Plan) -> Vec<Recent> {
    let now = plan.components();
    let mut ids: Vec<ComponentId> = now.iter().map(|one| one.id).collect();
    for version in session.marker..=plan.version() {
        for one in plan.at(version) {
            let bases = session.bases.get(&one.id);
            let is_base = bases.is_some_and(|bases| bases.contains(&version));
            if (version == session.marker || is_base) && !ids.contains(&one.id) {
                ids.push(one.id);
            }
        }
    }
    let changes = ids.into_iter();
    changes
        .filter_map(|id| recent_change(session, plan, id))
        .collect()
}

fn recent_change(session: &Session, plan: &Plan, id: ComponentId) -> Option<Recent> {
    let touches = touches_since(session, plan, id);
    let of_sync = session.bases.get(&id).into_iter().flatten();
    let versions = std::iter::once(&session.marker).chain(of_sync);
    let bases: Bases<'_> = versions
        .map(|version| (*version, find(plan.at(*version), id)))
        .collect();
    let was_there = bases.iter().find_map(|(_, base)| *base);
    let was_missing = bases.iter().any(|(_, base)| base.is_none());
    let (mine, last_own) = own_touches(session, &touches, bases[0].1.is_some());
    let last_own = last_own?;
    let came_or_went = |touch: &&Dated<'_>| !matches!(touch.2, Touch::Changed(..));
    let last_coming_or_going = touches.iter().rev().find(came_or_went);
    let own = last_coming_or_going.is_some_and(|touch| touch.1 == session.administrator);
    let Some(now) = plan.component(id) else {
        let Touch::Removed(last) = &last_coming_or_going.filter(|_| own)?.2 else {
            return None;
        };
        // What is deleted is what stood there first, with its last name and status.
        let component = Component {
            programme: was_there?.programme,
            component_type: was_there?.component_type.clone(),
            ..(**last).clone()
        };
        return Some(Recent {
            component,
            kind: Kind::Deleted,
            preselected: preselected(session, id, last_own, false),
            differences: BTreeMap::new(),
            explicit: BTreeMap::new(),
        });
    };
    let differing = touched(now, &mine, &bases, own);
    let planned = differing.contains_key(&Attribute::PlannedForQa);
    let created = own && was_missing;
    let recent = Recent {
        component: now.clone(),
        kind: if created {
            Kind::Created
        } else {
            Kind::Updated
        },
        preselected: preselected(session, id, last_own, planned),
        differences: if created {
            BTreeMap::new()
        } else {
            differing.clone()
        },
        explicit: if created {
            differing.clone()
        } else {
            BTreeMap::new()
        },
    };
    (created || !differing.is_empty()).then_some(recent)
}

/// C7.
fn preselected(session: &Session, id: ComponentId, last_own: usize, planned: bool) -> bool {
    let up_to = |cleared: &BTreeMap<ComponentId, usize>| cleared.get(&id).copied().unwrap_or(0);
    let all = last_own <= up_to(&session.cleared);
    let but_planned = last_own <= up_to(&session.cleared_but_planned) && !planned;
    !(all || but_planned)
}

/// The administrator's touches that still count, and the version of the last. Their own adding and
/// removing begin anew; so does another's of what the marker did not know.
fn own_touches<'a>(
    session: &Session,
    touches: &[Dated<'a>],
    at_marker: bool,
) -> (Mine<'a>, Option<usize>) {
    let mut mine = Vec::new();
    let mut earlier = Vec::new();
    let mut last = None;
    for touch in touches {
        let is_change = matches!(touch.2, Touch::Changed(..));
        if touch.1 == session.administrator {
            last = Some(touch.0);
            if !is_change {
                earlier.append(&mut mine);
            }
            if !matches!(touch.2, Touch::Removed(_)) {
                mine.push(touch.clone());
            }
        } else if !is_change && !at_marker {
            mine.clear();
            earlier.clear();
            last = None;
        }
    }
    ((mine, earlier), last)
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

/// C1–C3: what the administrator touched and differs from any base. A base without the component tells
/// all of what they added themselves, and nothing of what another did: there it is what was before
/// their first touch.
fn touched(
    now: &Component,
    (mine, earlier): &Mine<'_>,
    bases: &Bases<'_>,
    own: bool,
) -> BTreeMap<Attribute, Difference> {
    let mut differences = BTreeMap::new();
    for (attribute, after) in &now.attributes {
        let names = |touch: &Dated<'_>| matches!(&touch.2, Touch::Added(_, given) if given.contains(attribute));
        let is_of = |touch: &Dated<'_>| {
            names(touch) || !changes_of(*attribute, std::slice::from_ref(touch)).is_empty()
        };
        let Some(first) = earlier.iter().chain(mine).find(|touch| is_of(touch)) else {
            continue;
        };
        let still = mine.iter().any(is_of);
        let sent = bases.iter().any(|(version, _)| *version >= first.0);
        let counted: Vec<Dated<'_>> = if sent {
            earlier.iter().chain(mine).cloned().collect()
        } else {
            mine.clone()
        };
        let changes = changes_of(*attribute, &counted);
        let given = counted.iter().any(names);
        let own_elements = (!given).then(|| elements_of(&changes));
        let mut values: Vec<Option<Value>> = Vec::new();
        if !own
            && bases[0].1.is_none()
            && let Some((before, _)) = changes_of(*attribute, mine).first()
        {
            values.push(Some((*before).clone()));
        }
        for (version, base) in bases {
            match base {
                Some(base) if still || *version >= first.0 => {
                    values.push(Some(base.value(*attribute)));
                }
                None if own && still => values.push(None),
                Some(_) | None => {}
            }
        }
        if values.is_empty() {
            continue;
        }
        differences.extend(difference(
            *attribute,
            &values,
            after,
            own_elements.as_ref(),
        ));
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

/// C3: of sets and lists only one's own elements count, and none of their order. Before is what it was
/// at the last base that differs.
fn difference(
    attribute: Attribute,
    bases: &[Option<Value>],
    after: &Value,
    own: Option<&BTreeSet<String>>,
) -> Option<(Attribute, Difference)> {
    let was = |base: &Option<Value>| base.clone().unwrap_or(Value::Null);
    if !element_wise(attribute) {
        let differing = bases.iter().rev().find(|base| base.as_ref() != Some(after));
        let plain = |base| Difference {
            before: was(base),
            after: after.clone(),
            elements: None,
        };
        return differing.map(|base| (attribute, plain(base)));
    }
    let is_own = |one: &String| own.is_none_or(|own| own.contains(one));
    let since = |base: &Option<Value>| {
        let mut elements = elements::difference(&was(base), after);
        elements.added.retain(is_own);
        elements.removed.retain(is_own);
        elements
    };
    let differs = |base: &&Option<Value>| since(base) != Elements::default();
    let before = bases.iter().rev().find(differs).map(was)?;
    let mut all = Elements::default();
    for base in bases {
        for one in since(base).removed {
            if !all.removed.contains(&one) {
                all.removed.push(one);
            }
        }
    }
    let came = |one: &String| bases.iter().any(|base| since(base).added.contains(one));
    all.added = after
        .elements()
        .iter()
        .filter(|one| came(one))
        .cloned()
        .collect();
    let difference = Difference {
        before,
        after: after.clone(),
        elements: Some(all),
    };
    Some((attribute, difference))
}
