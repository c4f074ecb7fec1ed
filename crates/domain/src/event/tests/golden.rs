//! The frozen bytes of every body: logs that hold them must be readable for ever. Lines are added
//! to the file beside this one, and never changed.

use std::collections::BTreeSet;

use super::sealed::erasures;
use super::{plan_events, records_and_commands, reference_data};
use crate::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandOutcome, CommandRejected, NotKept, RejectedError,
};
use crate::event::engine::{EngineStarted, StartLimits};
use crate::event::refusal::{RecordedRefusal, RefusalCode, RefusalDetails, RefusalReason};
use crate::event::sync::{
    ChangeSetChunk, SyncAccepted, SyncCancelled, SyncCompleted, TargetReplayed,
};
use crate::event::{
    CloseReason, Event, ProgrammeChoice, RecordClosed, RecordResumed, ReviewStatusSet,
};
use crate::ids::TaskId;
use crate::ids::digest::Digest;
use crate::ids::position::Position;
use crate::ids::version::Version;
use crate::permission::PermissionReason;
use crate::plan::status::Status;
use crate::reference::learner::EnrolmentStatus;
use crate::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use crate::review::status::ReviewStatus;
use crate::sync::change_set::{Change, Entry, Whole};
use crate::sync::confirm::Confirm;
use crate::sync::pair_outcome::{Action, Lost, OwnerEffect, PairOutcome, Reason, ReviewEffect};
use crate::sync::pair_outcomes::Tally;
use crate::sync::request::{
    Components, LearnerFilter, Learners, StatusFilter, SyncKind, SyncRequest,
};
use crate::sync::status::SyncStatus;
use crate::test_support::{
    administrator, attributes, component, learner, named, programme, session, sync,
};
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::difference::Difference;
use crate::values::elements::Elements;
use crate::values::value::Value;

/// A line an event: its kind, its body in hexadecimal digits.
const GOLDEN: &str = include_str!("golden.txt");

fn entry(number: u128, change: Change) -> Entry {
    Entry {
        component: component(number),
        name: "One".into(),
        component_type: "exam".parse().unwrap(),
        from_template: number == 1,
        change,
    }
}

fn difference() -> Difference {
    let elements = |added: &str, removed: &str| Elements {
        added: vec![added.into()],
        removed: vec![removed.into()],
    };
    Difference {
        before: attributes([
            (Attribute::Criteria, Value::codes(["K1"])),
            (Attribute::Documents, Value::Documents(["d1".into()].into())),
        ]),
        after: attributes([
            (Attribute::Criteria, Value::codes(["K2"])),
            (Attribute::Documents, Value::Documents(["d2".into()].into())),
        ]),
        criteria: Some(elements("K2", "K1")),
        documents: Some(elements("d2", "d1")),
        owner_is_case_owner: false,
    }
}

/// A change of every kind.
fn entries() -> Vec<Entry> {
    let whole = |owner_is_case_owner| Whole {
        attributes: named("One"),
        owner_is_case_owner,
        explicit: None,
    };
    let changes = [
        Change::NoRecentChange,
        Change::NoTemplate,
        Change::Create(whole(true)),
        Change::Update(difference()),
        Change::Delete,
        Change::Overwrite(whole(false)),
        Change::Select {
            attributes: AttributeMap::new(),
        },
    ];
    let numbered = (1..).zip(changes);
    numbered
        .map(|(number, change)| entry(number, change))
        .collect()
}

fn accepted(request: SyncRequest) -> Event {
    Event::SyncAccepted(SyncAccepted {
        sync: sync(1),
        request: request.into(),
        requested_by: administrator("alice"),
        source: learner(1),
        source_version: Version::new(7),
        learners: vec![learner(2), learner(3)],
        digest: Digest::new([0xab; 32]),
        chunks: 1,
        entries: vec![entry(9, Change::Delete)],
    })
}

fn request(components: Components, learners: Learners, kind: SyncKind) -> SyncRequest {
    SyncRequest {
        session: session(1),
        programme: programme(1),
        components,
        learners,
        statuses: StatusFilter {
            statuses: vec![Status::NotStarted, Status::Completed],
            planned_for_qa: true,
        },
        kind,
        attributes: [Attribute::Name, Attribute::Criteria].into_iter().collect(),
        confirm: None,
    }
}

fn requests() -> [SyncRequest; 3] {
    let filter = LearnerFilter {
        programme_statuses: vec![EnrolmentStatus::OnBreak],
        groups: vec!["north".parse().unwrap()],
        tutors: vec![administrator("tom")],
        search: "ad".into(),
        except: vec![learner(4)],
    };
    [
        request(Components::Recent, Learners::All, SyncKind::ChangesOnly),
        request(
            Components::All,
            Learners::Filtered(filter),
            SyncKind::AllAttributes,
        ),
        request(
            Components::Listed(vec![component(1)]),
            Learners::Listed(vec![learner(2)]),
            SyncKind::SelectedAttributes,
        ),
    ]
}

fn replayed(case_owner: Option<&str>, cause: Option<&str>) -> Event {
    let pair_outcomes = [
        PairOutcome::unchanged(Action::Synchronise),
        PairOutcome::unchanged(Action::Synchronise),
        PairOutcome::applied(Action::Create, OwnerEffect::TargetCaseOwner, true),
        PairOutcome::skipped(Action::Delete, Reason::DeleteNotPermitted),
    ];
    Event::TargetReplayed(TargetReplayed {
        sync: sync(1),
        learner: learner(2),
        pair_outcomes: pair_outcomes.into_iter().collect(),
        case_owner: case_owner.map(administrator),
        cause: cause.map(str::to_owned),
        cancelled: None,
    })
}

fn syncs() -> Vec<Event> {
    let tally = Tally {
        applied: 6,
        unchanged: 5,
        skipped: 4,
        created: 3,
        updated: 2,
        deleted: 1,
    };
    let chunk = ChangeSetChunk {
        sync: sync(1),
        index: 0,
        entries: entries(),
    };
    let mut events = vec![Event::ChangeSetChunk(chunk)];
    events.extend(requests().map(accepted));
    events.extend([
        replayed(None, None),
        replayed(Some("bob"), Some("it crashed")),
        Event::SyncCancelled(SyncCancelled {
            sync: sync(1),
            done: 1,
            tally,
        }),
        Event::SyncCompleted(SyncCompleted {
            sync: sync(1),
            done: 2,
            tally,
        }),
        Event::CommandOutcome(CommandOutcome::Instantiated {
            version: Version::new(4),
        }),
        Event::CommandOutcome(CommandOutcome::Cancel {
            state: SyncStatus::Completed,
        }),
    ]);
    events
}

/// What came with reviews.
fn reviews() -> Vec<Event> {
    let case_owner = Some(administrator("carol"));
    let mut events: Vec<Event> = plan_events().drain(1..4).collect();
    for event in &mut events {
        if let Event::ComponentAdded(event) = event {
            event.case_owner.clone_from(&case_owner);
        } else if let Event::ComponentReadded(event) = event {
            event.case_owner.clone_from(&case_owner);
        } else if let Event::ComponentChanged(event) = event {
            event.case_owner.clone_from(&case_owner);
        }
    }
    let set = |status, case_owner| {
        Event::ReviewStatusSet(ReviewStatusSet {
            component: component(1),
            status,
            case_owner,
            tasks_follow: false,
        })
    };
    events.push(set(ReviewStatus::NotScheduled, None));
    events.push(set(ReviewStatus::Scheduled, case_owner));
    events
}

/// What came with confirmations, and with effects on reviews.
fn confirmations() -> Vec<Event> {
    let confirm = Confirm {
        position: Position::new(70_000),
        digest: Digest::new([0xcd; 32]),
    };
    let confirmed = SyncRequest {
        confirm: Some(confirm),
        ..request(Components::All, Learners::All, SyncKind::ChangesOnly)
    };
    let changed = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);
    let pair_outcomes = [
        changed.with_review(ReviewEffect::Recreated { tasks: 2 }),
        changed.with_review(ReviewEffect::CompletedKept),
        PairOutcome::unchanged(Action::Synchronise).with_review_type_kept(true),
        changed.with_evidence_lost(true),
    ];
    let replayed = TargetReplayed {
        sync: sync(1),
        learner: learner(2),
        pair_outcomes: pair_outcomes.into_iter().collect(),
        case_owner: None,
        cause: None,
        cancelled: None,
    };
    vec![accepted(confirmed), Event::TargetReplayed(replayed)]
}

/// What the second edition of the rules added.
fn second_edition() -> Vec<Event> {
    let created = Change::Create(Whole {
        attributes: named("One"),
        owner_is_case_owner: false,
        explicit: Some(Difference {
            after: named("One"),
            ..Difference::default()
        }),
    });
    let updated = Change::Update(Difference {
        owner_is_case_owner: true,
        ..difference()
    });
    let chunk = Event::ChangeSetChunk(ChangeSetChunk {
        sync: sync(1),
        index: 0,
        entries: vec![entry(1, created), entry(2, updated)],
    });
    let changed = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);
    let lost = Lost {
        tasks: 2,
        evidence: 300,
        finished: true,
    };
    let pair_outcomes = [
        changed
            .with_review(ReviewEffect::Recreated { tasks: 1 })
            .with_made(2),
        PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false).with_lost(lost),
        changed.with_rest_withheld(Reason::EditNotPermitted),
    ];
    let replayed = TargetReplayed {
        sync: sync(1),
        learner: learner(2),
        pair_outcomes: pair_outcomes.into_iter().collect(),
        case_owner: None,
        cause: None,
        cancelled: None,
    };
    let done = ReviewStatusSet {
        component: component(1),
        status: ReviewStatus::Completed,
        case_owner: Some(administrator("carol")),
        tasks_follow: true,
    };
    vec![
        chunk,
        Event::TargetReplayed(replayed),
        Event::ReviewStatusSet(done),
    ]
}

/// A target's commit that names the tasks it cancels.
fn tasks_cancelled() -> Vec<Event> {
    let deleted = PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false).with_lost(Lost {
        tasks: 2,
        evidence: 0,
        finished: false,
    });
    let task = |number: u128| TaskId::from_uuid(uuid::Uuid::from_u128(number));
    vec![Event::TargetReplayed(TargetReplayed {
        sync: sync(1),
        learner: learner(2),
        pair_outcomes: [deleted].into_iter().collect(),
        case_owner: None,
        cause: None,
        cancelled: Some(vec![task(7), task(8)]),
    })]
}

/// What came with records that are idle, displaced or gone on with.
fn idle_records() -> Vec<Event> {
    let closed = |reason| {
        Event::RecordClosed(RecordClosed {
            session: session(2),
            learner: learner(1),
            administrator: administrator("alice"),
            reason,
        })
    };
    let resumed = RecordResumed {
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
    };
    let settings = TenantSettings {
        marking_aid: true,
        owner_rule: OwnerRule::FollowCaseOwner,
        record_idle_hours: IdleHours::MAX,
    };
    vec![
        closed(CloseReason::Idle),
        closed(CloseReason::Displaced),
        Event::RecordResumed(resumed),
        Event::TenantPut(settings),
    ]
}

/// Outcomes of durable commands, without encoded answers.
fn typed_outcomes() -> Vec<Event> {
    let accepted = Event::CommandAccepted(CommandAccepted {
        operation: "plan.edit".to_owned(),
        answer: AcceptedAnswer::Commit(Position::new(300)),
    });
    let rejected = |code, details| CommandRejected {
        operation: "plan.edit".to_owned(),
        error: RejectedError::Recorded(RecordedRefusal {
            code,
            message: "Not so".into(),
            details,
        }),
        bytes: Vec::new().into(),
        not_kept: None,
    };
    let of_reason = |code, reason| {
        let details = RefusalDetails {
            reason: Some(reason),
            ..RefusalDetails::default()
        };
        rejected(code, Some(details))
    };
    let permission = RefusalReason::Permission(PermissionReason::EditNotPermitted);
    let all = RefusalDetails {
        path: Some("edits[2].set.name".into()),
        reason: None,
        version: Some(Version::new(4)),
        retry_after_ms: Some(50),
    };
    let undecoded = CommandRejected {
        bytes: vec![0, 1, 2].into(),
        ..rejected(RefusalCode::InvalidRequest, Some(all))
    };
    let not_kept = CommandRejected {
        not_kept: Some(NotKept {
            length: 300_000,
            digest: Digest::new([7; 32]),
        }),
        ..rejected(RefusalCode::UnsupportedMediaType, None)
    };
    let replaced = RefusalReason::Replaced(session(2));
    let idle = RefusalReason::Closed(CloseReason::Idle);
    let rejections = [
        rejected(RefusalCode::ReasonRequired, None),
        of_reason(RefusalCode::NotPermitted, permission),
        of_reason(RefusalCode::SessionNotOpen, replaced),
        of_reason(RefusalCode::SessionNotOpen, idle),
        undecoded,
        not_kept,
    ];
    let rejections = rejections.into_iter().map(Event::CommandRejected);
    std::iter::once(accepted).chain(rejections).collect()
}

/// A start of the engine.
fn starts() -> Vec<Event> {
    vec![Event::EngineStarted(EngineStarted {
        version: "1.2.0".to_owned(),
        fold: 3,
        limits: StartLimits {
            components: 2_089,
            learners: 500,
            open_records: 100,
            running_syncs: 20,
            tenant_running_syncs: 200,
        },
    })]
}

/// Every event there is, in the order of the golden file.
fn events() -> Vec<Event> {
    [
        reference_data(),
        plan_events(),
        records_and_commands(),
        syncs(),
        reviews(),
        confirmations(),
        second_edition(),
        tasks_cancelled(),
        idle_records(),
        typed_outcomes(),
        starts(),
        erasures(),
    ]
    .concat()
}

fn line(event: &Event) -> String {
    let body = rmp_serde::to_vec_named(event).unwrap();
    let digits: Vec<String> = body.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {}", event.kind(), digits.concat())
}

fn from_line(line: &str) -> Event {
    let (kind, digits) = line.split_once(' ').unwrap();
    let digits = digits.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let body: Vec<u8> = digits.map(byte).collect();
    let mut bytes = rmp_serde::Deserializer::new(body.as_slice());
    Event::deserialize_body(kind.parse().unwrap(), &mut bytes).unwrap()
}

#[test]
fn bodies_are_encoded_as_they_always_were() {
    let encoded: Vec<String> = events().iter().map(line).collect();
    assert_eq!(encoded, GOLDEN.lines().collect::<Vec<_>>());
}

#[test]
fn bodies_that_were_ever_written_are_understood() {
    let decoded: Vec<Event> = GOLDEN.lines().map(from_line).collect();
    assert_eq!(decoded, events());
}

#[test]
fn every_kind_of_event_has_an_example() {
    let shown: BTreeSet<u16> = events().iter().map(Event::kind).collect();
    assert_eq!(shown, Event::KINDS.iter().copied().collect());
}
