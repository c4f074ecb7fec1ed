//! `sync.changes`: the changes that a synchronisation replays, which are fixed when it is accepted.

use plansync_protocol::{Encoding, PAGE_BYTES_MAX};
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, PROGRAMME, SOURCE, attributes_of, college, open, recent, rename,
};
use crate::world::{Given, World};

const ADDED: &str = "00000000-0000-0000-0000-00000000d000";
/// In the template, and never edited.
const QUIZ: &str = "00000000-0000-0000-0000-00000000c002";

fn changes(world: &World, sync: &Value) -> Value {
    world.get("alice", "sync.changes", &json!({ "sync": sync }))
}

/// Something created, something edited, something deleted and something left alone, synchronised.
fn replayed(encoding: Encoding, kind: &str) -> (World, Value) {
    let world = college(encoding);
    let quiz = json!({ "component": QUIZ, "type": "exam", "attributes": { "name": "Quiz" } });
    let template = json!({ "programme": PROGRAMME, "components": [quiz] });
    world.get("system", "template.put", &template);
    let instantiate = json!({ "learner": SOURCE, "programme": PROGRAMME });
    world.get("system", "plan.instantiate", &instantiate);
    let session = open(&world);
    let edits = json!([
        { "op": "add", "component": ADDED, "programme": PROGRAMME, "type": "exam",
          "attributes": { "name": "Mock", "owner": "sam" } },
        { "op": "change", "component": ESSAY, "reason": "Illness",
          "set": { "due_date": "2026-12-01", "criteria": ["K1", "S3"] } },
        { "op": "remove", "component": EXAM },
    ]);
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": edits }),
    );
    let mut request = recent(&session);
    request["components"] = json!([ADDED, ESSAY, EXAM, QUIZ]);
    request["type"] = json!(kind);
    if kind == "selected_attributes" {
        request["components"] = json!([ESSAY, ADDED]);
        request["attributes"] = json!(["criteria"]);
    }
    let sync = world.get("alice", "sync.start", &request)["sync"].clone();
    (world, sync)
}

#[test]
fn t1_recent_changes_are_shown_as_they_were_frozen() {
    let (world, sync) = replayed(Encoding::Json, "changes_only");
    let shown = changes(&world, &sync);
    let edited = json!({
        "component": ESSAY, "name": "Essay", "change": "updated", "attributes": [
            { "attribute": "due_date", "before": null, "after": "2026-12-01" },
            { "attribute": "criteria", "before": ["K1", "K2"], "after": ["K1", "S3"],
              "added": ["S3"], "removed": ["K2"] },
        ],
    });
    let deleted =
        json!({ "component": EXAM, "name": "Exam", "change": "deleted", "attributes": [] });
    let alone = json!({ "component": QUIZ, "name": "Quiz", "change": null, "attributes": [] });
    let items = shown["items"].as_array().unwrap();
    assert_eq!(shown["total"], 4);
    assert_eq!(items[..3], [edited, deleted, alone]);
    assert_eq!(
        (&items[3]["component"], &items[3]["change"]),
        (&json!(ADDED), &json!("created"))
    );
    let all = items[3]["attributes"].as_array().unwrap();
    let names = all.iter().map(|one| one["attribute"].as_str().unwrap());
    assert!(
        names.eq(attributes_of("exam")),
        "every attribute of its type"
    );
    let name = json!({ "attribute": "name", "after": "Mock" });
    let owner = json!({ "attribute": "owner", "after": "sam" });
    assert_eq!(all[0], name);
    assert!(all.contains(&owner));
}

#[test]
fn t2_t3_what_overwrites_is_shown_with_the_values_taken_over() {
    let (world, sync) = replayed(Encoding::Json, "all_attributes");
    let shown = changes(&world, &sync);
    let kinds = shown["items"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|item| item["change"].clone()).collect();
    assert_eq!(kinds, ["overwrite", "deleted", "overwrite", "overwrite"]);
    let (world, sync) = replayed(Encoding::Json, "selected_attributes");
    let criteria = json!([{ "attribute": "criteria", "after": ["K1", "K2"] }]);
    let items = json!([
        { "component": ESSAY, "name": "Essay", "change": "overwrite", "attributes": criteria },
        { "component": ADDED, "name": "Mock", "change": null, "attributes": [] },
    ]);
    assert_eq!(changes(&world, &sync)["items"], items);
}

#[test]
fn t6_what_was_frozen_is_the_same_in_both_encodings_and_after_the_sync() {
    let (world, sync) = replayed(Encoding::Json, "changes_only");
    let frozen = changes(&world, &sync);
    let started = world.events_after(0);
    let started = started
        .iter()
        .find(|event| event.subject.ends_with(".started"));
    let started: Value = serde_json::from_slice(&started.unwrap().body).unwrap();
    assert_eq!(frozen["digest"], started["digest"]);
    world.work();
    world.get("alice", "plan.edit", &rename(ESSAY, "Other"));
    assert_eq!(changes(&world, &sync), frozen);
    let (world, sync) = replayed(Encoding::MessagePack, "changes_only");
    assert_eq!(changes(&world, &sync), frozen);
}

#[test]
fn it_is_cut_into_pages_and_shown_to_whoever_may_read_the_sync() {
    let (world, sync) = replayed(Encoding::Json, "changes_only");
    let whole = changes(&world, &sync);
    for page in 1..=4 {
        let body = json!({ "sync": sync, "page": page, "page_size": 1 });
        let part = world.get("sam", "sync.changes", &body);
        assert_eq!(
            (&part["total"], &part["digest"]),
            (&json!(4), &whole["digest"])
        );
        assert_eq!(part["items"], json!([whole["items"][page - 1]]));
    }
    let body = json!({ "sync": sync });
    assert_eq!(world.refusal("ed", "sync.changes", &body), "sync_not_found");
    let unknown = json!({ "sync": sync, "component": ESSAY });
    let fault = world.ask("sam", "sync.changes", &unknown).unwrap_err();
    assert_eq!(fault["details"], json!({ "path": "component" }));
    let fault = world.ask(
        "sam",
        "sync.changes",
        &json!({ "sync": sync, "page_size": 501 }),
    );
    assert_eq!(
        fault.unwrap_err()["details"],
        json!({ "path": "page_size" })
    );
}

#[test]
fn a_change_set_of_large_values_comes_in_pages_that_fit() {
    let world = college(Encoding::MessagePack);
    let session = open(&world);
    let documents: Vec<_> = (0..200)
        .map(|number| format!("{number:03}-{}", "d".repeat(190)))
        .collect();
    for number in 0..24 {
        let edit = json!({
            "op": "add", "programme": PROGRAMME, "type": "exam",
            "attributes": { "name": format!("Heavy {number}"), "documents": documents },
        });
        world.get(
            "alice",
            "plan.edit",
            &json!({ "learner": SOURCE, "edits": [edit] }),
        );
    }
    let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
    let refused = world.ask("alice", "sync.changes", &json!({ "sync": sync }));
    let refused = refused.unwrap_err();
    assert_eq!(refused["code"], "page_too_large");
    let fitting = refused["details"]["page_size"].as_u64().unwrap();
    let body = json!({ "sync": sync, "page_size": fitting }).to_string();
    let page = world.send("alice", "sync.changes", Given(&[]), body.as_bytes());
    assert_eq!(
        (page.error, page.body.len() <= PAGE_BYTES_MAX),
        (None, true)
    );
    let larger = json!({ "sync": sync, "page_size": fitting + 1 });
    assert_eq!(
        world.refusal("alice", "sync.changes", &larger),
        "page_too_large"
    );
}
