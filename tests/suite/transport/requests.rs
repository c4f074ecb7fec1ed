//! Requests and replies.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, Message};
use futures_util::StreamExt as _;
use plansync_log::Position;
use plansync_nats::{Endpoint, EndpointError};
use plansync_tests::nats::NatsServer;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fake::FakeEngine;
use super::{filtered, shared, until};

struct Running {
    _server: NatsServer,
    engine: Arc<FakeEngine>,
    client: Client,
    stop: watch::Sender<bool>,
    ended: JoinHandle<Result<(), EndpointError>>,
}

async fn running(durable_to: u64) -> Running {
    let server = NatsServer::start();
    let engine = shared(FakeEngine::durable_to(durable_to));
    let endpoint = Endpoint::open(filtered(&server).await, Arc::clone(&engine))
        .await
        .unwrap();
    let (stop, stopped) = watch::channel(false);
    let ended = tokio::spawn(endpoint.run(stopped));
    let client = async_nats::connect(server.url()).await.unwrap();
    Running {
        _server: server,
        engine,
        client,
        stop,
        ended,
    }
}

impl Running {
    async fn ask(&self, operation: &str, body: &'static str) -> Message {
        let subject = format!("plansync.v1.req.college.ann.{operation}");
        self.client.request(subject, body.into()).await.unwrap()
    }

    async fn service(&self, verb: &str) -> serde_json::Value {
        let answer = self
            .client
            .request(format!("$SRV.{verb}.plansync"), "".into())
            .await;
        serde_json::from_slice(&answer.unwrap().payload).unwrap()
    }
}

#[tokio::test]
async fn a_reply_leaves_only_once_what_it_saw_is_durable() {
    let running = running(4).await;
    let asked = running.client.clone();
    let reply = tokio::spawn(async move {
        asked
            .request("plansync.v1.req.college.ann.plan.edit", "{}".into())
            .await
    });
    until("the edit is seen", || async {
        running.engine.seen() == ["{}"]
    })
    .await;
    assert!(!reply.is_finished());
    running.engine.durable.send_replace(Position::new(5));
    assert_eq!(reply.await.unwrap().unwrap().payload, "{}");
}

#[tokio::test]
async fn what_is_durable_is_answered_while_a_write_waits() {
    let running = running(4).await;
    let asked = running.client.clone();
    let write = tokio::spawn(async move {
        asked
            .request("plansync.v1.req.college.ann.plan.edit", "write".into())
            .await
    });
    until("the write is seen", || async {
        running.engine.seen() == ["write"]
    })
    .await;
    assert_eq!(running.ask("plan.get", "light").await.payload, "light");
    assert_eq!(running.ask("sync.preview", "heavy").await.payload, "heavy");
    let refused = running.ask("plan.refuse", "refused").await;
    assert_eq!(refused.payload, "{\"error\":{}}");
    assert!(!write.is_finished());
    running.engine.durable.send_replace(Position::new(5));
    assert_eq!(write.await.unwrap().unwrap().payload, "write");
}

#[tokio::test]
async fn any_subject_below_is_answered_light_or_heavy() {
    let running = running(5).await;
    for operation in ["plan.get", "sync.preview", "no.such.operation", "short"] {
        assert_eq!(
            running.ask(operation, "{\"a\":1}").await.payload,
            "{\"a\":1}"
        );
    }
}

#[tokio::test]
async fn a_refusal_has_headers_and_body_and_is_counted() {
    let running = running(5).await;
    let refused = running.ask("plan.refuse", "").await;
    let headers = refused.headers.unwrap();
    assert_eq!(
        headers.get("Nats-Service-Error-Code").unwrap().as_str(),
        "409"
    );
    assert_eq!(
        headers.get("Nats-Service-Error").unwrap().as_str(),
        "first line second"
    );
    assert_eq!(
        headers.get("content-type").unwrap().as_str(),
        "application/json"
    );
    assert_eq!(refused.payload, "{\"error\":{}}");
    running.ask("plan.get", "").await;
    let stats = running.service("STATS").await;
    let endpoint = &stats["endpoints"][0];
    assert_eq!(stats["type"], "io.nats.micro.v1.stats_response");
    assert_eq!(
        (&endpoint["num_requests"], &endpoint["num_errors"]),
        (&2.into(), &1.into())
    );
    assert_eq!(endpoint["last_error"], "409:first line\nsecond");
}

#[tokio::test]
async fn the_service_can_be_discovered() {
    let running = running(5).await;
    let pong = running.service("PING").await;
    assert_eq!(
        (&pong["type"], &pong["name"]),
        (&"io.nats.micro.v1.ping_response".into(), &"plansync".into())
    );
    let described = running.service("INFO").await;
    assert_eq!(described["id"], pong["id"]);
    assert_eq!(
        described["endpoints"],
        serde_json::json!([
            {"name": "requests", "subject": "plansync.v1.req.>", "queue_group": "q"}
        ])
    );
}

#[tokio::test]
async fn a_request_that_crashes_is_answered_too() {
    let running = running(5).await;
    for operation in ["crash.get", "crash.preview"] {
        let answer = running.ask(operation, "").await;
        let code = answer
            .headers
            .unwrap()
            .get("Nats-Service-Error-Code")
            .unwrap()
            .to_string();
        assert_eq!(code, "500", "{operation}");
    }
    assert_eq!(
        running.ask("plan.get", "still there").await.payload,
        "still there"
    );
}

#[tokio::test]
async fn a_reply_subject_that_is_no_inbox_is_ignored() {
    let running = running(5).await;
    let mut forged = running.client.subscribe("plansync.v1.cmd.>").await.unwrap();
    let (subject, reply) = (
        "plansync.v1.req.college.ann.plan.get",
        "plansync.v1.cmd.college.bob.plan.edit",
    );
    running
        .client
        .publish_with_reply(subject, reply, "forged".into())
        .await
        .unwrap();
    running
        .client
        .publish(subject, "no reply".into())
        .await
        .unwrap();
    running.ask("plan.get", "honest").await;
    assert_eq!(running.engine.seen(), ["honest"]);
    let nothing = tokio::time::timeout(Duration::from_millis(50), forged.next()).await;
    assert_eq!(nothing.ok().flatten().map(|message| message.payload), None);
}

#[tokio::test]
async fn stopping_answers_what_has_arrived() {
    let running = running(4).await;
    let asked = running.client.clone();
    let reply = tokio::spawn(async move {
        asked
            .request("plansync.v1.req.college.ann.plan.edit", "{}".into())
            .await
    });
    until("the edit is seen", || async {
        running.engine.seen() == ["{}"]
    })
    .await;
    running.stop.send_replace(true);
    running.engine.durable.send_replace(Position::new(5));
    assert_eq!(reply.await.unwrap().unwrap().payload, "{}");
    running.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_waits_for_a_disk_that_another_tenants_requests_need() {
    let running = running(5).await;
    let inbox = running.client.new_inbox();
    let mut replies = running.client.subscribe(inbox.clone()).await.unwrap();
    for actor in 0..20 {
        let subject = format!("plansync.v1.req.college.{actor}.plan.cold");
        let asked = running
            .client
            .publish_with_reply(subject, inbox.clone(), "cold".into());
        asked.await.unwrap();
    }
    until("some wait for the disk", || async {
        running.engine.disk.reads() == 4
    })
    .await;
    // Light requests of anybody, and whatever needs the disk of another tenant.
    assert_eq!(running.ask("plan.edit", "light").await.payload, "light");
    let subject = "plansync.v1.req.school.ann.plan.cold";
    let asked = running
        .client
        .publish_with_reply(subject, inbox.clone(), "other".into());
    asked.await.unwrap();
    until("the other tenant has a thread", || async {
        running.engine.disk.reads() == 5
    })
    .await;
    running.engine.disk.answer();
    for _ in 0..21 {
        replies.next().await.unwrap();
    }
}

#[tokio::test]
async fn what_an_actor_sends_behind_a_request_that_waits_for_the_disk_is_decided_behind_it() {
    let running = running(5).await;
    let inbox = running.client.new_inbox();
    let mut replies = running.client.subscribe(inbox.clone()).await.unwrap();
    for (operation, body) in [("cold", "1"), ("get", "2"), ("cold", "3"), ("get", "4")] {
        let subject = format!("plansync.v1.req.college.ann.plan.{operation}");
        let asked = running
            .client
            .publish_with_reply(subject, inbox.clone(), body.into());
        asked.await.unwrap();
    }
    until("the first waits for the disk", || async {
        running.engine.disk.reads() == 1
    })
    .await;
    running.engine.disk.answer();
    for _ in 0..4 {
        replies.next().await.unwrap();
    }
    assert_eq!(running.engine.seen(), ["1", "2", "3", "4"]);
}
