//! Bytes that no client library sends, from a bare socket: as requests and as durable commands, before and
//! after a start. The engine lives, keeps its connection, answers others, and takes what is durable out of
//! the stream.

mod table;

use std::path::Path;
use std::process::Stdio;

use async_nats::jetstream;
use futures_util::StreamExt as _;
use plansync_tests::binary::command;
use plansync_tests::client::Client;
use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;
use plansync_tests::raw::Raw;
use serde_json::{Value, json};
use table::{Hostile, hostile};
use uuid::Uuid;

struct World {
    nats: NatsServer,
    /// Speaks for another tenant than the hostile one.
    other: Client,
    engine: Option<Engine>,
    data: tempfile::TempDir,
    engine_user: &'static str,
}

impl World {
    /// As `deploy/nats` has it, with an account for the engine and one for clients.
    async fn with_accounts() -> Self {
        Self::of(NatsServer::start_with_accounts(), "plansync").await
    }

    /// Everybody in one account.
    async fn without_accounts() -> Self {
        Self::of(NatsServer::start(), "").await
    }

    async fn of(nats: NatsServer, engine_user: &'static str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let other = if engine_user.is_empty() {
            Client::connect(&nats).await
        } else {
            Client::connect_as(&nats, engine_user).await
        };
        let mut world = Self {
            nats,
            other: other.of_tenant("southgate"),
            engine: None,
            data,
            engine_user,
        };
        world.start().await;
        for tenant in ["southgate", "northgate"] {
            let settings = json!({"marking_aid": false, "owner_rule": "keep"});
            let client = world.other.of_tenant(tenant);
            client.get("system", "tenant.put", settings).await;
        }
        world
    }

    fn url(&self) -> String {
        if self.engine_user.is_empty() {
            self.nats.url()
        } else {
            self.nats.url_of(self.engine_user)
        }
    }

    /// The least privileged user that may send commands, or anybody.
    fn raw(&self) -> Raw {
        if self.engine_user.is_empty() {
            Raw::connect(&self.nats.url(), "_INBOX.raw")
        } else {
            Raw::connect(
                &self.nats.url_of("northgate-alice"),
                "_INBOX.northgate-alice",
            )
        }
    }

    fn log_path(&self) -> std::path::PathBuf {
        self.data.path().with_extension("log")
    }

    async fn start(&mut self) {
        let url = self.url();
        self.engine = Some(Engine::of(serve(&url, self.data.path(), &self.log_path())));
        wait_until_ready(&url).await;
    }

    fn kill(&mut self) {
        self.engine.take().unwrap().kill();
    }

    /// What the engine has logged since its first start.
    fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap()
    }

    /// The engine of this start lives, and never lost its connection.
    fn is_unhurt(&self, case: &str) {
        let log = self.log();
        assert!(!log.contains("disconnected"), "{case}: {log}");
        assert!(!log.contains("panicked"), "{case}: {log}");
        assert!(!log.contains("crashed here"), "{case}: {log}");
    }

    async fn other_is_answered(&self, case: &str) {
        let answer = self.other.ask("system", "tenant.get", json!({})).await;
        assert!(answer.is_ok(), "{case}: {answer:?}");
    }

    /// A durable command of the other tenant's, which is to be accepted.
    async fn send_other(&self, number: usize) {
        let body =
            json!({"programme": Uuid::from_u128(number as u128 + 1), "name": "P", "parent": null});
        let body = body.to_string();
        self.other
            .send("system", "programme.put", body.as_bytes())
            .await;
    }

    /// The outcomes of a tenant's durable commands, once there are so many.
    async fn outcomes(&self, tenant: &str, count: usize) -> Vec<(String, Value)> {
        let context = jetstream::new(self.other.nats.clone());
        let stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
        let config = jetstream::consumer::pull::OrderedConfig {
            filter_subject: format!("plansync.v1.evt.{tenant}.command.>"),
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await.unwrap();
        let messages = consumer.messages().await.unwrap().take(count);
        let messages = messages.map(|message| {
            let message = message.unwrap();
            let what = message.subject.rsplit('.').next().unwrap().to_owned();
            (what, serde_json::from_slice(&message.payload).unwrap())
        });
        let patience = std::time::Duration::from_mins(2);
        let all = tokio::time::timeout(patience, messages.collect()).await;
        all.unwrap_or_else(|_| panic!("there are no {count} outcomes of {tenant}: {}", self.log()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.log_path());
    }
}

fn serve(url: &str, data: &Path, log: &Path) -> std::process::Child {
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)
        .unwrap();
    command()
        .args(["serve", "--nats-url", url, "--events", "json", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

fn subject(family: &str, operation: &str, case: &Hostile) -> Vec<u8> {
    let start = format!("plansync.v1.{family}.northgate.alice.{operation}");
    [start.as_bytes(), case.tail].concat()
}

/// Each case as a request: refused where it has an inbox, and nobody else notices.
async fn all_as_requests(world: &World) {
    let mut raw = world.raw();
    for case in hostile() {
        let answer = raw.ask(&subject("req", "plan.get", &case), case.headers, b"{}");
        let answer = answer.escape_ascii().to_string();
        assert!(
            answer.contains("invalid_request"),
            "{}: {answer}",
            case.name
        );
        // The same where nobody waits for an answer, or nobody can be given one.
        for reply in [
            &b""[..],
            b"_INBOX.northgate-alice.\xff",
            b"_INBOX.\xe2\x80\x83",
        ] {
            raw.publish(
                &subject("req", "plan.get", &case),
                reply,
                case.headers,
                b"{}",
            );
        }
        raw.settle();
        world.other_is_answered(case.name).await;
        world.is_unhurt(case.name);
    }
}

/// Each case as a durable command, between two of the other tenant's. Gives their sequences.
async fn all_as_commands(world: &World, first: usize) -> Vec<u64> {
    let mut raw = world.raw();
    let mut sequences = Vec::new();
    for (number, case) in hostile().into_iter().enumerate() {
        world.send_other(first + number).await;
        let stored = raw.ask(&subject("cmd", "plan.edit", &case), case.headers, b"{}");
        let stored: Value = serde_json::from_slice(&stored).unwrap();
        sequences.push(
            stored["seq"]
                .as_u64()
                .unwrap_or_else(|| panic!("{}: {stored}", case.name)),
        );
    }
    world.send_other(first + sequences.len()).await;
    sequences
}

async fn all_are_rejected(world: &World, sequences: &[u64], rounds: usize) {
    world.other.drained().await;
    let cases = hostile();
    let decided = world
        .outcomes("southgate", rounds * (cases.len() + 1))
        .await;
    assert!(
        decided.iter().all(|(what, _)| what == "accepted"),
        "{decided:?}"
    );
    let rejected = world.outcomes("northgate", rounds * cases.len()).await;
    let log = world.log();
    for ((case, (what, event)), sequence) in cases.iter().cycle().zip(&rejected).zip(sequences) {
        assert_eq!(what, "rejected", "{}: {event}", case.name);
        assert_eq!(event["error"]["code"], "invalid_request", "{}", case.name);
        let message = event["error"]["message"].as_str().unwrap();
        let is_mended = case.may_be_mended();
        if is_mended && !message.contains("cannot be delivered") {
            // What the server left of it is a command like any other.
            continue;
        }
        assert!(event["bytes"].is_null(), "{}: {event}", case.name);
        let told = log.lines().any(|line| {
            line.contains(&format!("sequence={sequence} ")) && line.contains("tenant=\"northgate\"")
        });
        assert!(told, "{}, {sequence}: {log}", case.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_of_a_permitted_user_hurts_anybody() {
    let mut world = World::with_accounts().await;
    all_as_requests(&world).await;
    world.kill();
    world.start().await;
    world.other_is_answered("after a start").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_durable_command_of_a_permitted_user_blocks_another_before_or_after_a_start() {
    let mut world = World::with_accounts().await;
    let mut sequences = all_as_commands(&world, 0).await;
    all_are_rejected(&world, &sequences, 1).await;
    world.is_unhurt("while it runs");
    world.kill();
    sequences.extend(all_as_commands(&world, 1_000).await);
    world.start().await;
    all_are_rejected(&world, &sequences, 2).await;
    world.is_unhurt("after a start");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_account_nobody_is_hurt_either() {
    let world = World::without_accounts().await;
    all_as_requests(&world).await;
    let mut raw = world.raw();
    for case in hostile() {
        for start in [
            &b"$SRV.PING"[..],
            b"$SRV.STATS.plansync",
            b"_INBOX",
            b"$JS.ACK",
        ] {
            let subject = [start, case.tail].concat();
            raw.publish(&subject, b"_INBOX.raw.none", case.headers, b"");
        }
        raw.settle();
        world.other_is_answered(case.name).await;
    }
    world.is_unhurt("all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_that_names_no_tenant_leaves_the_stream_and_is_named_in_the_log() {
    let world = World::without_accounts().await;
    let mut raw = world.raw();
    let subjects: [&[u8]; 4] = [
        b"plansync.v1.cmd.\xff",
        b"plansync.v1.cmd.north\xe2\x80\x83gate.alice.plan.edit",
        b"plansync.v1.cmd.north\x0bgate.alice.plan.edit",
        b"plansync.v1.cmd.\xe3\x80\x80.\xc2\xa0",
    ];
    for (number, subject) in subjects.iter().enumerate() {
        world.send_other(number).await;
        let stored = raw.ask(subject, None, b"{}").escape_ascii().to_string();
        assert!(stored.contains("PLANSYNC_COMMANDS"), "{stored}");
    }
    world.send_other(100).await;
    world.other.drained().await;
    let decided = world.outcomes("southgate", subjects.len() + 1).await;
    assert!(
        decided.iter().all(|(what, _)| what == "accepted"),
        "{decided:?}"
    );
    world.is_unhurt("all");
    let log = world.log();
    for sequence in [2, 4, 6, 8] {
        assert!(
            log.contains(&format!("sequence={sequence}")),
            "{sequence}: {log}"
        );
    }
}
