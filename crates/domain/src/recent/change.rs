//! A recent change of one component, as people choose it and as a change set is frozen from it (C4, C7).
//!
//! Owns the type. Refuses to know what a change is compared with.

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::shape::Row;
use crate::plan::status::Status;
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::difference::Difference;

/// What the session's administrator did to a component, all in all (C4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecentKind {
    /// It was not there at some base.
    Created,
    /// It was there at every base, or somebody else added it.
    Updated,
    /// It was there at some base and is no more.
    Deleted,
}

impl RecentKind {
    /// Its word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// A recent change of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentChange {
    /// The component.
    pub component: ComponentId,
    /// The programme it belongs to, or belonged to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
    /// Its name, or its last one.
    pub name: Personal,
    /// Its progress, or what it was when it was deleted.
    pub status: Status,
    /// What was done to it.
    pub kind: RecentKind,
    /// Its place on the plan; if deleted, the first base that had it, and its place there.
    pub(crate) place: (bool, Version, Row),
    /// Whether it is selected to begin with (C7).
    pub preselected: bool,
    /// The plan's version at the administrator's last touch.
    pub touched: Version,
    /// What differs: everything it has, if created; nothing, if deleted.
    pub difference: Difference,
    /// Of a created one, what was set explicitly: that is replayed where it is there already (T1).
    pub explicit: Difference,
}

impl RecentChange {
    /// Its place in every list: those that the plan has, then the deleted, in the order of adding.
    pub fn place(&self) -> (bool, Version, Row) {
        self.place
    }

    /// Whether it plans for QA, or takes that back: no sync of all attributes takes that along (C7).
    pub(crate) fn plans_for_qa(&self) -> bool {
        let changed = match self.kind {
            RecentKind::Created => &self.explicit,
            RecentKind::Updated | RecentKind::Deleted => &self.difference,
        };
        changed.after.contains(Attribute::PlannedForQa)
    }
}

#[cfg(test)]
mod tests {
    use super::RecentKind;

    #[test]
    fn kinds_have_the_words_of_the_wire() {
        let kinds = [
            RecentKind::Created,
            RecentKind::Updated,
            RecentKind::Deleted,
        ];
        assert_eq!(
            kinds.map(RecentKind::name),
            ["created", "updated", "deleted"]
        );
    }
}
