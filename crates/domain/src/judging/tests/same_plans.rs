//! Tests that equal plans are judged once, and that differences outside the plan still count.

use std::sync::Arc;

use crate::judging::judge::{Judge, skipped};
use crate::plan::Plan;
use crate::reference::settings::OwnerRule;
use crate::sync::pair_outcome::{Outcome, Reason};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, criteria, open_record, owned_by, rename, request, set,
};
use crate::test_support::{Given, active, administrator, learner, sync};
use crate::values::attribute::Attribute;

fn plan(given: &Given, number: u128) -> &Arc<Plan> {
    given.tenant.plan(learner(number))
}

/// Two plans that nobody touched, of learners with case owners of their own, whom the target's owner
/// follows.
fn same_plans() -> Given {
    let owner = |given: Given, number: u128, name: &str| {
        given.learner_as(number, |record| {
            record.case_owner = Some(administrator(name));
            record.enrolments = vec![active(1)];
        })
    };
    let given = open_record().settings(true, OwnerRule::FollowCaseOwner);
    let given = owner(given, SOURCE, "carol");
    let given = owner(owner(given, TARGET, "dave"), OTHER, "erin");
    let edits = [
        rename(1, "New"),
        set(1, Attribute::Owner, owned_by("carol")),
    ];
    given.edited("alice", SOURCE, edits)
}

#[test]
fn o4_same_plans_with_other_case_owners_are_judged_each() {
    let given = same_plans().started("alice", 1, &request(AllAttributes, [1, 2], [TARGET, OTHER]));
    assert!(plan(&given, TARGET).shallow_eq(plan(&given, OTHER)));
    let state = given.tenant.sync(sync(1)).unwrap();
    let mut judge = Judge::new(state.terms().clone(), Arc::clone(state.prepared()));
    let mut of = |number: u128| {
        let judged = judge
            .judge_target_since(&given.tenant, learner(number), None)
            .unwrap();
        judged.case_owner.map(|owner| owner.to_string())
    };
    assert_eq!(of(TARGET).as_deref(), Some("dave"));
    assert_eq!(of(OTHER).as_deref(), Some("erin"));
    assert_eq!(of(TARGET).as_deref(), Some("dave"));
}

#[test]
fn t8_a_target_that_was_never_judged_has_the_reason_for_every_component() {
    let given = same_plans().started("alice", 1, &request(AllAttributes, [1, 2], [TARGET]));
    let selection = given
        .selected(&request(AllAttributes, [1, 2], [TARGET]))
        .unwrap();
    let pair_outcomes: PairOutcomes = skipped(&selection.change_set, Reason::Cancelled);
    let outcomes: Vec<Outcome> = pair_outcomes
        .iter()
        .map(crate::sync::pair_outcome::PairOutcome::outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Skipped(Reason::Cancelled); 2]);
}

#[test]
fn c3_each_targets_own_elements_are_looked_at() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [set(1, Attribute::Criteria, criteria(["K9"]))],
        )
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K9"]))],
        )
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET, OTHER]));
    let state = given.tenant.sync(sync(1)).unwrap();
    let mut judge = Judge::new(state.terms().clone(), Arc::clone(state.prepared()));
    let mut of = |number: u128| {
        let judged = judge
            .judge_target_since(&given.tenant, learner(number), None)
            .unwrap();
        judged.pair_outcomes.iter().next().unwrap().outcome()
    };
    let outcomes = [TARGET, OTHER, TARGET].map(&mut of);
    assert_eq!(
        outcomes,
        [Outcome::Unchanged, Outcome::Applied, Outcome::Unchanged]
    );
}
