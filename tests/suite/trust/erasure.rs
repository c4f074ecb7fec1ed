//! Erasing a learner, end to end: no file and no stream has the planted text any more, everything else stays, and a
//! restored backup of before does not bring it back.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use plansync_log::Position;
use plansync_sled::Folder;
use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, component, target};
use plansync_tests::program::{Ended, on_folder, run};
use serde_json::{Value, json};

use super::world::{World, names, serve, world};

const NAME: &str = "Zebedee Quillfeather";
const REASON: &str = "waits for surgery in the spring";
const SEARCH: &str = "quillf";
/// How long an engine may take to learn from the events who was erased.
const PATIENCE: Duration = Duration::from_mins(1);
/// In a command that nobody can decode.
const MISSENT: &str = "Zebedee Misspelt Quillfeather";

/// Plants a name, a reason, a search and bytes that cannot be decoded.
async fn plant(world: &World) {
    let client = &world.client;
    let record = json!({
        "learner": target(0), "name": NAME, "case_owner": "sam", "groups": [], "tutors": [],
        "enrolments": [{"programme": PROGRAMME, "status": "active"}],
    });
    client.get("system", "learner.put", record).await;
    let edits = json!([{
        "op": "change", "component": component(0), "set": {"due_date": "2027-03-01"}, "reason": REASON,
    }]);
    let edit = json!({"learner": target(0), "edits": edits});
    client.get("alice", "plan.edit", edit).await;
    let request = json!({
        "session": world.session, "programme": PROGRAMME, "components": "all", "learners": {"search": SEARCH},
        "type": "all_attributes",
    });
    let sync = client.get("alice", "sync.start", request).await["sync"].clone();
    client.finished("alice", &sync).await;
    let missent = format!("{{\"learner\": \"{MISSENT}\", \"name\": 7}}");
    client
        .send("system", "learner.put", missent.as_bytes())
        .await;
    while !rejected(client).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the command that cannot be decoded was recorded as rejected and published.
async fn rejected(client: &Client) -> bool {
    let messages = messages(client, "PLANSYNC_EVENTS").await;
    messages
        .iter()
        .any(|message| holds(message, "command_id") && holds(message, "invalid_request"))
}

pub(super) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// Everything that a stream holds, subjects and headers included.
pub(super) async fn messages(client: &Client, stream: &str) -> Vec<Vec<u8>> {
    let context = jetstream::new(client.nats.clone());
    let mut stream = context.get_stream(stream).await.unwrap();
    let state = stream.info().await.unwrap().state.clone();
    let mut messages = Vec::new();
    for sequence in state.first_sequence.max(1)..=state.last_sequence {
        if let Ok(message) = stream.get_raw_message(sequence).await {
            let head = format!("{} {:?}", message.subject, message.headers);
            messages.push([head.as_bytes(), &message.payload].concat());
        }
    }
    messages
}

/// Every file under a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The files and the commits, decompressed, that hold a planted text.
fn found(data: &Path) -> Vec<String> {
    found_of(data, &[NAME, REASON, SEARCH, MISSENT])
}

/// The files and the commits, decompressed, that hold one of these texts.
pub(super) fn found_of(data: &Path, planted: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(data) {
        let bytes = std::fs::read(&file).unwrap();
        let texts = planted.iter().filter(|text| holds(&bytes, text));
        found.extend(texts.map(|text| format!("{}: {text}", file.display())));
    }
    let folder = Folder::look(data).unwrap();
    let read = folder.commits(Position::FIRST, &mut |page| {
        for commit in page {
            let texts = planted.iter().filter(|text| holds(commit.stored(), text));
            found.extend(texts.map(|text| format!("commit {}: {text}", commit.position())));
        }
        ControlFlow::Continue(())
    });
    read.unwrap();
    found
}

/// What `audit log` shows of a folder, in full.
pub(super) fn log_of(data: &Path) -> String {
    let ended = on_folder(&["audit", "log"], data, &["--limit", "all"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out
}

async fn plans(client: &Client) -> Vec<Value> {
    let mut plans = Vec::new();
    for index in 0..3 {
        let plan = client
            .get("system", "plan.get", json!({"learner": target(index)}))
            .await;
        plans.push(json!([plan["version"], plan["components"]]));
    }
    plans
}

fn back_up(world: &World, name: &str) {
    let file = world.path(name);
    let backed_up = on_folder(&["backup"], &world.data(), &[file.to_str().unwrap()]);
    assert_eq!(backed_up.code, Some(0), "{backed_up:?}");
}

fn copy_keys(world: &World) {
    for name in ["KEYS", "KEYS.key"] {
        let copy = name.replace("KEYS", "KEYS-COPY");
        std::fs::copy(world.data().join(name), world.path(&copy)).unwrap();
    }
}

fn restore(world: &World, into: &str, more: &[&str]) -> Ended {
    restore_of(world, "before.backup", into, more)
}

fn restore_of(world: &World, backup: &str, into: &str, more: &[&str]) -> Ended {
    let file = world.path(backup);
    on_folder(
        &["restore", file.to_str().unwrap()],
        &world.path(into),
        more,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_no_file_and_no_stream_has_the_text_and_everything_else_stays() {
    let mut world = world().await;
    plant(&world).await;
    let before = plans(&world.client).await;
    let read = json!({"learner": target(0)});
    let known = world
        .client
        .get("system", "learner.get", read.clone())
        .await;
    assert_eq!(
        (&known["name"], &known["erased"]),
        (&json!(NAME), &Value::Null)
    );
    back_up(&world, "before.backup");
    copy_keys(&world);

    let erasures = world.path("erasures.jsonl");
    let arguments = [
        "erase",
        "--yes",
        NAME,
        "--tenant",
        "northgate",
        "--as",
        "system",
        "--erasures",
        erasures.to_str().unwrap(),
    ];
    let erased = run(&world.nats.url(), &arguments);
    assert_eq!(erased.code, Some(0), "{erased:?}");
    assert_eq!(
        run(
            &world.nats.url(),
            &[
                "erase",
                "--yes",
                &target(0).to_string(),
                "--tenant",
                "northgate"
            ]
        )
        .code,
        Some(0)
    );

    let shown = world.client.get("system", "learner.get", read).await;
    assert_eq!(
        (&shown["name"], &shown["erased"]),
        (&json!(""), &json!(true))
    );
    assert_eq!(plans(&world.client).await, before, "plans stay as they are");
    let again = json!({
        "learner": target(0), "name": "Anew", "case_owner": null, "groups": [], "tutors": [], "enrolments": [],
    });
    assert_eq!(
        world.client.refusal("system", "learner.put", again).await,
        "learner_erased"
    );
    let history = world
        .client
        .get("system", "plan.history", json!({"learner": target(0)}))
        .await;
    assert!(!history.to_string().contains(REASON));

    let last = world
        .client
        .get(
            "system",
            "tenant.put",
            json!({"marking_aid": true, "owner_rule": "keep"}),
        )
        .await;
    let edit =
        json!({"learner": target(1), "edits": [{"op": "remove", "component": component(3)}]});
    let edited = world.client.get("system", "plan.edit", edit).await;
    assert!(edited["position"].as_u64() > last["position"].as_u64());
    names(&world.client, 1, &edited).await;
    no_stream_holds_it(&world).await;

    world.stop();
    no_file_holds_it(&world);
    a_restore_does_not_bring_it_back(&world, &erasures);
    older_keys_do_not_bring_it_back(&world);
    the_event_stream_erases_it_again(&world).await;
}

async fn no_stream_holds_it(world: &World) {
    for stream in ["PLANSYNC_EVENTS", "PLANSYNC_COMMANDS"] {
        for message in messages(&world.client, stream).await {
            let planted = [NAME, REASON, SEARCH, MISSENT]
                .into_iter()
                .find(|text| holds(&message, text));
            assert_eq!(
                planted,
                None,
                "{stream}: {}",
                String::from_utf8_lossy(&message)
            );
        }
    }
    let events = messages(&world.client, "PLANSYNC_EVENTS").await;
    assert!(events.iter().any(|event| holds(event, "learner.erased")));
}

fn no_file_holds_it(world: &World) {
    assert_eq!(found(&world.data()), Vec::<String>::new());
    let verified = on_folder(&["audit", "verify"], &world.data(), &[]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let checked = on_folder(&["audit", "check"], &world.data(), &[]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let log = log_of(&world.data());
    assert!(
        [NAME, REASON, SEARCH, MISSENT]
            .into_iter()
            .all(|text| !log.contains(text))
    );
    assert!(
        log.contains("learner.erased") && log.contains("Target 0001"),
        "others keep their names"
    );
}

/// The older backup with the keys of then is erased again; with the keys of now it needs nothing.
fn a_restore_does_not_bring_it_back(world: &World, erasures: &Path) {
    let copy = world.path("KEYS-COPY");
    let with_copy = ["--keys", copy.to_str().unwrap()];
    assert_eq!(restore(world, "plain", &with_copy).code, Some(0));
    assert!(
        log_of(&world.path("plain")).contains(NAME),
        "that is what the file of erasures is for"
    );
    let mut lines = std::fs::read_to_string(erasures).unwrap();
    let stranger = json!({"tenant": "northgate", "learner": target(9_999)});
    lines.push_str(&stranger.to_string());
    lines.push('\n');
    std::fs::write(erasures, lines).unwrap();
    let corrected = [&with_copy[..], &["--erasures", erasures.to_str().unwrap()]].concat();
    let restored = restore(world, "corrected", &corrected);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert_eq!(restored.json()["erased_again"], json!(1));
    assert_eq!(restored.json()["erasures_unknown"], json!(1));
    assert!(!log_of(&world.path("corrected")).contains(NAME));
    // Nothing gets its place unless it is erased again.
    let held = world.path("not-erasures.jsonl");
    std::fs::write(&held, "{\"tenant\": \"northgate\"}\n").unwrap();
    let wrong = [&with_copy[..], &["--erasures", held.to_str().unwrap()]].concat();
    assert_eq!(restore(world, "never", &wrong).code, Some(2));
    assert!(!world.path("never").exists());
    let now = world.data().join("KEYS");
    assert_eq!(
        restore(world, "now", &["--keys", now.to_str().unwrap()]).code,
        Some(0)
    );
    assert!(!log_of(&world.path("now")).contains(NAME));
}

/// Where the log knows of the erasure, it holds whatever keys are given: to a restore of a later backup, and in a copy
/// of the folder that is only read.
fn older_keys_do_not_bring_it_back(world: &World) {
    back_up(world, "after.backup");
    let copy = world.path("KEYS-COPY");
    let with_copy = ["--keys", copy.to_str().unwrap()];
    let restored = restore_of(world, "after.backup", "after", &with_copy);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(!log_of(&world.path("after")).contains(NAME));
    let copied = world.path("copied");
    let (from, to) = (world.data(), copied.as_path());
    let ended = Command::new("cp").arg("-r").args([&from, to]).status();
    assert!(ended.unwrap().success());
    for name in ["KEYS", "KEYS.key"] {
        let older = world.path(&name.replace("KEYS", "KEYS-COPY"));
        std::fs::copy(older, copied.join(name)).unwrap();
    }
    let log = log_of(&copied);
    assert!(log.contains("Target 0001"), "the keys belong to the log");
    assert!(!log.contains(NAME));
}

/// The log of before, with the keys of then, is served where the events say who was erased.
async fn the_event_stream_erases_it_again(world: &World) {
    let data = world.path("plain");
    assert!(log_of(&data).contains(NAME));
    let engine = serve(&world.nats, &data).await;
    let asked = json!({"learner": target(0)});
    let began = Instant::now();
    loop {
        let shown = world.client.get("system", "learner.get", asked.clone());
        if shown.await["erased"] == json!(true) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "it is not erased again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(engine.terminate(), Some(0));
    assert_eq!(found(&data), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_is_erased_in_a_folder_that_no_engine_serves() {
    let mut world = world().await;
    plant(&world).await;
    let served = on_folder(&["erase", "--yes", NAME], &world.data(), &[]);
    assert_ne!(served.code, Some(0), "an engine serves it");
    world.stop();
    let held = on_folder(&["erase", "--yes", "Nobody At All"], &world.data(), &[]);
    assert_eq!(held.code, Some(2), "{held:?}");
    let erased = on_folder(&["erase", "--yes", NAME], &world.data(), &[]);
    assert_eq!(erased.code, Some(0), "{erased:?}");
    assert_eq!(erased.json()["erased"], json!(true));
    assert_eq!(found(&world.data()), Vec::<String>::new());
    let engine = serve(&world.nats, &world.data()).await;
    let shown = world
        .client
        .get("system", "learner.get", json!({"learner": target(0)}))
        .await;
    assert_eq!(shown["erased"], json!(true));
    assert_eq!(engine.terminate(), Some(0));
}
