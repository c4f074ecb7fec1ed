//! Which learners an administrator sees (P8).
//!
//! Only groups count: permissions do not make more learners visible.

use crate::command::rejection::Rejection;
use crate::ids::{Actor, LearnerId};
use crate::reference::administrator::{Administrator, Groups};
use crate::reference::learner::Learner;
use crate::state::tenant::Tenant;

/// Whether an administrator sees a learner: the administrator must view every group of the learner.
pub fn sees(administrator: &Administrator, learner: &Learner) -> bool {
    match &administrator.groups {
        Groups::All => true,
        Groups::Listed(groups) => learner.groups.iter().all(|group| groups.contains(group)),
    }
}

/// Whether an actor sees a learner. `system` sees everybody, an unknown administrator nobody.
pub fn actor_sees(tenant: &Tenant, actor: &Actor, learner: &Learner) -> bool {
    match actor {
        Actor::System => true,
        Actor::Administrator(administrator) => tenant
            .administrator(administrator)
            .is_some_and(|administrator| sees(administrator, learner)),
    }
}

/// The learner with an id, if this actor sees them; otherwise `learner_not_available`.
pub fn visible_learner<'a>(
    tenant: &'a Tenant,
    actor: &Actor,
    learner: LearnerId,
) -> Result<&'a Learner, Rejection> {
    tenant
        .learner(learner)
        .filter(|learner| actor_sees(tenant, actor, learner))
        .ok_or(Rejection::LearnerNotAvailable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permission;
    use crate::test_support::{actor, given, learner};

    fn groups<const N: usize>(names: [&str; N]) -> Vec<crate::ids::Group> {
        names.map(|name| name.parse().unwrap()).into()
    }

    fn of<const N: usize>(names: [&str; N]) -> Groups {
        Groups::Listed(groups(names).into_iter().collect())
    }

    #[test]
    fn p8_every_group_of_the_learner_must_be_among_the_administrators() {
        let given = given()
            .administrator_of("both", [], of(["north", "south", "east"]))
            .administrator_of("one", [], of(["north"]))
            .administrator_of("none", [], of([]))
            .administrator_of("all", [], Groups::All)
            .learner_as(1, |record| record.groups = groups(["north", "south"]));
        let record = given.tenant.learner(learner(1)).unwrap();
        let sees = ["both", "one", "none", "all", "nobody"]
            .map(|name| actor_sees(&given.tenant, &actor(name), record));
        assert_eq!(sees, [true, false, false, true, false]);
        assert!(actor_sees(&given.tenant, &Actor::System, record));
    }

    #[test]
    fn p8_a_learner_in_no_group_is_seen_by_everyone() {
        let given = given().administrator_of("none", [], of([])).learner(1, []);
        let record = given.tenant.learner(learner(1)).unwrap();
        assert!(actor_sees(&given.tenant, &actor("none"), record));
    }

    #[test]
    fn p8_permissions_do_not_widen_whom_one_sees_and_unseen_is_as_unknown() {
        let given = given()
            .administrator_of("boss", [Permission::Supervisor], of(["north"]))
            .learner_as(1, |record| record.groups = groups(["south"]));
        let unseen = visible_learner(&given.tenant, &actor("boss"), learner(1));
        let unknown = visible_learner(&given.tenant, &actor("boss"), learner(2));
        assert_eq!(unseen, Err(Rejection::LearnerNotAvailable));
        assert_eq!(unknown, Err(Rejection::LearnerNotAvailable));
    }
}
