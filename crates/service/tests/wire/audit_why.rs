//! `audit.why`: for every reason of T8, what was recorded, on which position it was judged, and which permission
//! was missing, whatever has changed since; and who was left out.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner,
};
use crate::world::World;

const EDITS: [&str; 3] = [
    "advanced_delivery_add",
    "advanced_delivery_edit",
    "advanced_delivery_delete",
];

/// A sync by Alice that is done, and what its target is asked about.
struct Case {
    world: World,
    sync: Value,
    /// The position of the state that the target was judged on.
    judged_at: u64,
}

fn edit(world: &World, actor: &str, learner: &str, edits: &Value) {
    let body = json!({ "learner": learner, "edits": edits });
    world.get(actor, "plan.edit", &body);
}

fn put_alice(world: &World, permissions: &[&str], groups: &Value) {
    let record = administrator("alice", permissions, groups);
    world.get("system", "administrator.put", &record);
}

/// The college, with Alice's record of the source open.
fn opened() -> (World, Value) {
    let world = college(Encoding::Json);
    let session =
        world.get("alice", "record.open", &json!({ "learner": SOURCE }))["session"].clone();
    (world, session)
}

fn request(session: &Value, sync_type: &str) -> Value {
    json!({
        "session": session, "programme": PROGRAMME, "components": [ESSAY], "learners": [TARGET],
        "type": sync_type,
    })
}

fn run(world: World, request: &Value) -> Case {
    let started = world.get("alice", "sync.start", request);
    finish(world, &started)
}

fn finish(world: World, started: &Value) -> Case {
    let judged_at = world.position();
    world.work();
    Case {
        world,
        sync: started["sync"].clone(),
        judged_at,
    }
}

impl Case {
    fn why(&self, learner: &str) -> Value {
        let body = json!({ "sync": self.sync, "learner": learner });
        self.world.get("sam", "audit.why", &body)
    }

    /// Everybody gets every permission, every group and other enrolments.
    fn change_everything(&self) {
        put_alice(&self.world, &["supervisor"], &json!("all"));
        let mut record = learner(TARGET, "Ben", "south");
        record["enrolments"] = json!([]);
        self.world.get("system", "learner.put", &record);
        let settings = json!({ "marking_aid": false, "owner_rule": "follow_case_owner" });
        self.world.get("system", "tenant.put", &settings);
    }

    /// Asserts the decision about the essay, also after everything has changed.
    #[track_caller]
    fn assert_decided(&self, reason: &str, missing: &[&str]) {
        let before = self.why(TARGET);
        let item = &before["items"][0];
        assert_eq!(before["reached"], "judged", "{before}");
        assert_eq!(
            (&item["component"], &item["reason"]),
            (&json!(ESSAY), &json!(reason))
        );
        assert_eq!(item["missing_permissions"], json!(missing));
        assert_eq!(before["judged_at"], json!(self.judged_at), "{reason}");
        let outcomes = self
            .world
            .get("sam", "sync.outcomes", &json!({ "sync": self.sync }));
        assert_eq!(outcomes["items"][0]["reason"], item["reason"]);
        let sentence = item["sentence"].as_str().unwrap();
        assert!(
            missing
                .iter()
                .all(|permission| sentence.contains(permission)),
            "{sentence}"
        );
        let on = &before["judged_on"];
        let plan = json!({ "learner": TARGET, "at": { "position": self.judged_at } });
        let plan = self.world.get("sam", "audit.plan", &plan);
        assert_eq!(on["plan_version"], plan["point"]["version"]);
        assert_eq!(on["marking_aid"], true);
        self.change_everything();
        assert_eq!(self.why(TARGET), before, "{reason}");
    }
}

fn rename() -> Value {
    json!([{ "op": "change", "component": ESSAY, "set": { "name": "Report" } }])
}

fn finished() -> Value {
    json!([{ "op": "set_status", "component": ESSAY, "status": "completed" }])
}

fn remove() -> Value {
    json!([{ "op": "remove", "component": ESSAY }])
}

#[test]
fn t8_a_learner_who_does_not_qualify() {
    let (world, session) = opened();
    let mut record = learner(TARGET, "Ben", "south");
    world.get("system", "learner.put", &record);
    let case = run(world, &request(&session, "all_attributes"));
    case.assert_decided("learner_not_available", &[]);

    let (world, session) = opened();
    record["groups"] = json!(["north"]);
    record["enrolments"] = json!([]);
    world.get("system", "learner.put", &record);
    let case = run(world, &request(&session, "all_attributes"));
    case.assert_decided("not_on_programme", &[]);

    let (world, session) = opened();
    record["enrolments"] = json!([{ "programme": PROGRAMME, "status": "archived" }]);
    world.get("system", "learner.put", &record);
    let case = run(world, &request(&session, "all_attributes"));
    assert_eq!(
        case.why(TARGET)["judged_on"]["enrolments"],
        record["enrolments"]
    );
    case.assert_decided("programme_status_excluded", &[]);

    let (world, session) = opened();
    let mut own = request(&session, "all_attributes");
    own["learners"] = json!([SOURCE]);
    let case = run(world, &own);
    let why = case.why(SOURCE);
    assert_eq!(why["items"][0]["reason"], "is_source");
    assert_eq!(why["judged_at"], json!(case.judged_at));
}

#[test]
fn t8_a_target_that_changed_since_the_preview() {
    let (world, session) = opened();
    let mut confirmed = request(&session, "all_attributes");
    let preview = world.get("alice", "sync.preview", &confirmed);
    confirmed["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    edit(&world, "sam", TARGET, &rename());
    run(world, &confirmed).assert_decided("changed_since_preview", &[]);
}

#[test]
fn t8_nothing_to_replay() {
    let (world, session) = opened();
    let exam = json!([{ "op": "change", "component": EXAM, "set": { "name": "Test" } }]);
    edit(&world, "alice", SOURCE, &exam);
    run(world, &request(&session, "changes_only")).assert_decided("no_recent_change", &[]);

    let (world, session) = opened();
    let gone = json!({ "programme": PROGRAMME, "components": [ESSAY] });
    world.get("system", "template.remove", &gone);
    let mut selected = request(&session, "selected_attributes");
    selected["attributes"] = json!(["name"]);
    run(world, &selected).assert_decided("no_template", &[]);
}

#[test]
fn t8_a_component_that_the_target_has_not_or_has_otherwise() {
    let (world, session) = opened();
    edit(&world, "sam", TARGET, &remove());
    edit(&world, "alice", SOURCE, &rename());
    run(world, &request(&session, "changes_only")).assert_decided("missing_on_target", &[]);

    let (world, session) = opened();
    edit(&world, "sam", TARGET, &remove());
    edit(&world, "alice", SOURCE, &remove());
    run(world, &request(&session, "changes_only")).assert_decided("already_absent", &[]);

    let (world, session) = opened();
    let other = json!([remove()[0], {
        "op": "add", "component": ESSAY, "programme": PROGRAMME, "type": "exam",
        "attributes": { "name": "Essay" },
    }]);
    edit(&world, "sam", TARGET, &other);
    run(world, &request(&session, "all_attributes")).assert_decided("type_mismatch", &[]);

    let (world, session) = opened();
    let mut conditions = request(&session, "all_attributes");
    conditions["statuses"] = json!(["submitted"]);
    run(world, &conditions).assert_decided("status_not_selected", &[]);
}

#[test]
fn t8_a_permission_that_is_missing() {
    let without = |permission: &str| -> Vec<&str> {
        EDITS
            .into_iter()
            .filter(|held| *held != permission)
            .collect()
    };
    let start = |permissions: &[&str], source: &Value, target: &[Value], sync_type: &str| {
        let (world, session) = opened();
        edit(&world, "alice", SOURCE, source);
        for edits in target {
            edit(&world, "sam", TARGET, edits);
        }
        put_alice(&world, permissions, &json!(["north"]));
        run(world, &request(&session, sync_type))
    };
    let add = "advanced_delivery_add";
    start(&without(add), &rename(), &[remove()], "all_attributes")
        .assert_decided("add_not_permitted", &[add]);
    let change = "advanced_delivery_edit";
    start(&without(change), &rename(), &[], "all_attributes")
        .assert_decided("edit_not_permitted", &[change]);
    let finishing = "edit_delete_finished";
    start(&EDITS, &rename(), &[finished()], "all_attributes")
        .assert_decided("edit_finished_not_permitted", &[finishing]);
    start(&without(change), &rename(), &[finished()], "all_attributes")
        .assert_decided("edit_finished_not_permitted", &[change, finishing]);
    let delete = "advanced_delivery_delete";
    start(&without(delete), &remove(), &[], "changes_only")
        .assert_decided("delete_not_permitted", &[delete]);
    start(&EDITS, &remove(), &[finished()], "changes_only")
        .assert_decided("delete_finished_not_permitted", &[finishing]);
}

#[test]
fn p4_what_was_withheld_names_the_missing_permission() {
    let (world, session) = opened();
    let both = json!([{
        "op": "change", "component": ESSAY, "set": { "name": "Report", "planned_for_qa": true },
    }]);
    edit(&world, "alice", SOURCE, &both);
    put_alice(&world, &["internal_verifier"], &json!(["north"]));
    let case = run(world, &request(&session, "changes_only"));
    let why = case.why(TARGET);
    assert_eq!(why["items"][0]["outcome"], "applied");
    assert_eq!(
        why["items"][0]["missing_permissions"],
        json!(["advanced_delivery_edit"])
    );
    assert_eq!(
        why["judged_on"]["permissions"],
        json!(["internal_verifier"])
    );
}

#[test]
fn t8_a_result_past_a_limit() {
    let (world, session) = opened();
    let codes = |from: usize, count: usize| -> Vec<String> {
        (from..from + count)
            .map(|number| format!("K{number}"))
            .collect()
    };
    let criteria = |codes: Vec<String>| json!([{ "op": "change", "component": ESSAY, "set": { "criteria": codes } }]);
    edit(&world, "alice", SOURCE, &criteria(codes(1, 300)));
    edit(&world, "sam", TARGET, &criteria(codes(1_000, 400)));
    run(world, &request(&session, "changes_only")).assert_decided("limit_exceeded", &[]);
}

#[test]
fn t8_a_sync_that_was_cancelled_before() {
    let (world, session) = opened();
    edit(&world, "alice", SOURCE, &rename());
    let started = world.get("alice", "sync.start", &request(&session, "changes_only"));
    let waiting = json!({ "sync": started["sync"], "learner": TARGET });
    let why = world.get("sam", "audit.why", &waiting);
    assert_eq!(
        (&why["reached"], &why["listed"]),
        (&json!("waiting"), &json!(true))
    );
    assert_eq!(why["items"], json!([]));
    let judged_at = world.position();
    world.get("alice", "sync.cancel", &json!({ "sync": started["sync"] }));
    let why = world.get("sam", "audit.why", &waiting);
    assert_eq!(
        (&why["reached"], &why["judged_at"]),
        (&json!("cancelled"), &json!(judged_at))
    );
    assert_eq!(why["position"], json!(judged_at + 1));
    assert_eq!(why["items"][0]["reason"], "cancelled");
}

#[test]
fn an_unchanged_and_a_changed_component_are_told_with_the_state_that_they_were_judged_on() {
    let (world, session) = opened();
    edit(&world, "alice", SOURCE, &rename());
    let mut both = request(&session, "all_attributes");
    both["components"] = json!([ESSAY, EXAM]);
    let case = run(world, &both);
    let why = case.why(TARGET);
    let outcomes: Vec<_> = why["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["outcome"])
        .collect();
    assert_eq!(outcomes, ["applied", "unchanged"]);
    assert_eq!(why["judged_on"]["permissions"], json!(EDITS));
    assert_eq!(why["judged_on"]["groups_viewed"], json!(["north"]));
    assert_eq!(why["judged_on"]["groups"], json!(["north"]));
    assert_eq!(why["judged_on"]["case_owner"], "sam");
    let one = json!({ "sync": case.sync, "learner": TARGET, "limit": 1 });
    let first = case.world.get("sam", "audit.why", &one);
    assert_eq!(first["next"], ESSAY);
    let mut second = one.clone();
    second["after"] = first["next"].clone();
    let second = case.world.get("sam", "audit.why", &second);
    assert_eq!(
        (&second["items"][0], &second["next"]),
        (&why["items"][1], &json!(null))
    );
    let exam = json!({ "sync": case.sync, "learner": TARGET, "component": EXAM });
    assert_eq!(
        case.world.get("sam", "audit.why", &exam)["items"],
        json!([why["items"][1]])
    );
    let other = json!({ "sync": case.sync, "learner": TARGET, "component": NOBODY });
    assert_eq!(
        case.world.refusal("sam", "audit.why", &other),
        "component_not_found"
    );
}

#[test]
fn s5_a_learner_who_was_left_out_is_told_by_what_on_the_records_of_then() {
    let (world, session) = opened();
    let mut all = request(&session, "all_attributes");
    all["learners"] = json!({ "groups": ["north"], "search": "zoe" });
    let mut record = learner(NOBODY, "Zoe", "north");
    world.get("system", "learner.put", &record);
    let case = run(world, &all);
    let left_out = |learner: &str| {
        let why = case.why(learner);
        assert_eq!(
            (&why["listed"], &why["reached"]),
            (&json!(false), &json!("not_selected"))
        );
        assert_eq!(why["judged_at"], json!(case.judged_at - 1));
        let rules = why["excluded_by"].as_array().unwrap().iter();
        rules
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(case.why(NOBODY)["listed"], true);
    assert_eq!(left_out(TARGET), ["search"]);
    assert_eq!(left_out(HIDDEN), ["not_visible", "groups", "search"]);
    assert_eq!(left_out(SOURCE), ["source", "search"]);
    // Later records do not matter; a learner who came later did not exist.
    record["learner"] = json!(TARGET);
    case.world.get("system", "learner.put", &record);
    put_alice(&case.world, &["supervisor"], &json!("all"));
    assert_eq!(left_out(TARGET), ["search"]);
    assert_eq!(left_out(HIDDEN), ["not_visible", "groups", "search"]);
    let late = "00000000-0000-0000-0000-00000000eeee";
    case.world
        .get("system", "learner.put", &learner(late, "Zoe", "north"));
    assert_eq!(left_out(late), ["unknown"]);
}

#[test]
fn m5_a_confirmed_sync_chose_from_the_records_at_its_preview() {
    let (world, session) = opened();
    let mut confirmed = request(&session, "all_attributes");
    confirmed["learners"] = json!("all");
    let preview = world.get("alice", "sync.preview", &confirmed);
    world.get("system", "learner.put", &learner(HIDDEN, "Cat", "north"));
    confirmed["confirm"] = json!({ "position": preview["position"], "digest": preview["digest"] });
    let case = run(world, &confirmed);
    let why = case.why(HIDDEN);
    assert_eq!(why["judged_at"], preview["position"]);
    assert_eq!(why["excluded_by"][0]["rule"], "not_visible");
    assert_eq!(case.why(TARGET)["listed"], true);
}

#[test]
fn t3_the_source_that_is_updated_is_told_so() {
    let (world, session) = opened();
    let mut selected = request(&session, "selected_attributes");
    selected["attributes"] = json!(["name"]);
    let case = run(world, &selected);
    let why = case.why(SOURCE);
    assert_eq!(
        (&why["listed"], &why["source"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(case.why(TARGET).get("source"), None);
}

#[test]
fn p8_a_sync_or_a_learner_that_is_not_seen_is_refused() {
    let (world, session) = opened();
    edit(&world, "alice", SOURCE, &rename());
    let case = run(world, &request(&session, "changes_only"));
    let quinn = administrator("quinn", &["compliance_qa"], &json!(["north"]));
    case.world.get("system", "administrator.put", &quinn);
    let body = |sync: &Value, learner: &str| json!({ "sync": sync, "learner": learner });
    let refused = |body: &Value| case.world.refusal("quinn", "audit.why", body);
    assert_eq!(refused(&body(&case.sync, HIDDEN)), "learner_not_available");
    assert_eq!(refused(&body(&case.sync, NOBODY)), "learner_not_available");
    assert_eq!(refused(&body(&json!(NOBODY), TARGET)), "sync_not_found");
    case.world
        .get("quinn", "audit.why", &body(&case.sync, TARGET));
}
