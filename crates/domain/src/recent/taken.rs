//! What the syncs of a session carried to learners: later changes are also compared with it (C2),
//! and it is no longer preselected (C7).
//!
//! Only the versions of the source's plan are kept here, not the plans.

use serde::{Deserialize, Serialize};

use crate::ids::ComponentId;
use crate::ids::version::Version;
use crate::sync::change_set::{Change, Entry};
use crate::sync::request::{Cleared, SyncKind};

/// What the syncs of one session carried. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Taken {
    components: imbl::OrdMap<ComponentId, Taking>,
    /// Every version that some component is compared with.
    bases: imbl::OrdSet<Version>,
}

/// What syncs carried of one component.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Taking {
    /// The versions of the source's plan that it is compared with beside the marker, in order.
    bases: Vec<Version>,
    /// The version up to which syncs carried all of its changes; zero if none did.
    changes: Version,
    /// The version up to which they carried all changes except `planned_for_qa`.
    but_planned: Version,
}

impl Taking {
    /// The versions of the source's plan that it is compared with beside the marker.
    pub(crate) fn bases(&self) -> &[Version] {
        &self.bases
    }

    /// Whether all of its changes up to this version were carried.
    pub(crate) fn took_all(&self, touched: Version, planned_for_qa: bool) -> bool {
        touched <= self.changes || (!planned_for_qa && touched <= self.but_planned)
    }

    fn base(&mut self, version: Version) {
        if self.bases.last() != Some(&version) {
            self.bases.push(version);
        }
    }
}

impl Taken {
    /// What was carried of a component, if anything was.
    pub(crate) fn of(&self, component: ComponentId) -> Option<&Taking> {
        self.components.get(&component)
    }

    /// Whether some component is compared with this version of the plan.
    pub(crate) fn is_base(&self, version: Version) -> bool {
        self.bases.contains(&version)
    }

    /// A sync was accepted when the source's plan had this version.
    pub(crate) fn accepted<'a>(
        &mut self,
        kind: SyncKind,
        entries: impl Iterator<Item = &'a Entry>,
        version: Version,
    ) {
        self.bases.insert(version);
        for entry in entries {
            let taking = self.components.entry(entry.component).or_default();
            taking.base(version);
            match (kind.clears(), &entry.change) {
                (Cleared::None, _) | (_, Change::NoRecentChange) => {}
                (Cleared::All, _) => taking.changes = version,
                (Cleared::AllButPlannedForQa, _) => taking.but_planned = version,
            }
        }
    }

    /// A sync changed these components of its own source, whose plan has this version since then
    /// (T3).
    pub(crate) fn updated_source(
        &mut self,
        components: impl Iterator<Item = ComponentId>,
        version: Version,
    ) {
        self.bases.insert(version);
        for component in components {
            self.components.entry(component).or_default().base(version);
        }
    }

    /// A sync ended without reaching any learner with these components.
    pub(crate) fn reached_nobody(&mut self, components: impl Iterator<Item = ComponentId>) {
        for component in components {
            if let Some(taking) = self.components.get_mut(&component) {
                taking.changes = Version::ZERO;
                taking.but_planned = Version::ZERO;
            }
        }
    }

    /// Whether both are equal, compared by address.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        self.components.ptr_eq(&other.components)
    }
}
