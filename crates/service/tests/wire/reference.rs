//! Reads of reference data, and who may ask for them.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner,
};

fn in_both(check: impl Fn(Encoding)) {
    check(Encoding::Json);
    check(Encoding::MessagePack);
}

#[test]
fn records_come_back_as_put() {
    in_both(|encoding| {
        let world = college(encoding);
        let get = |operation: &str, body: Value| world.get("sam", operation, &body);
        let settings =
            json!({ "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 24 });
        assert_eq!(get("tenant.get", json!({})), settings);
        let ed = administrator("ed", &[], &json!("all"));
        assert_eq!(
            get("administrator.get", json!({ "administrator": "ed" })),
            ed
        );
        let ann = learner(SOURCE, "Ann", "north");
        assert_eq!(get("learner.get", json!({ "learner": SOURCE })), ann);
        let programme = json!({
            "programme": PROGRAMME, "name": "Level 3", "parent": null, "template_components": 2,
        });
        assert_eq!(
            get("programme.get", json!({ "programme": PROGRAMME })),
            programme
        );
    });
}

#[test]
fn lists_are_searched_and_paged() {
    in_both(|encoding| {
        let world = college(encoding);
        let list = |operation: &str, body: Value| world.get("sam", operation, &body);
        let page = list("administrator.list", json!({ "page": 2, "page_size": 2 }));
        assert_eq!(
            (&page["total"], &page["items"][0]["name"]),
            (&json!(3), &json!("sam"))
        );
        let found = list(
            "learner.list",
            json!({ "search": "AN", "groups": ["north", "east"] }),
        );
        assert_eq!(
            found,
            json!({ "total": 1, "items": [learner(SOURCE, "Ann", "north")] })
        );
        let none = list(
            "learner.list",
            json!({ "programme_statuses": ["withdrawn"] }),
        );
        assert_eq!(none, json!({ "total": 0, "items": [] }));
        assert_eq!(
            list("programme.list", json!({ "search": "level" }))["total"],
            1
        );
    });
}

#[test]
fn a_template_shows_its_components_in_order() {
    in_both(|encoding| {
        let world = college(encoding);
        let page = world.get("sam", "template.get", &json!({ "programme": PROGRAMME }));
        assert_eq!((&page["total"], &page["version"]), (&json!(2), &json!(1)));
        assert_eq!(page["components"][0]["component"], ESSAY);
        assert_eq!(
            page["components"][0]["attributes"]["criteria"],
            json!(["K1", "K2"])
        );
        let removed = json!({ "programme": PROGRAMME, "components": [ESSAY] });
        world.get("system", "template.remove", &removed);
        let page = world.get("sam", "template.get", &json!({ "programme": PROGRAMME }));
        assert_eq!((&page["total"], &page["version"]), (&json!(1), &json!(2)));
        assert_eq!(page["components"][0]["component"], EXAM);
    });
}

#[test]
fn everyone_may_ask_who_they_are() {
    in_both(|encoding| {
        let world = college(encoding);
        let mut ed = administrator("ed", &[], &json!("all"));
        ed["can_sync"] = json!(false);
        assert_eq!(world.get("ed", "actor.get", &json!({})), ed);
        assert_eq!(
            world.get("system", "actor.get", &json!({}))["administrator"],
            "system"
        );
    });
}

#[test]
fn p12_reference_data_is_read_by_those_of_p1_and_system() {
    let world = college(Encoding::Json);
    let refused = world.ask("alice", "learner.list", &json!({})).unwrap_err();
    assert_eq!(refused["code"], "not_permitted");
    assert_eq!(
        refused["details"],
        json!({ "reason": "read_not_permitted" })
    );
    assert_eq!(world.get("system", "learner.list", &json!({}))["total"], 3);
}

#[test]
fn p8_who_is_not_seen_is_left_out_and_unavailable() {
    let world = college(Encoding::Json);
    let record = administrator("sue", &["compliance_qa"], &json!(["north"]));
    world.get("system", "administrator.put", &record);
    let listed = world.get("sue", "learner.list", &json!({}));
    let ids: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["learner"])
        .collect();
    assert_eq!(
        (&listed["total"], ids),
        (&json!(2), vec![&json!(SOURCE), &json!(TARGET)])
    );
    let unseen = world.ask("sue", "learner.get", &json!({ "learner": HIDDEN }));
    let unknown = world.ask("sue", "learner.get", &json!({ "learner": NOBODY }));
    assert_eq!(unseen.unwrap_err(), unknown.unwrap_err());
}

#[test]
fn d4_an_administrator_who_is_removed_is_unknown() {
    let world = college(Encoding::Json);
    world.get(
        "system",
        "administrator.remove",
        &json!({ "administrator": "ed" }),
    );
    assert_eq!(
        world.refusal("ed", "actor.get", &json!({})),
        "unknown_actor"
    );
    let again = world.refusal(
        "system",
        "administrator.remove",
        &json!({ "administrator": "ed" }),
    );
    assert_eq!(again, "administrator_not_found");
}
