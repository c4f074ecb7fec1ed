//! Pages that would be too large.

use plansync_protocol::{Encoding, PAGE_BYTES_MAX};
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
