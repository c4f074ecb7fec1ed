//! `audit.plan`, `audit.diff`, `audit.blame` and `audit.changes`: the past of plans, and who made it.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, open,
};
use crate::world::World;

const REASON: &str = "The employer asked for another week";

pub(crate) fn edit(world: &World, actor: &str, learner: &str, edits: &Value) -> Value {
    let body = json!({ "learner": learner, "edits": edits });
    world.get(actor, "plan.edit", &body)
}

fn move_to(date: &str, reason: &str) -> Value {
    json!([{ "op": "change", "component": ESSAY, "set": { "due_date": date }, "reason": reason }])
}

/// A sync of the essay from a record that is open.
fn sync(world: &World, by: &str, session: &Value, learners: &Value) -> Value {
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [ESSAY], "learners": learners,
        "type": "all_attributes",
    });
    let sync = world.get(by, "sync.start", &request)["sync"].clone();
    world.work();
    sync
}

/// The source's essay is moved with a reason, the target's by hand, and a sync overwrites the target's.
pub(crate) fn overwritten(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    let session = open(&world);
    edit(&world, "alice", SOURCE, &move_to("2026-12-24", REASON));
    edit(
        &world,
        "sam",
        TARGET,
        &move_to("2026-12-01", "Too late otherwise"),
    );
    let sync = sync(&world, "alice", &session, &json!([TARGET]));
    (world, sync)
}

fn blame(world: &World, actor: &str, body: &Value) -> Vec<Value> {
    world.get(actor, "audit.blame", body)["items"]
        .as_array()
        .unwrap()
        .clone()
}

fn due_date(learner: &str) -> Value {
    json!({ "learner": learner, "component": ESSAY, "attribute": "due_date" })
}

#[test]
fn blame_goes_through_a_sync_back_to_the_edit_and_its_reason() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, sync) = overwritten(encoding);
        let items = blame(&world, "sam", &due_date(TARGET));
        let [item] = items.as_slice() else {
            panic!("{items:?}")
        };
        assert_eq!(
            (&item["value"], &item["before"]),
            (&json!("2026-12-24"), &json!("2026-12-01"))
        );
        let origins = item["origins"].as_array().unwrap();
        let [synced, source] = origins.as_slice() else {
            panic!("{origins:?}")
        };
        assert_eq!(
            (&synced["kind"], &synced["learner"]),
            (&json!("sync"), &json!(TARGET))
        );
        assert_eq!(
            (&synced["version"], &synced["by"]),
            (&json!(3), &json!("alice"))
        );
        assert_eq!(synced["sync"]["sync"], sync);
        assert_eq!(synced["sync"]["requested_by"], "alice");
        assert_eq!(synced["sync"]["source"], SOURCE);
        assert_eq!(synced["sync"]["source_version"], 2);
        assert_eq!(
            (&source["kind"], &source["learner"]),
            (&json!("edit"), &json!(SOURCE))
        );
        assert_eq!(
            (&source["version"], &source["reason"]),
            (&json!(2), &json!(REASON))
        );
        // Before the sync, it was whoever had moved it by hand.
        let mut earlier = due_date(TARGET);
        earlier["at"] = json!({ "version": 2 });
        let items = blame(&world, "sam", &earlier);
        assert_eq!(items[0]["origins"][0]["by"], "sam");
        assert_eq!(items[0]["origins"][0]["reason"], "Too late otherwise");
        assert_eq!(items[0]["before"], json!(null));
    }
}

#[test]
fn p12_blame_follows_syncs_of_syncs_and_stops_where_a_source_is_not_seen() {
    let (world, _) = overwritten(Encoding::Json);
    let session = world.get("sam", "record.open", &json!({ "learner": TARGET }))["session"].clone();
    sync(&world, "sam", &session, &json!([HIDDEN]));
    let items = blame(&world, "sam", &due_date(HIDDEN));
    let learners = |items: &[Value]| -> Vec<Value> {
        let origins = items[0]["origins"].as_array().unwrap();
        origins
            .iter()
            .map(|origin| origin["learner"].clone())
            .collect()
    };
    assert_eq!(learners(&items), [HIDDEN, TARGET, SOURCE]);
    assert_eq!(items[0]["origins"][2]["reason"], REASON);
    // A reader who does not see the target learns only that there was a sync.
    let body = administrator("quinn", &["compliance_qa"], &json!(["south"]));
    world.get("system", "administrator.put", &body);
    let items = blame(&world, "quinn", &due_date(HIDDEN));
    assert_eq!(learners(&items), [HIDDEN]);
    let told = items[0].to_string();
    assert!(
        ![TARGET, SOURCE, REASON]
            .iter()
            .any(|hidden| told.contains(hidden)),
        "{told}"
    );
    let fields: Vec<_> = items[0]["origins"][0]["sync"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(fields, ["accepted_at", "requested_by", "sync"]);
}

#[test]
fn blame_names_the_template_that_a_value_came_from_and_who_put_it() {
    let world = college(Encoding::Json);
    let template = json!({ "programme": PROGRAMME, "components": [
        { "component": ESSAY, "type": "assignment", "attributes": { "name": "Longer essay" } },
    ] });
    world.get("system", "template.put", &template);
    let session = open(&world);
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [ESSAY], "learners": [TARGET],
        "type": "selected_attributes", "attributes": ["name"],
    });
    world.get("alice", "sync.start", &request);
    world.work();
    let name = json!({ "learner": TARGET, "component": ESSAY, "attribute": "name" });
    let item = &blame(&world, "sam", &name)[0];
    assert_eq!(
        (&item["value"], &item["before"]),
        (&json!("Longer essay"), &json!("Essay"))
    );
    assert_eq!(item["origins"].as_array().unwrap().len(), 1);
    assert_eq!(item["origins"][0]["kind"], "sync");
    let from = &item["origins"][0]["template"];
    assert_eq!(
        (&from["version"], &from["put"]["version"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(from["put"]["by"], "system");
    // What nobody touched is of the version that the plan was made from.
    let exam = json!({ "learner": TARGET, "component": EXAM });
    for item in blame(&world, "sam", &exam) {
        let origin = &item["origins"][0];
        assert_eq!(
            (&origin["kind"], &origin["version"]),
            (&json!("template"), &json!(1))
        );
        assert_eq!(origin["template"]["put"]["version"], 1, "{item}");
    }
}

#[test]
fn a_component_that_was_removed_is_blamed_on_who_removed_it() {
    let world = college(Encoding::Json);
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": ESSAY }]),
    );
    let items = blame(
        &world,
        "sam",
        &json!({ "learner": TARGET, "component": ESSAY }),
    );
    let [item] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(
        (&item["attribute"], &item["name"]),
        (&json!("component"), &json!("Essay"))
    );
    assert_eq!(
        (&item["value"], &item["before"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(item["origins"][0]["by"], "sam");
    assert_eq!(blame(&world, "sam", &due_date(TARGET)), items);
    let never = json!({ "learner": TARGET, "component": NOBODY });
    assert_eq!(
        world.refusal("sam", "audit.blame", &never),
        "component_not_found"
    );
}

#[test]
fn p12_the_audit_is_for_those_of_p1_and_shows_whom_they_see() {
    let (world, sync) = overwritten(Encoding::Json);
    let body = administrator("quinn", &["compliance_qa"], &json!(["south"]));
    world.get("system", "administrator.put", &body);
    let period = json!({ "from_time": "2000-01-01T00:00:00Z", "to_time": "9000-01-01T00:00:00Z" });
    let mut of_target = period.clone();
    of_target["learner"] = json!(TARGET);
    for (operation, body) in [
        ("audit.plan", json!({ "learner": TARGET })),
        (
            "audit.diff",
            json!({ "learner": TARGET, "from": { "version": 1 } }),
        ),
        ("audit.blame", json!({ "learner": TARGET })),
        ("audit.changes", of_target),
    ] {
        assert_eq!(
            world.refusal("alice", operation, &body),
            "not_permitted",
            "{operation}"
        );
        assert_eq!(
            world.refusal("quinn", operation, &body),
            "learner_not_available",
            "{operation}"
        );
        world.get("system", operation, &body);
    }
    let why = json!({ "sync": sync, "learner": TARGET });
    assert_eq!(world.refusal("alice", "audit.why", &why), "not_permitted");
    assert_eq!(world.refusal("quinn", "audit.why", &why), "sync_not_found");
    let seen = world.get("quinn", "audit.changes", &period);
    let learners = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["learner"].clone());
    assert_eq!(learners.collect::<Vec<_>>(), [HIDDEN, HIDDEN]);
}

#[test]
fn a_diff_tells_each_difference_with_its_origin_and_back_again() {
    let (world, sync) = overwritten(Encoding::Json);
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": EXAM }]),
    );
    let forth = json!({ "learner": TARGET, "from": { "version": 1 } });
    let diff = world.get("sam", "audit.diff", &forth);
    assert_eq!(
        (&diff["from"]["version"], &diff["to"]["version"]),
        (&json!(1), &json!(4))
    );
    let items = diff["items"].as_array().unwrap();
    let [essay, exam] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(
        (&essay["change"], &exam["change"]),
        (&json!("updated"), &json!("deleted"))
    );
    let moved = &essay["attributes"][0];
    assert_eq!(
        (&moved["before"], &moved["after"]),
        (&json!(null), &json!("2026-12-24"))
    );
    assert_eq!(moved["origins"][0]["sync"]["sync"], sync);
    assert_eq!(moved["origins"][1]["reason"], REASON);
    assert_eq!(exam["origins"][0]["by"], "sam");
    let back = json!({ "learner": TARGET, "from": { "version": 4 }, "to": { "version": 1 } });
    let diff = world.get("sam", "audit.diff", &back);
    let [essay, exam] = diff["items"].as_array().unwrap().as_slice() else {
        panic!("{diff}")
    };
    assert_eq!(
        (
            &essay["attributes"][0]["before"],
            &essay["attributes"][0]["after"]
        ),
        (&json!("2026-12-24"), &json!(null))
    );
    assert_eq!(
        (&exam["change"], &exam["place"]),
        (&json!("created"), &json!(1))
    );
    let same = json!({ "learner": TARGET, "from": { "version": 3 }, "to": { "version": 3 } });
    assert_eq!(world.get("sam", "audit.diff", &same)["items"], json!([]));
}

/// What a period has, in parts of `limit`.
fn changes(world: &World, period: &Value, limit: u32) -> Vec<Value> {
    let (mut body, mut items) = (period.clone(), Vec::new());
    body["limit"] = json!(limit);
    loop {
        let page = world.get("sam", "audit.changes", &body);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["next"].is_null() {
            return items;
        }
        body["after"] = page["next"].clone();
    }
}

#[test]
fn a_period_has_what_was_recorded_in_it_with_the_reasons_of_the_sources() {
    let world = college(Encoding::Json);
    let time = |world: &World| {
        let plan = world.get(
            "sam",
            "plan.history",
            &json!({ "learner": TARGET, "page_size": 500 }),
        );
        plan["items"].as_array().unwrap().last().unwrap()["at"].clone()
    };
    let session = open(&world);
    edit(&world, "alice", SOURCE, &move_to("2026-12-24", REASON));
    edit(
        &world,
        "sam",
        TARGET,
        &move_to("2026-12-01", "Too late otherwise"),
    );
    let from = time(&world);
    let done = json!([{ "op": "set_status", "component": EXAM, "status": "completed" }]);
    edit(&world, "sam", TARGET, &done);
    let sync = sync(&world, "alice", &session, &json!([TARGET]));
    let rename = json!([{ "op": "change", "component": EXAM, "set": { "name": "Test" } }]);
    edit(&world, "sam", TARGET, &rename);
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": ESSAY }]),
    );
    let to = time(&world);
    edit(
        &world,
        "sam",
        TARGET,
        &json!([{ "op": "remove", "component": EXAM }]),
    );

    let period = json!({ "from_time": from, "to_time": to });
    let items = changes(&world, &period, 500);
    let shown = |field: &str| {
        items
            .iter()
            .map(|item| item[field].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown("change"),
        ["due_date_moved", "due_date_moved", "updated"]
    );
    assert_eq!(shown("learner"), [TARGET, TARGET, TARGET]);
    assert_eq!(shown("sync"), [json!(null), sync, json!(null)]);
    assert_eq!(
        shown("reason"),
        [json!("Too late otherwise"), json!(REASON), json!(null)]
    );
    assert_eq!(shown("due_date_after")[..2], ["2026-12-01", "2026-12-24"]);
    assert_eq!(items[1]["due_date_before"], "2026-12-01");
    assert_eq!(items[1]["reason_from"]["learner"], SOURCE);
    assert_eq!(items[0].get("reason_from"), None);
    assert_eq!(items[2]["attributes"], json!(["name"]));
    assert_eq!(changes(&world, &period, 1), items);
    let mut of_exam = period.clone();
    of_exam["component"] = json!(EXAM);
    assert_eq!(changes(&world, &of_exam, 1), items[2..]);
    let mut elsewhere = period;
    elsewhere["programme"] = json!(NOBODY);
    assert_eq!(changes(&world, &elsewhere, 1), [] as [Value; 0]);
}
