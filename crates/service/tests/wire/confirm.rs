//! Confirming a preview: nothing happens that it did not show (M5).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, EXAM, HIDDEN, NOBODY, SOURCE, TARGET, college, open, recent, rename};
use crate::world::{Given, World};

/// A college whose source's two activities were renamed, and a request for both.
fn changed(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    let session = open(&world);
    for component in [ESSAY, EXAM] {
        world.get("alice", "plan.edit", &rename(component, "New"));
    }
    (world, recent(&session))
}

/// The same request, confirming what a preview shows of it now.
fn confirming(world: &World, request: &Value) -> Value {
    let preview = world.get("alice", "sync.preview", request);
    let mut confirmed = request.clone();
    confirmed["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    confirmed
}

fn outcomes(world: &World, request: &Value) -> Vec<Value> {
    let sync = world.get("alice", "sync.start", request)["sync"].clone();
    world.work();
    let shown = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
    let items = shown["items"].as_array().unwrap().iter();
    items
        .map(|item| json!([item["component"], item["outcome"], item["reason"]]))
        .collect()
}

fn on_target(edit: &Value) -> Value {
    json!({ "learner": TARGET, "edits": [edit] })
}

#[test]
fn an_undisturbed_run_does_what_was_shown() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = changed(encoding);
        let confirmed = confirming(&world, &request);
        let before = world.get("alice", "sync.preview", &request);
        let again = world.get("alice", "sync.preview", &confirmed);
        assert_eq!(again, before, "confirming changes nothing of what is shown");
        let applied = [ESSAY, EXAM].map(|component| json!([component, "applied", null]));
        assert_eq!(outcomes(&world, &confirmed), applied);
    }
}

#[test]
fn a_pair_that_changed_since_is_left_alone_and_the_others_are_not() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = changed(encoding);
        let confirmed = confirming(&world, &request);
        let evidence = on_target(&json!({ "op": "submit_evidence", "component": EXAM }));
        world.get("sam", "plan.edit", &evidence);
        let pairs = json!({ "applied": 1, "unchanged": 0, "skipped": 1 });
        let shown = world.get("alice", "sync.preview", &confirmed);
        assert_eq!(shown["pairs"], pairs);
        let expected = [
            json!([ESSAY, "applied", null]),
            json!([EXAM, "skipped", "changed_since_preview"]),
        ];
        assert_eq!(outcomes(&world, &confirmed), expected);
    }
}

#[test]
fn what_changed_before_the_preview_or_elsewhere_holds_nothing_up() {
    let (world, request) = changed(Encoding::Json);
    let status = json!({ "op": "set_status", "component": EXAM, "status": "submitted" });
    for _ in 0..5 {
        let evidence = json!({ "op": "submit_evidence", "component": ESSAY });
        world.get("sam", "plan.edit", &on_target(&evidence));
    }
    world.get("sam", "plan.edit", &on_target(&status));
    let confirmed = confirming(&world, &request);
    let mut renamed = crate::college::learner(TARGET, "Benjamin", "north");
    renamed["tutors"] = json!([]);
    world.get("system", "learner.put", &renamed);
    let applied = [ESSAY, EXAM].map(|component| json!([component, "applied", null]));
    assert_eq!(outcomes(&world, &confirmed), applied);
}

#[test]
fn a_learner_or_tenant_that_changed_since_is_left_alone_whole() {
    let changes: [(&str, Value); 2] = [
        (
            "tenant.put",
            json!({ "marking_aid": false, "owner_rule": "keep" }),
        ),
        ("learner.put", {
            let mut moved = crate::college::learner(TARGET, "Ben", "north");
            moved["case_owner"] = Value::Null;
            moved
        }),
    ];
    for (operation, body) in changes {
        let (world, request) = changed(Encoding::Json);
        let confirmed = confirming(&world, &request);
        world.get("system", operation, &body);
        let drifted = json!("changed_since_preview");
        let left = [ESSAY, EXAM].map(|component| json!([component, "skipped", drifted]));
        assert_eq!(outcomes(&world, &confirmed), left, "{operation}");
    }
}

#[test]
fn what_is_confirmed_must_be_what_was_previewed() {
    let (world, request) = changed(Encoding::MessagePack);
    let confirmed = confirming(&world, &request);
    let refused = |request: &Value| {
        let operations = ["sync.preview", "sync.start"];
        operations.map(|operation| world.refusal("alice", operation, request))
    };
    let mut other = confirmed.clone();
    other["learners"] = json!([TARGET]);
    assert_eq!(refused(&other), ["source_changed"; 2]);
    let mut later = confirmed.clone();
    later["confirm"]["position"] = json!(world.position() + 1);
    assert_eq!(refused(&later), ["source_changed"; 2]);
    world.get("alice", "plan.edit", &rename(ESSAY, "Newer"));
    assert_eq!(refused(&confirmed), ["source_changed"; 2]);
    let error = world.ask("alice", "sync.start", &confirmed).unwrap_err();
    assert_eq!(error["details"], Value::Null);
}

#[test]
fn of_two_reasons_source_changed_has_its_place() {
    let (world, request) = changed(Encoding::Json);
    let mut stale = confirming(&world, &request);
    stale["components"] = json!([ESSAY, EXAM]);
    stale["confirm"]["digest"] = json!("00".repeat(32));
    let unknown = json!([ESSAY, NOBODY]);
    let with = |field: &str, value: &Value| {
        let mut request = stale.clone();
        request[field] = value.clone();
        world.refusal("alice", "sync.start", &request)
    };
    assert_eq!(with("components", &unknown), "component_not_found");
    assert_eq!(with("learners", &json!([])), "nothing_selected");
    assert_eq!(with("programme", &json!(NOBODY)), "programme_not_found");
    let mut used = request.clone();
    used["sync"] = json!(NOBODY);
    world.get("alice", "sync.start", &used);
    assert_eq!(with("sync", &json!(NOBODY)), "source_changed");
    let close = json!({ "session": request["session"] });
    let other = open(&world);
    let mut nothing = stale.clone();
    nothing["session"] = other;
    nothing["components"] = json!("all");
    assert_eq!(
        world.refusal("alice", "sync.start", &nothing),
        "source_changed"
    );
    nothing["confirm"] = Value::Null;
    assert_eq!(
        world.refusal("alice", "sync.start", &nothing),
        "no_recent_changes"
    );
    assert_eq!(
        world.refusal("alice", "record.close", &close),
        "session_not_open"
    );
    assert_eq!(with("learners", &json!("all")), "session_not_open");
}

#[test]
fn the_start_is_told_with_what_it_confirmed_and_a_repeat_must_confirm_the_same() {
    let (world, request) = changed(Encoding::Json);
    let mut confirmed = confirming(&world, &request);
    let position = world.position();
    confirmed["command_id"] = json!(NOBODY);
    world.get("alice", "sync.start", &confirmed);
    let events = world.events_after(position);
    let told: Value = serde_json::from_slice(&events[0].body).unwrap();
    assert_eq!(told["request"]["confirm"], confirmed["confirm"]);
    assert_eq!(told["digest"], confirmed["confirm"]["digest"]);
    assert_eq!(told["source"]["learner"], SOURCE);
    let again = world.get("alice", "sync.start", &confirmed);
    assert_eq!(again["duplicate"], true);
    confirmed["confirm"] = Value::Null;
    assert_eq!(
        world.refusal("alice", "sync.start", &confirmed),
        "command_id_reused"
    );
}

#[test]
fn a_confirmed_sync_of_the_templates_values_leaves_a_source_that_changed_alone() {
    let (world, mut request) = changed(Encoding::Json);
    request["components"] = json!([ESSAY]);
    request["type"] = json!("selected_attributes");
    request["attributes"] = json!(["name"]);
    let confirmed = confirming(&world, &request);
    let evidence = json!({ "op": "submit_evidence", "component": ESSAY });
    let on_source = json!({ "learner": SOURCE, "edits": [evidence] });
    world.get("sam", "plan.edit", &on_source);
    let expected = [
        json!([ESSAY, "skipped", "changed_since_preview"]),
        json!([ESSAY, "unchanged", null]),
    ];
    assert_eq!(outcomes(&world, &confirmed), expected);
}

#[test]
fn a_durable_start_confirms_too_and_is_rejected_where_the_source_changed() {
    let (world, request) = changed(Encoding::Json);
    let confirmed = confirming(&world, &request);
    world.get("alice", "plan.edit", &rename(EXAM, "Newer"));
    let position = world.position();
    let give = |request: &Value| {
        let body = request.to_string().into_bytes();
        world.give("alice", "sync.start", Given(&[]), &body);
    };
    give(&confirmed);
    give(&confirming(&world, &request));
    world.work();
    let told = world.events_after(position).into_iter().map(|event| {
        let tail = event.subject.rsplit('.').next().unwrap().to_owned();
        let body: Value = serde_json::from_slice(&event.body).unwrap();
        (tail, body["error"]["code"].clone())
    });
    let none = |tail: &str| (tail.to_owned(), Value::Null);
    let expected = [
        ("rejected".to_owned(), json!("source_changed")),
        none("started"),
        none("accepted"),
        none("target"),
        none("completed"),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn m5_all_is_whom_the_preview_showed() {
    let (world, mut request) = changed(Encoding::Json);
    request["learners"] = json!({ "except": [NOBODY] });
    let shown = world.get("alice", "sync.preview", &request);
    let confirmed = confirming(&world, &request);
    let mut left = world.get("sam", "learner.get", &json!({ "learner": TARGET }));
    let joined = "00000000-0000-0000-0000-0000000000ee";
    let mut joins = left.clone();
    joins["learner"] = json!(joined);
    left["enrolments"][0]["status"] = json!("expired");
    for record in [&left, &joins] {
        world.get("system", "learner.put", record);
    }
    let again = world.get("alice", "sync.preview", &confirmed);
    assert_eq!(again["learners"], shown["learners"]);
    assert_eq!(again["digest"], shown["digest"]);
    let sync = world.get("alice", "sync.start", &confirmed)["sync"].clone();
    world.work();
    let of = |learner: &str| {
        let asked = json!({ "sync": sync, "learner": learner });
        let shown = world.get("sam", "sync.outcomes", &asked);
        let items = shown["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["reason"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(TARGET), ["programme_status_excluded"; 2]);
    assert_eq!(of(joined), Vec::<Value>::new());
    let before = shown["learners"].as_u64().unwrap();
    let progress = world.get("alice", "sync.get", &json!({ "sync": sync }));
    assert_eq!(progress["learners"], before);
}

#[test]
fn m5_p8_who_was_shown_and_is_hidden_since_has_a_row_that_says_no_more() {
    let (world, mut request) = changed(Encoding::Json);
    request["learners"] = json!("all");
    let confirmed = confirming(&world, &request);
    let hidden = world.get("system", "learner.get", &json!({ "learner": HIDDEN }));
    let mut target = world.get("system", "learner.get", &json!({ "learner": TARGET }));
    target["groups"] = hidden["groups"].clone();
    world.get("system", "learner.put", &target);
    let sync = world.get("alice", "sync.start", &confirmed)["sync"].clone();
    world.work();
    let of = |learner: &str| {
        let asked = json!({ "sync": sync, "learner": learner });
        let shown = world.get("alice", "sync.outcomes", &asked);
        let items = shown["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["reason"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(TARGET), ["learner_not_available"; 2]);
    assert_eq!(of(HIDDEN), Vec::<Value>::new());
}
