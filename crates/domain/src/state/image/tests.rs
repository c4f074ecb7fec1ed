//! Tests that an image holds enough of a state, and that its form does not change unnoticed.

use uuid::Uuid;

use super::{FOLD, PlanImage, TenantImage};
use crate::command::{Command, Edit};
use crate::ids::Actor;
use crate::permission::Permission;
use crate::plan::status::Status;
use crate::review::status::ReviewStatus;
use crate::test_support::template_component;
use crate::test_support::{
    Given, actor, attributes, component, given, learner, programme, session,
};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn edited(given: Given, edits: Vec<Edit>) -> Given {
    let command = Command::EditPlan {
        learner: learner(1),
        expected_version: None,
        edits,
    };
    given.done(&actor("alice"), &command)
}

fn change(number: u128, attribute: Attribute, value: Value) -> Edit {
    Edit::Change {
        component: component(number),
        set: attributes([(attribute, value)]),
        reason: Some("moved".into()),
    }
}

/// A plan with a review and its tasks, evidence, a status, and something that is gone.
fn rich() -> Given {
    let opened = given()
        .administrator("alice", [Permission::Supervisor])
        .programme(1)
        .template(
            1,
            [
                template_component(1, "exam"),
                template_component(2, "review"),
                template_component(3, "exam"),
            ],
        )
        .learner(1, [1])
        .done(
            &Actor::System,
            &Command::InstantiatePlan {
                learner: learner(1),
                programme: programme(1),
            },
        )
        .done(
            &actor("alice"),
            &Command::OpenRecord {
                learner: learner(1),
                session: session(1),
            },
        );
    let moment = "2026-11-23T09:30:00Z".parse().unwrap();
    let edits = vec![
        change(2, Attribute::ReviewAt, Value::Moment(moment)),
        change(1, Attribute::Criteria, Value::codes(["K2", "K1"])),
        change(1, Attribute::MinEvidence, Value::Number(3)),
        Edit::SetStatus {
            component: component(1),
            status: Status::Submitted,
        },
        Edit::SubmitEvidence {
            component: component(1),
        },
        Edit::SetReviewStatus {
            component: component(2),
            status: ReviewStatus::Completed,
        },
        Edit::Remove {
            component: component(3),
        },
    ];
    edited(opened, edits)
}

#[test]
fn i1_everything_of_a_plan_comes_back() {
    rich().assert_comes_back();
}

#[test]
fn a_record_of_a_plan_that_nobody_changed_yet_stays_open() {
    let opened = given()
        .administrator("alice", [Permission::Supervisor])
        .programme(1)
        .template(1, [template_component(1, "exam")])
        .learner(1, [1])
        .done(
            &actor("alice"),
            &Command::OpenRecord {
                learner: learner(1),
                session: session(1),
            },
        );
    let renewed = TenantImage::of(&opened.tenant).restore().unwrap();
    let record = renewed.records().session(session(1)).unwrap();
    let changes = record.recent_changes(renewed.plan(learner(1)), renewed.values());
    assert_eq!(changes, Ok(Vec::new()));
}

/// Where this fails, a fold or a form has changed: take the next number, and this new hash.
#[test]
fn the_form_of_images_changes_only_with_the_number_of_the_fold() {
    let tenant = rich().tenant;
    let plan = PlanImage::of(tenant.plan(learner(1)), tenant.values());
    let bytes = (
        rmp_serde::to_vec_named(&TenantImage::of(&tenant)).unwrap(),
        rmp_serde::to_vec_named(&plan).unwrap(),
    );
    let hashes = [bytes.0, bytes.1].map(|bytes| Uuid::new_v5(&Uuid::nil(), &bytes).to_string());
    let known = [
        "78f0eced-f9a1-5cdf-a3f1-3ca4ac506fb9",
        "9ac394cf-9eb0-5925-a2b3-040eb666aa78",
    ];
    assert_eq!((FOLD, hashes), (7, known.map(str::to_owned)));
}
