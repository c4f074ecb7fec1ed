//! A synchronisation from choosing to its outcomes.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, PROGRAMME, SOURCE, TARGET, college, open, recent, rename,
};
use crate::world::World;

fn changed(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "Long essay"));
    (world, session)
}

/// The whole way in one encoding.
fn synchronised(encoding: Encoding) -> Vec<Value> {
    let (world, session) = changed(encoding);
    let ask = |operation: &str, body: &Value| world.get("alice", operation, body);
    let of_programme = json!({ "session": session, "programme": PROGRAMME });
    let mut filters = of_programme.clone();
    filters["field"] = json!("tutor");
    let components = ask("sync.components", &of_programme);
    let learners = ask("sync.learners", &of_programme);
    let filters = ask("sync.filters", &filters);
    let preview = ask("sync.preview", &recent(&session));
    let started = ask("sync.start", &recent(&session));
    let running = ask("sync.get", &json!({ "sync": started["sync"] }));
    world.work();
    let completed = ask("sync.get", &json!({ "sync": started["sync"] }));
    let outcomes = ask("sync.outcomes", &json!({ "sync": started["sync"] }));
    let listed = ask(
        "sync.list",
        &json!({ "learner": SOURCE, "requested_by": "alice" }),
    );
    let cancelled = ask("sync.cancel", &json!({ "sync": started["sync"] }));
    let target = ask("plan.get", &json!({ "learner": TARGET }));
    vec![
        components, learners, filters, preview, running, completed, outcomes, listed, cancelled,
        target,
    ]
}

#[test]
fn both_encodings_show_the_same() {
    assert_eq!(
        synchronised(Encoding::Json),
        synchronised(Encoding::MessagePack)
    );
}

#[test]
fn s1_s5_what_can_be_chosen_is_listed() {
    let shown = synchronised(Encoding::Json);
    assert_eq!(
        (&shown[0]["total"], &shown[0]["recent"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(shown[0]["items"][0]["change"], "updated");
    assert_eq!(shown[0]["items"][1]["change"], Value::Null);
    let ben = json!({
        "learner": TARGET, "name": "Ben", "programme_status": "active", "groups": ["north"],
        "tutors": ["tom"], "case_owner": "sam",
    });
    assert_eq!(shown[1], json!({ "total": 1, "items": [ben] }));
    assert_eq!(
        shown[2],
        json!({ "total": 1, "items": [{ "value": "tom", "count": 1 }] })
    );
}

#[test]
fn m1_m2_a_preview_shows_numbers_and_rows() {
    let preview = &synchronised(Encoding::Json)[3];
    assert_eq!(
        preview["pairs"],
        json!({ "applied": 1, "unchanged": 0, "skipped": 0 })
    );
    assert_eq!(
        preview["programme"],
        json!({ "programme": PROGRAMME, "name": "Level 3" })
    );
    let row = json!({
        "component": ESSAY, "name": "Long essay", "type": "assignment", "action": "synchronise",
        "last_updated": { "position": 14, "at": "2026-11-23T09:30:00.000013Z", "by": "alice" },
        "synchronised": 1, "unchanged": 0, "not_synchronised": 0,
    });
    assert_eq!(
        (&preview["total"], &preview["rows"]),
        (&json!(1), &json!([row]))
    );
}

#[test]
fn a_sync_goes_on_after_its_reply_and_completes() {
    let shown = synchronised(Encoding::Json);
    let state = |shown: &Value| (shown["state"].clone(), shown["done"].clone());
    assert_eq!(state(&shown[4]), (json!("running"), json!(0)));
    assert_eq!(state(&shown[5]), (json!("completed"), json!(1)));
    assert_eq!(shown[5]["pairs"], shown[3]["pairs"]);
    assert_eq!(
        (&shown[5]["updated"], &shown[5]["created"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(shown[7]["items"][0], shown[5]);
    assert_eq!(shown[8], json!({ "state": "completed" }));
    assert_eq!(
        shown[9]["components"][0]["attributes"]["name"],
        "Long essay"
    );
}

#[test]
fn m6_outcomes_are_listed_pair_by_pair() {
    let outcomes = &synchronised(Encoding::Json)[6];
    let applied = json!({
        "learner": TARGET, "component": ESSAY, "action": "synchronise", "outcome": "applied",
        "warnings": [],
    });
    assert_eq!(outcomes, &json!({ "total": 1, "items": [applied] }));
}

#[test]
fn s6_a_learner_given_by_id_who_is_not_seen_is_an_outcome() {
    let (world, session) = changed(Encoding::Json);
    let mut request = recent(&session);
    request["learners"] = json!([HIDDEN]);
    let started = world.get("alice", "sync.start", &request);
    world.work();
    let outcomes = world.get(
        "alice",
        "sync.outcomes",
        &json!({ "sync": started["sync"] }),
    );
    assert_eq!(outcomes["items"][0]["reason"], "learner_not_available");
}

#[test]
fn p11_i5_a_sync_is_nobody_elses_to_see() {
    let (world, session) = changed(Encoding::Json);
    let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
    for operation in ["sync.get", "sync.outcomes", "sync.cancel"] {
        assert_eq!(
            world.refusal("ed", operation, &json!({ "sync": sync })),
            "sync_not_found"
        );
    }
    assert_eq!(world.get("ed", "sync.list", &json!({}))["total"], 0);
    assert_eq!(
        world.get("sam", "sync.get", &json!({ "sync": sync }))["state"],
        "running"
    );
}

#[test]
fn s7_t3_conditions_and_attributes_are_taken() {
    let (world, session) = changed(Encoding::Json);
    let mut request = recent(&session);
    request["components"] = json!([EXAM]);
    request["type"] = json!("selected_attributes");
    request["attributes"] = json!(["name"]);
    request["statuses"] = json!(["completed", "planned_for_qa"]);
    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(preview["statuses"], json!(["completed", "planned_for_qa"]));
    assert_eq!(
        preview["pairs"],
        json!({ "applied": 0, "unchanged": 0, "skipped": 1 })
    );
    request["type"] = json!("all_attributes");
    let refused = world.ask("alice", "sync.preview", &request).unwrap_err();
    assert_eq!(refused["details"], json!({ "path": "attributes" }));
}
