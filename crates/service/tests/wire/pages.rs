//! Pages that are too large, and the bound on the changes of one commit.

use plansync_protocol::{CHANGES_BYTES_MAX, Encoding, PAGE_BYTES_MAX};
use serde_json::json;

use crate::college::{PROGRAMME, SOURCE, college};
use crate::world::{Given, World};

/// A plan with so many components of 60 KiB each.
fn heavy(world: &World, count: usize) {
    let codes: Vec<_> = (0..500)
        .map(|code| format!("{code:03}-{}", "x".repeat(58)))
        .collect();
    let documents: Vec<_> = (0..150)
        .map(|code| format!("{code:03}-{}", "y".repeat(190)))
        .collect();
    for index in 0..count {
        let edit = json!({
            "op": "add", "programme": PROGRAMME, "type": "exam",
            "attributes": { "name": format!("Heavy {index}"), "criteria": codes, "documents": documents },
        });
        world.get(
            "sam",
            "plan.edit",
            &json!({ "learner": SOURCE, "edits": [edit] }),
        );
    }
}

#[test]
fn a_page_that_is_too_large_names_the_size_that_fits() {
    let world = college(Encoding::Json);
    heavy(&world, 14);
    let refused = world
        .ask("sam", "plan.get", &json!({ "learner": SOURCE }))
        .unwrap_err();
    assert_eq!(refused["code"], "page_too_large");
    let size = refused["details"]["page_size"].as_u64().unwrap();
    for page in 1..=16_u64.div_ceil(size) {
        let body = json!({ "learner": SOURCE, "page": page, "page_size": size });
        let answer = world.send("sam", "plan.get", Given(&[]), body.to_string().as_bytes());
        assert_eq!(
            (answer.error, answer.body.len() <= PAGE_BYTES_MAX),
            (None, true)
        );
    }
    let more = json!({ "learner": SOURCE, "page": 1, "page_size": size + 3 });
    assert_eq!(world.refusal("sam", "plan.get", &more), "page_too_large");
}

/// So many additions with names that take twice their length in JSON.
fn additions(count: usize, name_characters: usize) -> serde_json::Value {
    let edit = json!({
        "op": "add", "programme": PROGRAMME, "type": "review",
        "attributes": { "name": "\"".repeat(name_characters) },
    });
    json!({ "learner": SOURCE, "edits": vec![edit; count] })
}

#[test]
fn one_commit_that_is_larger_than_a_page_is_shown_alone_and_its_event_can_be_sent() {
    let world = college(Encoding::MessagePack);
    world.get("sam", "plan.edit", &additions(1_000, 60));
    let body = json!({ "learner": SOURCE, "from_version": 2 }).to_string();
    let page = world.send("sam", "plan.history", Given(&[]), body.as_bytes());
    let events = world.events_after(12);
    let sizes = [page.body.len(), events[0].body.len()];
    assert_eq!(page.error, None);
    assert!(sizes.iter().all(|size| *size > PAGE_BYTES_MAX));
    assert!(sizes.iter().all(|size| *size < CHANGES_BYTES_MAX + 1_000));
}

#[test]
fn edits_that_are_too_much_for_one_event_are_refused() {
    let world = college(Encoding::MessagePack);
    let refused = world
        .ask("sam", "plan.edit", &additions(1_000, 180))
        .unwrap_err();
    assert_eq!(refused["code"], "invalid_request");
    assert_eq!(refused["details"], json!({ "path": "edits" }));
}

#[test]
fn pages_are_numbered_from_one_and_hold_up_to_five_hundred() {
    let world = college(Encoding::Json);
    for (field, value) in [("page", 0), ("page_size", 0), ("page_size", 501)] {
        let refused = world
            .ask("sam", "learner.list", &json!({ field: value }))
            .unwrap_err();
        assert_eq!(refused["details"], json!({ "path": field }));
    }
}
