//! Records by name: what is not said stays, and nothing is lost by a put.

use plansync_tests::college::{PROGRAMME, SOURCE, found};
use plansync_tests::program::{paste, run};
use serde_json::json;

use super::world;

#[tokio::test]
async fn a_college_is_set_up_and_shown_without_an_id() {
    let world = world().await;
    world.said(&["tenant", "put", "--owner-rule", "follow_case_owner"]);
    world.said(&["tenant", "put", "--marking-aid", "true"]);
    let tenant = world.json(&["tenant", "show"]);
    assert_eq!(
        (&tenant["marking_aid"], &tenant["owner_rule"]),
        (&json!(true), &json!("follow_case_owner"))
    );
    let sam = [
        "administrator",
        "put",
        "sam",
        "--name",
        "Sam Okafor",
        "--groups",
        "all",
    ];
    world.said(&[&sam[..], &["--permission", "supervisor,internal_verifier"]].concat());
    world.said(&[
        "administrator",
        "put",
        "sam",
        "--remove-permission",
        "internal_verifier",
    ]);
    let sam = world.json(&["administrator", "show", "sam okafor"]);
    let expected = json!({ "administrator": "sam", "name": "Sam Okafor",
        "permissions": ["supervisor"], "groups": "all" });
    assert_eq!(sam, expected);
    let programme = world.json(&["programme", "put", "--name", "Business Administrator"]);
    world.said(&[
        "programme",
        "put",
        "--name",
        "Maths",
        "--parent",
        "business administrator",
    ]);
    let listed = world.json(&["programme", "list", "--search", "maths"]);
    assert_eq!(listed["items"][0]["parent"], programme["programme"]);
    let exam = [
        "template", "put", "Maths", "--type", "exam", "--name", "Sums",
    ];
    let exam = world.json(&[&exam[..], &["--set", "criteria=[\"K1\"]"]].concat());
    world.said(&[
        "template",
        "put",
        "Maths",
        "--component",
        "sums",
        "--set",
        "due_date=2027-03-31",
    ]);
    let template = world.json(&["template", "show", "maths"]);
    let only = &template["components"][0];
    assert_eq!(only["component"], exam["components"][0]["component"]);
    assert_eq!(
        (
            &only["attributes"]["criteria"],
            &only["attributes"]["due_date"]
        ),
        (&json!(["K1"]), &json!("2027-03-31"))
    );
    let unsure = world.not_understood(&["template", "remove", "Maths", "--component", "Sums"]);
    assert!(unsure.contains("`--yes`"), "{unsure}");
    world.said(&[
        "template",
        "remove",
        "Maths",
        "--component",
        "Sums",
        "--yes",
    ]);
    assert_eq!(world.json(&["template", "show", "Maths"])["total"], 0);
    assert_eq!(
        world.typed(&["administrator", "remove", "sam"]).code,
        Some(2)
    );
    world.said(&["administrator", "remove", "sam", "-y"]);
    assert_eq!(world.json(&["administrator", "list"])["total"], 0);
}

#[tokio::test]
async fn a_learner_keeps_what_is_not_said() {
    let world = world().await;
    found(&world.client, 2, 0).await;
    let put = [
        "learner",
        "put",
        "--name",
        "Ann Lee",
        "--group",
        "north,east",
        "--tutor",
        "alice",
    ];
    let enrol = ["--enrol", "Business Administrator", "--case-owner", "sam"];
    let new = world.json(&[&put[..], &enrol].concat());
    let id = new["learner"].as_str().unwrap();
    assert_eq!(
        (&new["change"], &new["sent"]),
        (&json!("new"), &json!(true))
    );
    let record = || world.json(&["learner", "show", id]);
    let before = record();
    let change = [
        "learner",
        "put",
        "ann lee",
        "--group",
        "west",
        "--remove-group",
        "east",
    ];
    let change = [&change[..], &["--enrol", "business administrator=on_break"]].concat();
    let shown = world.said(&[&change[..], &["--dry-run"]].concat());
    let expected = format!(
        "changed  learner  Ann Lee  {id}\n  \
         enrolments: + Business Administrator (on break) − Business Administrator (active)\n  \
         groups: + west − east\nNothing was sent.\n"
    );
    assert_eq!(shown, expected);
    assert_eq!(record(), before);
    assert!(world.said(&change).ends_with("Done.\n"));
    let after = record();
    assert_eq!(after["groups"], json!(["north", "west"]));
    assert_eq!(after["enrolments"][0]["status"], "on_break");
    assert_eq!(
        (&after["tutors"], &after["case_owner"]),
        (&json!(["alice"]), &json!("sam"))
    );
    assert!(world.said(&change).ends_with("Nothing to do.\n"));
    let replace = [
        "learner",
        "put",
        id,
        "--replace",
        "--name",
        "Ann Lee",
        "--group",
        "north",
    ];
    world.said(&replace);
    let expected = json!({ "learner": id, "name": "Ann Lee", "case_owner": null,
        "groups": ["north"], "tutors": [], "enrolments": [] });
    assert_eq!(record(), expected);
}

#[tokio::test]
async fn a_file_holds_a_record_or_some_of_its_fields() {
    let world = world().await;
    found(&world.client, 1, 0).await;
    let id = SOURCE.to_string();
    let before = world.json(&["learner", "show", &id]);
    let file = world.file("l.json", br#"{"name": "Renamed", "groups": ["north"]}"#);
    world.said(&["learner", "put", &id, "--json", &format!("@{file}")]);
    let mut expected = before;
    expected["name"] = json!("Renamed");
    expected["groups"] = json!(["north"]);
    assert_eq!(world.json(&["learner", "show", &id]), expected);
    let wrong = world.file("w.json", br#"{"name": "X", "shoe_size": 9}"#);
    let told = world.not_understood(&["learner", "put", &id, "--json", &format!("@{wrong}")]);
    assert!(
        told.contains("nothing was sent") && told.contains("shoe_size"),
        "{told}"
    );
    let bare = world.not_understood(&["learner", "put", &id, "--json", "{}"]);
    assert!(bare.contains("give `@`"), "{bare}");
}

#[tokio::test]
async fn names_that_are_not_enough_are_told_with_those_that_are() {
    let world = world().await;
    found(&world.client, 1, 0).await;
    for _ in 0..2 {
        world.said(&["learner", "put", "--name", "Jo \u{202e}Ng"]);
    }
    let told = world.not_understood(&["learner", "show", "jo \u{202e}ng"]);
    assert!(told.starts_with("plansync: 2 learners match"), "{told}");
    assert_eq!(
        (told.lines().count(), told.contains('\u{202e}')),
        (3, false),
        "{told}"
    );
    let told = world.not_understood(&["learner", "put", "Sorce Learner", "--group", "x"]);
    assert!(told.contains("Source Learner"), "{told}");
    let enrol = [
        "learner",
        "put",
        &SOURCE.to_string(),
        "--enrol",
        "Business Administrator=away",
    ];
    let told = world.not_understood(&enrol);
    assert!(
        told.contains("“away” is not a status") && told.contains("on_break"),
        "{told}"
    );
}

#[tokio::test]
async fn whoever_may_not_is_told_what_is_for_them() {
    let world = world().await;
    found(&world.client, 1, 2).await;
    let put = world.typed_as("sam", &["learner", "put", "--name", "X"]);
    assert_eq!(put.code, Some(2), "{put:?}");
    assert!(put.err.contains("give `--as system`"), "{}", put.err);
    let json = ["administrator", "list", "--output", "json"];
    let json = world.typed_as("alice", &json);
    assert_eq!(
        (json.code, &json.json()["error"]["code"]),
        (Some(1), &json!("not_permitted"))
    );
    let sam = world.typed_as("sam", &["learner", "list", "--limit", "1"]);
    assert!(sam.out.contains("… and 2 more learners"), "{sam:?}");
}

#[tokio::test]
async fn everybody_finds_the_learners_whom_they_see() {
    let world = world().await;
    found(&world.client, 1, 2).await;
    let json = [
        "learner",
        "list",
        "--search",
        "target",
        "--programme",
        "business administrator",
    ];
    let json = [&json[..], &["--output", "json"]].concat();
    let found = world.typed_as("alice", &json).json();
    assert_eq!(found["total"], 2);
    let programmes = json!([{ "programme": PROGRAMME, "name": "Business Administrator",
        "status": "active" }]);
    assert_eq!(found["items"][0]["programmes"], programmes);
    let shown = world.typed_as("alice", &["learner", "show", "target 0001"]);
    assert!(
        shown.out.contains("Business Administrator (active)"),
        "{shown:?}"
    );
    let filtered = world.typed_as("alice", &["learner", "list", "--group", "north"]);
    assert_eq!(filtered.code, Some(2), "{filtered:?}");
    assert!(
        filtered
            .err
            .contains("`--search` and `--programme` are available to everyone")
    );
}

#[tokio::test]
async fn the_example_of_a_load_is_loaded_as_it_is_and_can_be_previewed() {
    let world = world().await;
    let file = world.folder.path().join("example.jsonl");
    let file = file.to_str().unwrap();
    let url = world.nats.url();
    let written = run(&url, &["load", "--template", file]);
    assert_eq!(written.code, Some(0), "{written:?}");
    let again = run(&url, &["load", "--template", file]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(
        again.err.contains("already exists and was not changed"),
        "{}",
        again.err
    );
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(run(&url, &["load", "--template"]).out, text);
    let lines = text.lines().count();
    let loaded = run(&url, &["load", file, "--output", "json"]);
    assert_eq!(
        (loaded.code, &loaded.json()["done"]),
        (Some(0), &json!(lines)),
        "{loaded:?}"
    );
    let preview = [
        "sync",
        "preview",
        "--tenant",
        "example-college",
        "--as",
        "alice",
    ];
    let preview = run(
        &url,
        &[&preview[..], &["--learners", "all", "--output", "json"]].concat(),
    );
    assert_eq!(preview.code, Some(0), "{preview:?}");
    assert_eq!(preview.json()["pairs"]["applied"], 2, "{preview:?}");
    // The example of an import is taken there, too.
    let learners = world.folder.path().join("learners.csv");
    let learners = learners.to_str().unwrap();
    assert_eq!(run(&url, &["import", "--template", learners]).code, Some(0));
    let import = [
        "import",
        learners,
        "--tenant",
        "example-college",
        "--as",
        "system",
        "--yes",
    ];
    let imported = run(&url, &[&import[..], &["--output", "json"]].concat());
    let counts = ["new", "bad", "put", "refused"].map(|it| imported.json()[it].clone());
    assert_eq!(counts, [3, 0, 3, 0].map(|it| json!(it)), "{imported:?}");
}

#[tokio::test]
async fn a_second_one_of_the_same_name_is_told_of_the_first() {
    let world = world().await;
    world.said(&["tenant", "put"]);
    for word in ["programme", "learner"] {
        let put = |name: &str| world.json(&[word, "put", "--name", name]);
        let first = put("Zoë Ashe");
        assert_eq!(first.get("namesake"), None);
        let second = put("zoe ashe");
        assert_eq!(
            (&second["namesake"], &second["change"]),
            (&first[word], &json!("new"))
        );
        let third = world.said(&[word, "put", "--name", "Zoe Ashe", "--dry-run"]);
        let told = format!("Another {word} has this name: ");
        assert!(third.contains(&told), "{third}");
        let id = first[word].as_str().unwrap();
        let changed = world.json(&[word, "put", id, "--name", "Ashe, Zoë"]);
        assert_eq!(
            (&changed["change"], changed.get("namesake")),
            (&json!("changed"), None)
        );
    }
}

#[tokio::test]
async fn tutors_and_case_owners_are_given_by_name_like_everybody_else() {
    let world = world().await;
    found(&world.client, 1, 0).await;
    for (id, name) in [("m1", "Mía Ortiz"), ("m2", "Mia Olsen")] {
        world.said(&["administrator", "put", id, "--name", name]);
    }
    let put = [
        "learner",
        "put",
        "--name",
        "Ann Lee",
        "--tutor",
        "MIA ORTIZ",
    ];
    let put = world.json(&[&put[..], &["--case-owner", "mia ols"]].concat());
    let id = put["learner"].as_str().unwrap();
    let record = world.json(&["learner", "show", id]);
    assert_eq!(
        (&record["tutors"], &record["case_owner"]),
        (&json!(["m1"]), &json!("m2"))
    );
    let list = |actor, tutor| {
        let list = ["learner", "list", "--output", "json", "--tutor", tutor];
        world.typed_as(actor, &list)
    };
    let shown = world.said(&["learner", "list", "--search", "ann lee"]);
    assert!(
        shown.contains("Mía Ortiz") && shown.contains("Mia Olsen"),
        "{shown}"
    );
    let shown = world.said(&["learner", "show", id]);
    assert!(
        shown.contains("Mía Ortiz") && shown.contains("Mia Olsen"),
        "{shown}"
    );
    let enrol = "Business Administrator=on break";
    world.said(&["learner", "put", id, "--enrol", enrol]);
    let listed = world.json(&["learner", "list", "--programme-status", "on break"]);
    assert_eq!(listed["items"][0]["learner"], id);
    for actor in ["system", "sam"] {
        for tutor in ["mia or", "m1", "id:m1"] {
            let listed = list(actor, tutor);
            assert_eq!(listed.json()["items"][0]["learner"], id, "{listed:?}");
        }
    }
    let told = world.not_understood(&["learner", "list", "--tutor", "mia"]);
    assert!(
        told.contains("2 administrators match “mia”")
            && told.contains("m1  Mía Ortiz")
            && told.contains("m2  Mia Olsen"),
        "{told}"
    );
    for (option, wrong) in [("--tutor", "Mia Ortis"), ("--case-owner", "Mia Ortis")] {
        let told = world.not_understood(&["learner", "put", id, option, wrong]);
        assert!(told.contains("Mía Ortiz"), "{told}");
    }
    let told = list("alice", "mia ortiz");
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.contains("may filter by group, tutor"), "{told:?}");
}

#[tokio::test]
async fn a_tutor_who_was_removed_is_found_by_id() {
    let world = world().await;
    found(&world.client, 1, 0).await;
    world.said(&["administrator", "put", "m1", "--name", "Mia Ortiz"]);
    let put = ["learner", "put", "--name", "Ann Lee", "--tutor", "m1"];
    let put = world.json(&put);
    let id = put["learner"].as_str().unwrap();
    world.said(&["administrator", "remove", "m1", "--yes"]);
    let listed = world.json(&["learner", "list", "--tutor", "m1"]);
    assert_eq!(
        (&listed["total"], &listed["items"][0]["learner"]),
        (&json!(1), &put["learner"])
    );
    world.said(&["learner", "put", id, "--remove-tutor", "m1"]);
    assert_eq!(world.json(&["learner", "show", id])["tutors"], json!([]));
}

#[tokio::test]
async fn a_second_component_of_the_same_name_is_told_of_the_first() {
    let world = world().await;
    world.said(&["tenant", "put"]);
    world.said(&["programme", "put", "--name", "Maths"]);
    let put = |name: &str, more: &[&str]| {
        let put = ["template", "put", "Maths", "--type", "exam", "--name", name];
        world.json(&[&put[..], more].concat())["components"][0].clone()
    };
    let first = put("Zoë’s sums", &[]);
    assert_eq!(first.get("namesake"), None);
    let second = put("zoe’s SUMS", &["--dry-run"]);
    assert_eq!(
        (&second["namesake"], &second["change"]),
        (&first["component"], &json!("new"))
    );
    let id = first["component"].as_str().unwrap();
    let third = [
        "template",
        "put",
        "Maths",
        "--type",
        "exam",
        "--name",
        "Zoë’s sums",
    ];
    let third = world.said(&third);
    let command = third
        .lines()
        .find(|line| line.contains("--component"))
        .unwrap();
    assert!(command.starts_with("  plansync template put "), "{third}");
    assert!(command.ends_with(&format!(" --component {id}")), "{third}");
    // The command that is printed changes the first one.
    let changed = paste(
        &[("NATS_URL", &world.nats.url())],
        &format!("{} --name Sums --output json", command.trim()),
    );
    let changed = &changed.json()["components"][0];
    assert_eq!(
        (
            &changed["component"],
            &changed["change"],
            changed.get("namesake")
        ),
        (&first["component"], &json!("changed"), None)
    );
    let both = br#"{"components": [
        {"component": "00000000-0000-0000-0000-0000000000e1", "type": "exam", "attributes": {"name": "Twin"}},
        {"component": "00000000-0000-0000-0000-0000000000e2", "type": "exam", "attributes": {"name": "twin"}}]}"#;
    let file = format!("@{}", world.file("both.json", both));
    let both = world.json(&["template", "put", "Maths", "--json", &file]);
    let namesakes = [0, 1].map(|index| both["components"][index].get("namesake").cloned());
    let first = json!("00000000-0000-0000-0000-0000000000e1");
    assert_eq!(namesakes, [None, Some(first)]);
}
