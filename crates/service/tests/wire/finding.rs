//! Finding learners by name, and the names of administrators.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner, open,
    recent, rename,
};
use crate::world::World;

fn in_both(check: impl Fn(Encoding)) {
    check(Encoding::Json);
    check(Encoding::MessagePack);
}

fn found(learner: &str, name: &str) -> Value {
    json!({
        "learner": learner, "name": name,
        "programmes": [{ "programme": PROGRAMME, "name": "Level 3", "status": "active" }],
    })
}

fn ids(world: &World, actor: &str, body: &Value) -> (Value, Vec<Value>) {
    let mut page = world.get(actor, "learner.find", body);
    let items = page["items"].take();
    let items = items.as_array().unwrap().iter();
    let ids = items.map(|item| item["learner"].clone());
    (page["total"].clone(), ids.collect())
}

#[test]
fn learners_are_found_by_a_part_of_their_name_and_paged() {
    in_both(|encoding| {
        let world = college(encoding);
        let by_name = world.get("alice", "learner.find", &json!({ "search": "AN" }));
        assert_eq!(
            by_name,
            json!({ "total": 1, "items": [found(SOURCE, "Ann")] })
        );
        let second = world.get(
            "alice",
            "learner.find",
            &json!({ "page": 2, "page_size": 1 }),
        );
        assert_eq!(
            second,
            json!({ "total": 2, "items": [found(TARGET, "Ben")] })
        );
        let none = world.get("alice", "learner.find", &json!({ "search": "zz" }));
        assert_eq!(none, json!({ "total": 0, "items": [] }));
    });
}

/// Who holds no permission may still look for the learners that they see; who is not seen is no part of
/// the total either.
#[test]
fn p8_everyone_finds_those_whom_they_see() {
    let world = college(Encoding::Json);
    let everybody = (json!(3), vec![json!(SOURCE), json!(TARGET), json!(HIDDEN)]);
    for actor in ["ed", "sam", "system"] {
        assert_eq!(ids(&world, actor, &json!({})), everybody, "{actor}");
    }
    let north = (json!(2), vec![json!(SOURCE), json!(TARGET)]);
    assert_eq!(ids(&world, "alice", &json!({})), north);
    let cat = ids(&world, "alice", &json!({ "search": "cat" }));
    assert_eq!(cat, (json!(0), vec![]));
    let stranger = world.refusal("nobody", "learner.find", &json!({}));
    assert_eq!(stranger, "unknown_actor");
}

/// Of a programme that is not known there is no name to show. An enrolment that a sync would leave out is
/// shown, and how it stands.
#[test]
fn found_learners_come_with_their_known_programmes() {
    let world = college(Encoding::Json);
    let mut ben = learner(TARGET, "Ben", "north");
    ben["enrolments"] = json!([
        { "programme": NOBODY, "status": "active" },
        { "programme": PROGRAMME, "status": "expired" },
    ]);
    world.get("system", "learner.put", &ben);
    let page = world.get("alice", "learner.find", &json!({ "search": "ben" }));
    let expired = json!([{ "programme": PROGRAMME, "name": "Level 3", "status": "expired" }]);
    assert_eq!(page["items"][0]["programmes"], expired);
    let of = |programme: &str| ids(&world, "alice", &json!({ "programme": programme }));
    assert_eq!(
        of(PROGRAMME),
        (json!(2), vec![json!(SOURCE), json!(TARGET)])
    );
    assert_eq!(of(NOBODY), (json!(1), vec![json!(TARGET)]));
    assert_eq!(of(HIDDEN), (json!(0), vec![]));
}

#[test]
fn everyone_may_ask_what_administrators_are_called() {
    in_both(|encoding| {
        let world = college(encoding);
        let remove = json!({ "administrator": "sam" });
        world.get("system", "administrator.remove", &remove);
        let asked = json!({ "administrators": ["alice", "sam", "tom", "system", "alice"] });
        let names = world.get("ed", "administrator.names", &asked);
        let expected = json!({ "items": [
            { "administrator": "alice", "name": "alice" },
            { "administrator": "sam", "name": null },
            { "administrator": "tom", "name": null },
            { "administrator": "system", "name": "system" },
            { "administrator": "alice", "name": "alice" },
        ] });
        assert_eq!(names, expected);
    });
}

#[test]
fn five_hundred_names_are_asked_for_at_once_and_no_more() {
    let world = college(Encoding::Json);
    let of = |count: usize| json!({ "administrators": vec!["alice"; count] });
    let names = world.get("ed", "administrator.names", &of(500));
    assert_eq!(names["items"].as_array().unwrap().len(), 500);
    let refused = world.ask("ed", "administrator.names", &of(501));
    assert_eq!(
        refused.unwrap_err()["details"],
        json!({ "path": "administrators" })
    );
    assert_eq!(
        world.refusal("ed", "administrator.names", &json!({})),
        "invalid_request"
    );
}

/// The total that a list has for a search.
fn total(world: &World, actor: &str, operation: &str, search: &str, of: &Value) -> u64 {
    let mut body = of.clone();
    body["search"] = json!(search);
    world.get(actor, operation, &body)["total"]
        .as_u64()
        .unwrap()
}

/// A college in which a learner, a tutor, a programme and an activity have the same awkward name.
fn awkward(name: &str) -> (World, Value) {
    let world = college(Encoding::Json);
    let put = |operation: &str, body: &Value| world.get("system", operation, body);
    put("learner.put", &learner(TARGET, name, "north"));
    let mut tom = administrator("tom", &[], &json!("all"));
    tom["name"] = json!(name);
    put("administrator.put", &tom);
    let programme = json!({ "programme": PROGRAMME, "name": name, "parent": null });
    put("programme.put", &programme);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, name));
    (world, json!({ "session": session, "programme": PROGRAMME }))
}

#[test]
fn s5_one_search_finds_names_however_they_are_written() {
    let name = "Zoe\u{308} Straße ΣΟΦΊΑΣ Łi";
    let (world, chosen) = awkward(name);
    let mut tutors = chosen.clone();
    tutors["field"] = json!("tutor");
    let lists = [
        ("alice", "learner.find", json!({})),
        ("sam", "learner.list", json!({})),
        ("sam", "administrator.list", json!({})),
        ("sam", "programme.list", json!({})),
        ("alice", "sync.components", chosen.clone()),
        ("alice", "sync.learners", chosen.clone()),
        ("alice", "sync.filters", tutors),
    ];
    for search in [
        "zoë strasse σοφίας łi",
        "ZOË",
        "zoe s",
        "STRASSE",
        "σοφια",
        "Zoe\u{308} Straß",
        "ς łI",
    ] {
        for (actor, operation, of) in &lists {
            let found = total(&world, actor, operation, search, of);
            assert_eq!(found, 1, "{operation} for {search}");
        }
        let mut request = recent(&chosen["session"]);
        request["learners"] = json!({ "search": search });
        let preview = world.get("alice", "sync.preview", &request);
        assert_eq!(preview["learners"], 1, "{search}");
    }
    for (actor, operation, of) in &lists {
        assert_eq!(total(&world, actor, operation, "zoë q", of), 0);
    }
}

#[test]
fn s5_values_of_filters_are_found_as_people_say_them() {
    let (world, chosen) = awkward("Zoë");
    let mut ben = learner(TARGET, "Ben", "north");
    ben["enrolments"][0]["status"] = json!("on_break");
    world.get("system", "learner.put", &ben);
    let values = |field: &str, search: &str| {
        let mut body = chosen.clone();
        body["field"] = json!(field);
        body["search"] = json!(search);
        world.get("alice", "sync.filters", &body)["items"].clone()
    };
    let on_break = json!([{ "value": "on_break", "count": 1 }]);
    for search in ["on break", "On_Break", "BREAK"] {
        assert_eq!(values("programme_status", search), on_break, "{search}");
    }
    for search in ["zoe", "TOM"] {
        let found = total(&world, "sam", "administrator.list", search, &json!({}));
        assert_eq!(found, 1, "{search}");
    }
    let tom = json!([{ "value": "tom", "name": "Zoë", "count": 1 }]);
    for search in ["", "zoe", "TOM"] {
        assert_eq!(values("tutor", search), tom, "{search}");
    }
    assert_eq!(values("tutor", "ben"), json!([]));
}

/// What was enrolled first and is over is not where somebody begins.
#[test]
fn s2_the_programme_that_is_over_is_not_the_one_preselected() {
    let world = college(Encoding::Json);
    let second = json!({ "programme": NOBODY, "name": "Level 4", "parent": null });
    world.get("system", "programme.put", &second);
    let mut ann = learner(SOURCE, "Ann", "north");
    ann["enrolments"] = json!([
        { "programme": PROGRAMME, "status": "expired" },
        { "programme": NOBODY, "status": "active" },
    ]);
    world.get("system", "learner.put", &ann);
    let opened = world.get("alice", "record.open", &json!({ "learner": SOURCE }));
    let expected = json!([
        { "programme": PROGRAMME, "name": "Level 3", "preselected": false },
        { "programme": NOBODY, "name": "Level 4", "preselected": true },
    ]);
    assert_eq!(opened["programmes"], expected);
}
