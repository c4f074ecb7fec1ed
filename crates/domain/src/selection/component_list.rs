//! The components that a sync can carry (S1): the list, its filter and its order.

use std::collections::BTreeMap;

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::ComponentView;
use crate::plan::naming;
use crate::plan::status::Status;
use crate::recent::change::RecentChange;
use crate::recent::change::RecentKind;
use crate::selection::source::Source;
use crate::text::personal::Personal;
use crate::text::search::Sought;

/// A component that can be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedComponent {
    /// The component.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: Personal,
    /// Its type.
    pub component_type: ComponentType,
    /// Its status on the source, or its last one if it was deleted.
    pub status: Status,
    /// What was done to it recently.
    pub change: Option<RecentKind>,
    /// Whether it is preselected (C7).
    pub preselected: bool,
    /// The version of the source's plan that last changed it.
    pub last_updated: Version,
}

/// Which components are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComponentFilter {
    /// Types; empty: any.
    pub types: Vec<ComponentType>,
    /// A part of the name, ignoring case and accents; empty: any.
    pub search: String,
}

impl ComponentFilter {
    fn keeps(&self, listed: &ListedComponent, sought: &Sought) -> bool {
        (self.types.is_empty() || self.types.contains(&listed.component_type))
            && sought.is_in(listed.name.as_str())
    }
}

/// The components of a programme on the source plan, then those deleted recently, each in the order
/// in which they were added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentList {
    /// The number of components of the programme with recent changes, whatever the filter.
    pub recent: usize,
    /// The components that match the filter.
    pub items: Vec<ListedComponent>,
}

/// Lists the components of a programme that can be selected and match the filter.
pub fn list(
    source: &Source<'_>,
    programme: ProgrammeId,
    filter: &ComponentFilter,
) -> ComponentList {
    let recent = source.recent_changes(programme);
    let mut items = all(source, programme, &recent);
    let sought = Sought::new(&filter.search);
    items.retain(|listed| filter.keeps(listed, &sought));
    ComponentList {
        recent: recent.len(),
        items,
    }
}

/// All components of a programme that can be selected.
pub(crate) fn all(
    source: &Source<'_>,
    programme: ProgrammeId,
    recent: &BTreeMap<ComponentId, RecentChange>,
) -> Vec<ListedComponent> {
    let present = source
        .plan
        .iter()
        .filter(|view| view.programme() == programme);
    let mut deleted: Vec<&RecentChange> = recent
        .values()
        .filter(|change| change.kind == RecentKind::Deleted)
        .collect();
    deleted.sort_by_key(|change| change.place());
    present
        .map(|view| listed(source, view, recent.get(&view.component())))
        .chain(deleted.into_iter().map(listed_deleted))
        .collect()
}

fn listed(
    source: &Source<'_>,
    view: ComponentView<'_>,
    change: Option<&RecentChange>,
) -> ListedComponent {
    ListedComponent {
        component: view.component(),
        name: naming::name(view, source.tenant.values()),
        component_type: view.component_type().clone(),
        status: view.status(),
        change: change.map(|change| change.kind),
        preselected: change.is_some_and(|change| change.preselected),
        last_updated: view.last_changed(),
    }
}

fn listed_deleted(change: &RecentChange) -> ListedComponent {
    ListedComponent {
        component: change.component,
        name: change.name.clone(),
        component_type: change.component_type.clone(),
        status: change.status,
        change: Some(change.kind),
        preselected: change.preselected,
        last_updated: change.touched,
    }
}
