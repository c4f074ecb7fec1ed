//! Choosing: components, learners, the open record, the programme, names.

use plansync_tests::college::{PROGRAMME, component, learner, target};
use serde_json::json;
use uuid::Uuid;

use super::{lines, source, world};

#[tokio::test]
async fn components_are_shown_in_plan_order_with_what_changed() {
    let world = world().await;
    let expected = "   Component      Type        Status       Change   Last updated (UTC)  By      Id
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
✓  Activity zero  assignment  not started  updated  yyyy-mm-dd hh:mm    erin    00000000-0000-0000-0000-000000000c00
   Activity 0001  exam        not started           yyyy-mm-dd hh:mm    system  00000000-0000-0000-0000-000000000c01
✓  Activity 0002  assignment  not started  updated  yyyy-mm-dd hh:mm    erin    00000000-0000-0000-0000-000000000c02
   Activity 0003  exam        not started           yyyy-mm-dd hh:mm    system  00000000-0000-0000-0000-000000000c03
✓  Activity 0004  assignment  not started  deleted  yyyy-mm-dd hh:mm    erin    00000000-0000-0000-0000-000000000c04

5 components. Components with recent changes in this programme: 3. `--components recent` chooses those with ✓.
";
    assert_eq!(world.said(&["components"]), expected);
    let few = world.said(&["components", "--type", "exam", "--limit", "1"]);
    let few = lines(&few);
    assert_eq!(few.len(), 6, "{few:#?}");
    assert!(few[2].contains("Activity 0001"), "{few:#?}");
    assert_eq!(few[3], "… and 1 more component; `--limit all` shows it");
}

#[tokio::test]
async fn programs_read_the_reply_itself_with_all_pages_joined() {
    let world = world().await;
    let body = json!({ "session": world.session, "programme": PROGRAMME, "hold": true });
    let components = world.asked("sync.components", body.clone()).await;
    assert_eq!(world.json(&["components"]), components);
    let learners = world.asked("sync.learners", body).await;
    assert_eq!(world.json(&["learners", "--learner", &source()]), learners);
    let mut first = learners;
    first["items"].as_array_mut().unwrap().truncate(1);
    assert_eq!(world.json(&["learners", "--limit", "1"]), first);
}

#[tokio::test]
async fn lists_longer_than_a_page_are_read_to_their_end() {
    let world = world().await;
    for index in 10..520 {
        let record = json!({
            "learner": target(index), "name": format!("Extra {index}"), "case_owner": null,
            "groups": [], "tutors": [],
            "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
        });
        world.client.get("system", "learner.put", record).await;
    }
    let all = world.json(&["learners"]);
    assert_eq!(all["total"], 513);
    assert_eq!(all["items"].as_array().unwrap().len(), 513);
    let shown = world.said(&["learners"]);
    let last: Vec<_> = lines(&shown).into_iter().rev().take(3).collect();
    let more = "… and 463 more learners; `--limit all` shows them";
    assert_eq!(last, ["513 learners.", "", more]);
}

#[tokio::test]
async fn learners_are_shown_with_what_they_can_be_filtered_by() {
    let world = world().await;
    let expected = "Learner      Programme status  Groups  Tutors  Case owner  Id
───────────────────────────────────────────────────────────────────────────────────────────────
Target 0001  active                            sam         00000000-0000-0000-0000-000000000d01

1 learner.
";
    let shown = world.said(&[
        "learners",
        "--search",
        "0001",
        "--programme-status",
        "active",
    ]);
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn without_a_record_to_begin_with_it_is_said_how_to_open_one() {
    let world = world().await;
    let none = world.typed_as("alice", &["components"]);
    let expected = "plansync: you have no open record; open one with `record open` and the name of a \
                    learner. To list learners:\n  plansync learner list --tenant northgate --as alice\n";
    assert_eq!((none.code, &*none.err), (Some(2), expected));
    let other = target(0).to_string();
    let other = world.typed(&["components", "--learner", &other]);
    assert_eq!(other.code, Some(2));
    let begin = format!(
        "plansync: you have no open record of learner {}; to open it:\n  plansync record open ",
        target(0)
    );
    assert!(other.err.starts_with(&begin), "{}", other.err);
    world
        .asked("record.open", json!({ "learner": target(0) }))
        .await;
    let several = world.typed(&["components"]);
    assert_eq!(several.code, Some(2));
    let said = lines(&several.err);
    let expected = "plansync: there are several open records; choose one with `--learner` or \
                    `--session`:";
    assert_eq!((said[0], said.len()), (expected, 3), "{said:#?}");
    assert_eq!(
        world.json(&["components", "--learner", &source()])["total"],
        5
    );
}

#[tokio::test]
async fn a_programme_is_named_or_the_preselected_one() {
    let world = world().await;
    let id = PROGRAMME.to_string();
    let whole = world.json(&["components"]);
    let beginning = id
        .rsplit_once('a')
        .map(|(beginning, _)| beginning.to_owned() + "a");
    let beginning = beginning.unwrap();
    let names = [
        "Business Administrator",
        "business administrator",
        "Business",
    ];
    for programme in names.into_iter().chain([&*id, &*beginning]) {
        assert_eq!(
            world.json(&["components", "--programme", programme]),
            whole,
            "{programme}"
        );
    }
    let unknown = world.typed(&["components", "--programme", "Bussines Admin"]);
    let expected =
        "plansync: there is no programme “Bussines Admin”; did you mean one of these?\n  \
                    00000000  Business Administrator\n"
            .to_owned();
    assert_eq!((unknown.code, unknown.err), (Some(2), expected));
}

#[tokio::test]
async fn of_several_programmes_the_first_that_is_no_part_is_taken() {
    let world = world().await;
    let part = Uuid::from_u128(0x0a01);
    let programme = json!({ "programme": part, "name": "Functional Skills", "parent": PROGRAMME });
    world.client.get("system", "programme.put", programme).await;
    let template = json!({ "programme": part, "components": [{
        "component": component(90), "type": "exam", "attributes": { "name": "Maths" },
    }]});
    world.client.get("system", "template.put", template).await;
    let pupil = target(50);
    learner(&world.client, pupil, "Pupil").await;
    let record = json!({
        "learner": pupil, "name": "Pupil", "case_owner": null, "groups": [], "tutors": [],
        "enrolments": [
            { "programme": part, "status": "active" },
            { "programme": PROGRAMME, "status": "active" },
        ],
    });
    world.client.get("system", "learner.put", record).await;
    let plan = json!({ "learner": pupil, "programme": part });
    world.client.get("system", "plan.instantiate", plan).await;
    for actor in ["sam", "erin"] {
        world
            .client
            .get(actor, "record.open", json!({ "learner": pupil }))
            .await;
    }
    let pupil = pupil.to_string();
    let components = ["components", "--learner", &*pupil];
    // Erin may read no enrolments.
    for actor in ["sam", "erin"] {
        let shown = world.typed_as(actor, &[&components[..], &["--output", "json"]].concat());
        assert_eq!(shown.json()["total"], 5, "{shown:?}");
    }
    let named = [&components[..], &["--programme", "functional skills"]].concat();
    assert_eq!(world.json(&named)["total"], 1);
}
