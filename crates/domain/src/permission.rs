//! What an administrator may do to components: the rules P1 to P7 and P9.
//!
//! Permissions are checked against the component that changes, wherever the change comes from (P7).
//! Which learners an administrator sees is decided in `access`.
//!
//! May import: no other folder.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum Permission {
    Supervisor,
    ComplianceQa,
    InternalVerifier,
    AdvancedDeliveryAdd,
    AdvancedDeliveryEdit,
    AdvancedDeliveryDelete,
    EditDeleteFinished,
}

/// A text that is not the name of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected one of supervisor, compliance_qa, internal_verifier, advanced_delivery_add, \
     advanced_delivery_edit, advanced_delivery_delete, edit_delete_finished"
)]
pub struct NoSuchPermission;

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 7] = [
        Self::Supervisor,
        Self::ComplianceQa,
        Self::InternalVerifier,
        Self::AdvancedDeliveryAdd,
        Self::AdvancedDeliveryEdit,
        Self::AdvancedDeliveryDelete,
        Self::EditDeleteFinished,
    ];

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::ComplianceQa => "compliance_qa",
            Self::InternalVerifier => "internal_verifier",
            Self::AdvancedDeliveryAdd => "advanced_delivery_add",
            Self::AdvancedDeliveryEdit => "advanced_delivery_edit",
            Self::AdvancedDeliveryDelete => "advanced_delivery_delete",
            Self::EditDeleteFinished => "edit_delete_finished",
        }
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl FromStr for Permission {
    type Err = NoSuchPermission;

    fn from_str(name: &str) -> Result<Self, NoSuchPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.name() == name)
            .ok_or(NoSuchPermission)
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

/// A set of permissions, as bits.
///
/// ```
/// use plansync_domain::permission::{Permission, PermissionReason, PermissionSet};
///
/// let held = PermissionSet::from_iter([Permission::AdvancedDeliveryEdit]);
/// assert_eq!(held.refuse_edit(false, false), None);
/// let refused = Some(PermissionReason::EditFinishedNotPermitted);
/// assert_eq!(held.refuse_edit(true, false), refused);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u8);

impl PermissionSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Whether the set contains a permission.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Adds a permission.
    pub const fn insert(&mut self, permission: Permission) {
        self.0 |= permission.bit();
    }

    /// The permissions of the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .into_iter()
            .filter(move |permission| self.contains(*permission))
    }

    /// P1: supervisors and compliance QA may do everything.
    pub const fn everything(self) -> bool {
        self.contains(Permission::Supervisor) || self.contains(Permission::ComplianceQa)
    }

    /// P6: whether a sync of this administrator could do anything.
    pub const fn can_sync(self) -> bool {
        self.everything()
            || self.contains(Permission::InternalVerifier)
            || self.contains(Permission::AdvancedDeliveryAdd)
            || self.contains(Permission::AdvancedDeliveryEdit)
            || self.contains(Permission::AdvancedDeliveryDelete)
    }

    /// P2: why this administrator may not create a component.
    pub const fn refuse_add(self) -> Option<PermissionReason> {
        if self.everything() || self.contains(Permission::AdvancedDeliveryAdd) {
            None
        } else {
            Some(PermissionReason::AddNotPermitted)
        }
    }

    /// P3 and P4: why this administrator may not change a component.
    pub const fn refuse_edit(
        self,
        is_finished: bool,
        only_planned_for_qa: bool,
    ) -> Option<PermissionReason> {
        let verifies = only_planned_for_qa && self.contains(Permission::InternalVerifier);
        if self.everything() || verifies {
            return None;
        }
        let edits = self.contains(Permission::AdvancedDeliveryEdit);
        match is_finished {
            false if edits => None,
            false => Some(PermissionReason::EditNotPermitted),
            true if edits && self.contains(Permission::EditDeleteFinished) => None,
            true => Some(PermissionReason::EditFinishedNotPermitted),
        }
    }

    /// P5: why this administrator may not delete a component.
    pub const fn refuse_delete(self, is_finished: bool) -> Option<PermissionReason> {
        if self.everything() {
            return None;
        }
        let deletes = self.contains(Permission::AdvancedDeliveryDelete);
        match is_finished {
            false if deletes => None,
            false => Some(PermissionReason::DeleteNotPermitted),
            true if deletes && self.contains(Permission::EditDeleteFinished) => None,
            true => Some(PermissionReason::DeleteFinishedNotPermitted),
        }
    }

    /// P9: why this administrator may not record progress. Only a change from `completed` needs a
    /// permission: the one that P3 requires for a finished component.
    pub const fn refuse_progress(self, leaves_completed: bool) -> Option<PermissionReason> {
        if leaves_completed {
            self.refuse_edit(true, false)
        } else {
            None
        }
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Permission>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

/// The permission rule that forbids something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Their codes are their documentation.
pub enum PermissionReason {
    /// P2.
    AddNotPermitted,
    /// P3, not finished.
    EditNotPermitted,
    /// P3, finished.
    EditFinishedNotPermitted,
    /// P5, not finished.
    DeleteNotPermitted,
    /// P5, finished.
    DeleteFinishedNotPermitted,
    /// P10: reference data is written by `system` alone.
    SystemOnly,
    /// Only an administrator has records open, never `system`.
    AdministratorOnly,
    /// Reference data may be read by `system` and by those of P1.
    ReadNotPermitted,
}

impl PermissionReason {
    /// Its code in messages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AddNotPermitted => "add_not_permitted",
            Self::EditNotPermitted => "edit_not_permitted",
            Self::EditFinishedNotPermitted => "edit_finished_not_permitted",
            Self::DeleteNotPermitted => "delete_not_permitted",
            Self::DeleteFinishedNotPermitted => "delete_finished_not_permitted",
            Self::SystemOnly => "system_only",
            Self::AdministratorOnly => "administrator_only",
            Self::ReadNotPermitted => "read_not_permitted",
        }
    }

    /// The permissions that it asks for, all of which are needed; for reading, one of them is enough.
    pub const fn needed(self) -> &'static [Permission] {
        use Permission::{
            AdvancedDeliveryAdd, AdvancedDeliveryDelete, AdvancedDeliveryEdit, ComplianceQa,
            EditDeleteFinished, Supervisor,
        };
        match self {
            Self::AddNotPermitted => &[AdvancedDeliveryAdd],
            Self::EditNotPermitted => &[AdvancedDeliveryEdit],
            Self::EditFinishedNotPermitted => &[AdvancedDeliveryEdit, EditDeleteFinished],
            Self::DeleteNotPermitted => &[AdvancedDeliveryDelete],
            Self::DeleteFinishedNotPermitted => &[AdvancedDeliveryDelete, EditDeleteFinished],
            Self::SystemOnly | Self::AdministratorOnly => &[],
            Self::ReadNotPermitted => &[Supervisor, ComplianceQa],
        }
    }

    /// What is required instead, and what to do, as a sentence.
    pub const fn needs(self) -> &'static str {
        match self {
            Self::AddNotPermitted => {
                "adding a component requires the permission advanced_delivery_add; ask for this permission"
            }
            Self::EditNotPermitted => {
                "changing a component requires the permission advanced_delivery_edit; ask for this permission"
            }
            Self::EditFinishedNotPermitted => {
                "changing a finished component requires the permissions advanced_delivery_edit and \
                 edit_delete_finished; ask for these permissions"
            }
            Self::DeleteNotPermitted => {
                "removing a component requires the permission advanced_delivery_delete; ask for this \
                 permission"
            }
            Self::DeleteFinishedNotPermitted => {
                "removing a finished component requires the permissions advanced_delivery_delete and \
                 edit_delete_finished; ask for these permissions"
            }
            Self::SystemOnly => {
                "only the actor `system` may change reference data or read the whole log; send this as `system`"
            }
            Self::AdministratorOnly => {
                "only administrators can have open records; send the command as an administrator"
            }
            Self::ReadNotPermitted => {
                "reading reference data and the audit requires the permission supervisor or compliance_qa; ask \
                 for one of these permissions"
            }
        }
    }
}

impl fmt::Display for PermissionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests;
