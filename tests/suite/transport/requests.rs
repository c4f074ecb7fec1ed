//! Requests and replies.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, Message};
use futures_util::StreamExt as _;
use plansync_log::Position;
use plansync_nats::{Endpoint, EndpointError};
use plansync_protocol::OperationName;
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

/// The folder of the project.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
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
    assert_eq!(stats["type"], "io.nats.micro.v1.stats_response");
    let counted = |name: &str| {
        let endpoints = stats["endpoints"].as_array().unwrap();
        let endpoint = endpoints.iter().find(|endpoint| endpoint["name"] == name);
        endpoint.unwrap().clone()
    };
    let (got, other) = (counted("plan_get"), counted("unknown_operation"));
    assert_eq!(
        (&got["num_requests"], &got["num_errors"]),
        (&1.into(), &0.into())
    );
    assert_eq!(
        (&other["num_requests"], &other["num_errors"]),
        (&1.into(), &1.into())
    );
    assert_eq!(got["last_error"], "");
    assert_eq!(other["last_error"], "409:first line\nsecond");
    let time = got["processing_time"].as_u64().unwrap();
    assert!(time > 0 && got["average_processing_time"] == time, "{got}");
    assert_eq!(counted("plan_edit")["num_requests"], 0);
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
    let endpoints = described["endpoints"].as_array().unwrap();
    let (other, operations) = endpoints.split_last().unwrap();
    assert_eq!(other["name"], "unknown_operation");
    assert_eq!(other["subject"], "plansync.v1.req.>");
    assert_eq!(operations.len(), OperationName::ALL.len());
    for (endpoint, operation) in operations.iter().zip(OperationName::ALL) {
        assert_eq!(endpoint["name"], operation.as_str().replace('.', "_"));
        assert_eq!(
            endpoint["subject"],
            format!("plansync.v1.req.*.*.{operation}")
        );
        assert_eq!(endpoint["queue_group"], "q");
        assert_eq!(endpoint["metadata"]["summary"], operation.summary());
        for part in ["schema", "reply_schema"] {
            let path = endpoint["metadata"][part].as_str().unwrap();
            assert!(root().join(path).is_file(), "{path}");
        }
    }
    assert!(
        root()
            .join(described["metadata"]["schema"].as_str().unwrap())
            .is_file()
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
