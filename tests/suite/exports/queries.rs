//! `plansync audit sql`: a query on the log, and nothing else.

use std::fs;

use plansync_tests::program::{Ended, run_in};
use serde_json::{Value, json};

use super::world::{NAMES, World, learner};

fn sql(world: &World, temporary: &str, more: &[&str]) -> Ended {
    let data = world.data();
    let words = ["audit", "sql", "--data", data.to_str().unwrap()];
    run_in(&[("TMPDIR", temporary)], &[&words[..], more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_prints_its_rows_and_leaves_nothing() {
    let mut world = World::new().await;
    world.stop();
    let temporary = world.folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let shown = temporary.to_str().unwrap();
    let ask = |more: &[&str]| sql(&world, shown, more);
    let names = "SELECT name, is_known, case_owner, NULL AS empty FROM learners WHERE is_known ORDER BY learner";
    let ended = ask(&[names, "--output", "json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let rows: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<&Value> = rows.iter().map(|row| &row["name"]).collect();
    assert_eq!(told, NAMES);
    assert_eq!(
        rows[3],
        json!({ "name": NAMES[3], "is_known": 1, "case_owner": "unknown-owner", "empty": null })
    );
    let ended = ask(&[names, "--output", "tsv"]);
    assert_eq!(ended.out.lines().count(), 1 + NAMES.len());
    assert!(
        ended.out.starts_with("name\tis_known\tcase_owner\tempty\n"),
        "{ended:?}"
    );
    let ended = ask(&[names, "--limit", "2"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.out.contains(NAMES[0]) && ended.out.contains("`--limit all`"),
        "{ended:?}"
    );
    // Filters are those of an export.
    let one = learner(1).to_string();
    let ended = ask(&[
        "SELECT DISTINCT learner FROM edits",
        "--learner",
        &one,
        "--output",
        "json",
    ]);
    assert_eq!(ended.out.trim(), json!({ "learner": one }).to_string());
    let dates = ask(&[
        "SELECT reason, before, after FROM due_date_changes WHERE sync IS NOT NULL",
        "--output",
        "json",
    ]);
    assert!(
        dates.out.contains("is ill") && dates.out.contains("2027-01-15"),
        "{dates:?}"
    );
    let left_out = ask(&[
        "SELECT reason, reason_meaning FROM left_out WHERE reason = 'learner_not_available'",
        "--output",
        "json",
    ]);
    let first: Value = serde_json::from_str(left_out.out.lines().next().unwrap()).unwrap();
    assert!(
        first["reason_meaning"].as_str().unwrap().len() > 10,
        "{left_out:?}"
    );
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_view_says_agrees_with_the_tables() {
    let mut world = World::new().await;
    world.stop();
    let shown = world.folder.path().to_str().unwrap().to_owned();
    for query in [
        // Whatever was set last is what is there now.
        "SELECT * FROM attributes a LEFT JOIN last_set l USING (learner, component, attribute) WHERE l.value IS NOT a.value",
        "SELECT * FROM last_set l JOIN components c USING (learner, component) WHERE attribute = 'status' AND l.value <> c.status",
        "SELECT * FROM sync_summary s JOIN syncs y USING (sync) WHERE y.state <> 'running' AND y.sync_type <> \
         'selected_attributes' AND (s.applied <> y.applied OR s.unchanged <> y.unchanged OR s.skipped <> y.skipped)",
        "SELECT * FROM history WHERE before IS after",
    ] {
        let ended = sql(&world, &shown, &[query, "--output", "json"]);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(0), ""),
            "{query}: {ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_before_anything_is_read() {
    let nowhere = ["audit", "sql", "--data", "/nowhere/at/all"];
    let ask = |query: &str| run_in(&[], &[&nowhere[..], &[query]].concat());
    for (query, told) in [
        ("DELETE FROM commits", "writing to `commits` is not allowed"),
        ("SELECT 1; SELECT 2", "several statements"),
        ("ATTACH 'x' AS y", "`ATTACH` is not allowed"),
        ("SELECT wrong FROM learners", "no such column: wrong"),
        ("SELECT wrong FROM learners", "Views: history"),
        ("", "the query is empty"),
    ] {
        let ended = ask(query);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(told), "{ended:?}");
    }
    assert_eq!(ask("SELECT 1").code, Some(4));
}
