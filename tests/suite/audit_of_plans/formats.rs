//! Output for programs and spreadsheets: lines of JSON, and tables with a name for each column.

use plansync_tests::college::{SOURCE, component, learner, target};
use serde_json::{Value, json};

use super::world::{World, due};

/// The rows of a file of comma-separated values, by the names of its columns.
fn rows(text: &str) -> Vec<Value> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut lines = records(text).into_iter();
    let names = lines.next().unwrap();
    let row = |line: Vec<String>| {
        assert_eq!(line.len(), names.len(), "{line:?}");
        let fields = names
            .iter()
            .cloned()
            .zip(line.into_iter().map(Value::String));
        Value::Object(fields.collect())
    };
    lines.map(row).collect()
}

/// The records of a text as RFC 4180 has them.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {
                assert_eq!(characters.next(), Some('\n'));
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    assert!(
        record.is_empty() && field.is_empty(),
        "the last line is not ended"
    );
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_gets_every_due_date_with_its_reason_and_calculates_nothing() {
    let world = World::new(2, 4).await;
    learner(&world.client, target(9), "=1+1").await;
    let mut script = Vec::new();
    for week in 0..4_u128 {
        let (date, reason) = (
            format!("2026-12-{:02}", week + 10),
            format!("-Week {week}, \"ill\""),
        );
        world
            .edit("alice", target(week), json!([due(0, &date, &reason)]))
            .await;
        script.push((target(week), date, format!("'{reason}"), String::new()));
    }
    let moved = json!([due(1, "2027-01-10", "The employer\nasked")]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(9)]))
        .await;
    let sync = sync.as_str().unwrap().to_owned();
    let (date, reason) = ("2027-01-10".to_owned(), "The employer\nasked".to_owned());
    script.push((target(9), date.clone(), reason.clone(), sync));
    script.push((SOURCE, date, reason, String::new()));
    script.sort();
    let ask = ["changes", "--from", "2020-01-01", "--until", "2099-12-31"];
    let csv = rows(&world.shown(&[&ask[..], &["--output", "csv"]].concat()));
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let moved = csv.iter().filter(|row| row["change"] == "due_date_moved");
    let told = moved.map(|row| {
        let learner = text(row, "learner").parse().unwrap();
        (
            learner,
            text(row, "due_date_after"),
            text(row, "reason"),
            text(row, "sync"),
        )
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    assert_eq!(told, script);
    let formula = csv.iter().find(|row| row["learner"] == json!(target(9)));
    assert_eq!(formula.unwrap()["learner_name"], "'=1+1");
    // The same rows everywhere, also where they come in parts.
    let lines = world.shown(&[&ask[..], &["--output", "jsonl"]].concat());
    assert_eq!(lines.lines().count(), csv.len());
    let tsv = world.shown(&[&ask[..], &["--output", "tsv"]].concat());
    assert_eq!(tsv.lines().count(), csv.len() + 1);
    let ids: Vec<_> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["component"].clone())
        .collect();
    let of_csv: Vec<_> = csv.iter().map(|row| row["component"].clone()).collect();
    assert_eq!(ids, of_csv);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_log_have_names_and_ids_and_what_happened() {
    let world = World::new(2, 2).await;
    world
        .edit("alice", target(1), json!([due(0, "2026-12-10", "Ill")]))
        .await;
    let csv = rows(&world.shown(&["log", "--learner", "Target 0001", "--output", "csv"]));
    let last = csv.last().unwrap();
    let expected = [
        ("by", "alice"),
        ("about", "plan of Target 0001"),
        (
            "what",
            "“Activity 0000”: due date → 2026-12-10, reason: Ill",
        ),
        ("kind", "plan.changed"),
        ("learner_name", "Target 0001"),
        ("version", "2"),
    ];
    for (name, value) in expected {
        assert_eq!(last[name], value, "{name}");
    }
    assert_eq!(last["learner"], json!(target(1)));
    let shown = rows(&world.shown(&[
        "show",
        last["position"].as_str().unwrap(),
        "--output",
        "csv",
    ]));
    assert_eq!(shown, std::slice::from_ref(last));
    let blamed = ["blame", "Target 0001", "--output", "csv"];
    let blamed = rows(&world.shown(&blamed));
    let due = blamed
        .iter()
        .find(|row| row["component"] == json!(component(0)) && row["attribute"] == "due_date");
    let due = due.unwrap();
    assert_eq!(
        (&due["value"], &due["reason"]),
        (&json!("2026-12-10"), &json!("Ill"))
    );
}
