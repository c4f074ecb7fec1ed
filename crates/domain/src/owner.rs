//! Whom a target's component belongs to after a sync (O1–O4).
//!
//! Owns the choice alone. Refuses to know who the persons are: the decision says where the owner
//! comes from, and replaying looks it up.

use crate::decision::OwnerEffect;
use crate::settings::OwnerRule;

/// Where the owner comes from when every attribute of a component is overwritten.
///
/// `owner_is_case_owner` says that the source component's owner and the source learner's case
/// owner are known and the same; `exists`, that the target has the component already.
pub const fn on_overwrite(rule: OwnerRule, owner_is_case_owner: bool, exists: bool) -> OwnerEffect {
    match rule {
        // O1: whose case it is, is the target's own affair.
        OwnerRule::Keep if owner_is_case_owner => OwnerEffect::Kept,
        // O4: "my case owner" on the source means "your case owner" on the target.
        OwnerRule::FollowCaseOwner if owner_is_case_owner => OwnerEffect::TargetCaseOwner,
        OwnerRule::FollowCaseOwner if exists => OwnerEffect::Kept,
        // O2: anybody else, or nobody, is meant for the target too.
        OwnerRule::Keep | OwnerRule::FollowCaseOwner => OwnerEffect::Source,
    }
}

/// Where the owner comes from when only changes are replayed onto a component that exists (O3).
pub const fn on_change(owner_was_edited: bool) -> OwnerEffect {
    if owner_was_edited {
        OwnerEffect::Source
    } else {
        OwnerEffect::Kept
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnerEffect, OwnerRule, on_change, on_overwrite};

    #[test]
    fn o1_the_case_owners_component_keeps_its_owner_on_the_target() {
        assert_eq!(on_overwrite(OwnerRule::Keep, true, true), OwnerEffect::Kept);
        assert_eq!(
            on_overwrite(OwnerRule::Keep, true, false),
            OwnerEffect::Kept
        );
    }

    #[test]
    fn o2_any_other_owner_is_copied() {
        assert_eq!(
            on_overwrite(OwnerRule::Keep, false, true),
            OwnerEffect::Source
        );
        assert_eq!(
            on_overwrite(OwnerRule::Keep, false, false),
            OwnerEffect::Source
        );
    }

    #[test]
    fn o3_a_change_moves_the_owner_only_where_the_owner_was_edited() {
        assert_eq!(on_change(true), OwnerEffect::Source);
        assert_eq!(on_change(false), OwnerEffect::Kept);
    }

    #[test]
    fn o4_following_the_case_owner_gives_the_targets_own() {
        let follow = OwnerRule::FollowCaseOwner;

        assert_eq!(
            on_overwrite(follow, true, true),
            OwnerEffect::TargetCaseOwner
        );
        assert_eq!(
            on_overwrite(follow, true, false),
            OwnerEffect::TargetCaseOwner
        );
        assert_eq!(on_overwrite(follow, false, true), OwnerEffect::Kept);
        assert_eq!(on_overwrite(follow, false, false), OwnerEffect::Source);
    }
}
