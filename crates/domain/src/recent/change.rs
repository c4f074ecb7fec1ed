//! A recent change of one component, as it is listed for selection and as a change set is made from
//! it (C4, C7).

use crate::ids::version::Version;
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::shape::Row;
use crate::plan::status::Status;
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::difference::Difference;

/// What the session's administrator did to a component in total (C4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecentKind {
    /// It did not exist at some base.
    Created,
    /// It existed at every base, or somebody else added it.
    Updated,
    /// It existed at some base and no longer exists.
    Deleted,
}

impl RecentKind {
    /// Its name on the wire.
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
    /// The programme that it belongs to, or belonged to.
    pub programme: ProgrammeId,
    /// Its type.
    pub component_type: ComponentType,
    /// Its name, or its last one.
    pub name: Personal,
    /// Its status, or its last one if it was deleted.
    pub status: Status,
    /// What was done to it.
    pub kind: RecentKind,
    /// Its place on the plan. If it was deleted: the first base that had it, and its place there.
    pub(crate) place: (bool, Version, Row),
    /// Whether it is preselected (C7).
    pub preselected: bool,
    /// The version of the plan at the administrator's last touch.
    pub touched: Version,
    /// What differs: everything if it was created, nothing if it was deleted.
    pub difference: Difference,
    /// For a created component, the attributes that were set explicitly: they are replayed on
    /// targets that already have the component (T1).
    pub explicit: Difference,
}

impl RecentChange {
    /// Its place in every list: first the components that the plan has, then the deleted ones, in
    /// the order in which they were added.
    pub fn place(&self) -> (bool, Version, Row) {
        self.place
    }

    /// Whether `planned_for_qa` was changed, which a sync of all attributes does not carry (C7).
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
