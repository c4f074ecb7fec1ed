//! P1–P9: what a set of permissions allows on one component. Says the reason of a refusal.

/// The permissions of an administrator, by name.
pub type Permissions = std::collections::BTreeSet<String>;

fn has(permissions: &Permissions, name: &str) -> bool {
    permissions.contains(name)
}

/// P1: may do everything.
pub fn everything(permissions: &Permissions) -> bool {
    has(permissions, "supervisor") || has(permissions, "compliance_qa")
}

/// P6: holds at least one permission that a sync could use.
pub fn can_sync(permissions: &Permissions) -> bool {
    everything(permissions)
        || has(permissions, "internal_verifier")
        || has(permissions, "advanced_delivery_add")
        || has(permissions, "advanced_delivery_edit")
        || has(permissions, "advanced_delivery_delete")
}

/// P2.
pub fn refuse_create(permissions: &Permissions) -> Option<&'static str> {
    if everything(permissions) || has(permissions, "advanced_delivery_add") {
        None
    } else {
        Some("add_not_permitted")
    }
}

/// P3, and P4 for a change of `planned_for_qa` alone.
pub fn refuse_edit(
    permissions: &Permissions,
    finished: bool,
    only_planned_for_qa: bool,
) -> Option<&'static str> {
    if everything(permissions) {
        return None;
    }
    if only_planned_for_qa && has(permissions, "internal_verifier") {
        return None;
    }
    let edit = has(permissions, "advanced_delivery_edit");
    if finished {
        if edit && has(permissions, "edit_delete_finished") {
            None
        } else {
            Some("edit_finished_not_permitted")
        }
    } else if edit {
        None
    } else {
        Some("edit_not_permitted")
    }
}

/// P5.
pub fn refuse_delete(permissions: &Permissions, finished: bool) -> Option<&'static str> {
    if everything(permissions) {
        return None;
    }
    let delete = has(permissions, "advanced_delivery_delete");
    if finished {
        if delete && has(permissions, "edit_delete_finished") {
            None
        } else {
            Some("delete_finished_not_permitted")
        }
    } else if delete {
        None
    } else {
        Some("delete_not_permitted")
    }
}

/// P9: leaving `completed` needs what editing a finished component needs.
pub fn refuse_progress(permissions: &Permissions, leaves_completed: bool) -> Option<&'static str> {
    if leaves_completed {
        refuse_edit(permissions, true, false)
    } else {
        None
    }
}
