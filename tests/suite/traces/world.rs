//! An engine whose log output is kept in a file, and requests with a trace context.

use async_nats::{HeaderMap, Message, jetstream};
use futures_util::StreamExt as _;
use plansync_tests::binary::command;
use plansync_tests::client::Client;
use plansync_tests::collector::Span;
use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;
use plansync_tests::waiting::until;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;

pub(super) struct World {
    pub(super) nats: NatsServer,
    pub(super) client: Client,
    pub(super) engine: Option<Engine>,
    folder: tempfile::TempDir,
}

impl World {
    /// Starts an engine with these arguments.
    pub(super) async fn start(arguments: &[&str]) -> Self {
        let nats = NatsServer::start();
        let client = Client::connect(&nats).await;
        let mut world = Self {
            nats,
            client,
            engine: None,
            folder: tempfile::tempdir().unwrap(),
        };
        world.start_again(arguments).await;
        world
    }

    /// The same on the same folder.
    pub(super) async fn start_again(&mut self, arguments: &[&str]) {
        let url = self.nats.url();
        let log = std::fs::File::options()
            .append(true)
            .create(true)
            .open(self.log_path())
            .unwrap();
        let child = command()
            .args(["serve", "--events", "json", "--nats-url", &url, "--data"])
            .arg(self.folder.path().join("log"))
            .args(arguments)
            .env_remove("PLANSYNC_LOG")
            .stdin(Stdio::null())
            .stderr(Stdio::from(log))
            .spawn();
        self.engine = Some(Engine::of(child.unwrap()));
        wait_until_ready(&url).await;
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log.txt")
    }

    /// What the engine has logged since its first start.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap()
    }

    /// Asks the engine to end, which it does well.
    pub(super) fn end(&mut self) {
        assert_eq!(self.engine.take().unwrap().terminate(), Some(0));
    }

    /// Sends a request with these headers, and gives the whole reply.
    pub(super) async fn ask(
        &self,
        actor: &str,
        operation: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Message {
        let subject = format!("plansync.v1.req.northgate.{actor}.{operation}");
        let asked =
            self.client
                .nats
                .request_with_headers(subject, map(headers), body.to_string().into());
        asked.await.unwrap()
    }

    /// Sends a durable command with these headers, and waits until the stream has it.
    pub(super) async fn send(&self, operation: &str, body: &Value, headers: &[(&str, &str)]) {
        let subject = format!("plansync.v1.cmd.northgate.system.{operation}");
        let context = jetstream::new(self.client.nats.clone());
        let sent = context.publish_with_headers(subject, map(headers), body.to_string().into());
        sent.await.unwrap().await.unwrap();
    }

    /// All events so far.
    async fn events(&self) -> Vec<jetstream::Message> {
        let context = jetstream::new(self.client.nats.clone());
        let stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
        let config = jetstream::consumer::pull::OrderedConfig::default();
        let mut consumer = stream.create_consumer(config).await.unwrap();
        let count = usize::try_from(consumer.info().await.unwrap().num_pending).unwrap();
        let messages = consumer.messages().await.unwrap().take(count);
        messages.map(Result::unwrap).collect().await
    }

    /// The events that carry this trace context, once there are so many.
    pub(super) async fn events_of(&self, context: &str, count: usize) -> Vec<jetstream::Message> {
        let of_context = async || {
            let mut events = self.events().await;
            events.retain(|event| header(event, "traceparent") == Some(context));
            events
        };
        until(of_context, |events| events.len() >= count).await
    }
}

fn map(headers: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, *value);
    }
    map
}

/// The value of a header.
pub(super) fn header<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    let headers = message.headers.as_ref()?;
    headers.get(name).map(async_nats::HeaderValue::as_str)
}

/// The body of a reply.
pub(super) fn body(message: &Message) -> Value {
    serde_json::from_slice(&message.payload).unwrap()
}

/// A sampled trace context: the number of its trace and of its span.
pub(super) fn sampled(trace: u128, span: u64) -> String {
    format!("00-{trace:032x}-{span:016x}-01")
}

/// The spans of one trace.
pub(super) fn of_trace(spans: &[Span], trace: u128) -> Vec<Span> {
    let trace = format!("{trace:032x}");
    spans
        .iter()
        .filter(|span| span.trace == trace)
        .cloned()
        .collect()
}

/// The only span with this name.
pub(super) fn named<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut found = spans.iter().filter(|span| span.name == name);
    let span = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in {spans:#?}"));
    assert!(found.next().is_none(), "several {name} in {spans:#?}");
    span
}

/// The names of spans, in order.
pub(super) fn names(spans: &[Span]) -> Vec<&str> {
    let mut names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    names
}
