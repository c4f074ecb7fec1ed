//! The owner of a target's component after a sync (O1–O4).
//!
//! The choice is made without knowing the persons: a pair outcome states the origin of the owner,
//! and the replay looks up the person.

use crate::reference::settings::OwnerRule;
use crate::sync::pair_outcome::OwnerEffect;

/// The owner of a source's component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceOwner {
    /// None.
    Nobody,
    /// The source learner's case owner.
    CaseOwner,
    /// Somebody else.
    Another,
}

/// The properties of a target that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetOwner {
    /// Whether the target already has the component.
    pub exists: bool,
    /// Whether the target learner has a case owner.
    pub has_case_owner: bool,
}

/// The origin of the owner if every attribute of a component is overwritten, or the component is
/// created and its owner was not set explicitly.
pub const fn on_overwrite(
    rule: OwnerRule,
    source: SourceOwner,
    target: TargetOwner,
) -> OwnerEffect {
    match (source, rule) {
        // O1: no sync removes an owner, and the target's case owner does not depend on the source.
        (SourceOwner::Nobody, _) | (SourceOwner::CaseOwner, OwnerRule::Keep) => OwnerEffect::Kept,
        // O4: the source's case owner stands for the target's case owner.
        (SourceOwner::CaseOwner, OwnerRule::FollowCaseOwner) => case_owner(target),
        (SourceOwner::Another, OwnerRule::FollowCaseOwner) if target.exists => OwnerEffect::Kept,
        // O2: anybody else becomes the owner on the target too.
        (SourceOwner::Another, OwnerRule::Keep | OwnerRule::FollowCaseOwner) => OwnerEffect::Source,
    }
}

/// The origin of the owner if the owner itself was edited (O3). Whoever the source's owner is now
/// is meant, including nobody.
pub const fn on_change(rule: OwnerRule, source: SourceOwner, target: TargetOwner) -> OwnerEffect {
    match (source, rule) {
        (SourceOwner::CaseOwner, OwnerRule::FollowCaseOwner) => case_owner(target),
        (SourceOwner::Nobody | SourceOwner::CaseOwner | SourceOwner::Another, _) => {
            OwnerEffect::Source
        }
    }
}

/// A target without a case owner keeps its owner.
const fn case_owner(target: TargetOwner) -> OwnerEffect {
    if target.has_case_owner {
        OwnerEffect::TargetCaseOwner
    } else {
        OwnerEffect::Kept
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnerEffect, OwnerRule, SourceOwner, TargetOwner, on_change, on_overwrite};

    const RULES: [OwnerRule; 2] = [OwnerRule::Keep, OwnerRule::FollowCaseOwner];

    const fn target(exists: bool, has_case_owner: bool) -> TargetOwner {
        TargetOwner {
            exists,
            has_case_owner,
        }
    }

    #[test]
    fn o1_the_case_owners_component_keeps_its_owner_on_the_target() {
        for exists in [true, false] {
            let effect = on_overwrite(
                OwnerRule::Keep,
                SourceOwner::CaseOwner,
                target(exists, true),
            );
            assert_eq!(effect, OwnerEffect::Kept);
        }
    }

    #[test]
    fn o1_no_sync_takes_an_owner_away() {
        for rule in RULES {
            for exists in [true, false] {
                let effect = on_overwrite(rule, SourceOwner::Nobody, target(exists, true));
                assert_eq!(effect, OwnerEffect::Kept);
            }
        }
    }

    #[test]
    fn o2_any_other_owner_is_copied() {
        for exists in [true, false] {
            let effect = on_overwrite(OwnerRule::Keep, SourceOwner::Another, target(exists, true));
            assert_eq!(effect, OwnerEffect::Source);
        }
    }

    #[test]
    fn o3_an_owner_that_was_edited_is_replayed_taking_away_included() {
        for source in [SourceOwner::Nobody, SourceOwner::Another] {
            for rule in RULES {
                let effect = on_change(rule, source, target(true, true));
                assert_eq!(effect, OwnerEffect::Source);
            }
        }
        let effect = on_change(OwnerRule::Keep, SourceOwner::CaseOwner, target(true, true));
        assert_eq!(effect, OwnerEffect::Source);
    }

    #[test]
    fn o4_following_the_case_owner_gives_the_targets_own() {
        let follow = OwnerRule::FollowCaseOwner;
        for exists in [true, false] {
            let mine = on_overwrite(follow, SourceOwner::CaseOwner, target(exists, true));
            assert_eq!(mine, OwnerEffect::TargetCaseOwner);
            let none = on_overwrite(follow, SourceOwner::CaseOwner, target(exists, false));
            assert_eq!(none, OwnerEffect::Kept);
            let edited = on_change(follow, SourceOwner::CaseOwner, target(exists, true));
            assert_eq!(edited, OwnerEffect::TargetCaseOwner);
            let edited = on_change(follow, SourceOwner::CaseOwner, target(exists, false));
            assert_eq!(edited, OwnerEffect::Kept);
        }
        let there = on_overwrite(follow, SourceOwner::Another, target(true, true));
        assert_eq!(there, OwnerEffect::Kept);
        let created = on_overwrite(follow, SourceOwner::Another, target(false, true));
        assert_eq!(created, OwnerEffect::Source);
    }
}
