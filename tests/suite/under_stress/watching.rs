//! Events of others on a terminal, slow readers, and a second Ctrl-C.

use serde_json::{Value, json};
use std::io::Read as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{PATIENCE, World, command, signal, world};

/// A running `plansync watch`; ended when dropped.
struct Watching {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watching {
    fn start(world: &World, more: &[&str]) -> Self {
        let mut child = command(&["watch", "--tenant", "northgate"])
            .args(more)
            .env("NATS_URL", world.nats.url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_others_write_is_shown_and_does_nothing_else() {
    let world = world().await;
    let publish = async |subject: &str, kind: &str, body: &'static [u8]| {
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("ce-type", kind);
        let subject = format!("plansync.v1.evt.northgate.{subject}");
        let context = async_nats::jetstream::new(world.client.nats.clone());
        let sent = context
            .publish_with_headers(subject, headers, body.into())
            .await;
        sent.unwrap().await.unwrap();
    };
    publish(
        "a.b.\u{1b}[2Jc",
        "plansync.v1.a.\u{1b}[31m",
        b"{\"name\": \"x\\ny\\u001b[2J\\u202ez\"}",
    )
    .await;
    publish("a.b.d", "t", b"\xc1").await;
    publish("a.b.e", "t", b"{\"last\": 1}").await;
    let mut watching = Watching::start(&world, &["--from-start"]);
    let lines = [watching.line(), watching.line(), watching.line()];
    assert!(
        lines[0].contains("name: x\\ny\\u{1b}[2J\\u{202e}z"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("a body of 1 bytes that cannot be decoded"),
        "{lines:?}"
    );
    assert!(lines[2].contains("last: 1"), "{lines:?}");
    assert!(
        !lines.concat().contains(['\u{1b}', '\u{202e}']),
        "{lines:?}"
    );
    let mut exact = Watching::start(&world, &["--from-start", "--output", "json"]);
    let first: Value = serde_json::from_str(&exact.line()).unwrap();
    assert_eq!(first["body"]["name"], "x\ny\u{1b}[2J\u{202e}z");
    let second: Value = serde_json::from_str(&exact.line()).unwrap();
    assert_eq!(second["body"], Value::Null);
    assert_eq!(
        (
            &second["undecodable"]["bytes"],
            &second["undecodable"]["base64"]
        ),
        (&json!(1), &json!("wQ=="))
    );
}

#[tokio::test]
async fn a_slow_reader_of_a_watch_misses_nothing() {
    const EVENTS: u64 = 20_000;
    let world = world().await;
    let mut watching = Watching::start(&world, &["--output", "json"]);
    let context = async_nats::jetstream::new(world.client.nats.clone());
    let mut stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let end = Instant::now() + PATIENCE;
    while stream.info().await.unwrap().state.consumer_count == 0 {
        assert!(Instant::now() < end, "it does not read from the stream");
    }
    for number in 0..EVENTS {
        let body = format!("{{\"number\": {number}}}");
        let subject = "plansync.v1.evt.northgate.a.b.c";
        if number % 1_000 == 999 {
            let stored = context.publish(subject, body.into()).await.unwrap();
            stored.await.unwrap();
        } else {
            world
                .client
                .nats
                .publish(subject, body.into())
                .await
                .unwrap();
        }
    }
    for number in 0..EVENTS {
        let event: Value = serde_json::from_str(&watching.line()).unwrap();
        assert_eq!(event["body"]["number"], number, "{event}");
    }
}

#[tokio::test]
async fn asked_to_end_a_second_time_it_ends_at_once() {
    let world = world().await;
    let mut watching = Watching::start(&world, &["--from-start"]);
    let mut context = async_nats::jetstream::new(world.client.nats.clone());
    context.set_timeout(PATIENCE);
    // Nobody reads, so that it is kept waiting by its own output.
    let body = format!("{{\"long\": \"{}\"}}", "x".repeat(200_000));
    for _ in 0..3 {
        let sent = context.publish("plansync.v1.evt.northgate.a.b.c", body.clone().into());
        sent.await.unwrap().await.unwrap();
    }
    let mut begun = [0];
    watching.lines.read_exact(&mut begun).unwrap();
    let pid = watching.child.id();
    // Two that come at once may count as one, so it is asked until it ends.
    let mut ended = None;
    let end = Instant::now() + PATIENCE;
    while ended.is_none() {
        assert!(Instant::now() < end, "it does not end");
        signal(pid, "INT");
        std::thread::sleep(Duration::from_millis(50));
        ended = watching.child.try_wait().unwrap();
    }
    assert_eq!(ended.unwrap().code(), Some(130));
}
