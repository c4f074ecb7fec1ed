//! Tests that every event is read back from its stored body as it was.

mod golden;
mod sealed;

use super::*;
use crate::event::command_outcome::{AcceptedAnswer, NotKept, RejectedError};
use crate::ids::digest::Digest;
use crate::permission::Permission;
use crate::reference::administrator::Groups;
use crate::reference::settings::{IdleHours, OwnerRule};
use crate::test_support::{
    active, administrator, attributes, component, learner, named, programme,
};
use crate::test_support::{session, template_component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn exercise() -> Value {
    Value::Exercise(crate::ids::ExerciseId::from_uuid(uuid::Uuid::from_u128(9)))
}

fn reference_data() -> Vec<Event> {
    vec![
        Event::TenantPut(TenantSettings {
            marking_aid: true,
            owner_rule: OwnerRule::FollowCaseOwner,
            record_idle_hours: IdleHours::default(),
        }),
        Event::AdministratorPut(AdministratorPut {
            administrator: administrator("alice"),
            record: Administrator {
                name: "Alice".into(),
                permissions: [Permission::ComplianceQa].into_iter().collect(),
                groups: Groups::Listed(["north".parse().unwrap()].into()),
            },
        }),
        Event::AdministratorRemoved(AdministratorRemoved {
            administrator: administrator("alice"),
        }),
        Event::LearnerPut(LearnerPut {
            learner: learner(1),
            record: Learner {
                name: "Ada".into(),
                case_owner: Some(administrator("bob")),
                groups: vec!["north".parse().unwrap()],
                tutors: vec![administrator("tom")],
                enrolments: vec![active(1)],
            },
        }),
        Event::ProgrammePut(ProgrammePut {
            programme: programme(1),
            record: Programme {
                name: "Level 3".to_owned(),
                parent: Some(programme(2)),
            },
        }),
        Event::TemplatePut(TemplatePut {
            programme: programme(1),
            components: vec![template_component(1, "review")],
        }),
        Event::TemplateRemoved(TemplateRemoved {
            programme: programme(1),
            components: vec![component(1)],
        }),
    ]
}

fn plan_events() -> Vec<Event> {
    let component = component(1);
    let moment = "2026-11-23T09:30:00.000001Z".parse().unwrap();
    vec![
        Event::PlanInstantiated(PlanInstantiated {
            programme: programme(1),
            template_version: TemplateVersion::new(3),
            added: vec![RowRun { from: 2, count: 5 }],
        }),
        Event::ComponentAdded(ComponentAdded {
            case_owner: None,
            component,
            programme: programme(1),
            component_type: "review".parse().unwrap(),
            attributes: attributes([
                (Attribute::Name, "One".into()),
                (
                    Attribute::DueDate,
                    Value::Date("2026-11-23".parse().unwrap()),
                ),
                (Attribute::Criteria, Value::codes(["K1", "S2"])),
                (Attribute::MinEvidence, Value::Number(7)),
                (Attribute::MarkingAidExercise, exercise()),
                (Attribute::PlannedForQa, true.into()),
                (Attribute::ReviewAt, Value::Moment(moment)),
                (Attribute::Owner, Value::Administrator(administrator("bob"))),
            ]),
        }),
        Event::ComponentReadded(ComponentReadded {
            case_owner: None,
            component,
            programme: programme(1),
            template_version: TemplateVersion::new(3),
            attributes: AttributeMap::new(),
        }),
        Event::ComponentChanged(ComponentChanged {
            case_owner: None,
            component,
            set: attributes([(Attribute::MarkingAidExercise, Value::Null)]),
            reason: Some("Asked for".into()),
        }),
        Event::ComponentRemoved(ComponentRemoved { component }),
        Event::StatusSet(StatusSet {
            component,
            status: Status::Submitted,
        }),
        Event::EvidenceSubmitted(EvidenceSubmitted {
            component,
            count: 2,
        }),
    ]
}

fn records_and_commands() -> Vec<Event> {
    vec![
        Event::RecordOpened(RecordOpened {
            session: session(2),
            learner: learner(1),
            administrator: administrator("alice"),
            marker: Version::new(4),
            can_sync: true,
            programmes: vec![ProgrammeChoice {
                programme: programme(1),
                name: "Level 3".to_owned(),
                preselected: true,
            }],
            replaced: Some(session(1)),
        }),
        Event::RecordClosed(RecordClosed {
            session: session(2),
            learner: learner(1),
            administrator: administrator("alice"),
            reason: CloseReason::Closed,
        }),
        Event::CommandOutcome(CommandOutcome::Put),
        Event::CommandOutcome(CommandOutcome::Plan {
            version: Version::new(4),
        }),
        Event::CommandAccepted(CommandAccepted {
            operation: "plan.edit".to_owned(),
            answer: AcceptedAnswer::Encoded(vec![0x80, 0xff]),
        }),
        Event::CommandRejected(CommandRejected {
            operation: "plan.edit".to_owned(),
            error: RejectedError::Encoded(vec![0x80]),
            bytes: vec![0, 1, 2].into(),
            not_kept: None,
        }),
    ]
}

fn rejected_without_its_bytes() -> Event {
    Event::CommandRejected(CommandRejected {
        operation: "plan.edit".to_owned(),
        error: RejectedError::Encoded(vec![0x80]),
        bytes: Vec::new().into(),
        not_kept: Some(NotKept {
            length: 300_000,
            digest: Digest::new([7; 32]),
        }),
    })
}

#[test]
fn the_outcome_of_a_command_holds_one_answer() {
    let read = |kind, body: serde_json::Value| {
        let body = rmp_serde::to_vec_named(&body).unwrap();
        let mut bytes = rmp_serde::Deserializer::new(body.as_slice());
        Event::deserialize_body(kind, &mut bytes).map_err(|error| error.to_string())
    };
    let refusal = serde_json::json!({ "code": "internal", "message": "why" });
    let bodies = [
        (81, serde_json::json!({ "operation": "plan.edit" })),
        (
            81,
            serde_json::json!({ "operation": "plan.edit", "decided_at": 7, "reply": [] }),
        ),
        (82, serde_json::json!({ "operation": "plan.edit" })),
        (
            82,
            serde_json::json!({ "operation": "plan.edit", "refusal": refusal, "error": [] }),
        ),
    ];
    let accepted = "expected one of the fields `decided_at` and `reply`".to_owned();
    let rejected = "expected one of the fields `refusal` and `error`".to_owned();
    let expected = [&accepted, &accepted, &rejected, &rejected];
    for ((kind, body), expected) in bodies.into_iter().zip(expected) {
        assert_eq!(read(kind, body), Err(expected.clone()));
    }
}

#[test]
fn every_body_comes_back_from_messagepack_as_it_went() {
    let mut events = [reference_data(), plan_events(), records_and_commands()].concat();
    events.push(rejected_without_its_bytes());
    for event in events {
        let body = rmp_serde::to_vec_named(&event).unwrap();
        let mut bytes = rmp_serde::Deserializer::new(body.as_slice());
        let back = Event::deserialize_body(event.kind(), &mut bytes).unwrap();
        assert_eq!(back, event);
    }
}

#[test]
fn the_numbers_of_events_are_frozen() {
    let kinds = |events: Vec<Event>| -> Vec<u16> { events.iter().map(Event::kind).collect() };
    assert_eq!(kinds(reference_data()), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(kinds(plan_events()), [20, 21, 22, 23, 24, 25, 26]);
    assert_eq!(kinds(records_and_commands()), [40, 41, 80, 80, 81, 82]);
}

#[test]
fn a_body_is_a_map_of_names_with_uuids_as_bytes() {
    let body = rmp_serde::to_vec_named(&plan_events()[3]).unwrap();
    let mut expected = vec![0x83, 0xa9];
    expected.extend(b"component");
    expected.extend([0xc4, 16]);
    expected.extend(component(1).as_uuid().as_bytes());
    expected.extend([0xa3]);
    expected.extend(b"set");
    expected.extend([0x81, 0xb4]);
    expected.extend(b"marking_aid_exercise");
    expected.extend([0xc0, 0xa6]);
    expected.extend(b"reason");
    expected.extend([0xa9]);
    expected.extend(b"Asked for");
    assert_eq!(body, expected);
}

#[test]
fn a_kind_that_is_unknown_is_said_to_be() {
    let body = rmp_serde::to_vec_named(&named("One")).unwrap();
    let mut bytes = rmp_serde::Deserializer::new(body.as_slice());
    let error = Event::deserialize_body(999, &mut bytes).map_err(|error| error.to_string());
    let expected =
        "event kind 999 is unknown; use the version of plansync that wrote it, or a later one";
    assert_eq!(error, Err(expected.to_owned()));
}
