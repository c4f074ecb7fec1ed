//! The steps of choosing and previewing a sync over the wire, one by one.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, NOBODY, PROGRAMME, SOURCE, TARGET, college, open, recent, rename,
};
use crate::world::World;

const ADDED: &str = "00000000-0000-0000-0000-00000000d000";

fn id(number: usize) -> String {
    format!("00000000-0000-0000-0001-{number:012}")
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(id).collect()
}

/// The source with a recent change, and thirty learners besides the target: half of them in
/// another group than `north`, every third on a break, every fifth with another tutor.
fn crowded(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    for number in 0..30 {
        let group = if number % 2 == 0 { "north" } else { "west" };
        let mut record =
            crate::college::learner(&id(number), &format!("Learner {number:02}"), group);
        if number % 3 == 0 {
            record["enrolments"][0]["status"] = json!("on_break");
        }
        if number % 5 == 0 {
            record["tutors"] = json!(["tina", "tom"]);
        }
        world.get("system", "learner.put", &record);
        let instantiate = json!({ "learner": id(number), "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &instantiate);
    }
    let alice = crate::college::administrator(
        "alice",
        &["advanced_delivery_add", "advanced_delivery_edit"],
        &json!(["north", "west"]),
    );
    world.get("system", "administrator.put", &alice);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    (world, recent(&session))
}

/// How many learners a choice of them comes to.
fn chosen(world: &World, request: &Value, learners: &Value) -> u64 {
    let mut request = request.clone();
    request["learners"] = learners.clone();
    let preview = world.get("alice", "sync.preview", &request);
    preview["learners"].as_u64().unwrap()
}

#[test]
fn s5_the_learners_listed_on_all_pages_are_those_that_all_and_filters_choose() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = crowded(encoding);
        let filters = [
            json!({}),
            json!({ "groups": ["west"] }),
            json!({ "programme_statuses": ["on_break", "completed"] }),
            json!({ "tutors": ["tina"], "groups": ["north", "west"] }),
            json!({ "search": "LEARNER 1" }),
            json!({ "search": "1", "groups": ["west"], "programme_statuses": ["active"] }),
        ];
        let counts = filters.map(|filter| {
            let mut listing = filter.clone();
            listing["session"] = request["session"].clone();
            listing["programme"] = request["programme"].clone();
            listing["page_size"] = json!(7);
            let listed = world.get("alice", "sync.learners", &listing)["total"].as_u64();
            assert_eq!(listed, Some(chosen(&world, &request, &filter)), "{filter}");
            listed.unwrap()
        });
        assert_eq!(counts, [31, 15, 10, 6, 10, 5]);
        assert_eq!(chosen(&world, &request, &json!("all")), 31);
    }
}

#[test]
fn all_of_a_filter_but_some_is_chosen_across_all_pages() {
    let (world, request) = crowded(Encoding::Json);
    let except = json!({ "groups": ["west"], "except": [id(1), id(3), id(2), NOBODY] });
    assert_eq!(chosen(&world, &request, &except), 13);
    let everybody = json!({ "except": [TARGET] });
    assert_eq!(chosen(&world, &request, &everybody), 30);
}

#[test]
fn s3_s4_the_limits_are_inclusive_count_each_id_once_and_have_their_words() {
    let (world, request) = crowded(Encoding::MessagePack);
    let ask = |field: &str, ids: &[String]| {
        let mut request = request.clone();
        request[field] = json!(ids);
        world.ask("alice", "sync.preview", &request)
    };
    let components = ask("components", &ids(2_090)).unwrap_err();
    assert_eq!(components["code"], "too_many_components");
    let words = "Too many components have been selected. Please synchronise no more than 2,089 \
                 components at a time.";
    assert_eq!(components["message"], words);
    let learners = ask("learners", &ids(2_090)).unwrap_err();
    assert_eq!(learners["code"], "too_many_learners");
    let words = "Too many learners have been selected. Please synchronise no more than 2,089 \
                 learners at a time.";
    assert_eq!(learners["message"], words);
    let twice = [ids(2_089), ids(2_089)].concat();
    let unknown = ask("components", &twice[..2_500]).unwrap_err();
    assert_eq!(unknown["code"], "component_not_found");
    let preview = ask("learners", &twice[..2_500]).unwrap();
    let pairs = json!({ "applied": 30, "unchanged": 0, "skipped": 2_059 });
    assert_eq!(
        (&preview["learners"], &preview["pairs"]),
        (&json!(2_089), &pairs)
    );
}

#[test]
fn m2_a_component_that_some_have_and_others_lack_has_two_rows() {
    let (world, mut request) = crowded(Encoding::Json);
    let add = json!({
        "op": "add", "component": ADDED, "programme": PROGRAMME, "type": "exam",
        "attributes": { "name": "Mock" },
    });
    world.get(
        "sam",
        "plan.edit",
        &json!({ "learner": id(0), "edits": [add] }),
    );
    world.get(
        "alice",
        "plan.edit",
        &json!({ "learner": SOURCE, "edits": [add] }),
    );
    request["components"] = json!([ADDED]);
    request["learners"] = json!([id(0), id(1), TARGET]);
    let preview = world.get("alice", "sync.preview", &request);
    let rows = preview["rows"].as_array().unwrap().iter();
    let rows: Vec<_> = rows
        .map(|row| {
            let counts = ["synchronised", "unchanged", "not_synchronised"];
            json!([row["action"], counts.map(|count| row[count].clone())])
        })
        .collect();
    assert_eq!(
        rows,
        [
            json!(["synchronise", [1, 1, 0]]),
            json!(["create", [2, 0, 0]])
        ]
    );
    assert_eq!(
        (&preview["components"], &preview["total"]),
        (&json!(1), &json!(2))
    );
}

#[test]
fn s7_conditions_are_of_the_targets_component_and_planned_for_qa_is_one() {
    let (world, mut request) = crowded(Encoding::MessagePack);
    let status = |learner: &str, status: &str| {
        let edit = json!({ "op": "set_status", "component": ESSAY, "status": status });
        world.get(
            "sam",
            "plan.edit",
            &json!({ "learner": learner, "edits": [edit] }),
        );
    };
    status(&id(0), "submitted");
    status(&id(1), "returned");
    status(&id(2), "returned");
    let planned = json!({ "op": "change", "component": ESSAY, "set": { "planned_for_qa": true } });
    let planned = json!({ "learner": id(2), "edits": [planned] });
    world.get("sam", "plan.edit", &planned);
    let mut applied = |statuses: Value| {
        request["statuses"] = statuses.clone();
        let preview = world.get("alice", "sync.preview", &request);
        if statuses == json!([]) {
            let all = json!([
                "not_started",
                "in_progress",
                "submitted",
                "returned",
                "completed"
            ]);
            assert_eq!(
                (&preview["statuses"], &preview["all_statuses"]),
                (&all, &json!(true))
            );
        } else {
            assert_eq!(preview["statuses"], statuses);
            assert_eq!(preview.get("all_statuses"), None);
        }
        preview["pairs"]["applied"].as_u64().unwrap()
    };
    assert_eq!(applied(json!([])), 31);
    assert_eq!(applied(json!(["returned"])), 2);
    assert_eq!(applied(json!(["submitted", "planned_for_qa"])), 2);
    assert_eq!(applied(json!(["completed"])), 0);
}

#[test]
fn c7_what_was_synchronised_is_chosen_no_more_until_it_is_touched_again() {
    let (world, mut request) = crowded(Encoding::Json);
    let preselected = || {
        let body = json!({ "session": request["session"], "programme": PROGRAMME });
        let listed = world.get("alice", "sync.components", &body);
        let items = listed["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["preselected"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(preselected(), [true, false]);
    world.get("alice", "sync.start", &request);
    world.work();
    assert_eq!(preselected(), [false, false]);
    assert_eq!(
        world.refusal("alice", "sync.preview", &request),
        "nothing_selected"
    );
    world.get("alice", "plan.edit", &rename(EXAM, "Newer"));
    assert_eq!(preselected(), [false, true]);
    request["components"] = json!([ESSAY]);
    let again = world.get("alice", "sync.preview", &request);
    assert_eq!(
        again["pairs"],
        json!({ "applied": 0, "unchanged": 31, "skipped": 0 })
    );
}
