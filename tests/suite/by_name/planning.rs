//! `plansync plan`: looking, changing and looking back without ids and without JSON.

use plansync_tests::college::{PROGRAMME, SOURCE, component};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, commands, world};

/// The attributes of one of the source's components.
async fn attributes(world: &World, index: u128) -> Value {
    let plan = json!({ "learner": SOURCE });
    let plan = world.client.get("system", "plan.get", plan).await;
    let components = plan["components"].as_array().unwrap().clone();
    let mut components = components.into_iter();
    let found = components.find(|one| one["component"] == json!(component(index)));
    found.unwrap()["attributes"].clone()
}

/// A second programme with an activity of a name that the first has too, on which the source is as well.
async fn second_programme(world: &World) {
    let (programme, learner) = (Uuid::from_u128(0x0a01), SOURCE);
    let put = json!({ "programme": programme, "name": "Team Leader", "parent": null });
    world.client.get("system", "programme.put", put).await;
    let components = json!([{ "component": Uuid::from_u128(0x0c77), "type": "exam",
        "attributes": { "name": "Activity 0001" } }]);
    let put = json!({ "programme": programme, "components": components });
    world.client.get("system", "template.put", put).await;
    let enrolled = |programme| json!({ "programme": programme, "status": "active" });
    let put = json!({ "learner": learner, "name": "Source Learner", "case_owner": "sam", "groups": [],
        "tutors": [], "enrolments": [enrolled(PROGRAMME), enrolled(programme)] });
    world.client.get("system", "learner.put", put).await;
}

#[tokio::test]
async fn components_of_several_programmes_are_told_apart() {
    let world = world().await;
    second_programme(&world).await;
    let which = world.refused(&["plan", "instantiate", "Source Learner"]);
    assert!(
        which.contains("on several programmes") && which.contains("Team Leader"),
        "{which}"
    );
    let team = ["--programme", "team"];
    let begun = world.said(&[&["plan", "instantiate", "Source Learner"], &team[..]].concat());
    assert_eq!(begun, "Added 1 component; the plan is now at version 2.\n");
    let set = [
        "plan",
        "set",
        "--component",
        "Activity 0001",
        "min_evidence=3",
    ];
    let set = [&set[..], &WHOSE].concat();
    let told = world.refused(&set);
    for beside in ["(exam, Business Administrator)", "(exam, Team Leader)"] {
        assert!(told.contains(beside), "{told}");
    }
    world.said(&[&set[..], &team].concat());
    assert_eq!(attributes(&world, 0x77).await["min_evidence"], 3);
    let shown = world.said(&["plan", "show", "Source Learner"]);
    assert!(shown.contains("Team Leader"), "{shown}");
    let of_team = world.said(&[&["plan", "show", "Source Learner"], &team[..]].concat());
    assert_eq!(of_team.matches("Activity").count(), 1, "{of_team}");
    world.said(
        &[
            &["plan", "remove", "--component", "Activity 0001"],
            &WHOSE[..],
            &team,
        ]
        .concat(),
    );
    assert_eq!(
        world.json(&["plan", "show", WHOSE[0], WHOSE[1]])["total"],
        5
    );
}

#[tokio::test]
async fn an_activity_is_added_by_its_attributes_or_from_the_template() {
    let world = world().await;
    let add = |more: &[&str]| world.said(&[&["plan", "add"], &WHOSE[..], more].concat());
    let own = [
        "--type",
        "assignment",
        "--name",
        "Portfolio review",
        "criteria=K1,K2",
    ];
    let said = add(&own);
    assert_eq!(said, "Added 1 component; the plan is now at version 2.\n");
    let one = world.json(&[
        "plan",
        "show",
        WHOSE[0],
        WHOSE[1],
        "--component",
        "Portfolio review",
    ]);
    let one = &one["components"][0];
    assert_eq!(one["type"], "assignment");
    assert_eq!(one["attributes"]["criteria"], json!(["K1", "K2"]));
    world.said(&[
        "plan",
        "remove",
        "--component",
        "Activity 0001",
        WHOSE[0],
        WHOSE[1],
    ]);
    let id = component(1).to_string();
    add(&["--from-template", &id, "min_evidence=2"]);
    assert_eq!(attributes(&world, 1).await["name"], "Activity 0001");
    assert_eq!(attributes(&world, 1).await["min_evidence"], 2);
    let neither = world.refused(&["plan", "add", WHOSE[0], WHOSE[1]]);
    assert!(neither.contains("--type"), "{neither}");
}

#[tokio::test]
async fn a_list_is_written_with_commas_or_as_json_and_nothing_else_in_brackets() {
    let world = world().await;
    let set = |what: &'static str| {
        let set = ["plan", "set", "--component", "Activity 0001", what];
        world.typed(&[&set[..], &WHOSE].concat())
    };
    assert_eq!(set(r#"documents=["a, b","c"]"#).code, Some(0));
    let now = attributes(&world, 1).await;
    assert_eq!(now["documents"], json!(["a, b", "c"]));
    let refused = set("documents=[a,b]");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("such as `K1,K2`"), "{refused:?}");
}

const WHOSE: [&str; 2] = ["--learner", "Source Learner"];

#[tokio::test]
async fn attributes_are_set_emptied_and_adjusted() {
    let world = world().await;
    let set = |more: &[&str]| {
        let words = [
            &["plan", "set", "--component", "Activity 0001"],
            &WHOSE[..],
            more,
        ]
        .concat();
        world.said(&words)
    };
    let reason = ["--reason", "more time"];
    let said = set(&[&["due_date=2026-12-01", "min_evidence=2"], &reason[..]].concat());
    assert_eq!(said, "Changed; the plan is now at version 2.\n");
    set(&[
        "criteria+=K9,S1",
        "criteria-=K1",
        "evidence_required=yes",
        "instructions=Read = write",
    ]);
    let now = attributes(&world, 1).await;
    assert_eq!(now["due_date"], "2026-12-01");
    assert_eq!(now["min_evidence"], 2);
    assert_eq!(now["criteria"], json!(["K9", "S1", "S2"]));
    assert_eq!(now["evidence_required"], true);
    assert_eq!(now["instructions"], "Read = write");
    let again = set(&["min_evidence=2"]);
    assert_eq!(
        again,
        "Nothing changed: the plan already has these values. It is at version 3.\n"
    );
    set(&[&["due_date=", "documents=a,b"], &reason[..]].concat());
    let now = attributes(&world, 1).await;
    assert_eq!(
        (&now["due_date"], &now["documents"]),
        (&Value::Null, &json!(["a", "b"]))
    );
}

#[tokio::test]
async fn an_owner_is_said_by_name_by_whoever_may_edit() {
    let world = world().await;
    let owner = |owner: &str| {
        let set = format!("owner={owner}");
        let words = ["plan", "set", "--component", "Activity 0001", &*set];
        world.typed(&[&words[..], &WHOSE].concat())
    };
    // An id that somebody has, whoever asks.
    assert_eq!(owner("alice").code, Some(0));
    assert_eq!(attributes(&world, 1).await["owner"], "alice");
    // A name, of those who have to do with this plan.
    world.said(&[
        "plan",
        "status",
        "--component",
        "Activity 0002",
        "in_progress",
        WHOSE[0],
        WHOSE[1],
    ]);
    assert_eq!(owner("Erin Quinn").code, Some(0));
    assert_eq!(attributes(&world, 1).await["owner"], "erin");
    let unknown = owner("Nobody At All");
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(
        unknown
            .err
            .starts_with(
                "plansync: there is no administrator “Nobody At All” among those whose names you may look up \
                 here; for others, give the id"
            ),
        "{unknown:?}"
    );
    // One who is yet to come.
    assert_eq!(owner("id:newcomer").code, Some(0));
    assert_eq!(attributes(&world, 1).await["owner"], "newcomer");
}

#[tokio::test]
async fn a_plan_is_shown_with_names_and_one_component_in_full() {
    let world = world().await;
    let due = ["due_date=2026-12-01", "owner=erin", "--reason", "more time"];
    let set = ["plan", "set", "--component", "Activity 0001"];
    world.said(&[&set[..], &WHOSE, &due].concat());
    let shown = world.said(&["plan", "show", "source learner"]);
    let line = shown
        .lines()
        .find(|line| line.contains("Activity 0001"))
        .unwrap();
    // These ids have long beginnings in common, which leave little room.
    let words: Vec<_> = line.split_whitespace().take(5).collect();
    let expected = ["Activity", "0001", "not", "started", "2026-12-01"];
    assert_eq!(words, expected, "{shown}");
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
    assert!(shown.ends_with("\nVersion 2 of the plan.\n"), "{shown}");
    let one = world.said(&[
        "plan",
        "show",
        "Source Learner",
        "--component",
        "activity 0001",
    ]);
    for line in [
        "  owner                      Erin Quinn",
        "  due date                   2026-12-01",
        "  criteria                   K1, S2",
    ] {
        assert!(one.lines().any(|it| it == line), "{line} in {one}");
    }
    let before = world.json(&["plan", "show", WHOSE[0], WHOSE[1], "--at-version", "1"]);
    assert_eq!(before["version"], 1);
}

#[tokio::test]
async fn a_history_says_who_did_what_and_why() {
    let world = world().await;
    let set = [
        "plan",
        "set",
        "--component",
        "Activity 0001",
        "due_date=2026-12-01",
    ];
    world.said(&[&set[..], &["--reason", "more time"], &WHOSE].concat());
    world.said(&[
        "plan",
        "remove",
        "--component",
        "Activity 0001,Activity 0002",
        WHOSE[0],
        WHOSE[1],
    ]);
    let history = world.said(&["plan", "history", "Source Learner", "--from-version", "2"]);
    for part in [
        "Erin Quinn",
        "Activity 0001",
        "due date → 2026-12-01",
        "more time",
        "deleted",
    ] {
        assert!(history.contains(part), "{part} in {history}");
    }
    // From the first version on, where only the plan at that time has the name of what was deleted.
    let whole = world.said(&["plan", "history", "Source Learner"]);
    assert!(whole.contains("Activity 0002"), "{whole}");
    let reply = world.json(&["plan", "history", "Source Learner"]);
    assert_eq!(reply["total"], 3);
    assert_eq!(reply["items"][2]["changes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_before_anything_is() {
    let world = world().await;
    let set = |what: &str| {
        world.refused(&[
            "plan",
            "set",
            WHOSE[0],
            WHOSE[1],
            "--component",
            "Activity 0001",
            what,
        ])
    };
    assert!(set("due=x").contains("there is no attribute `due`"));
    assert!(set("name").contains("give an attribute and its value"));
    let said = set("min_evidence=many");
    assert_eq!(
        said,
        "plansync: nothing was changed: `min_evidence` takes a whole number, but was given “many”\n"
    );
    let component = [
        "plan",
        "set",
        WHOSE[0],
        WHOSE[1],
        "--component",
        "Activity",
        "name=x",
    ];
    let said = world.refused(&component);
    assert!(
        said.starts_with("plansync: 5 components match “Activity”;"),
        "{said}"
    );
    let no_reason = [
        "plan",
        "set",
        WHOSE[0],
        WHOSE[1],
        "--component",
        "Activity 0001",
    ];
    let refused = world.typed(&[&no_reason[..], &["due_date=2026-12-01"]].concat());
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.err.ends_with("\nGive a reason with `--reason`.\n"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_one_version_changed_is_shown_before_and_after() {
    let world = world().await;
    let set = ["plan", "set", "--component", "Activity 0001"];
    let due = ["due_date=2026-12-01", "criteria+=K9", "owner=erin"];
    world.said(&[&set[..], &due, &["--reason", "more time"], &WHOSE].concat());
    let shown = world.said(&["plan", "change", "Source Learner", "2"]);
    let row = |name: &str| -> Vec<String> {
        let line = shown.lines().find(|line| line.contains(name));
        let words = line.unwrap_or_else(|| panic!("{name} in {shown}"));
        words
            .split("  ")
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let first = ["Activity 0001", "updated", "due date", "–", "2026-12-01"];
    assert_eq!(row("due date"), first);
    assert_eq!(row("criteria"), ["criteria", "+ K9"]);
    assert_eq!(row("owner"), ["owner", "–", "Erin Quinn"]);
    assert!(
        shown.contains(" UTC, by Erin Quinn.\nReason: more time\n"),
        "{shown}"
    );
    let reply = world.json(&["plan", "change", "2", WHOSE[0], WHOSE[1]]);
    assert_eq!(
        (&reply["version"], &reply["by"], &reply["total"]),
        (&json!(2), &json!("erin"), &json!(1))
    );
    let tsv = world.said(&["plan", "change", "Source Learner", "2", "--output", "tsv"]);
    let lines: Vec<_> = tsv
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .collect();
    let keys = [
        "name",
        "change",
        "attribute",
        "before",
        "after",
        "component",
        "reason",
        "version",
    ];
    assert_eq!((&lines[0][..8], lines.len()), (&keys[..], 4), "{tsv}");
    assert_eq!(
        lines[1][..5],
        ["Activity 0001", "updated", "due_date", "", "2026-12-01"]
    );
    assert_eq!(
        lines[3][..5],
        ["Activity 0001", "updated", "owner", "", "erin"]
    );
    assert_eq!(lines[3][6..8], ["more time", "2"]);
    let none = world.typed(&["plan", "change", "Source Learner", "3"]);
    assert_eq!((none.code, &*none.out), (Some(1), ""), "{none:?}");
    for (version, expected) in [
        ("0", "versions start at 1"),
        ("99999999999", "no plan has a version 99999999999;"),
    ] {
        let refused = world.refused(&["plan", "change", "Source Learner", version]);
        assert!(refused.contains(expected), "{refused}");
        let show = ["plan", "show", "Source Learner", "--at-version", version];
        let refused = world.refused(&show);
        assert!(refused.contains(expected), "{refused}");
    }
}

#[tokio::test]
async fn a_history_says_how_to_see_what_a_synchronisation_changed() {
    let world = world().await;
    world.said(&["record", "open", "Source Learner"]);
    world.said(&[
        "plan",
        "set",
        "--component",
        "Activity 0001",
        "min_evidence=7",
    ]);
    let start = world.json(&[
        "sync",
        "start",
        "--learners",
        "Target 0000",
        "--yes",
        "--wait",
    ]);
    let sync = start["sync"].as_str().unwrap().to_owned();
    let ended = world.typed(&["plan", "history", "Target 0000"]);
    let advised = commands(&ended);
    assert_eq!(advised.len(), 1, "{ended:?}");
    let shown = world.pasted(&advised[0]);
    assert_eq!((shown.code, &*shown.err), (Some(0), ""), "{shown:?}");
    assert!(shown.out.contains("min evidence"), "{shown:?}");
    let advised = commands(&shown);
    assert_eq!(*advised, [format!("plansync sync changes {sync}")]);
    let changes = world.pasted(&advised[0]);
    assert_eq!(changes.code, Some(0), "{changes:?}");
    assert!(changes.out.contains("min evidence"), "{changes:?}");
}
