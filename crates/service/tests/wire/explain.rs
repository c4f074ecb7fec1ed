//! `sync.explain`: one component of a preview, learner by learner (M3).

use plansync_protocol::{Encoding, PAGE_BYTES_MAX};
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, attributes_of, college, learner, open,
    recent, rename,
};
use crate::world::{Given, World};

/// Learners who come after the target by id, and by name around it.
const ABE: &str = "00000000-0000-0000-0000-00000000b003";
const BEN_TOO: &str = "00000000-0000-0000-0000-00000000b004";
const ZOE: &str = "00000000-0000-0000-0000-00000000b005";

/// A source that renamed its essay and added an exam; of the others, one finished the essay.
fn changed(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    for (id, name) in [(ABE, "Abe"), (BEN_TOO, "Ben"), (ZOE, "Zoe")] {
        world.get("system", "learner.put", &learner(id, name, "north"));
        let instantiate = json!({ "learner": id, "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &instantiate);
    }
    let finish = json!({ "op": "set_status", "component": ESSAY, "status": "completed" });
    let finish = json!({ "learner": ABE, "edits": [finish] });
    world.get("sam", "plan.edit", &finish);
    let session = open(&world);
    let mut edit = rename(ESSAY, "New");
    edit["edits"][0]["set"]["criteria"] = json!(["K1", "S3"]);
    world.get("alice", "plan.edit", &edit);
    (world, recent(&session))
}

fn asking(request: &Value, component: &str, side: &str) -> Value {
    let mut body = request.clone();
    body["component"] = json!(component);
    body["side"] = json!(side);
    body
}

fn explain(world: &World, request: &Value, side: &str) -> Value {
    world.get("alice", "sync.explain", &asking(request, ESSAY, side))
}

fn skipped(learner: &str, name: Option<&str>, reason: &str) -> Value {
    let programme = name.map(|_| PROGRAMME);
    json!({
        "learner": learner, "name": name, "programme": programme, "action": "synchronise",
        "outcome": "skipped", "reason": reason, "warnings": [], "changes": [],
    })
}

#[test]
fn m3_both_sides_are_listed_by_name_then_id_with_what_would_change() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = changed(encoding);
        let preview = world.get("alice", "sync.preview", &request);
        let changes = json!([
            { "attribute": "name", "before": "Essay", "after": "New" },
            { "attribute": "criteria", "before": ["K1", "K2"], "after": ["K1", "S3"] },
        ]);
        let applied = |learner: &str, name: &str| {
            json!({
                "learner": learner, "name": name, "programme": PROGRAMME,
                "action": "synchronise", "outcome": "applied", "warnings": [],
                "changes": changes,
            })
        };
        let items = [
            applied(TARGET, "Ben"),
            applied(BEN_TOO, "Ben"),
            applied(ZOE, "Zoe"),
        ];
        let synchronised = json!({
            "position": preview["position"], "digest": preview["digest"], "total": 3,
            "items": items,
        });
        assert_eq!(explain(&world, &request, "synchronised"), synchronised);
        let finished = skipped(ABE, Some("Abe"), "edit_finished_not_permitted");
        let not = explain(&world, &request, "not_synchronised");
        assert_eq!(
            (&not["total"], &not["items"]),
            (&json!(1), &json!([finished]))
        );
    }
}

#[test]
fn p8_who_is_not_seen_has_neither_name_nor_programme_and_only_if_asked_for_by_id() {
    let (world, mut request) = changed(Encoding::MessagePack);
    request["learners"] = json!([ABE, HIDDEN, NOBODY, SOURCE]);
    let not = explain(&world, &request, "not_synchronised");
    let items = json!([
        skipped(ABE, Some("Abe"), "edit_finished_not_permitted"),
        skipped(SOURCE, Some("Ann"), "is_source"),
        skipped(HIDDEN, None, "learner_not_available"),
        skipped(NOBODY, None, "learner_not_available"),
    ]);
    assert_eq!((&not["total"], &not["items"]), (&json!(4), &items));
    assert_eq!(explain(&world, &request, "synchronised")["total"], 0);
}

#[test]
fn m3_what_would_be_created_or_deleted_is_shown_as_such() {
    let (world, mut request) = changed(Encoding::Json);
    let edits = json!([
        { "op": "remove", "component": EXAM },
        { "op": "add", "component": NOBODY, "programme": PROGRAMME, "type": "exam",
          "attributes": { "name": "Mock" } },
    ]);
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": edits }),
    );
    request["learners"] = json!([TARGET]);
    let shown = |component: &str| {
        let body = asking(&request, component, "synchronised");
        world.get("alice", "sync.explain", &body)["items"][0].clone()
    };
    let deleted = shown(EXAM);
    assert_eq!(
        (&deleted["action"], &deleted["changes"]),
        (&json!("delete"), &json!([]))
    );
    let created = shown(NOBODY);
    let changes = created["changes"].as_array().unwrap();
    assert_eq!(created["action"], "create");
    let names = changes.iter().map(|one| one["attribute"].as_str().unwrap());
    assert!(
        names.eq(attributes_of("exam")),
        "every attribute of its type"
    );
    let name = json!({ "attribute": "name", "before": null, "after": "Mock" });
    assert_eq!(changes[0], name);
}

#[test]
fn what_is_shown_is_what_the_run_then_does() {
    let (world, request) = changed(Encoding::Json);
    let mut shown = Vec::new();
    for side in ["synchronised", "not_synchronised"] {
        let items = explain(&world, &request, side)["items"].clone();
        shown.extend(items.as_array().unwrap().clone());
    }
    shown.sort_by_key(|item| item["learner"].to_string());
    let sync = world.get("alice", "sync.start", &request)["sync"].clone();
    world.work();
    let outcomes = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
    let brief = |item: &Value| {
        ["learner", "action", "outcome", "reason", "warnings"].map(|field| item[field].clone())
    };
    let items = outcomes["items"].as_array().unwrap().iter();
    assert_eq!(
        shown.iter().map(brief).collect::<Vec<_>>(),
        items.map(brief).collect::<Vec<_>>()
    );
    let plan = world.get("alice", "plan.get", &json!({ "learner": ZOE }));
    let attributes = &plan["components"][0]["attributes"];
    let changes = shown.iter().find(|item| item["learner"] == ZOE).unwrap()["changes"].clone();
    for change in changes.as_array().unwrap() {
        assert_eq!(
            attributes[change["attribute"].as_str().unwrap()],
            change["after"]
        );
    }
}

#[test]
fn m5_what_changed_since_a_confirmed_preview_is_explained_so() {
    let (world, mut request) = changed(Encoding::Json);
    let preview = world.get("alice", "sync.preview", &request);
    request["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    let evidence = json!({ "op": "submit_evidence", "component": ESSAY });
    let edit = json!({ "learner": ZOE, "edits": [evidence] });
    world.get("sam", "plan.edit", &edit);
    let not = explain(&world, &request, "not_synchronised");
    let items = json!([
        skipped(ABE, Some("Abe"), "edit_finished_not_permitted"),
        skipped(ZOE, Some("Zoe"), "changed_since_preview"),
    ]);
    assert_eq!(
        (&not["digest"], &not["items"]),
        (&preview["digest"], &items)
    );
    world.get("alice", "plan.edit", &rename(ESSAY, "Newer"));
    let body = asking(&request, ESSAY, "synchronised");
    assert_eq!(
        world.refusal("alice", "sync.explain", &body),
        "source_changed"
    );
}

#[test]
fn it_is_refused_as_the_preview_is_and_then_for_a_component_not_selected() {
    let (world, request) = changed(Encoding::Json);
    let refused = |actor: &str, field: &str, value: Value| {
        let mut body = asking(&request, NOBODY, "synchronised");
        body[field] = value;
        world.refusal(actor, "sync.explain", &body)
    };
    assert_eq!(
        refused("alice", "component", json!(EXAM)),
        "component_not_found"
    );
    assert_eq!(
        refused("alice", "component", json!(NOBODY)),
        "component_not_found"
    );
    assert_eq!(refused("alice", "learners", json!([])), "nothing_selected");
    assert_eq!(
        refused("alice", "programme", json!(NOBODY)),
        "programme_not_found"
    );
    assert_eq!(refused("sam", "learners", json!([])), "session_not_open");
    let unknown = |body: &Value| world.ask("alice", "sync.explain", body).unwrap_err();
    let mut body = asking(&request, ESSAY, "left");
    assert_eq!(unknown(&body)["details"], json!({ "path": "side" }));
    body["side"] = json!("synchronised");
    body["sync"] = json!(NOBODY);
    assert_eq!(unknown(&body)["details"], json!({ "path": "sync" }));
    let named = json!({ "attributes": ["name"] });
    let mut body = asking(&request, ESSAY, "synchronised");
    body["attributes"] = named["attributes"].clone();
    assert_eq!(unknown(&body)["details"], json!({ "path": "attributes" }));
}

#[test]
fn it_is_cut_into_pages_and_large_ones_name_the_size_that_fits() {
    let (world, mut request) = changed(Encoding::Json);
    let whole = explain(&world, &request, "synchronised")["items"].clone();
    for page in 1..=3 {
        let mut body = asking(&request, ESSAY, "synchronised");
        body["page"] = json!(page);
        body["page_size"] = json!(1);
        let part = world.get("alice", "sync.explain", &body);
        assert_eq!(part["total"], 3);
        assert_eq!(part["items"], json!([whole[page - 1]]));
    }
    let documents: Vec<_> = (0..200)
        .map(|number| format!("{number:03}-{}", "d".repeat(190)))
        .collect();
    let set = json!({ "op": "change", "component": ESSAY, "set": { "documents": documents } });
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": [set] }),
    );
    for number in 0..30_u32 {
        let id = format!("00000000-0000-0000-0000-0000000010{number:02}");
        world.get("system", "learner.put", &learner(&id, "More", "north"));
        let instantiate = json!({ "learner": id, "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &instantiate);
    }
    request["components"] = json!([ESSAY]);
    let body = asking(&request, ESSAY, "synchronised");
    let refused = world.ask("alice", "sync.explain", &body).unwrap_err();
    assert_eq!(refused["code"], "page_too_large");
    let mut body = body;
    body["page_size"] = refused["details"]["page_size"].clone();
    let page = world.send(
        "alice",
        "sync.explain",
        Given(&[]),
        body.to_string().as_bytes(),
    );
    assert_eq!(
        (page.error, page.body.len() <= PAGE_BYTES_MAX),
        (None, true)
    );
}
