//! The learners of a preview over the wire, one row each (M2a).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, college, learner, open, recent, rename,
};
use crate::world::World;

const ABE: &str = "00000000-0000-0000-0000-00000000b003";
const ZOE: &str = "00000000-0000-0000-0000-00000000b005";

/// A source that renamed its essay and removed its exam; of the others, one finished the essay.
fn changed(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    for (id, name) in [(ABE, "Abe"), (ZOE, "Zoe")] {
        world.get("system", "learner.put", &learner(id, name, "north"));
        let instantiate = json!({ "learner": id, "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &instantiate);
    }
    let edits = json!([
        { "op": "set_status", "component": ESSAY, "status": "completed" },
        { "op": "submit_evidence", "component": EXAM },
    ]);
    world.get(
        "sam",
        "plan.edit",
        &json!({ "learner": ABE, "edits": edits }),
    );
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    let edits = json!([{ "op": "remove", "component": EXAM }]);
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": edits }),
    );
    (world, recent(&session))
}

/// Applied, unchanged, skipped, created, updated, deleted.
fn row(learner: &str, name: Option<&str>, counts: [u64; 6], warnings: &Value) -> Value {
    let [applied, unchanged, skipped, created, updated, deleted] = counts;
    json!({
        "learner": learner, "name": name, "programme": name.map(|_| PROGRAMME),
        "applied": applied, "unchanged": unchanged, "skipped": skipped, "created": created,
        "updated": updated, "deleted": deleted, "warnings": warnings,
    })
}

#[test]
fn m2a_every_learner_of_the_preview_has_a_row_by_name() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = changed(encoding);
        let preview = world.get("alice", "sync.preview", &request);
        let affected = world.get("alice", "sync.affected", &request);
        let lost = json!([{ "code": "evidence_deleted", "components": 1 }]);
        let items = [
            row(ABE, Some("Abe"), [1, 0, 1, 0, 0, 1], &lost),
            row(TARGET, Some("Ben"), [2, 0, 0, 0, 1, 1], &json!([])),
            row(ZOE, Some("Zoe"), [2, 0, 0, 0, 1, 1], &json!([])),
        ];
        let expected = json!({
            "position": preview["position"], "digest": preview["digest"], "total": 3,
            "items": items,
        });
        assert_eq!(affected, expected);
        assert_eq!(affected["total"], preview["learners"]);
    }
}

#[test]
fn p8_who_is_not_available_has_neither_name_nor_programme_and_stays_where_the_id_was_given() {
    let (world, mut request) = changed(Encoding::MessagePack);
    request["learners"] = json!([HIDDEN, NOBODY, TARGET]);
    let none = [0, 0, 2, 0, 0, 0];
    let items = json!([
        row(TARGET, Some("Ben"), [2, 0, 0, 0, 1, 1], &json!([])),
        row(HIDDEN, None, none, &json!([])),
        row(NOBODY, None, none, &json!([])),
    ]);
    let affected = world.get("alice", "sync.affected", &request);
    assert_eq!(
        (&affected["total"], &affected["items"]),
        (&json!(3), &items)
    );
}

#[test]
fn t3_the_source_that_is_updated_comes_first_and_says_so() {
    let (world, mut request) = changed(Encoding::Json);
    request["components"] = json!([ESSAY]);
    request["type"] = json!("selected_attributes");
    request["attributes"] = json!(["name"]);
    let affected = world.get("alice", "sync.affected", &request);
    let mut source = row(SOURCE, Some("Ann"), [1, 0, 0, 0, 1, 0], &json!([]));
    source["source"] = json!(true);
    assert_eq!(affected["items"][0], source);
    assert_eq!(affected["total"], 4);
}

#[test]
fn m1_the_preview_shows_the_attributes_of_the_third_type() {
    let (world, mut request) = changed(Encoding::Json);
    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(preview.get("attributes"), None);
    request["type"] = json!("selected_attributes");
    request["attributes"] = json!(["criteria", "name"]);
    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(preview["attributes"], json!(["name", "criteria"]));
}

#[test]
fn it_is_paged_and_refused_as_the_preview_is() {
    let (world, mut request) = changed(Encoding::Json);
    let whole = world.get("alice", "sync.affected", &request)["items"].clone();
    request["page_size"] = json!(1);
    for page in 1..=3 {
        request["page"] = json!(page);
        let part = world.get("alice", "sync.affected", &request);
        assert_eq!(
            (&part["total"], &part["items"]),
            (&json!(3), &json!([whole[page - 1]]))
        );
    }
    let refused = |actor: &str, field: &str, value: Value| {
        let mut body = request.clone();
        body[field] = value;
        world.refusal(actor, "sync.affected", &body)
    };
    assert_eq!(refused("alice", "learners", json!([])), "nothing_selected");
    assert_eq!(
        refused("alice", "programme", json!(NOBODY)),
        "programme_not_found"
    );
    assert_eq!(refused("sam", "learners", json!("all")), "session_not_open");
    assert_eq!(
        refused("alice", "attributes", json!(["name"])),
        "invalid_request"
    );
}

#[test]
fn m5_what_changed_since_a_confirmed_preview_counts_as_skipped() {
    let (world, mut request) = changed(Encoding::Json);
    let preview = world.get("alice", "sync.preview", &request);
    request["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    let edits = json!([{ "op": "submit_evidence", "component": ESSAY }]);
    world.get(
        "sam",
        "plan.edit",
        &json!({ "learner": ZOE, "edits": edits }),
    );
    let affected = world.get("alice", "sync.affected", &request);
    let zoe = row(ZOE, Some("Zoe"), [1, 0, 1, 0, 0, 1], &json!([]));
    assert_eq!(
        (&affected["digest"], &affected["items"][2]),
        (&preview["digest"], &zoe)
    );
}
