//! `plansync record`: opening, going on, looking and closing by a learner's name.

use plansync_tests::program::run_in;
use serde_json::json;

use super::{World, commands, world};

#[tokio::test]
async fn a_record_is_opened_looked_at_and_closed_by_name() {
    let world = world().await;
    let opened = world.typed(&["record", "open", "Source Learner"]);
    assert_eq!(opened.code, Some(0), "{opened:?}");
    let first = opened.out.lines().next().unwrap();
    assert_eq!(
        first,
        "The record of Source Learner is open. Recent changes: all since version 1 of the plan."
    );
    assert!(
        opened.out.contains("\n ✓ Business Administrator\n"),
        "{opened:?}"
    );
    let listed = world.said(&["record", "list"]);
    assert!(listed.contains("Source Learner"), "{listed}");
    let none = world.said(&["record", "changes"]);
    assert!(none.starts_with("No recent changes"), "{none}");
    let due = [
        "due_date=2026-12-01",
        "criteria+=K9",
        "--reason",
        "more time",
    ];
    world.said(&[&["plan", "set", "--component", "Activity 0001"], &due[..]].concat());
    world.said(&["plan", "remove", "--component", "Activity 0002"]);
    let changes = world.said(&["record", "changes", "source learner"]);
    let lines: Vec<_> = changes.lines().map(str::trim_end).collect();
    let row = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let heading = ["Component", "Change", "Attribute", "Before", "After"];
    assert_eq!(row(lines[0]), heading, "{changes}");
    let due = [
        "✓",
        "Activity",
        "0001",
        "updated",
        "due",
        "date",
        "–",
        "2026-12-01",
    ];
    assert_eq!(row(lines[2]), due, "{changes}");
    assert_eq!(row(lines[3]), ["criteria", "+", "K9"], "{changes}");
    assert_eq!(
        row(lines[4]),
        ["✓", "Activity", "0002", "deleted"],
        "{changes}"
    );
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{changes}"
    );
    assert!(
        changes.contains("\n2 components with recent changes; "),
        "{changes}"
    );
    world.said(&["record", "close", "Source Learner"]);
    assert_eq!(
        world.said(&["record", "list"]),
        "You have no open record.\n"
    );
}

#[tokio::test]
async fn whose_record_was_opened_is_said_by_the_whole_name() {
    let world = world().await;
    let source = plansync_tests::college::SOURCE.to_string();
    for given in ["source", "name:Source Learner", &source] {
        let said = world.said(&["record", "open", given]);
        assert!(
            said.starts_with("The record of Source Learner is open."),
            "{given}: {said}"
        );
    }
}

#[tokio::test]
async fn an_open_record_is_gone_on_with_or_begun_again() {
    let world = world().await;
    let first = world.json(&["record", "open", "Source Learner"]);
    world.said(&["plan", "set", "--component", "Activity 0001", "name=Other"]);
    let resumed = world.json(&["record", "open", "Source Learner", "--resume"]);
    assert_eq!(resumed["session"], first["session"]);
    assert_eq!(world.json(&["record", "changes"])["total"], 1);
    let said = world.said(&["record", "open", "--learner", "Source Learner", "--resume"]);
    assert!(
        said.starts_with("The record of Source Learner is still open."),
        "{said}"
    );
    let again = world.said(&["record", "open", "Source Learner"]);
    assert!(again.contains("That session was closed"), "{again}");
    assert_eq!(world.json(&["record", "changes"])["total"], 0);
}

#[tokio::test]
async fn which_record_is_meant_is_asked_for_where_several_are_open() {
    let world = world().await;
    let none = world.typed(&["record", "changes"]);
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(
        none.err.starts_with("plansync: you have no open record; "),
        "{none:?}"
    );
    assert_eq!(commands(&none), ["plansync learner list"]);
    let other = world.typed(&["record", "close", "Target 0001"]);
    assert_eq!(commands(&other), ["plansync record open 'Target 0001'"]);
    world.json(&["record", "open", "Source Learner"]);
    let second = world.json(&["record", "open", "Target 0001"]);
    let several = world.refused(&["record", "changes"]);
    let begin = "plansync: there are several open records; choose one with `--learner` or \
                 `--session`:\n  session ";
    assert!(several.starts_with(begin), "{several}");
    assert!(several.contains(" of Source Learner, opened "), "{several}");
    let session = second["session"].as_str().unwrap();
    let changes = world.json(&["record", "changes", "--session", &session[..18]]);
    assert_eq!(
        changes,
        json!({ "total": 0, "changes": [], "position": changes["position"] })
    );
}

#[tokio::test]
async fn where_there_is_little_room_what_a_change_comes_to_is_shown_before_what_was() {
    let world = world().await;
    world.said(&["record", "open", "Source Learner"]);
    let set = [
        "plan",
        "set",
        "--component",
        "Activity 0001",
        "--reason",
        "x",
    ];
    world.said(
        &[
            &set[..],
            &["due_date=2026-12-01", "delivery_via_organisation=yes"],
        ]
        .concat(),
    );
    let url = world.nats.url();
    let narrow = World::environment(&url).map(|(name, value)| match name {
        "COLUMNS" => (name, "40"),
        _ => (name, value),
    });
    for words in [&["record", "changes"][..], &["plan", "change", "2"]] {
        let shown = run_in(&narrow, words);
        let row = shown.out.lines().find(|line| line.contains("due date"));
        assert!(
            row.is_some_and(|row| row.ends_with("2026-12-01")),
            "{shown:?}"
        );
    }
}
