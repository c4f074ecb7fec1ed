//! The warnings of a preview: which codes, in which order, with which counts (M4).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, EXAM, PROGRAMME, SOURCE, TARGET, college, learner, open};
use crate::world::World;

const EXERCISE: &str = "00000000-0000-0000-0000-00000000e000";
/// Another learner, whose essay is finished.
const DAN: &str = "00000000-0000-0000-0000-00000000b003";

fn edit(world: &World, learner: &str, edits: &Value) {
    let body = json!({ "learner": learner, "edits": edits });
    world.get("sam", "plan.edit", &body);
}

/// Plans that have exercises and evidence, where the template has no exercise.
fn submitted(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    world.get("system", "learner.put", &learner(DAN, "Dan", "north"));
    let instantiate = json!({ "learner": DAN, "programme": PROGRAMME });
    world.get("system", "plan.instantiate", &instantiate);
    let exercise = |component: &str| {
        json!({ "op": "change", "component": component,
                "set": { "marking_aid_exercise": EXERCISE } })
    };
    let evidence = |component: &str| json!({ "op": "submit_evidence", "component": component });
    let both = [
        exercise(ESSAY),
        exercise(EXAM),
        evidence(ESSAY),
        evidence(EXAM),
    ];
    edit(&world, TARGET, &json!(both));
    let finish = json!({ "op": "set_status", "component": ESSAY, "status": "completed" });
    edit(
        &world,
        DAN,
        &json!([exercise(ESSAY), exercise(EXAM), evidence(ESSAY), finish]),
    );
    edit(&world, SOURCE, &json!([exercise(ESSAY)]));
    let request = json!({
        "session": open(&world), "programme": PROGRAMME, "components": "all", "learners": "all",
        "type": "selected_attributes", "attributes": ["marking_aid_exercise"],
    });
    (world, request)
}

fn brief(preview: &Value) -> Vec<Value> {
    let warnings = preview["warnings"].as_array().unwrap().iter();
    warnings
        .map(|warning| json!([warning["code"], warning["learners"], warning["components"]]))
        .collect()
}

#[test]
fn m4_the_warnings_of_the_whole_have_a_fixed_order_and_their_counts() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = submitted(encoding);
        let preview = world.get("alice", "sync.preview", &request);
        // Dan's finished essay is left alone; its evidence stays within reach.
        let expected = [
            json!(["some_not_synchronised", 1, 1]),
            json!(["marking_aid_evidence", 1, 2]),
            json!(["source_will_be_updated", 1, 1]),
        ];
        assert_eq!(brief(&preview), expected);
        let first = &preview["warnings"][0]["message"];
        assert_eq!(
            first,
            "Component(s) for some Learners will not be synchronised"
        );
    }
}

#[test]
fn m4_only_what_holds_is_warned_of() {
    let (world, mut request) = submitted(Encoding::Json);
    request["attributes"] = json!(["instructions"]);
    request["learners"] = json!([TARGET]);
    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(brief(&preview), Vec::<Value>::new());
    request["type"] = json!("all_attributes");
    request["attributes"] = json!([]);
    request["components"] = json!([EXAM]);
    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(brief(&preview), [json!(["marking_aid_evidence", 1, 1])]);
}

#[test]
fn m4_a_row_shows_which_learners_lose_what_they_submitted() {
    let (world, mut request) = submitted(Encoding::MessagePack);
    request["component"] = json!(ESSAY);
    request["side"] = json!("synchronised");
    let shown = world.get("alice", "sync.explain", &request);
    let items = json!([{
        "learner": SOURCE, "name": "Ann", "programme": PROGRAMME, "action": "synchronise",
        "outcome": "applied", "warnings": [], "source": true,
        "changes": [
            { "attribute": "marking_aid_exercise", "before": EXERCISE, "after": null },
        ],
    }, {
        "learner": TARGET, "name": "Ben", "programme": PROGRAMME, "action": "synchronise",
        "outcome": "applied", "warnings": [{ "code": "marking_aid_evidence" }],
        "changes": [
            { "attribute": "marking_aid_exercise", "before": EXERCISE, "after": null },
        ],
    }]);
    assert_eq!((&shown["total"], &shown["items"]), (&json!(2), &items));
}

#[test]
fn m4_a_source_that_is_finished_is_not_warned_of_and_its_row_says_why() {
    let (world, mut request) = submitted(Encoding::Json);
    let finish = json!({ "op": "set_status", "component": ESSAY, "status": "completed" });
    edit(&world, SOURCE, &json!([finish]));
    request["components"] = json!([ESSAY]);
    request["learners"] = json!([TARGET]);

    let preview = world.get("alice", "sync.preview", &request);
    assert_eq!(brief(&preview), [json!(["marking_aid_evidence", 1, 1])]);
    let withheld = json!({ "outcome": "skipped", "reason": "edit_finished_not_permitted" });
    assert_eq!(preview["rows"][0]["source"], withheld);

    request["component"] = json!(ESSAY);
    request["side"] = json!("not_synchronised");
    let shown = world.get("alice", "sync.explain", &request);
    assert_eq!(shown["items"][0]["learner"], SOURCE);
    assert_eq!(shown["items"][0]["source"], true);
    assert_eq!(shown["items"][0]["reason"], "edit_finished_not_permitted");
}

#[test]
fn v5_a_deletion_warns_of_evidence_and_of_a_finished_component() {
    let world = college(Encoding::MessagePack);
    let session = open(&world);
    let evidence = json!({ "op": "submit_evidence", "component": ESSAY });
    let finish = json!({ "op": "set_status", "component": ESSAY, "status": "completed" });
    edit(&world, TARGET, &json!([evidence, evidence, finish]));
    let remove = json!([{ "op": "remove", "component": ESSAY }]);
    let body = json!({ "learner": SOURCE, "edits": remove });
    world.get("sam", "plan.get", &json!({ "learner": SOURCE }));
    world.get("alice", "plan.edit", &body);
    let supervisor = crate::college::administrator("alice", &["supervisor"], &json!(["north"]));
    world.get("system", "administrator.put", &supervisor);
    let request = crate::college::recent(&session);

    let preview = world.get("alice", "sync.preview", &request);
    let expected = [
        json!(["evidence_deleted", 1, 1]),
        json!(["finished_deleted", 1, 1]),
    ];
    assert_eq!(brief(&preview), expected);
    let sync = world.get("alice", "sync.start", &request)["sync"].clone();
    world.work();
    let outcomes = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
    let warnings = json!([
        { "code": "evidence_deleted", "evidence": 2 }, { "code": "finished_deleted" },
    ]);
    assert_eq!(outcomes["items"][0]["warnings"], warnings);
}

#[test]
fn p4_planned_for_qa_alone_is_replayed_and_says_why_not_the_rest() {
    let world = college(Encoding::Json);
    let session = open(&world);
    let set = json!({ "planned_for_qa": true, "name": "New" });
    let change = json!({ "op": "change", "component": ESSAY, "set": set });
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": [change] }),
    );
    let verifier =
        crate::college::administrator("alice", &["internal_verifier"], &json!(["north"]));
    world.get("system", "administrator.put", &verifier);
    let sync = world.get("alice", "sync.start", &crate::college::recent(&session));
    world.work();

    let of = json!({ "sync": sync["sync"] });
    let outcomes = world.get("alice", "sync.outcomes", &of);
    let warning = json!([{ "code": "rest_not_permitted", "reason": "edit_not_permitted" }]);
    assert_eq!(outcomes["items"][0]["outcome"], "applied");
    assert_eq!(outcomes["items"][0]["warnings"], warning);
    let plan = world.get("alice", "plan.get", &json!({ "learner": TARGET }));
    let attributes = &plan["components"][0]["attributes"];
    assert_eq!(
        (&attributes["name"], &attributes["planned_for_qa"]),
        (&json!("Essay"), &json!(true))
    );
}
