//! Tests of the order of refusals: if several apply, the first is given.

use super::*;
use crate::review::status::ReviewStatus;

fn review_at() -> (Attribute, Value) {
    let moment = "2026-11-23T09:30:00Z".parse().unwrap();
    (Attribute::ReviewAt, Value::Moment(moment))
}

fn exercise() -> (Attribute, Value) {
    let exercise = crate::ids::ExerciseId::from_uuid(uuid::Uuid::from_u128(1));
    (Attribute::MarkingAidExercise, Value::Exercise(exercise))
}

fn due() -> (Attribute, Value) {
    (Attribute::DueDate, date("2027-01-31"))
}

fn no_marking_aid() -> Given {
    world()
        .settings(false, OwnerRule::Keep)
        .administrator("boss", [])
}

fn exercise_refused() -> Rejection {
    Rejection::AttributeNotAllowed {
        attribute: "marking_aid_exercise",
        problem: "Marking Aid is turned off for the tenant; omit the attribute",
    }
}

/// An addition of which everything is wrong that is not put right.
fn addition(number: u128, of: u128, set: AttributeMap) -> Edit {
    Edit::Add {
        component: component(number),
        programme: programme(of),
        component_type: "assignment".parse().unwrap(),
        attributes: set,
    }
}

#[test]
fn r3_an_addition_is_refused_in_the_order_of_the_protocol() {
    let named_with = |more: &[(Attribute, Value)]| -> AttributeMap {
        let name = (Attribute::Name, Value::from("New"));
        more.iter().cloned().chain([name]).collect()
    };
    let all = named_with(&[review_at(), exercise()]);
    let unfit = Rejection::invalid(
        "edits[0].attributes.review_at",
        "components of type assignment have no review_at",
    );
    let cases = [
        (
            addition(1, 9, all.clone()),
            Rejection::ProgrammeNotFound(programme(9)),
        ),
        (
            addition(1, 1, all.clone()),
            Rejection::ComponentExists(component(1)),
        ),
        (addition(3, 1, all), unfit),
        (
            addition(3, 1, named_with(&[exercise()])),
            exercise_refused(),
        ),
        (
            addition(3, 1, named_with(&[])),
            Rejection::NotPermitted(crate::permission::PermissionReason::AddNotPermitted),
        ),
    ];
    for (edit, rejection) in cases {
        no_marking_aid()
            .when(&actor("boss"), &edits([edit]))
            .then_refused(rejection);
    }
}

#[test]
fn r3_re_adding_is_refused_in_the_order_of_the_protocol() {
    let readd = |number, of, set: AttributeMap| Edit::Readd {
        template: component(number),
        programme: programme(of),
        attributes: set,
    };
    let with_exercise = || attributes([exercise()]);
    let cases = [
        (
            readd(1, 9, with_exercise()),
            Rejection::ProgrammeNotFound(programme(9)),
        ),
        (
            readd(1, 1, with_exercise()),
            Rejection::ComponentExists(component(1)),
        ),
        (
            readd(8, 1, with_exercise()),
            Rejection::ComponentNotFound(component(8)),
        ),
        (
            readd(6, 1, attributes([review_at(), exercise()])),
            Rejection::invalid(
                "edits[0].attributes.review_at",
                "components of type assignment have no review_at",
            ),
        ),
        (readd(7, 1, with_exercise()), exercise_refused()),
        (
            readd(7, 1, AttributeMap::new()),
            Rejection::NotPermitted(crate::permission::PermissionReason::AddNotPermitted),
        ),
    ];
    let template = [(6, "assignment"), (7, "review")];
    let template = template.map(|(number, of_type)| template_component(number, of_type));
    for (edit, rejection) in cases {
        no_marking_aid()
            .template(1, template.clone())
            .when(&actor("boss"), &edits([edit]))
            .then_refused(rejection);
    }
}

#[test]
fn r3_what_is_not_there_comes_before_what_is_not_permitted() {
    let review = Edit::SetReviewStatus {
        component: component(9),
        status: ReviewStatus::Completed,
    };
    for edit in [
        rename(9, "Other"),
        remove(9),
        set_status(9, Status::Returned),
        submit(9),
        review,
    ] {
        no_marking_aid()
            .when(&actor("boss"), &edits([edit]))
            .then_refused(Rejection::ComponentNotFound(component(9)));
    }
}

#[test]
fn r3_a_review_that_cannot_be_set_so_comes_before_what_is_not_permitted() {
    let set = |number, status| Edit::SetReviewStatus {
        component: component(number),
        status,
    };
    let completed = no_marking_aid()
        .done(
            &Actor::System,
            &edits([Edit::Readd {
                template: component(7),
                programme: programme(1),
                attributes: AttributeMap::new(),
            }]),
        )
        .done(&Actor::System, &edits([set(7, ReviewStatus::Completed)]));
    let cases = [
        (
            set(1, ReviewStatus::Completed),
            Rejection::invalid("edits[0]", "components of type assignment have no review"),
        ),
        (
            set(7, ReviewStatus::Scheduled),
            Rejection::invalid(
                "edits[0].status",
                "the review has no date; set `review_at` to schedule it",
            ),
        ),
        (
            set(7, ReviewStatus::InProgress),
            Rejection::NotPermitted(crate::permission::PermissionReason::EditFinishedNotPermitted),
        ),
    ];
    for (edit, rejection) in cases {
        completed
            .when(&actor("boss"), &edits([edit]))
            .then_refused(rejection);
    }
}

#[test]
fn r3_the_first_edit_that_fails_is_the_one_that_is_told() {
    no_marking_aid()
        .when(&actor("boss"), &edits([remove(1), remove(9)]))
        .then_refused(Rejection::NotPermitted(
            crate::permission::PermissionReason::DeleteNotPermitted,
        ));
    no_marking_aid()
        .when(&actor("boss"), &edits([remove(9), remove(1)]))
        .then_refused(Rejection::ComponentNotFound(component(9)));
}

#[test]
fn r3_a_change_is_refused_in_the_order_of_the_protocol() {
    let unfit = Rejection::invalid(
        "edits[0].set.review_at",
        "components of type assignment have no review_at",
    );
    let cases = [
        (
            change(9, [review_at(), exercise(), due()]),
            Rejection::ComponentNotFound(component(9)),
        ),
        (change(1, [review_at(), exercise(), due()]), unfit),
        (change(1, [exercise(), due()]), exercise_refused()),
        (change(1, [due()]), Rejection::ReasonRequired),
        (
            rename(1, "Other"),
            Rejection::NotPermitted(crate::permission::PermissionReason::EditNotPermitted),
        ),
    ];
    for (edit, rejection) in cases {
        no_marking_aid()
            .when(&actor("boss"), &edits([edit]))
            .then_refused(rejection);
    }
}

#[test]
fn r3_the_learner_then_the_version_come_before_any_edit() {
    let command = |of, version| Command::EditPlan {
        learner: learner(of),
        expected_version: Some(Version::new(version)),
        edits: vec![remove(9)],
    };
    let boss = actor("boss");
    world()
        .when(&boss, &command(9, 8))
        .then_refused(Rejection::LearnerNotAvailable);
    let actual = Version::new(1);
    world()
        .when(&boss, &command(1, 8))
        .then_refused(Rejection::VersionConflict { actual });
}

#[test]
fn e3_an_administrator_says_why_a_due_date_moves_and_system_need_not() {
    world()
        .when(&actor("boss"), &edits([change(1, [due()])]))
        .then_refused(Rejection::ReasonRequired);
    world()
        .when(&Actor::System, &edits([change(1, [due()])]))
        .then(plan(), [changed(1, [due()])]);
    let reasoned = Edit::Change {
        component: component(1),
        set: attributes([due()]),
        reason: Some("The employer moved".into()),
    };
    let event = Event::ComponentChanged(ComponentChanged {
        case_owner: None,
        component: component(1),
        set: attributes([due()]),
        reason: Some("The employer moved".into()),
    });
    world()
        .when(&actor("boss"), &edits([reasoned]))
        .then(plan(), [event]);
}

#[test]
fn e3_a_component_that_is_added_with_a_due_date_needs_no_reason() {
    let given = attributes([(Attribute::Name, "New".into()), due()]);
    let event = Event::ComponentAdded(ComponentAdded {
        case_owner: None,
        component: component(3),
        programme: programme(1),
        component_type: "assignment".parse().unwrap(),
        attributes: given.clone(),
    });
    world()
        .when(&actor("boss"), &edits([addition(3, 1, given)]))
        .then(plan(), [event]);
}

#[test]
fn e6_without_marking_aid_an_exercise_can_be_neither_set_nor_cleared() {
    let null = (Attribute::MarkingAidExercise, Value::Null);
    let with_one = world()
        .done(&Actor::System, &edits([change(1, [exercise()])]))
        .settings(false, OwnerRule::Keep);
    for set in [null.clone(), exercise()] {
        with_one
            .when(&actor("boss"), &edits([change(1, [set])]))
            .then_refused(exercise_refused());
    }
    let version = Version::new(2);
    with_one
        .when(&actor("boss"), &edits([change(2, [null])]))
        .then_unchanged(CommandOutcome::Plan { version });
}
