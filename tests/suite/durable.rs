//! Durable commands: they outlive an engine that is down, are decided in order, and what became of
//! each is an event.

use std::path::{Path, PathBuf};

use async_nats::jetstream;
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, SOURCE, component, found, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::on_folder;
use serde_json::{Value, json};
use uuid::Uuid;

/// Everything in the stream of events under this subject's end, in order, once there is so much:
/// events are published after the command is acknowledged.
async fn stored(client: &Client, tail: &str, count: usize) -> Vec<Value> {
    for _ in 0..1_000 {
        let events = stored_now(client, tail).await;
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("there are no {count} events {tail}");
}

async fn stored_now(client: &Client, tail: &str) -> Vec<Value> {
    let jetstream = jetstream::new(client.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let config = jetstream::consumer::pull::OrderedConfig {
        filter_subject: format!("plansync.v1.evt.northgate.{tail}"),
        ..Default::default()
    };
    let mut consumer = stream.create_consumer(config).await.unwrap();
    let pending = consumer.info().await.unwrap().num_pending;
    let count = usize::try_from(pending).unwrap();
    let messages = consumer.messages().await.unwrap().take(count);
    let bodies = messages.map(|message| serde_json::from_slice(&message.unwrap().payload).unwrap());
    bodies.collect().await
}

fn rename(name: &str, command: Uuid) -> Vec<u8> {
    let edits = json!([{"op": "change", "component": component(0), "set": {"name": name}}]);
    json!({"learner": SOURCE, "edits": edits, "command_id": command})
        .to_string()
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_outlives_an_engine_that_is_down() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    engine.kill();
    let ids: Vec<_> = (0..20).map(|_| Uuid::new_v4()).collect();
    for (index, id) in ids.iter().enumerate() {
        client
            .send("alice", "plan.edit", &rename(&format!("Name {index}"), *id))
            .await;
    }
    client
        .send("alice", "plan.edit", &rename("Name 0", ids[0]))
        .await;
    let _engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    client.drained().await;

    let plan = client
        .get("alice", "plan.get", json!({"learner": SOURCE}))
        .await;
    assert_eq!(plan["components"][0]["attributes"]["name"], "Name 19");
    assert_eq!(plan["version"], 21);
    let accepted = stored(&client, "command.*.accepted", 20).await;
    let versions: Vec<_> = accepted
        .iter()
        .map(|event| event["reply"]["version"].clone())
        .collect();
    assert_eq!(
        versions,
        (2..=21).map(|version| json!(version)).collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_that_is_refused_or_unreadable_is_rejected_with_its_reason() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    client
        .send("ed", "plan.edit", &rename("No", Uuid::new_v4()))
        .await;
    client.send("alice", "plan.edit", b"{not json").await;
    client.send("alice", "plan.get", b"{}").await;
    client.drained().await;
    let rejected = stored(&client, "command.*.rejected", 3).await;
    let codes: Vec<_> = rejected
        .iter()
        .map(|event| event["error"]["code"].clone())
        .collect();
    assert_eq!(
        codes,
        ["not_permitted", "invalid_request", "unknown_operation"]
    );
    assert!(
        rejected[1]["bytes"].is_null(),
        "what a command said is not published"
    );
}

/// Who was erased in the folder while the engine was down stays so: the command that asks for the same is accepted and
/// changes nothing, and those behind it that are about the learner are refused.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_waited_while_the_learner_was_erased_in_the_folder_is_done_once() {
    const NAME: &str = "Zebedee Quillfeather";
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 1).await;
    let learner = target(0);
    assert_eq!(engine.terminate(), Some(0));
    let [erase, put, erase_again] = [1, 2, 3].map(|_| Uuid::new_v4());
    let record = json!({
        "learner": learner, "name": NAME, "case_owner": null, "groups": [], "tutors": [],
        "enrolments": [{"programme": PROGRAMME, "status": "active"}], "command_id": put,
    });
    let asked = |command: Uuid| json!({"learner": learner, "command_id": command}).to_string();
    for (operation, body) in [
        ("learner.erase", asked(erase)),
        ("learner.put", record.to_string()),
        ("learner.erase", asked(erase_again)),
    ] {
        client.send("system", operation, body.as_bytes()).await;
    }
    let id = learner.to_string();
    let erased = on_folder(&["erase", "--yes", &id], data.path(), &[]);
    assert_eq!(erased.json()["erased"], true, "{erased:?}");

    let engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    client.drained().await;
    let accepted = stored(&client, "command.*.accepted", 2).await;
    let commands: Vec<_> = accepted.iter().map(|event| &event["command_id"]).collect();
    assert_eq!(commands, [&json!(erase), &json!(erase_again)]);
    let rejected = stored(&client, "command.*.rejected", 1).await;
    assert_eq!(rejected[0]["command_id"], json!(put));
    assert_eq!(
        rejected[0]["error"]["code"], "learner_erased",
        "{rejected:?}"
    );
    // It was done once, and is published once.
    let events = stored(&client, "learner.*.erased", 1).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let asked = json!({"learner": learner});
    let record = client.get("system", "learner.get", asked).await;
    assert_eq!(
        (&record["erased"], &record["name"]),
        (&json!(true), &json!(""))
    );
    assert_eq!(engine.terminate(), Some(0));
    let again = on_folder(&["erase", "--yes", &id], data.path(), &[]);
    assert_eq!(again.json()["erased"], false, "{again:?}");
    for file in files_in(data.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let is_there = bytes
            .windows(NAME.len())
            .any(|part| part == NAME.as_bytes());
        assert!(!is_there, "{} has the name", file.display());
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else {
            files.push(path);
        }
    }
    files
}
