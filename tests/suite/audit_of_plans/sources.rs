//! Every verb shows the same of the running engine, of its folder and of a backup; in JSON what a request shows.

use plansync_tests::college::{SOURCE, component, target};
use plansync_tests::program::{Ended, on_folder, run_in};
use serde_json::{Value, json};

use super::world::{World, due};

/// Every verb with what it needs, and the request with the same reply.
fn questions(sync: &str, command: &str) -> Vec<(Vec<String>, &'static str, Value)> {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let learner = json!(target(0));
    let period = json!({"from_time": "2020-01-01T00:00:00.000000Z", "to_time": "2100-01-01T00:00:00.000000Z"});
    let mut of_learner = period.clone();
    of_learner["learner"] = learner.clone();
    vec![
        (words(&["log"]), "audit.log", json!({})),
        (
            words(&["log", "--newest-first", "--limit", "7"]),
            "audit.log",
            json!({"order": "newest_first", "limit": 7}),
        ),
        (
            words(&[
                "log",
                "--learner",
                "Target 0000",
                "--component",
                "Activity 0001",
            ]),
            "audit.log",
            json!({"learner": learner, "component": component(1)}),
        ),
        (
            words(&["log", "--sync", sync]),
            "audit.log",
            json!({"sync": sync}),
        ),
        (
            words(&[
                "log",
                "--by",
                "alice",
                "--kind",
                "plan.changed,sync.started",
            ]),
            "audit.log",
            json!({"by": "alice", "kinds": ["plan.changed", "sync.started"]}),
        ),
        (words(&["show", "5"]), "audit.show", json!({"position": 5})),
        (
            words(&["plan", "Target 0000", "--at", "v1"]),
            "audit.plan",
            json!({"learner": learner, "at": {"version": 1}}),
        ),
        (
            words(&["diff", "Target 0000", "--from", "v1"]),
            "audit.diff",
            json!({"learner": learner, "from": {"version": 1}}),
        ),
        (
            words(&["blame", "Target 0000"]),
            "audit.blame",
            json!({"learner": learner}),
        ),
        (
            words(&["why", sync, "Target 0000"]),
            "audit.why",
            json!({"sync": sync, "learner": learner}),
        ),
        (
            words(&["trace", command]),
            "audit.trace",
            json!({"command_id": command}),
        ),
        (
            words(&["changes", "--from", "2020-01-01", "--to", "2099-12-31"]),
            "audit.changes",
            period,
        ),
        (
            words(&[
                "changes",
                "--from",
                "2020-01-01",
                "--to",
                "2099-12-31",
                "--learner",
                "Target 0000",
            ]),
            "audit.changes",
            of_learner,
        ),
    ]
}

fn asked(url: &str, words: &[&str]) -> Ended {
    run_in(&[("NATS_URL", url), ("COLUMNS", "90")], words)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_shows_the_same_of_the_engine_its_folder_and_a_backup() {
    let mut world = World::new(3, 2).await;
    world
        .edit("sam", target(0), json!([due(1, "2026-12-01", "Too late")]))
        .await;
    let moved = json!([due(1, "2026-12-24", "The employer asked")]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(0)]))
        .await;
    let sync = sync.as_str().unwrap();
    let log = world
        .client
        .get("sam", "audit.log", json!({"sync": sync}))
        .await;
    let command = log["items"][0]["correlation_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let data = world.data().to_str().unwrap().to_owned();
    let temporary = tempfile::tempdir().unwrap();
    let backup = temporary.path().join("backup").to_str().unwrap().to_owned();
    let (url, who) = (world.url(), ["--as", "sam"]);
    let questions = questions(sync, &command);
    let formats = ["human", "json", "jsonl", "csv", "tsv"];
    let mut expected = Vec::new();
    for (words, operation, body) in &questions {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for format in formats {
            let words = [&["audit"], &words[..], &["--output", format], &who].concat();
            let ended = asked(&url, &[&words[..], &["--tenant", "northgate"]].concat());
            assert_eq!(
                (ended.code, &*ended.err),
                (Some(0), ""),
                "{words:?}: {ended:?}"
            );
            if format == "json" {
                let mut body = body.clone();
                if body["limit"].is_null() && *operation != "audit.show" {
                    body["limit"] = json!(500);
                }
                let body = body.to_string();
                let request = [
                    "request",
                    operation,
                    &body,
                    "--output",
                    "json",
                    "--tenant",
                    "northgate",
                ];
                let requested = asked(&url, &[&request[..], &who].concat());
                assert_eq!(ended, requested, "{words:?}");
            }
            expected.push((
                words.iter().map(ToString::to_string).collect::<Vec<_>>(),
                ended,
            ));
        }
    }
    let backed_up = on_folder(&["backup"], world.data(), &[&backup]);
    assert_eq!(backed_up.code, Some(0), "{backed_up:?}");
    let keys = format!("{data}/KEYS");
    let places = [
        vec!["--data", &*data],
        vec!["--backup", &*backup, "--keys", &keys],
    ];
    // One format of each beside the engine, all of them after it.
    let nowhere = "nats://127.0.0.1:1";
    for (words, ended) in expected.iter().step_by(formats.len()) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(
            asked(nowhere, &[&words[..], &places[0]].concat()),
            *ended,
            "{words:?}"
        );
    }
    world.stop();
    for (words, ended) in &expected {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for place in &places {
            assert_eq!(
                asked(nowhere, &[&words[..], place].concat()),
                *ended,
                "{words:?} {place:?}"
            );
        }
    }
    // Whoever is simulated sees what they would see.
    let ed = asked(nowhere, &["audit", "log", "--data", &data, "--as", "ed"]);
    assert_eq!(ed.code, Some(1), "{ed:?}");
    assert!(ed.err.contains("not_permitted"), "{ed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_parts_is_the_whole_log_and_reading_it_gives_every_event() {
    let world = World::new(2, 3).await;
    let whole = world.shown(&["log", "--output", "jsonl"]);
    let commits: Vec<&str> = whole.lines().collect();
    let (mut parts, mut after) = (Vec::new(), String::new());
    loop {
        let mut words = vec!["log", "--output", "json", "--limit", "4"];
        if !after.is_empty() {
            words.extend(["--after", &after]);
        }
        let page: Value = serde_json::from_str(&world.shown(&words)).unwrap();
        let items = page["items"].as_array().unwrap().clone();
        parts.extend(items.iter().map(Value::to_string));
        if page["next"].is_null() {
            break;
        }
        after = page["next"].to_string();
    }
    assert_eq!(parts, commits);
    let ask = |more: &[&str]| {
        let words = ["audit", "read", "--tenant", "northgate", "--as", "system"];
        let ended = asked(&world.url(), &[&words[..], more].concat());
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.out
    };
    let positions = |text: &str| {
        let events = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        events
            .map(|event| event["position"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let expected: Vec<u64> = (1..=u64::try_from(commits.len()).unwrap()).collect();
    assert_eq!(positions(&ask(&[])), expected);
    assert_eq!(positions(&ask(&["--from", "5", "--limit", "3"])), [5, 6, 7]);
    let whole: Value = serde_json::from_str(&ask(&["--output", "json"])).unwrap();
    assert_eq!(whole["items"].as_array().unwrap().len(), expected.len());
    assert!(whole["relayed"]["stream_sequence"].is_u64(), "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_with_what_may_be_meant() {
    let mut world = World::new(2, 2).await;
    let moved = json!([due(1, "2026-12-24", "The employer asked")]);
    let sync = world
        .synced("alice", SOURCE, moved, json!([target(0)]))
        .await;
    let sync = sync.as_str().unwrap();
    let wrong = |words: &[&str], code: i32, parts: &[&str]| {
        let ended = world.typed(words);
        assert_eq!(ended.code, Some(code), "{words:?}: {ended:?}");
        for part in parts {
            assert!(ended.err.contains(part), "{words:?}: {part}: {ended:?}");
        }
    };
    wrong(
        &["plan", "Targte 0001"],
        2,
        &["there is no learner", "did you mean", "Target 0001"],
    );
    wrong(
        &["blame", "Target 0000", "Actvity 0001"],
        2,
        &["there is no component “Actvity 0001”", "Activity 0001"],
    );
    wrong(
        &["why", "ffff", "Target 0000"],
        2,
        &[
            "there is no synchronisation “ffff”; did you mean one of these?",
            &format!("\n  {}  started ", &sync[..8]),
            "plansync sync list",
        ],
    );
    wrong(
        &["why", sync, "Target 0000", "Essay"],
        2,
        &["there is no component “Essay”"],
    );
    wrong(
        &["log", "--by", "alcie"],
        2,
        &["there is no administrator", "alice"],
    );
    wrong(&["show", "99999"], 1, &["the log has the positions 1 to"]);
    wrong(
        &["plan", "Target 0000", "--at", "v99"],
        1,
        &["the plan has no such version"],
    );
    wrong(
        &["plan", "Target 0000", "--at", "tomorrow"],
        2,
        &["such as `v12`", "`2026-05-01`"],
    );
    wrong(&["log", "--component", "Activity 0001"], 2, &["--learner"]);
    wrong(
        &["changes", "--from", "2026-05-02", "--to", "2026-04-30"],
        1,
        &["ends before it begins"],
    );
    let data = world.data().to_str().unwrap().to_owned();
    wrong(&["log", "--follow", "--data", &data], 2, &["--follow"]);
    world.stop();
    // What is to be typed next asks the folder, too.
    let offline = world.typed(&["why", "ffff", "Target 0000", "--data", &data]);
    assert!(
        offline.err.contains("  plansync request sync.list --data "),
        "{offline:?}"
    );
}
