//! What is meant by a name, a part of one, an id or its beginning.

use plansync_tests::college::{PROGRAMME, SOURCE};
use serde_json::json;

use super::world;

const ANN: u128 = 0xaaaa_0001 << 96;
const ANN_TOO: u128 = 0xaaaa_0002 << 96;

#[tokio::test]
async fn a_learner_is_meant_by_a_whole_name_a_part_an_id_or_its_beginning() {
    let world = world().await;
    world.learner(ANN, "Ann Smith").await;
    world.learner(0xbbbb << 112, "Joanna").await;
    world.learner(0xcccc << 112, "Ann").await;
    let id = SOURCE.to_string();
    let opened = |given: &str| {
        let opened = world.json(&["record", "open", given]);
        world.learner_of(&opened)
    };
    for given in [
        "Source Learner",
        "source learner",
        "rce Lea",
        &id,
        &id.to_uppercase(),
    ] {
        assert_eq!(opened(given), json!(SOURCE), "{given}");
    }
    let ann = "aaaa0001-0000-0000-0000-000000000000";
    for given in [
        "ann smith",
        "aaaa0001",
        "aaaa0001-00",
        "id:aaaa",
        "name:Ann Smith",
    ] {
        assert_eq!(opened(given), ann, "{given}");
    }
    // A whole name is meant before a part of others.
    assert_eq!(opened("ann"), "cccc0000-0000-0000-0000-000000000000");
}

#[tokio::test]
async fn several_that_are_meant_are_listed_and_each_can_be_said() {
    let world = world().await;
    world.learner(ANN, "Ann Smith").await;
    world.learner(ANN_TOO, "Ann Smith").await;
    let expected = "plansync: 2 learners match “ann smith”; give the id, or this part of it:
  aaaa0001  Ann Smith  (Business Administrator)
  aaaa0002  Ann Smith  (Business Administrator)
";
    assert_eq!(world.refused(&["record", "open", "ann smith"]), expected);
    let opened = world.json(&["record", "open", "aaaa0002"]);
    let id = "aaaa0002-0000-0000-0000-000000000000";
    assert_eq!(world.learner_of(&opened), id);
    // Of two who are called so, one has an open record.
    let changes = world.json(&["record", "changes", "Ann Smith"]);
    assert_eq!(changes["total"], 0);
    for index in 0..12 {
        world
            .learner(0xdddd_0000 + index, &format!("Many {index:02}"))
            .await;
    }
    let many = world.refused(&["record", "open", "Many"]);
    assert!(
        many.starts_with("plansync: 12 learners match “Many”;"),
        "{many}"
    );
    assert!(many.ends_with("\n  … and 2 more\n"), "{many}");
}

#[tokio::test]
async fn a_name_that_nobody_has_is_answered_with_near_ones() {
    let world = world().await;
    world.learner(ANN, "Ann Smith").await;
    let expected = "plansync: there is no learner “An Smiht”; did you mean one of these?
  aaaa0001  Ann Smith  (Business Administrator)
To list all:
  plansync learner list
";
    let said = world.refused(&["record", "open", "An Smiht"]);
    assert_eq!(said, expected);
    let said = world.refused(&["record", "open", "Xyzzy"]);
    assert_eq!(
        said,
        "plansync: there is no learner “Xyzzy”\nTo list all:\n  plansync learner list\n"
    );
}

#[tokio::test]
async fn names_that_look_like_ids_words_or_lists_can_be_said() {
    let world = world().await;
    for (index, name) in [
        "beef",
        "all",
        "Smith, Ann",
        "--all",
        "O'Brien $HOME \"x\" `y`",
    ]
    .iter()
    .enumerate()
    {
        let id = 0xeeee_0000 + u128::try_from(index).unwrap();
        world.learner(id, name).await;
    }
    world.learner(0xbeef << 112, "Another").await;
    world.json(&["record", "open", "Source Learner"]);
    let number = |learners: &[&str]| {
        let components = [
            "sync",
            "preview",
            "--components",
            "all",
            "--type",
            "all_attributes",
        ];
        let words = [&components[..], learners].concat();
        world.json(&words)["learners"].as_u64().unwrap()
    };
    assert_eq!(number(&["--learners", "all"]), 9);
    assert_eq!(number(&["--learners", "name:all"]), 1);
    assert_eq!(number(&["--learners", "Smith, Ann"]), 1);
    assert_eq!(
        number(&["--learners", "Smith, Ann,Target 0001, Target 0002"]),
        3
    );
    assert_eq!(number(&["--learners", "target 0001,id:beef"]), 2);
    // What is no whole name is no two parts of others either.
    let preview = [
        "sync",
        "preview",
        "--components",
        "all",
        "--type",
        "all_attributes",
    ];
    let slip = world.refused(&[&preview[..], &["--learners", "Smith, Target"]].concat());
    assert!(
        slip.starts_with("plansync: there is no learner “Smith, Target”"),
        "{slip}"
    );
    assert_eq!(number(&["--learners=--all"]), 1);
    assert_eq!(number(&["--learners", "O'Brien $HOME \"x\" `y`"]), 1);
    assert_eq!(number(&["--learners", "beef"]), 1);
    assert_eq!(number(&["--learners", "id:beef"]), 1);
}

#[tokio::test]
async fn a_synchronisation_is_said_by_the_beginning_of_its_id() {
    let world = world().await;
    world.json(&["record", "open", "Source Learner"]);
    world.said(&["plan", "set", "--component", "Activity 0001", "name=Other"]);
    let ids = [
        "5eed0001-0000-4000-8000-000000000000",
        "5eed0002-0000-4000-8000-000000000000",
    ];
    for id in ids {
        let words = ["sync", "start", "--learners", "all", "--components", "all"];
        let how = ["--type", "all_attributes", "--sync", id, "--wait"];
        let confirmed = world.json(
            &[&words[..], &how[..2]]
                .concat()
                .iter()
                .map(|word| if *word == "start" { "preview" } else { *word })
                .collect::<Vec<_>>(),
        );
        let confirm = format!(
            "{}:{}",
            confirmed["position"],
            confirmed["digest"].as_str().unwrap()
        );
        world.json(&[&words[..], &how, &["--confirm", &confirm]].concat());
    }
    assert_eq!(world.json(&["sync", "status", "5eed0002"])["sync"], ids[1]);
    assert_eq!(world.json(&["sync", "changes", "id:5EED0001"])["total"], 5);
    let outcomes = ["sync", "outcomes", "5eed0001"];
    let of = ["--learner", "Target 0001", "--component", "Other"];
    assert_eq!(world.json(&[&outcomes[..], &of].concat())["total"], 1);
    let several = world.refused(&["sync", "status", "5eed"]);
    assert!(
        several.starts_with("plansync: 2 synchronisations match “5eed”;"),
        "{several}"
    );
    assert!(several.contains("\n  5eed0001  started "), "{several}");
    let none = world.refused(&["sync", "status", "ffff"]);
    let begin =
        "plansync: there is no synchronisation “ffff”; did you mean one of these?\n  5eed000";
    assert!(none.starts_with(begin), "{none}");
    let end = "\nTo list all:\n  plansync sync list\n";
    assert!(none.ends_with(end), "{none}");
    let near = world.refused(&["sync", "cancel", "5eec0001"]);
    assert!(near.contains("\n  5eed0001  started "), "{near}");
    let by = world.json(&[
        "sync",
        "list",
        "--by",
        "Erin Quinn",
        "--learner",
        "Source Learner",
    ]);
    assert_eq!(by["total"], 2);
}

#[tokio::test]
async fn a_tutor_is_meant_by_a_name_where_learners_are_filtered() {
    let world = world().await;
    let ann = world.learner(ANN, "Ann Smith").await;
    let record = json!({
        "learner": ann, "name": "Ann Smith", "case_owner": null, "groups": [],
        "tutors": ["erin", "newcomer"],
        "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
    });
    world.client.get("system", "learner.put", record).await;
    world.said(&["record", "open", "Source Learner"]);
    for tutor in ["erin quinn", "Quinn", "erin", "newcomer", "id:newcomer"] {
        let found = world.json(&["sync", "learners", "--tutor", tutor]);
        assert_eq!(
            (&found["total"], &found["items"][0]["name"]),
            (&json!(1), &json!("Ann Smith"))
        );
    }
    let slip = world.refused(&["sync", "learners", "--tutor", "Erni Quinn"]);
    let expected = "plansync: there is no administrator “Erni Quinn” among those whose names you may look up \
                    here; for others, give the id; did you mean one of these?\n  \
                    erin  Erin Quinn\n";
    assert_eq!(slip, expected);
}

#[tokio::test]
async fn a_slip_in_one_of_several_names_says_how_several_are_said() {
    let world = world().await;
    world.said(&["record", "open", "Source Learner"]);
    let learners = ["--components", "all", "--learners", "Target 0000,Target 1"];
    let slip = world.refused(&[&["sync", "preview"], &learners[..]].concat());
    let expected = "plansync: there is no learner “Target 1”; in a list separated by \
                    commas, give each by its full name or id; did you mean";
    assert!(slip.starts_with(expected), "{slip}");
}
