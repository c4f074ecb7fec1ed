//! C2: which recent changes are corrections: they would be none, were it not for a synchronisation
//! that took the component along. For those who count what a run came across.

use std::collections::BTreeMap;

use plansync_domain::ids::{ComponentId, SessionId};

use crate::component::Component;
use crate::elements::Elements;
use crate::plan::{Plan, find};
use crate::recent::{Difference, Kind, Recent, recent_changes};
use crate::world::World;

/// What was taken back of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Correction {
    /// An attribute has the value of the marker again.
    ChangedBack,
    /// So have some elements of a set or list.
    ElementsBack,
    /// It was added and removed again.
    AddedByMistake,
    /// It was removed and added again.
    RemovedByMistake,
}

impl Correction {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChangedBack => "changed back",
            Self::ElementsBack => "elements back",
            Self::AddedByMistake => "added by mistake",
            Self::RemovedByMistake => "removed by mistake",
        }
    }
}

impl World {
    /// The corrections among a session's recent changes; none of one that is not open.
    pub fn corrections(&self, session: SessionId) -> BTreeMap<ComponentId, Correction> {
        let Some(session) = self.sessions.get(&session).filter(|one| one.end.is_none()) else {
            return BTreeMap::new();
        };
        let plan = self.plan(session.learner);
        recent_changes(session, &plan)
            .iter()
            .filter_map(|recent| {
                let id = recent.component.id;
                Some((id, correction(recent, &plan, session.marker)?))
            })
            .collect()
    }
}

fn correction(recent: &Recent, plan: &Plan, marker: usize) -> Option<Correction> {
    let at_marker = find(plan.at(marker), recent.component.id);
    match (recent.kind, at_marker) {
        (Kind::Created, Some(_)) => Some(Correction::RemovedByMistake),
        (Kind::Deleted, None) => Some(Correction::AddedByMistake),
        (Kind::Updated, Some(marker)) => taken_back(recent, marker),
        (Kind::Created | Kind::Updated, None) | (Kind::Deleted, Some(_)) => None,
    }
}

fn taken_back(recent: &Recent, marker: &Component) -> Option<Correction> {
    let back = recent.differences.iter().filter_map(|(attribute, found)| {
        let was = marker.value(*attribute);
        match &found.elements {
            None => (was == found.after).then_some(Correction::ChangedBack),
            Some(elements) => {
                let marker = was.elements();
                is_back(elements, &marker, found).then_some(Correction::ElementsBack)
            }
        }
    });
    back.max()
}

/// Whether an element that came was there at the marker, or one that went was not.
fn is_back(elements: &Elements, marker: &[String], found: &Difference) -> bool {
    let now = found.after.elements();
    let came = |one: &String| marker.contains(one) && now.contains(one);
    elements.added.iter().any(came) || elements.removed.iter().any(|one| !marker.contains(one))
}
