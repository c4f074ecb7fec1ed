//! Who may speak as whom, as `deploy/nats` has it: identity is the subject, and the server refuses
//! whoever publishes on another's.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use futures_util::StreamExt as _;
use plansync_tests::binary::command;
use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::json;
use uuid::Uuid;

/// How long something that must come is waited for.
const PATIENCE: Duration = Duration::from_mins(2);
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

/// What `plansync` says on its error stream as a user of the accounts, and how it ends.
async fn said(nats: &NatsServer, user: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = command()
        .args(arguments)
        .args(["--tenant", "northgate"])
        .env("NATS_URL", nats.url_of(user))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let said = tokio::task::spawn_blocking(move || {
        let mut said = String::new();
        stderr.read_to_string(&mut said).map(|_| said)
    });
    let said = tokio::time::timeout(PATIENCE, said).await;
    if said.is_err() {
        child.kill().unwrap();
    }
    let code = child.wait().unwrap().code();
    (code, said.expect("it does not end").unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_watch_is_told_so() {
    let nats = NatsServer::start_with_accounts();
    let inbox = ["watch", "--inbox-prefix", "_INBOX.northgate-alice"];
    let (code, said) = said(&nats, "northgate-alice", &inbox).await;
    assert_eq!(code, Some(3), "{said}");
    let expected =
        "plansync: this user has no permission to receive the events of tenant northgate; ";
    assert!(said.starts_with(expected), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_manage_subscribers_is_told_so_without_waiting_for_an_answer() {
    let nats = NatsServer::start_with_accounts();
    let inbox = "_INBOX.northgate-alice";
    // Nobody answers: only the server's refusal ends it before the test does.
    let list = ["subscriber", "list", "--timeout", "86400"];
    let list = [&list[..], &["--inbox-prefix", inbox]].concat();
    let (code, said) = said(&nats, "northgate-alice", &list).await;
    assert_eq!(code, Some(3), "{said}");
    let expected = "plansync: the NATS server does not permit this user to publish on ";
    assert!(said.starts_with(expected), "{said}");
    assert!(
        said.contains("$JS.API.STREAM.INFO.PLANSYNC_EVENTS"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_of_whoever_hears_no_events_is_left_under_its_id() {
    let world = world().await;
    let learner = Uuid::new_v4();
    let open = format!("{{\"learner\": \"{learner}\"}}");
    let inbox = "_INBOX.northgate-alice";
    let durable = [
        "request",
        "record.open",
        &open,
        "--as",
        "alice",
        "--durable",
    ];
    let arguments = [&durable[..], &["--inbox-prefix", inbox]].concat();
    let (code, said) = said(&world.nats, "northgate-alice", &arguments).await;
    assert_eq!(code, Some(3), "{said}");
    let expected = "plansync: the command is stored in the command stream with the id ";
    let id = said.strip_prefix(expected).and_then(|rest| rest.get(..36));
    assert!(id.is_some_and(|id| Uuid::try_parse(id).is_ok()), "{said}");
    assert!(
        said.contains("has no permission to receive the events of tenant northgate"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_events_only_watches_without_a_complaint() {
    let world = world().await;
    let mut watch = command()
        .args(["watch", "--tenant", "northgate"])
        .env("NATS_URL", world.nats.url_of("northgate-events"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(watch.stdout.take().unwrap());
    let mut heard = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        events.read_line(&mut line).map(|_| line)
    });
    // It is not known when it listens: commands are sent until one is heard of.
    let sending = async {
        loop {
            world.alice.send("alice", "record.open", b"{}").await;
            tokio::task::yield_now().await;
        }
    };
    let line = tokio::select! {
        line = tokio::time::timeout(PATIENCE, &mut heard) => line,
        () = sending => unreachable!("it goes on for ever"),
    };
    watch.kill().unwrap();
    let output = watch.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let line = line.expect("no event is heard").unwrap().unwrap();
    assert!(line.contains("command.rejected"), "{line}");
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
    for subject in [
        "plansync.v1.req.northgate.system.tenant.get",
        "$SRV.PING.plansync",
        "$SRV.STATS",
    ] {
        client
            .nats
            .publish_with_reply(subject, forged, "{}".into())
            .await
            .unwrap();
    }
    client.nats.flush().await.unwrap();
    let message = tokio::time::timeout(SILENCE, heard.next()).await;
    assert!(
        !matches!(message, Ok(Some(_))),
        "a forged subject got a reply: {message:?}"
    );
}
