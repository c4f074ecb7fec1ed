//! Commands of every kind, as JSON: few ids, so that they meet, and texts, days and times of all sorts.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// One command on its way.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) actor: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) body: Value,
    pub(crate) is_packed: bool,
    pub(crate) is_durable: bool,
}

impl Sent {
    /// An edit that gives a due date.
    pub(crate) fn due(text: &str, is_packed: bool, is_durable: bool) -> Self {
        let set = json!({ "due_date": text });
        Self {
            actor: "sam",
            operation: "plan.edit",
            body: json!({ "learner": id(0), "edits": [
                { "op": "change", "component": id(0), "set": set, "reason": "Agreed" },
            ] }),
            is_packed,
            is_durable,
        }
    }
}

/// No dates, though they look like ones.
pub(crate) const NEARLY_DATES: [&str; 14] = [
    "+20261-1-1",
    "-2026-1-01",
    " 2026-1-05",
    "2026- 1-05",
    "+2026-1-05",
    "0000-01-01",
    "2026-02-30",
    "2026-1-1",
    "10000-1-01",
    "2026-01-01T00:00:00Z",
    "20260101",
    "2026-01-0\u{0661}",
    "2026-01-01\0",
    "",
];

const NEARLY_TIMES: [&str; 10] = [
    "2026-11-23 09:30:00Z",
    "2016-12-31T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-01:00",
    "0001-01-01T00:00:00+00:01",
    "2026-11-23T09:30:00",
    "2026-11-23T24:00:00Z",
    "+20261-01-01T00:00:00Z",
    "2026-11-23T09:30:00\u{2212}01:00",
    "2026-11-23",
];

/// The number-th id of any kind.
pub(crate) fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn some_id() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => (0_u32..4).prop_map(id),
        1 => Just("ABCDEF00-0000-4000-8000-00000000000F".to_owned()),
        1 => select(vec![
            "urn:uuid:00000000-0000-4000-8000-000000000000",
            "{00000000-0000-4000-8000-000000000000}",
            "00000000000040008000000000000000",
            "sixteen bytes ok",
        ]).prop_map(str::to_owned),
    ]
    .prop_map(Value::from)
}

/// The session that is open from the beginning, or the sync that was begun in it.
fn mostly_the_first() -> impl Strategy<Value = Value> {
    prop_oneof![3 => Just(Value::from(id(0))), 1 => some_id()]
}

fn text(characters_max: usize) -> impl Strategy<Value = Value> {
    let printed = vec(
        any::<char>().prop_filter("control", |c| !c.is_control()),
        1..=characters_max,
    );
    prop_oneof![
        6 => "[a-z ]{1,12}".prop_map(Value::from),
        3 => printed.prop_map(|characters| characters.into_iter().collect::<String>().into()),
        1 => select(vec!["\u{fffe}", "\u{10ffff}", "a\u{2028}b", "\u{feff}x", "\u{202e}x", "line\nand\ttab", "\0", "a\u{85}b", "\r", ""])
            .prop_map(Value::from),
    ]
}

fn day() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        6 => (1_u32..=9999, 1_u32..=12, 1_u32..=31).prop_map(|(y, m, d)| json!(format!("{y:04}-{m:02}-{d:02}"))),
        1 => select(&NEARLY_DATES[..]).prop_map(Value::from),
        1 => "[-+ ]?[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}".prop_map(Value::from),
    ]
}

fn time() -> impl Strategy<Value = Value> {
    let offset = select(vec!["Z", "z", "+00:00", "-00:00", "+23:59", "-11:30"]);
    let whole = (
        1_u32..=9999,
        1_u32..=12,
        1_u32..=28,
        0_u32..24,
        option::of("[0-9]{1,12}"),
        offset,
    );
    prop_oneof![
        1 => Just(Value::Null),
        6 => whole.prop_map(|(y, m, d, h, fraction, offset)| {
            let fraction = fraction.map_or(String::new(), |digits| format!(".{digits}"));
            json!(format!("{y:04}-{m:02}-{d:02}T{h:02}:00:00{fraction}{offset}"))
        }),
        1 => select(&NEARLY_TIMES[..]).prop_map(Value::from),
    ]
}

fn owner() -> impl Strategy<Value = Value> {
    select(vec![
        json!("sam"),
        json!("tom"),
        json!("Z_-9"),
        Value::Null,
        json!("system"),
        json!("a b"),
    ])
}

fn attribute() -> impl Strategy<Value = (&'static str, Value)> {
    let boolean = || any::<bool>().prop_map(Value::from);
    let texts = || vec(text(20), 0..4).prop_map(Value::from);
    prop_oneof![
        2 => text(60).prop_map(|value| ("name", value)),
        6 => day().prop_map(|value| ("due_date", value)),
        1 => select(vec!["learner", "tutor", "employer", "automatic", "Tutor"]).prop_map(|word| ("completion_mode", json!(word))),
        2 => texts().prop_map(|value| ("criteria", value)),
        2 => text(200).prop_map(|value| ("instructions", value)),
        1 => boolean().prop_map(|value| ("evidence_required", value)),
        1 => select(vec![json!(0), json!(1000), json!(1001), json!(-1), json!(1.0), json!(u64::MAX)]).prop_map(|value| ("min_evidence", value)),
        2 => texts().prop_map(|value| ("documents", value)),
        1 => boolean().prop_map(|value| ("delivery_via_organisation", value)),
        1 => boolean().prop_map(|value| ("delivery_via_employer", value)),
        2 => some_id().prop_map(|value| ("marking_aid_exercise", value)),
        1 => boolean().prop_map(|value| ("planned_for_qa", value)),
        1 => text(20).prop_map(|value| ("review_type", value)),
        4 => time().prop_map(|value| ("review_at", value)),
        2 => owner().prop_map(|value| ("owner", value)),
    ]
}

fn attributes() -> impl Strategy<Value = Value> {
    let entries = vec(attribute(), 1..=2);
    entries.prop_map(|entries| {
        entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>()
            .into()
    })
}

fn named() -> impl Strategy<Value = Value> {
    (attributes(), text(40)).prop_map(|(mut attributes, name)| {
        attributes["name"] = name;
        attributes
    })
}

fn component_type() -> impl Strategy<Value = Value> {
    select(vec![
        json!("exam"),
        json!("review"),
        json!("review"),
        json!("Exam"),
    ])
}

fn edit() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (mostly_the_first(), attributes()).prop_map(|(component, set)| json!({
            "op": "change", "component": component, "set": set, "reason": "Agreed" })),
        3 => (some_id(), mostly_the_first(), component_type(), named()).prop_map(|(component, programme, kind, attributes)| json!({
            "op": "add", "component": component, "programme": programme, "type": kind, "attributes": attributes })),
        1 => (some_id(), some_id(), attributes()).prop_map(|(template, programme, attributes)| json!({
            "op": "add", "template": template, "programme": programme, "attributes": attributes })),
        1 => some_id().prop_map(|component| json!({ "op": "remove", "component": component })),
        1 => (some_id(), select(vec!["in_progress", "completed", "done"])).prop_map(|(component, status)| json!({
            "op": "set_status", "component": component, "status": status })),
        1 => some_id().prop_map(|component| json!({ "op": "submit_evidence", "component": component })),
        1 => (some_id(), select(vec!["scheduled", "completed"])).prop_map(|(component, status)| json!({
            "op": "set_review_status", "component": component, "status": status })),
    ]
}

fn reference() -> BoxedStrategy<(&'static str, Value)> {
    let template = (some_id(), component_type(), named()).prop_map(|(component, kind, attributes)| {
        json!({ "component": component, "type": kind, "attributes": attributes })
    });
    prop_oneof![
        any::<bool>().prop_map(|on| ("tenant.put", json!({ "marking_aid": on, "owner_rule": "follow_case_owner" }))),
        (owner(), text(60)).prop_map(|(who, name)| ("administrator.put", json!({
            "administrator": who, "name": name, "permissions": ["supervisor"], "groups": "all" }))),
        Just(("administrator.remove", json!({ "administrator": "tom" }))),
        some_id().prop_map(|learner| ("learner.hold", json!({ "learner": learner }))),
        some_id().prop_map(|learner| ("learner.release", json!({ "learner": learner }))),
        (2_u32..4).prop_map(id).prop_map(|learner| ("learner.erase", json!({ "learner": learner }))),
        (some_id(), text(60), owner(), some_id()).prop_map(|(learner, name, who, programme)| ("learner.put", json!({
            "learner": learner, "name": name, "case_owner": who, "groups": ["north", "north"], "tutors": ["tom"],
            "enrolments": [{ "programme": programme, "status": "active" }] }))),
        (some_id(), text(60), option::of(some_id())).prop_map(|(programme, name, parent)| ("programme.put", json!({
            "programme": programme, "name": name, "parent": parent }))),
        (mostly_the_first(), vec(template, 1..3)).prop_map(|(programme, components)| ("template.put", json!({
            "programme": programme, "components": components }))),
        (some_id(), vec(some_id(), 1..3)).prop_map(|(programme, components)| ("template.remove", json!({
            "programme": programme, "components": components }))),
    ]
    .boxed()
}

fn request() -> impl Strategy<Value = Value> {
    let components = prop_oneof![
        Just(json!("recent")),
        Just(json!("all")),
        vec(some_id(), 1..4).prop_map(Value::from)
    ];
    let filter = text(10)
        .prop_map(|search| json!({ "groups": ["north"], "search": search, "except": [id(3)] }));
    let learners = prop_oneof![
        Just(json!("all")),
        vec(some_id(), 1..4).prop_map(Value::from),
        filter
    ];
    let kind = select(vec!["changes_only", "all_attributes"]);
    let confirm = option::weighted(0.1, any::<u64>());
    let (session, sync) = (mostly_the_first(), some_id());
    (session, sync, components, learners, kind, confirm).prop_map(|(session, sync, components, learners, kind, confirm)| {
        let mut body = json!({
            "session": session, "programme": id(0), "components": components, "learners": learners, "type": kind,
            "sync": sync,
        });
        if let Some(position) = confirm {
            body["confirm"] = json!({ "position": position, "digest": "ab".repeat(32) });
        }
        body
    })
}

fn of_people() -> BoxedStrategy<(&'static str, Value)> {
    prop_oneof![
        8 => (mostly_the_first(), vec(edit(), 1..4), option::weighted(0.1, any::<u64>())).prop_map(|(learner, edits, version)| ("plan.edit", json!({
            "learner": learner, "edits": edits, "expected_version": version }))),
        1 => (mostly_the_first(), mostly_the_first()).prop_map(|(learner, programme)| ("plan.instantiate", json!({
            "learner": learner, "programme": programme }))),
        3 => (some_id(), some_id()).prop_map(|(learner, session)| ("record.open", json!({ "learner": learner, "session": session }))),
        1 => some_id().prop_map(|session| ("record.close", json!({ "session": session }))),
        3 => request().prop_map(|body| ("sync.start", body)),
        2 => mostly_the_first().prop_map(|sync| ("sync.cancel", json!({ "sync": sync }))),
    ]
    .boxed()
}

/// Any command.
pub(crate) fn sent() -> impl Strategy<Value = Sent> {
    let by = |actor: &'static str| {
        move |(operation, body): (&'static str, Value)| (actor, operation, body)
    };
    let any_command =
        prop_oneof![1 => reference().prop_map(by("system")), 2 => of_people().prop_map(by("sam"))];
    (any_command, any::<bool>(), any::<bool>()).prop_map(
        |((actor, operation, body), is_packed, is_durable)| Sent {
            actor,
            operation,
            body,
            is_packed,
            is_durable,
        },
    )
}
