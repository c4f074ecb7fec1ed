//! Who may speak as whom, as `deploy/nats` has it: identity is the subject, and the server refuses
//! whoever publishes on another's.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::StreamExt as _;
use plansync_tests::binary::plansync;
use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::json;
use uuid::Uuid;

/// How long something that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long something that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(500);

struct World {
    nats: NatsServer,
    system: Client,
    alice: Client,
    _engine: Engine,
    _data: tempfile::TempDir,
}

async fn world() -> World {
    let nats = NatsServer::start_with_accounts();
    let data = tempfile::tempdir().unwrap();
    let engine =
        Engine::start_at(&nats.url_of("plansync"), data.path(), &["--events", "json"]).await;
    let system = Client::connect_as(&nats, "northgate-system").await;
    let alice = Client::connect_as(&nats, "northgate-alice").await;
    let settings = json!({"marking_aid": false, "owner_rule": "keep"});
    system.get("system", "tenant.put", settings).await;
    plansync_tests::college::administrator(&system, "alice", &["supervisor"]).await;
    World {
        nats,
        system,
        alice,
        _engine: engine,
        _data: data,
    }
}

/// Whether a request on this subject is answered to this client.
async fn is_answered(client: &Client, subject: &str) -> bool {
    let request = client.nats.request(subject.to_owned(), "{}".into());
    matches!(tokio::time::timeout(SILENCE, request).await, Ok(Ok(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_speaks_as_itself_and_as_nobody_else() {
    let world = world().await;
    assert!(is_answered(&world.alice, "plansync.v1.req.northgate.alice.actor.get").await);
    for subject in [
        "plansync.v1.req.northgate.system.tenant.get",
        "plansync.v1.req.northgate.sam.actor.get",
        "plansync.v1.req.southgate.alice.actor.get",
        "$SRV.PING.plansync",
    ] {
        assert!(
            !is_answered(&world.alice, subject).await,
            "{subject} was answered"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_is_taken_from_its_own_actor_only() {
    let world = world().await;
    let body = json!({"learner": Uuid::new_v4()}).to_string();
    world
        .alice
        .send("alice", "record.open", body.as_bytes())
        .await;
    let subject = "plansync.v1.cmd.northgate.system.record.open";
    assert!(
        !is_answered(&world.alice, subject).await,
        "another's command was taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_hears_neither_anothers_inbox_nor_events() {
    let world = world().await;
    for subject in [
        "_INBOX.northgate-system.>",
        "plansync.v1.evt.northgate.>",
        "_R_.>",
    ] {
        let mut heard = world.alice.nats.subscribe(subject).await.unwrap();
        world.alice.nats.flush().await.unwrap();
        world.system.get("system", "tenant.get", json!({})).await;
        let name = format!("Programme {subject}");
        let programme = json!({"programme": Uuid::new_v4(), "name": name, "parent": null});
        world.system.get("system", "programme.put", programme).await;
        let message = tokio::time::timeout(SILENCE, heard.next()).await;
        assert!(
            !matches!(message, Ok(Some(_))),
            "{subject} was heard: {message:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_watch_is_told_so() {
    let nats = NatsServer::start_with_accounts();
    let mut watch = Command::new(plansync())
        .args(["watch", "--tenant", "northgate"])
        .args(["--inbox-prefix", "_INBOX.northgate-alice"])
        .env("NATS_URL", nats.url_of("northgate-alice"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(watch.stderr.take().unwrap());
    let told = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        said.read_line(&mut line).map(|_| line.to_lowercase())
    });
    let told = tokio::time::timeout(PATIENCE, told).await;
    watch.kill().unwrap();
    watch.wait().unwrap();
    let told = told.unwrap().unwrap().unwrap();
    let expected = "permissions violation for subscription to \"plansync.v1.evt.northgate.>\"";
    assert!(told.contains(expected), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_hears_the_events_of_its_own_tenant_only() {
    let world = world().await;
    let events = Client::connect_as(&world.nats, "northgate-events").await;
    let mut own = events.listen("command.>").await;
    let mut other = events
        .nats
        .subscribe("plansync.v1.evt.southgate.>")
        .await
        .unwrap();
    events.nats.flush().await.unwrap();
    world.alice.send("alice", "record.open", b"{}").await;
    assert_eq!(own.next().await.0, "rejected");
    let engine = Client::connect_as(&world.nats, "plansync").await;
    engine
        .nats
        .publish("plansync.v1.evt.southgate.probe", "{}".into())
        .await
        .unwrap();
    engine.nats.flush().await.unwrap();
    let message = tokio::time::timeout(SILENCE, other.next()).await;
    assert!(
        !matches!(message, Ok(Some(_))),
        "another tenant's event was heard: {message:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_subject_that_is_no_inbox_gets_no_reply() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    let forged = "plansync.v1.evt.northgate.forged";
    let mut heard = client.nats.subscribe(forged).await.unwrap();
    let subject = "plansync.v1.req.northgate.system.tenant.get";
    client
        .nats
        .publish_with_reply(subject, forged, "{}".into())
        .await
        .unwrap();
    client.nats.flush().await.unwrap();
    let message = tokio::time::timeout(SILENCE, heard.next()).await;
    assert!(
        !matches!(message, Ok(Some(_))),
        "a forged subject got a reply: {message:?}"
    );
}
