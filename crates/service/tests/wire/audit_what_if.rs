//! `audit.what-if`: without a change nothing differs; with a change, exactly the pairs that a preview with the change
//! would decide otherwise; nothing is written.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner,
};
use crate::world::World;

const EDITS: [&str; 3] = [
    "advanced_delivery_add",
    "advanced_delivery_edit",
    "advanced_delivery_delete",
];

fn edit(world: &World, actor: &str, learner: &str, edits: &Value) {
    let body = json!({ "learner": learner, "edits": edits });
    world.get(actor, "plan.edit", &body);
}

fn put_administrator(world: &World, name: &str, permissions: &[&str], groups: &Value) {
    let record = administrator(name, permissions, groups);
    world.get("system", "administrator.put", &record);
}

fn open(world: &World, actor: &str) -> Value {
    world.get(actor, "record.open", &json!({ "learner": SOURCE }))["session"].clone()
}

fn request(session: &Value) -> Value {
    json!({
        "session": session, "programme": PROGRAMME, "components": "all",
        "learners": [TARGET, HIDDEN, NOBODY], "type": "all_attributes",
    })
}

/// A college whose targets differ: one lacks a component, another one has finished it.
fn prepared() -> (World, Value) {
    let world = college(Encoding::Json);
    world.get("system", "learner.put", &learner(NOBODY, "Zoe", "north"));
    let session = open(&world, "alice");
    let renamed = json!([
        { "op": "change", "component": ESSAY, "set": { "name": "Report" } },
        { "op": "change", "component": EXAM, "set": { "planned_for_qa": true } },
    ]);
    edit(&world, "alice", SOURCE, &renamed);
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": EXAM }]),
    );
    let completed = json!([{ "op": "set_status", "component": ESSAY, "status": "completed" }]);
    edit(&world, "sam", HIDDEN, &completed);
    (world, session)
}

fn run(world: &World, actor: &str, request: &Value) -> Value {
    let started = world.get(actor, "sync.start", request);
    world.work();
    started["sync"].clone()
}

/// Every difference, read in parts of this size.
fn what_if(world: &World, sync: &Value, change: &Value, limit: u64) -> Vec<Value> {
    let mut body = change.clone();
    body["sync"] = sync.clone();
    body["limit"] = json!(limit);
    let position = world.position();
    let mut items = Vec::new();
    loop {
        let mut page = world.get("sam", "audit.what-if", &body);
        items.append(page["items"].as_array_mut().unwrap());
        if page["next"].is_null() {
            assert_eq!(world.position(), position, "something was written");
            return items;
        }
        body["after"] = page["next"].take();
    }
}

/// Learner, component, and outcome or reason on both sides.
fn brief(items: &[Value]) -> Vec<[String; 4]> {
    let word = |decision: &Value| {
        let reason = decision["reason"].as_str();
        reason.or(decision["outcome"].as_str()).unwrap().to_owned()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |item: &Value| {
        [
            text(&item["learner"]),
            text(&item["component"]),
            word(&item["recorded"]),
            word(&item["hypothetical"]),
        ]
    };
    items.iter().map(row).collect()
}

fn row(learner: &str, component: &str, recorded: &str, hypothetical: &str) -> [String; 4] {
    [learner, component, recorded, hypothetical].map(str::to_owned)
}

/// The outcomes of every pair of a synchronisation, by learner and component.
fn outcomes(world: &World, sync: &Value) -> Vec<(String, String, Value)> {
    let page = world.get(
        "system",
        "sync.outcomes",
        &json!({ "sync": sync, "page_size": 500 }),
    );
    let items = page["items"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all: Vec<_> = items
        .map(|item| {
            let outcome = json!([item["action"], item["outcome"], item["reason"]]);
            (text(&item["learner"]), text(&item["component"]), outcome)
        })
        .collect();
    all.sort_by_key(|(learner, component, _)| (learner.clone(), component.clone()));
    all
}

#[test]
fn without_a_change_nothing_differs_also_after_everything_has_changed() {
    let (world, session) = prepared();
    let sync = run(&world, "alice", &request(&session));
    let assert_nothing_differs = || {
        for change in [
            json!({}),
            json!({ "judged_as": "alice", "with": [EDITS[0]] }),
        ] {
            assert_eq!(what_if(&world, &sync, &change, 50), Vec::<Value>::new());
        }
    };
    assert_nothing_differs();
    put_administrator(&world, "alice", &[], &json!([]));
    let mut moved = learner(TARGET, "Ben", "south");
    moved["enrolments"] = json!([]);
    world.get("system", "learner.put", &moved);
    let settings = json!({ "marking_aid": false, "owner_rule": "follow_case_owner" });
    world.get("system", "tenant.put", &settings);
    let removed = json!([{ "op": "remove", "component": ESSAY }]);
    edit(&world, "sam", TARGET, &removed);
    assert_nothing_differs();
}

#[test]
fn without_a_permission_exactly_those_pairs_differ_that_a_sync_without_it_skips() {
    // `without` is what a second college does in which the permission is missing from the start.
    for missing in EDITS {
        let (world, session) = prepared();
        let sync = run(&world, "alice", &request(&session));
        let (other, session) = prepared();
        let held: Vec<&str> = EDITS.into_iter().filter(|held| *held != missing).collect();
        put_administrator(&other, "alice", &held, &json!(["north"]));
        let preview = other.get("alice", "sync.preview", &request(&session));
        let other_sync = run(&other, "alice", &request(&session));
        let (recorded, without) = (outcomes(&world, &sync), outcomes(&other, &other_sync));
        let both = recorded.into_iter().zip(without);
        let expected: Vec<_> = both.filter(|(one, other)| one != other).collect();
        let items = what_if(&world, &sync, &json!({ "without": [missing] }), 50);
        let found: Vec<_> = items
            .iter()
            .map(|item| {
                let side = |side: &str| {
                    let decision = &item[side];
                    json!([decision["action"], decision["outcome"], decision["reason"]])
                };
                let pair = |outcome: Value| {
                    let text = |name: &str| item[name].as_str().unwrap().to_owned();
                    (text("learner"), text("component"), outcome)
                };
                (pair(side("recorded")), pair(side("hypothetical")))
            })
            .collect();
        assert_eq!(found, expected, "{missing}");
        // The preview counts what is skipped.
        let skipped = items
            .iter()
            .filter(|item| item["hypothetical"]["outcome"] == "skipped");
        let before = outcomes(&world, &sync);
        let before = before
            .iter()
            .filter(|(.., outcome)| outcome[1] == "skipped");
        let all = skipped.count() + before.count();
        assert_eq!(
            preview["pairs"]["skipped"].as_u64(),
            u64::try_from(all).ok(),
            "{preview}"
        );
        assert!(
            items
                .iter()
                .all(|item| item["hypothetical"]["missing_permissions"] == json!([missing]))
        );
    }
}

#[test]
fn another_administrator_is_judged_with_the_permissions_and_groups_of_then() {
    let (world, session) = prepared();
    put_administrator(&world, "bob", &["advanced_delivery_edit"], &json!("all"));
    let sync = run(&world, "alice", &request(&session));
    put_administrator(&world, "bob", &["supervisor"], &json!([]));
    let as_bob = json!({ "judged_as": "bob" });
    let expected = [
        row(TARGET, EXAM, "applied", "add_not_permitted"),
        row(
            HIDDEN,
            ESSAY,
            "learner_not_available",
            "edit_finished_not_permitted",
        ),
        row(HIDDEN, EXAM, "learner_not_available", "unchanged"),
        row(NOBODY, ESSAY, "applied", "add_not_permitted"),
        row(NOBODY, EXAM, "applied", "add_not_permitted"),
    ];
    assert_eq!(brief(&what_if(&world, &sync, &as_bob, 50)), expected);
    // In parts of any size, the same.
    for limit in [1, 2, 3] {
        assert_eq!(brief(&what_if(&world, &sync, &as_bob, limit)), expected);
    }
    let more =
        json!({ "judged_as": "bob", "with": ["edit_delete_finished", "advanced_delivery_add"] });
    let with = brief(&what_if(&world, &sync, &more, 50));
    assert!(
        with.iter().all(|row| !row[3].ends_with("not_permitted")),
        "{with:?}"
    );
    // What is taken away is taken away.
    let both = json!({ "judged_as": "bob", "with": [EDITS[0]], "without": [EDITS[0]] });
    assert_eq!(brief(&what_if(&world, &sync, &both, 50)), expected);
}

#[test]
fn an_administrator_who_did_not_exist_yet_could_not_see_anybody() {
    let (world, session) = prepared();
    let sync = run(&world, "alice", &request(&session));
    put_administrator(&world, "late", &["supervisor"], &json!("all"));
    let items = what_if(&world, &sync, &json!({ "judged_as": "late" }), 50);
    assert!(
        items
            .iter()
            .all(|item| item["hypothetical"]["reason"] == "learner_not_available")
    );
    let body = json!({ "sync": sync, "judged_as": "nobody" });
    assert_eq!(
        world.refusal("sam", "audit.what-if", &body),
        "administrator_not_found"
    );
}

#[test]
fn other_conditions_are_those_of_the_request_in_its_place() {
    let (world, session) = prepared();
    let mut conditions = request(&session);
    conditions["statuses"] = json!(["completed"]);
    conditions["learners"] = json!([TARGET]);
    let sync = run(&world, "alice", &conditions);
    let none = json!({ "statuses": [] });
    let expected = [row(TARGET, ESSAY, "status_not_selected", "applied")];
    assert_eq!(brief(&what_if(&world, &sync, &none, 50)), expected);
    let same = json!({ "statuses": ["completed"] });
    assert_eq!(what_if(&world, &sync, &same, 50), Vec::<Value>::new());
    let other = json!({ "statuses": ["not_started", "planned_for_qa"] });
    assert_eq!(brief(&what_if(&world, &sync, &other, 50)), expected);
}

#[test]
fn m5_what_a_confirmed_sync_skipped_as_changed_is_skipped_again() {
    let (world, session) = prepared();
    let mut confirmed = request(&session);
    let preview = world.get("alice", "sync.preview", &confirmed);
    confirmed["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    // Of one target a component, of another one the record has changed.
    let changed = json!([{ "op": "change", "component": ESSAY, "set": { "name": "Own" } }]);
    edit(&world, "sam", TARGET, &changed);
    let mut moved = learner(NOBODY, "Zoe", "north");
    moved["case_owner"] = json!("ed");
    world.get("system", "learner.put", &moved);
    moved["tutors"] = json!([]);
    world.get("system", "learner.put", &moved);
    let sync = run(&world, "alice", &confirmed);
    let reasons = outcomes(&world, &sync);
    let changed = |of: &str| {
        let of = reasons.iter().filter(|(learner, ..)| learner == of);
        of.filter(|(.., outcome)| outcome[2] == "changed_since_preview")
            .count()
    };
    assert_eq!((changed(TARGET), changed(NOBODY)), (1, 2));
    assert_eq!(what_if(&world, &sync, &json!({}), 50), Vec::<Value>::new());
}

#[test]
fn a_sync_that_runs_or_was_cancelled_has_nothing_that_was_decided() {
    let (world, session) = prepared();
    let started = world.get("alice", "sync.start", &request(&session));
    let body = json!({ "sync": started["sync"], "without": EDITS });
    let running = world.get("sam", "audit.what-if", &body);
    assert_eq!(
        (&running["state"], &running["items"]),
        (&json!("running"), &json!([]))
    );
    world.get("alice", "sync.cancel", &json!({ "sync": started["sync"] }));
    let cancelled = world.get("sam", "audit.what-if", &body);
    assert_eq!(
        (&cancelled["state"], &cancelled["items"]),
        (&json!("cancelled"), &json!([]))
    );
    assert_eq!(
        (&cancelled["requested_by"], &cancelled["judged_as"]),
        (&json!("alice"), &json!("alice"))
    );
}

#[test]
fn p8_learners_whom_the_reader_does_not_see_are_left_out_and_p11_applies() {
    let (world, session) = prepared();
    let sync = run(&world, "alice", &request(&session));
    put_administrator(&world, "quinn", &["compliance_qa"], &json!(["north"]));
    let body = json!({ "sync": sync, "judged_as": "sam" });
    let all = world.get("sam", "audit.what-if", &body);
    let seen = world.get("quinn", "audit.what-if", &body);
    let of = |page: &Value| -> Vec<String> {
        let mut learners: Vec<_> = brief(page["items"].as_array().unwrap())
            .into_iter()
            .map(|row| row[0].clone())
            .collect();
        learners.dedup();
        learners
    };
    assert_eq!((of(&all), of(&seen)), (vec![HIDDEN.to_owned()], Vec::new()));
    assert_eq!(
        world.refusal("alice", "audit.what-if", &body),
        "not_permitted"
    );
    // Who does not see the source does not see the synchronisation.
    put_administrator(&world, "quinn", &["compliance_qa"], &json!(["south"]));
    assert_eq!(
        world.refusal("quinn", "audit.what-if", &body),
        "sync_not_found"
    );
    let mut elsewhere = body.clone();
    elsewhere["after"] = json!({ "learner": SOURCE });
    assert_eq!(
        world.refusal("sam", "audit.what-if", &elsewhere),
        "invalid_request"
    );
}
