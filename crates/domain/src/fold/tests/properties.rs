//! Properties for any plans and edits: a sync that is run twice changes nothing the second time
//! (I4), and a replay does what was judged.

use proptest::prelude::*;

use crate::command::decided::Decided;
use crate::command::{Command, Edit};
use crate::ids::Actor;
use crate::plan::{ComponentView, Plan};
use crate::reference::settings::OwnerRule;
use crate::review::status::ReviewStatus;
use crate::sync::pair_outcome::{Action, Outcome, PairOutcome, ReviewEffect};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::request::{SyncKind, SyncRequest};
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, choosing, closed_record_of, everything, owned_by, remove, set,
};
use crate::test_support::{Given, active, component, learner};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// An edit that may or may not be possible where it is tried.
fn any_edit() -> impl Strategy<Value = Edit> {
    let number = 1..8_u128;
    prop_oneof![
        1 => number.clone().prop_map(add),
        1 => number.clone().prop_map(remove),
        1 => (number.clone(), prop::sample::select(ReviewStatus::ALL.to_vec()))
            .prop_map(|(number, status)| progress(number, status)),
        6 => (number, any_value()).prop_map(|(number, (attribute, value))| {
            set(number, attribute, value)
        }),
    ]
}

fn any_value() -> impl Strategy<Value = (Attribute, Value)> {
    let code = prop::sample::subsequence(vec!["K1", "K2", "S1", "B1"], 0..=4);
    prop_oneof![
        "[a-c]{1,2}".prop_map(|name| (Attribute::Name, name.as_str().into())),
        code.clone()
            .prop_map(|codes| (Attribute::Criteria, Value::codes(codes))),
        code.prop_shuffle().prop_map(|names| {
            let names = names.into_iter().map(Into::into).collect();
            (Attribute::Documents, Value::Documents(names))
        }),
        any::<bool>().prop_map(|planned| (Attribute::PlannedForQa, planned.into())),
        prop::sample::select(vec!["Mid", "Final"])
            .prop_map(|name| (Attribute::ReviewType, name.into())),
        prop::option::of(23..26_u32).prop_map(|day| (Attribute::ReviewAt, date(day))),
        (0..3_u16).prop_map(|count| (Attribute::MinEvidence, Value::Number(count))),
        prop::sample::select(vec!["carol", "dave"])
            .prop_map(|name| (Attribute::Owner, owned_by(name))),
    ]
}

fn date(day: Option<u32>) -> Value {
    let moment = |day| Value::Moment(format!("2026-11-{day}T09:30:00Z").parse().unwrap());
    day.map_or(Value::Null, moment)
}

fn progress(number: u128, status: ReviewStatus) -> Edit {
    Edit::SetReviewStatus {
        component: component(number),
        status,
    }
}

/// Two of the three components that everybody has are reviews; Carol is the target's case owner.
fn open_record() -> Given {
    closed_record_of(["assignment", "review", "review"])
        .learner_as(TARGET, |record| {
            record.enrolments = vec![active(1)];
            record.case_owner = Some("carol".parse().unwrap());
        })
        .opened("alice", SOURCE, 1)
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any_edit(), 0..12)
}

/// Tries every edit by itself.
fn tried(given: Given, by: &str, number: u128, edits: &[Edit]) -> Given {
    edits.iter().fold(given, |given, edit| {
        let by: Actor = by.parse().unwrap();
        let command = Command::EditPlan {
            learner: learner(number),
            expected_version: None,
            edits: vec![edit.clone()],
        };
        match given.when(&by, &command).0 {
            Ok(Decided::Events { stream, events }) => given.commit(&by, &stream, &events),
            Ok(Decided::Unchanged(_) | Decided::Sync { .. } | Decided::Displacing { .. })
            | Err(_) => given,
        }
    })
}

/// Whether every pair would be left as it is: nothing applied.
fn nothing_applies(given: &Given, request: &SyncRequest) -> bool {
    let previews = given.previewed(request);
    let mut outcomes = previews.values().flat_map(PairOutcomes::iter);
    outcomes.all(|pair_outcome| pair_outcome.outcome() != Outcome::Applied)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn i4_all_attributes_twice_changes_nothing_the_second_time(
        source in any_edits(), target in any_edits(), other in any_edits(), follow: bool,
    ) {
        let rule = if follow { OwnerRule::FollowCaseOwner } else { OwnerRule::Keep };
        let given = open_record().settings(true, rule);
        let given = tried(tried(given, "bob", TARGET, &target), "bob", OTHER, &other);
        let given = tried(given, "alice", SOURCE, &source);
        let request = everything(SyncKind::AllAttributes);
        prop_assume!(given.selected(&request).is_ok());

        let once = given.synced(1, &request);

        prop_assert!(nothing_applies(&once, &request));
    }

    #[test]
    fn i4_selected_attributes_twice_changes_nothing_the_second_time(
        source in any_edits(), target in any_edits(),
    ) {
        let given = tried(open_record(), "bob", TARGET, &target);
        let given = tried(given, "alice", SOURCE, &source);
        let chosen = [Attribute::Name, Attribute::Criteria, Attribute::MinEvidence];
        let request = choosing(everything(SyncKind::SelectedAttributes), chosen);
        prop_assume!(given.selected(&request).is_ok());

        let once = given.synced(1, &request);

        prop_assert!(nothing_applies(&once, &request));
    }

    #[test]
    fn changes_replayed_twice_change_nothing_the_second_time(
        source in any_edits(), target in any_edits(),
    ) {
        let given = tried(open_record(), "bob", TARGET, &target);
        let given = tried(given, "alice", SOURCE, &source);
        let request = everything(SyncKind::ChangesOnly);
        prop_assume!(given.selected(&request).is_ok());
        // Where a review's progress kept its type (V3), the review that takes its place has none.
        let previews = given.previewed(&request);
        let mut pair_outcomes = previews.values().flat_map(PairOutcomes::iter);
        prop_assume!(!pair_outcomes.any(PairOutcome::review_type_kept));

        let once = given.synced(1, &request);

        prop_assert!(nothing_applies(&once, &request));
    }

    #[test]
    fn what_was_judged_is_what_a_replay_gives(source in any_edits(), target in any_edits()) {
        let given = tried(open_record(), "bob", TARGET, &target);
        let given = tried(given, "alice", SOURCE, &source);
        let request = everything(SyncKind::AllAttributes);
        prop_assume!(given.selected(&request).is_ok());
        let judged = given.previewed(&request);

        let run = given.clone().synced(1, &request);

        let change_set = given.selected(&request).unwrap().change_set;
        let plan = |given: &Given, number| given.tenant.plan(learner(number)).clone();
        let (before, after) = (plan(&given, TARGET), plan(&run, TARGET));
        for (entry, pair_outcome) in change_set.entries().iter().zip(judged[&learner(TARGET)].iter()) {
            let cells = |of: &Plan| of.component(entry.component).map(ComponentView::cells);
            let changed = cells(&before) != cells(&after);
            prop_assert_eq!(changed, pair_outcome.is_applied(), "{:?}", entry);
            let review = |of: &Plan| {
                let review = of.component(entry.component)?.review()?.into_owned();
                Some(review.id(learner(TARGET), entry.component))
            };
            let is_new = entry.component_type.is_review()
                && pair_outcome.is_applied()
                && pair_outcome.action() == Action::Create;
            let recreated = matches!(pair_outcome.review(), ReviewEffect::Recreated { .. });
            let stays = review(&after).is_none() || review(&before) == review(&after);
            prop_assert_eq!(stays, !is_new && !recreated, "{:?}", entry);
        }
    }

    #[test]
    fn i1_any_history_folds_again_to_the_same_plans(
        source in any_edits(), target in any_edits(), later in any_edits(), all: bool,
    ) {
        let kind = if all { SyncKind::AllAttributes } else { SyncKind::ChangesOnly };
        let given = tried(open_record(), "bob", TARGET, &target);
        let given = tried(given, "alice", SOURCE, &source);
        let request = everything(kind);
        prop_assume!(given.selected(&request).is_ok());

        let run = tried(given.synced(1, &request), "bob", TARGET, &later);

        run.assert_refolds();
    }

    #[test]
    fn c2_a_session_without_net_difference_has_no_recent_change(edits in any_edits()) {
        let given = tried(open_record(), "alice", SOURCE, &edits);
        let base = open_record();
        for change in given.recent(1) {
            let cells = |given: &Given| {
                let plan = given.tenant.plan(learner(SOURCE)).clone();
                let view = plan.component(change.component)?;
                let value = |attribute| given.tenant.values().get(view.value(attribute)).clone();
                Some(Attribute::ALL.map(value))
            };
            prop_assert_ne!(cells(&base), cells(&given));
        }
    }
}
