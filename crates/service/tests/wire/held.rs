//! Lists that are held while they are read page by page.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, PROGRAMME, SOURCE, college, learner, open, rename};
use crate::world::World;

fn id(number: usize) -> String {
    format!("00000000-0000-0000-0001-{number:012}")
}

fn named(world: &World, number: usize, name: &str) {
    world.get(
        "system",
        "learner.put",
        &learner(&id(number), name, "north"),
    );
}

/// Twelve more learners, and an open record of Alice's.
fn crowded(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    for number in 0..12 {
        named(&world, number, &format!("Pupil {number:02}"));
    }
    let session = open(&world);
    let list = json!({ "session": session, "programme": PROGRAMME, "page_size": 3 });
    (world, list)
}

fn first(world: &World, actor: &str, operation: &str, list: &Value) -> Value {
    let mut body = list.clone();
    body["hold"] = json!(true);
    world.get(actor, operation, &body)
}

fn page_at(list: &Value, page: usize, position: &Value) -> Value {
    let mut body = list.clone();
    body["page"] = json!(page);
    body["at"] = position.clone();
    body
}

/// All names of a list, of whose learners one moves from the end to the front, and one from the front to
/// the end, before each page.
fn read_while_names_change(world: &World, actor: &str, operation: &str, list: &Value) {
    let mut whole = list.clone();
    whole["page_size"] = json!(500);
    let whole = world.get(actor, operation, &whole);
    let mut read = first(world, actor, operation, list);
    let position = read["position"].clone();
    let mut items = read["items"].take().as_array().unwrap().clone();
    for page in 2.. {
        named(world, page, &format!("Aaron {page}"));
        named(world, 12 - page, &format!("Zoe {page}"));
        let mut next = world.get(actor, operation, &page_at(list, page, &position));
        assert_eq!(
            (&next["total"], &next["position"]),
            (&whole["total"], &position)
        );
        let more = next["items"].take().as_array().unwrap().clone();
        if more.is_empty() {
            break;
        }
        items.extend(more);
    }
    assert_eq!(json!(items), whole["items"], "{operation}");
}

#[test]
fn pages_of_a_held_list_have_everybody_once_while_names_change() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, list) = crowded(encoding);
        read_while_names_change(&world, "alice", "sync.learners", &list);
        let everybody = json!({ "page_size": 3 });
        read_while_names_change(&world, "system", "learner.list", &everybody);
        read_while_names_change(&world, "ed", "learner.find", &everybody);
    }
}

#[test]
fn a_held_list_of_components_is_of_the_plan_as_it_was() {
    let (world, list) = crowded(Encoding::Json);
    let mut list = list;
    list["page_size"] = json!(1);
    let begun = first(&world, "alice", "sync.components", &list);
    let second = |at: &Value| world.get("alice", "sync.components", &page_at(&list, 2, at));
    let before = second(&begun["position"]);
    world.get("alice", "plan.edit", &rename(ESSAY, "Renamed"));
    assert_eq!(second(&begun["position"]), before);
    let renamed = first(&world, "alice", "sync.components", &list);
    assert_ne!(renamed["position"], begun["position"]);
    let shown = |page: &Value| page["items"][0]["name"].clone();
    let names = [shown(&renamed), shown(&second(&renamed["position"]))];
    assert!(names.contains(&json!("Renamed")), "{names:?}");
}

#[test]
fn nobody_reads_on_what_is_not_held_for_them() {
    let (world, list) = crowded(Encoding::Json);
    let begun = first(&world, "alice", "sync.learners", &list);
    let position = &begun["position"];
    let expired = |actor, operation, body: &Value| {
        assert_eq!(world.refusal(actor, operation, body), "reading_expired");
    };
    let other_position = json!(position.as_u64().unwrap() - 1);
    expired(
        "alice",
        "sync.learners",
        &page_at(&list, 2, &other_position),
    );
    let everybody = json!({ "page_size": 3 });
    expired("system", "learner.list", &page_at(&everybody, 2, position));
    // Another plan than that of the list's source was not held.
    first(&world, "alice", "sync.list", &everybody);
    let listed = world.get("alice", "sync.list", &page_at(&everybody, 2, position));
    assert_eq!(listed["total"], 0);
    // Whoever may see others by now begins again.
    let alice = crate::college::administrator(
        "alice",
        &["advanced_delivery_add", "advanced_delivery_edit"],
        &json!(["west"]),
    );
    world.get("system", "administrator.put", &alice);
    expired("alice", "sync.learners", &page_at(&list, 2, position));
}

#[test]
fn a_list_without_its_sources_plan_is_begun_again() {
    let (world, list) = crowded(Encoding::Json);
    let held = first(&world, "alice", "sync.list", &json!({}));
    let components = page_at(&list, 1, &held["position"]);
    assert_eq!(
        world.refusal("alice", "sync.components", &components),
        "reading_expired"
    );
    assert_eq!(
        world.get("alice", "plan.get", &json!({ "learner": SOURCE }))["learner"],
        SOURCE
    );
}

#[test]
fn each_actor_has_a_few_readings_and_the_latest_are_held() {
    let (world, list) = crowded(Encoding::Json);
    let readings: Vec<_> = (0..9)
        .map(|number| {
            named(&world, number, &format!("Other {number}"));
            first(&world, "alice", "sync.learners", &list)["position"].clone()
        })
        .collect();
    let next = |position: &Value| page_at(&list, 2, position);
    assert_eq!(
        world.refusal("alice", "sync.learners", &next(&readings[0])),
        "reading_expired"
    );
    for position in &readings[1..] {
        let page = world.get("alice", "sync.learners", &next(position));
        assert_eq!(page["position"], *position);
    }
}
