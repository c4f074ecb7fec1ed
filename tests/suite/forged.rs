//! Forged reply subjects, by a bare socket, against the configuration that is shipped: the answer to a
//! request goes nowhere but to an inbox of whoever asked.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::json;

/// How long something that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(500);

/// A connection on which any reply subject can be named.
struct Socket(TcpStream);

impl Socket {
    fn connect(nats: &NatsServer, user: &str) -> Self {
        let address: async_nats::ServerAddr = nats.url().parse().unwrap();
        let socket = TcpStream::connect((address.host(), address.port())).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_mins(2)))
            .unwrap();
        let mut socket = Self(socket);
        let who = json!({"verbose": false, "pedantic": false, "headers": true, "user": user,
            "pass": "secret"});
        socket.say(&format!("CONNECT {who}\r\n"));
        socket
    }

    /// Sends, and gives what the server said until it had taken it.
    fn say(&mut self, line: &str) -> String {
        self.0.write_all(line.as_bytes()).unwrap();
        self.0.write_all(b"PING\r\n").unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while !said.ends_with(b"PONG\r\n") {
            self.0.read_exact(&mut byte).unwrap();
            said.push(byte[0]);
        }
        String::from_utf8(said).unwrap()
    }

    fn ask(&mut self, subject: &str, reply: &str, body: &str) -> String {
        self.say(&format!(
            "PUB {subject} {reply} {}\r\n{body}\r\n",
            body.len()
        ))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_reaches_nobody_by_a_forged_reply_subject() {
    let nats = NatsServer::start_with_accounts();
    let data = tempfile::tempdir().unwrap();
    let url = nats.url_of("plansync");
    let _engine = Engine::start_at(&url, data.path(), &["--events", "json"]).await;
    let system = Client::connect_as(&nats, "northgate-system").await;
    assert!(system.is_engine_ready().await);
    let settings = json!({"marking_aid": false, "owner_rule": "keep"});
    system.get("system", "tenant.put", settings).await;
    let events = Client::connect_as(&nats, "northgate-events").await;
    let mut heard = events
        .nats
        .subscribe("plansync.v1.evt.northgate.>")
        .await
        .unwrap();
    events.nats.flush().await.unwrap();
    let engine = Client::connect_as(&nats, "plansync").await;
    let mut commands = engine.nats.subscribe("plansync.v1.cmd.>").await.unwrap();
    let mut engine_heard = engine.nats.subscribe("plansync.v1.evt.>").await.unwrap();
    engine.nats.flush().await.unwrap();

    let mut attacker = Socket::connect(&nats, "northgate-alice");
    for reply in [
        "plansync.v1.evt.northgate.plan.x.changed",
        "plansync.v1.cmd.northgate.system.tenant.put",
        "plansync.v1.req.northgate.system.tenant.put",
        "$JS.API.STREAM.DELETE.PLANSYNC_EVENTS",
        "$JS.API.STREAM.PURGE.PLANSYNC_COMMANDS",
        "$JS.ACK.PLANSYNC_COMMANDS.plansync-engine.1.1.1.1.1",
        "$SRV.PING.plansync",
        "_R_.forged.1",
    ] {
        for subject in [
            "plansync.v1.req.northgate.alice.actor.get",
            "plansync.v1.cmd.northgate.alice.nothing.known",
        ] {
            attacker.ask(subject, reply, "{}");
        }
    }
    attacker.ask(
        "$SRV.PING.plansync",
        "plansync.v1.evt.northgate.a.b.c",
        "{}",
    );
    // Who hears events asks nobody anything, whatever reply it names.
    let mut listener = Socket::connect(&nats, "northgate-events");
    for subject in [
        "$SRV.PING.plansync",
        "plansync.v1.req.northgate.system.tenant.get",
    ] {
        let said = listener.ask(subject, "plansync.v1.evt.northgate.a.b.c", "{}");
        assert!(
            said.to_lowercase().contains("permissions violation"),
            "{said}"
        );
    }

    // What was sent before a request that is answered has been dealt with.
    system.get("system", "tenant.get", json!({})).await;
    let mut told = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(SILENCE, heard.next()).await {
        told.push(event.subject.to_string());
    }
    // Only the rejections of the alice's own commands, which the engine published.
    assert!(
        told.iter().all(|subject| subject.ends_with(".rejected")),
        "{told:?}"
    );
    assert!(!told.is_empty());
    let mut count = 0;
    while let Ok(Some(event)) = tokio::time::timeout(SILENCE, engine_heard.next()).await {
        assert!(event.subject.ends_with(".rejected"), "{}", event.subject);
        count += 1;
    }
    assert_eq!(count, told.len());
    while let Ok(Some(command)) = tokio::time::timeout(SILENCE, commands.next()).await {
        assert_eq!(
            &*command.subject,
            "plansync.v1.cmd.northgate.alice.nothing.known"
        );
    }
    let context = async_nats::jetstream::new(engine.nats.clone());
    for stream in [plansync_nats::COMMANDS, plansync_nats::EVENTS] {
        context.get_stream(stream).await.unwrap();
    }
}
