//! What people and programs get, and that each fault of the runbook is made here.

use std::path::Path;

use plansync_tests::program::run;
use serde_json::Value;

const NOWHERE: &str = "nats://127.0.0.1:1";

#[test]
fn people_see_what_is_wrong_first_with_what_to_do() {
    let ended = run(NOWHERE, &["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let mut lines = ended.out.lines();
    // The machine may have other faults.
    let summary = lines.next().unwrap();
    let is_counted = |count: &str| count.parse().is_ok_and(|count: u32| count > 0);
    let wrong = summary
        .split_once(" wrong, ")
        .map(|(count, _)| is_counted(count));
    assert_eq!(wrong, Some(true), "{ended:?}");
    assert_eq!(lines.next(), Some(""));
    let first = "WRONG        nats.connection: nobody listens at nats://127.0.0.1:1";
    assert_eq!(lines.next(), Some(first));
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("             What to do: start the NATS server")
    );
    assert_eq!(
        lines.next(),
        Some("             See docs/runbook.md#nats-is-gone")
    );
    let line = |words: &str| {
        let mut found = ended.out.lines().filter(|line| line.contains(words));
        let first = found.next().unwrap_or_else(|| panic!("{}", ended.out));
        assert_eq!(found.next(), None, "all of them are in one line");
        first
    };
    let not_checked = line("because there is no connection to NATS; correct nats.connection first");
    assert!(not_checked.starts_with("not checked  15 checks (nats.certificates, nats.version, "));
    assert!(not_checked.contains(" engine.answers, "), "{not_checked}");
    assert!(
        not_checked.ends_with(" (docs/runbook.md#nats-is-gone)"),
        "{not_checked}"
    );
    let not_checked = line("because no data folder is given");
    assert!(
        not_checked.starts_with("not checked  5 checks (data.folder, "),
        "{not_checked}"
    );
}

#[test]
fn programs_get_a_line_for_each_check() {
    let json = run(NOWHERE, &["doctor", "--output", "json"]).json();
    let count = json["checks"].as_array().unwrap().len();
    let lines = run(NOWHERE, &["doctor", "--output", "jsonl"]);
    let lines: Vec<Value> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), count);
    let names: Vec<_> = lines.iter().map(|line| line["check"].clone()).collect();
    let expected = json["checks"].as_array().unwrap().iter();
    assert_eq!(
        names,
        expected
            .map(|check| check["check"].clone())
            .collect::<Vec<_>>()
    );
    let table = run(NOWHERE, &["doctor", "--output", "tsv"]);
    let mut rows = table.out.lines();
    assert_eq!(rows.next(), Some("check\tstate\tmessage\tadvice\trunbook"));
    assert!(
        rows.next()
            .unwrap()
            .starts_with("nats.connection\twrong\tnobody listens")
    );
    assert_eq!(rows.count(), count - 1);
}

#[test]
fn an_actor_needs_a_tenant() {
    let ended = run(NOWHERE, &["doctor", "--as", "alice"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("--tenant"), "{ended:?}");
}

/// The text of all tests of the doctor.
const TESTS: [&str; 8] = [
    include_str!("clients.rs"),
    include_str!("engines.rs"),
    include_str!("folders.rs"),
    include_str!("limits.rs"),
    include_str!("mounts.rs"),
    include_str!("reaching.rs"),
    include_str!("streams.rs"),
    include_str!("hostile.rs"),
];

#[test]
fn every_fault_of_the_runbook_is_found_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/runbook.md")).unwrap();
    let (_, faults) = page
        .split_once("# What you see, what it means, what to do\n")
        .unwrap();
    let titles: Vec<_> = faults
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert!(titles.len() >= 17, "{titles:?}");
    for title in titles {
        let kept = |c: &char| c.is_alphanumeric() || [' ', '-'].contains(c);
        let anchor: String = title.to_lowercase().chars().filter(kept).collect();
        let anchor = format!("\"{}\"", anchor.replace(' ', "-"));
        let is_found = TESTS.iter().any(|test| test.contains(&anchor));
        assert!(is_found, "no test finds {anchor}");
        // The section says that the doctor finds it.
        let (_, section) = faults.split_once(&format!("## {title}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        assert!(section.contains("plansync doctor"), "{title}");
    }
}
