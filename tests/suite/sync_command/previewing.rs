//! The preview, the same learner by learner, and how a request is said.

use std::collections::BTreeSet;

use plansync_tests::college::{PROGRAMME, SOURCE, component, target};
use serde_json::{Value, json};

use super::{World, lines, world};

fn request(world: &World) -> Value {
    json!({
        "session": world.session, "programme": PROGRAMME, "components": "recent",
        "learners": "all", "type": "changes_only",
    })
}

#[tokio::test]
async fn a_preview_is_a_grid_with_warnings_totals_and_what_to_type_next() {
    let world = world().await;
    let summary = world.asked("sync.preview", request(&world)).await;
    let session = world.session.as_str().unwrap();
    let request = format!(
        "--tenant northgate --as erin --session {session} --programme {PROGRAMME} \
         --components recent --learners all --type changes_only"
    );
    let confirm = format!(
        "{}:{}",
        summary["position"],
        summary["digest"].as_str().unwrap()
    );
    let first = component(0);
    let expected = format!(
        "changes only of “Business Administrator”: 3 components onto 3 learners, whatever the status of the component.

Component      Type        Action       Last updated (UTC)  Synchronised  Of these unchanged  Not synchronised
──────────────────────────────────────────────────────────────────────────────────────────────────────────────
Activity zero  assignment  synchronise  yyyy-mm-dd hh:mm               2                   0                 1
Activity 0002  assignment  synchronise  yyyy-mm-dd hh:mm               3                   0                 0
Activity 0004  assignment  delete       yyyy-mm-dd hh:mm               2                   0                 1

! Component(s) for some Learners will not be synchronised (1 learner, 2 components)
7 changes would be made, each to one component of one learner's plan; 0 already match, 2 would be skipped.

To see the effect on each learner:
  plansync sync affected {request}
To see the effect on one component, learner by learner:
  plansync sync explain {request} --component {first}
To start exactly what was shown:
  plansync sync start {request} --confirm {confirm}
"
    );
    assert_eq!(world.said(&["preview", "--learners", "all"]), expected);
    assert_eq!(world.json(&["preview", "--learners", "all"]), summary);
}

#[tokio::test]
async fn a_preview_says_what_becomes_of_the_source_and_why() {
    let world = world().await;
    let done = json!({ "learner": SOURCE, "edits": [
        { "op": "set_status", "component": component(2), "status": "completed" },
    ]});
    world.client.get("system", "plan.edit", done).await;
    let preview = [
        &[
            "preview",
            "--components",
            "Activity 0001,Activity 0002",
            "--learners",
            "all",
        ][..],
        &["--type", "selected_attributes", "--attribute", "criteria"],
    ]
    .concat();
    let said = world.said(&preview);
    for line in [
        "Source's own plan, already matching: “Activity 0001”.",
        "Source's own plan, skipped (it is finished, and you may not edit finished ones): “Activity 0002”.",
    ] {
        assert!(said.lines().any(|it| it == line), "{line} in {said}");
    }
    let heading = said.lines().find(|line| line.starts_with("Component "));
    assert!(heading.is_some_and(|it| it.contains("Source")), "{said}");
    let tsv = world.said(&[&preview[..], &["--output", "tsv"]].concat());
    assert!(lines(&tsv)[0].ends_with("\tsource"), "{tsv}");
    assert!(lines(&tsv)[2].ends_with("\tskipped"), "{tsv}");
}

#[tokio::test]
async fn what_a_preview_says_to_type_next_starts_exactly_it() {
    let world = world().await;
    let shown = world.said(&[
        "preview",
        "--components",
        "Activity zero",
        "--search",
        "target",
        "--except",
        "Target 0002",
        "--status",
        "not_started,in_progress",
    ]);
    let next = *lines(&shown).last().unwrap();
    let words: Vec<_> = next.split_whitespace().skip(2).collect();
    let started = plansync_tests::program::run(
        &world.nats.url(),
        &[&["sync"], &*words, &["--wait", "--output", "json"]].concat(),
    );
    let done = started.json();
    assert_eq!(
        (started.code, &done["state"]),
        (Some(0), &json!("completed")),
        "{started:?}"
    );
    assert_eq!(
        done["pairs"],
        json!({ "applied": 1, "unchanged": 0, "skipped": 1 })
    );
}

#[tokio::test]
async fn a_component_is_explained_learner_by_learner() {
    let world = world().await;
    let expected = "“Activity zero”, 00000000-0000-0000-0000-000000000c00

synchronised for 2 learners
Learner      Programme               Action       Outcome  Reason and warnings  Changes
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
Target 0001  Business Administrator  synchronise  applied                       name: Activity 0000 → Activity zero
Target 0002  Business Administrator  synchronise  applied                       name: Activity 0000 → Activity zero

not synchronised for 1 learner
Learner      Programme               Action       Outcome  Reason and warnings                                 Changes
──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
Target 0000  Business Administrator  synchronise  skipped  it is finished, and you may not edit finished ones
";
    let said = world.said(&[
        "explain",
        "--learners",
        "all",
        "--component",
        "activity zero",
    ]);
    assert_eq!(said, expected);
}

#[tokio::test]
async fn one_side_of_a_component_is_the_reply_itself_for_programs() {
    let world = world().await;
    let mut body = request(&world);
    body["component"] = json!(component(2));
    body["side"] = json!("synchronised");
    let reply = world.asked("sync.explain", body).await;
    let id = component(2).to_string();
    let words = [
        "explain",
        "--learners",
        "all",
        "--component",
        &id,
        "--side",
        "synchronised",
    ];
    assert_eq!(world.json(&words), reply);
    assert_eq!(reply["items"][0]["changes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_learners_of_a_preview_are_shown_a_row_each() {
    let world = world().await;
    let reply = world.asked("sync.affected", request(&world)).await;
    assert_eq!(world.json(&["affected", "--learners", "all"]), reply);
    let said = world.said(&["affected", "--learners", "all"]);
    let learners = ["Target 0000", "Target 0001", "Target 0002"];
    for (line, learner) in said.lines().skip(2).zip(learners) {
        assert!(line.starts_with(learner), "{said}");
    }
    assert_eq!(
        said.lines()
            .skip(2)
            .take_while(|line| !line.is_empty())
            .count(),
        3
    );
    assert!(said.ends_with("\n\n3 learners.\n"), "{said}");
}

#[tokio::test]
async fn pages_that_are_too_large_are_read_in_smaller_ones() {
    let world = world().await;
    for index in 10..70 {
        let name = format!("Extra {index}");
        plansync_tests::college::learner(&world.client, target(index), &name).await;
    }
    let set = json!({ "instructions": "word ".repeat(4_000) });
    let edits = json!([{ "op": "change", "component": component(1), "set": set }]);
    plansync_tests::college::edit_source(&world.client, "erin", edits).await;
    let mut body = request(&world);
    body["component"] = json!(component(1));
    body["side"] = json!("synchronised");
    body["page_size"] = json!(500);
    let refused = world.client.refusal("erin", "sync.explain", body).await;
    assert_eq!(refused, "page_too_large");
    let id = component(1).to_string();
    let words = [
        "explain",
        "--learners",
        "all",
        "--component",
        &id,
        "--side",
        "synchronised",
    ];
    let reply = world.json(&words);
    let learners: BTreeSet<_> = reply["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["learner"].as_str().unwrap().to_owned())
        .collect();
    let expected = (0..3).chain(10..70).map(|index| target(index).to_string());
    assert_eq!(learners, expected.collect());
    assert_eq!(reply["items"].as_array().unwrap().len(), 63);
}

#[tokio::test]
async fn learners_are_chosen_by_id_by_name_by_filter_or_not_at_all() {
    let world = world().await;
    let learners = |words: &[&str]| {
        let summary = world.json(&[&["preview"], words].concat());
        summary["learners"].as_u64().unwrap()
    };
    let two = format!("{},{}", target(0), target(1));
    assert_eq!(learners(&["--learners", &two]), 2);
    assert_eq!(
        learners(&["--learners", "Target 0001", "--learners", "target 0002"]),
        2
    );
    assert_eq!(learners(&["--search", "0001"]), 1);
    assert_eq!(learners(&["--learners", "all", "--except", &two]), 1);
    let refused = |words: &[&str], expected: &str| {
        let ended = world.typed(&[&["preview"], words].concat());
        assert_eq!((ended.code, &*ended.err), (Some(2), expected), "{words:?}");
    };
    refused(
        &[],
        "plansync: no learners are chosen: give `--learners all`, names or ids of learners, or a filter \
         such as `--group`\n",
    );
    refused(
        &["--learners", &two, "--search", "x"],
        "plansync: filters apply to all learners: omit the names and ids of `--learners`, or omit the \
         filters\n",
    );
    let ids: Vec<_> = (0..3)
        .map(|index| format!("  {}  Target 000{index}  (active)\n", target(index)))
        .collect();
    let several = format!(
        "plansync: 3 learners match “target”; give the id, or this part of it:\n{}",
        ids.concat()
    );
    refused(&["--learners", "target"], &several);
    let none = format!(
        "plansync: there is no learner “nobody”\nTo list all:\n  plansync sync learners --tenant \
         northgate --as erin --session {} --programme {PROGRAMME}\n",
        world.session.as_str().unwrap()
    );
    refused(&["--learners", "nobody"], &none);
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_is_the_reply_itself_for_programs() {
    let world = world().await;
    let unknown = component(77).to_string();
    let words = ["explain", "--learners", "all", "--component", &unknown];
    let refused = world.typed(&words);
    let said = lines(&refused.err);
    assert_eq!(
        (refused.code, &*refused.out, said.len()),
        (Some(1), "", 2),
        "{refused:?}"
    );
    assert!(
        said[0].starts_with("plansync: component_not_found: "),
        "{said:#?}"
    );
    assert!(
        said[1].starts_with("`plansync sync components` lists"),
        "{said:#?}"
    );
    let json = world.typed(&[&words[..], &["--output", "json"]].concat());
    assert_eq!((json.code, &*json.err), (Some(1), ""));
    assert_eq!(json.json()["error"]["code"], "component_not_found");
}
