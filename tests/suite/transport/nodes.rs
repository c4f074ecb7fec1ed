//! Durable commands where several nodes share a log: clients publish to the nodes, and the nodes into the stream.

use std::sync::Arc;

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use async_nats::{Client, HeaderMap};
use plansync_nats::{
    COMMANDS, CommandConsumer, CommandIntake, EndpointError, Filtered, Sizes, StreamError, Streams,
    connect, prepare, prepare_for_nodes,
};
use plansync_tests::cluster::Cluster;
use plansync_tests::nats::NatsServer;
use plansync_tests::raw::Raw;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fake::FakeEngine;
use super::{connected, filtered, name, plain, prepared, shared, stored, until};

const SUBJECT: &str = "plansync.v1.cmd.college.ann.plan.edit";

/// The streams of nodes on one server.
async fn of_nodes(server: &NatsServer) -> Streams {
    let client = connected(server).await;
    prepare_for_nodes(client, name(), Sizes::default(), 1)
        .await
        .unwrap()
}

/// A node that takes commands.
struct Node {
    stop: watch::Sender<bool>,
    ended: JoinHandle<Result<(), EndpointError>>,
}

impl Node {
    async fn start(filtered: Filtered) -> Self {
        let intake = CommandIntake::open(&filtered).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let ended = tokio::spawn(intake.run(stopped));
        Self { stop, ended }
    }
}

/// An engine that takes commands from the stream until the sender is dropped.
async fn deciding(
    server: &NatsServer,
    streams: &Streams,
) -> (Arc<FakeEngine>, watch::Sender<bool>) {
    let engine = shared(FakeEngine::durable_to(9));
    let filtered = filtered(server).await;
    let consumer = CommandConsumer::open(streams, &filtered, Arc::clone(&engine)).await;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(consumer.unwrap().run(stopped));
    (engine, stop)
}

/// What is answered to a command.
async fn answer(client: &Client, body: &'static str) -> Value {
    let answer = client.request(SUBJECT, body.into()).await.unwrap();
    serde_json::from_slice(&answer.payload).unwrap()
}

#[tokio::test]
async fn a_command_is_stored_answered_like_by_the_stream_and_decided_as_it_was_sent() {
    let server = NatsServer::start();
    let streams = of_nodes(&server).await;
    let node = Node::start(filtered(&server).await).await;
    let context = plain(&server).await;
    for (sequence, body) in (1..).zip(["a", "b", "c"]) {
        let sent = context.publish(SUBJECT, body.into()).await.unwrap();
        let stored = sent.await.unwrap();
        assert_eq!(
            (stored.stream.as_str(), stored.sequence),
            (COMMANDS, sequence)
        );
    }
    let (engine, _stop) = deciding(&server, &streams).await;
    until("all are decided", || async {
        engine.seen() == ["a", "b", "c"]
    })
    .await;
    until("all are gone", || async {
        stored(&context, COMMANDS).await == 0
    })
    .await;
    node.stop.send_replace(true);
    node.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_message_without_a_reply_subject_is_stored_and_one_with_a_forged_one_is_not() {
    let server = NatsServer::start();
    let _streams = of_nodes(&server).await;
    let _node = Node::start(filtered(&server).await).await;
    let context = plain(&server).await;
    let client = context.client();
    client
        .publish_with_reply(SUBJECT, "plansync.v1.evt.college.x", "forged".into())
        .await
        .unwrap();
    client.publish(SUBJECT, "silent".into()).await.unwrap();
    assert_eq!(answer(&client, "last").await["seq"], 2);
    assert_eq!(stored(&context, COMMANDS).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_follow_the_protocol_is_refused_and_nothing_is_stored() {
    let server = NatsServer::start();
    let _streams = of_nodes(&server).await;
    let _node = Node::start(filtered(&server).await).await;
    let mut raw = Raw::connect(&server.url(), "_INBOX.raw");
    let headers = b"NATS/1.0\r\nno colon\r\n\r\n";
    let answer = raw.ask(SUBJECT.as_bytes(), Some(headers), b"{}");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.contains("\"code\":400"), "{answer}");
    assert_eq!(stored(&plain(&server).await, COMMANDS).await, 0);
}

#[tokio::test]
async fn without_a_stream_commands_are_refused_and_taken_again_when_it_is_back() {
    let server = NatsServer::start();
    let streams = of_nodes(&server).await;
    let _node = Node::start(filtered(&server).await).await;
    let context = plain(&server).await;
    let client = context.client();
    context.delete_stream(COMMANDS).await.unwrap();
    let refused = answer(&client, "a").await;
    assert_eq!(refused["error"]["code"], 503, "{refused}");
    drop(streams);
    of_nodes(&server).await;
    assert_eq!(answer(&client, "a").await["seq"], 1);
}

#[tokio::test]
async fn a_command_that_is_too_large_is_refused_in_the_words_of_the_stream() {
    let server = NatsServer::start();
    let _streams = of_nodes(&server).await;
    let _node = Node::start(filtered(&server).await).await;
    let client = plain(&server).await.client();
    let large = vec![b'x'; 400_000];
    let refused = client.request(SUBJECT, large.into()).await.unwrap();
    let refused: Value = serde_json::from_slice(&refused.payload).unwrap();
    assert_eq!(refused["error"]["err_code"], 10_054, "{refused}");
    assert_eq!(answer(&client, "small").await["seq"], 1);
}

/// A command that is on its way to a node while that stops may have no answer: whoever sends it again is served by
/// another node.
#[tokio::test]
async fn commands_are_taken_while_a_node_stops() {
    const COUNT: u64 = 200;
    let server = NatsServer::start();
    let _streams = of_nodes(&server).await;
    let first = Node::start(filtered(&server).await).await;
    let _second = Node::start(filtered(&server).await).await;
    let context = plain(&server).await;
    for number in 0..COUNT {
        if number == COUNT / 2 {
            first.stop.send_replace(true);
        }
        loop {
            let sent = context.publish(SUBJECT, "x".into()).await.unwrap();
            match sent.await {
                Ok(_) => break,
                Err(error) => assert_eq!(error.kind(), PublishErrorKind::TimedOut),
            }
        }
    }
    first.ended.await.unwrap().unwrap();
    assert!(stored(&context, COMMANDS).await >= COUNT);
}

#[tokio::test]
async fn the_stream_of_a_single_engine_is_taken_over_with_what_is_in_it() {
    let server = NatsServer::start();
    drop(prepared(&server).await);
    let context = plain(&server).await;
    context
        .publish(SUBJECT, "old".into())
        .await
        .unwrap()
        .await
        .unwrap();
    let streams = of_nodes(&server).await;
    let _node = Node::start(filtered(&server).await).await;
    assert_eq!(answer(&context.client(), "new").await["seq"], 2);
    let (engine, _stop) = deciding(&server, &streams).await;
    until("both are decided", || async {
        engine.seen() == ["old", "new"]
    })
    .await;

    // Back again only by somebody who knows what it means.
    let refused = prepare(connected(&server).await, name())
        .await
        .err()
        .unwrap();
    let said = refused.to_string();
    assert!(
        said.contains("--subjects 'plansync.v1.cmd.>' --replicas 1"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_destroys_a_replicated_stream_does_not_reach_it() {
    let cluster = Cluster::start().await;
    let connection = plansync_nats::Connection {
        url: cluster.url_of("plansync"),
        ..plansync_nats::Connection::default()
    };
    let client = connect(&connection).await.unwrap();
    prepare_for_nodes(client.clone(), name(), Sizes::default(), 3)
        .await
        .unwrap();
    let _node = Node::start(Filtered::connect(&connection).await.unwrap()).await;
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Expected-Last-Msg-Id", "another");
    headers.insert("Nats-Rollup", "all");
    headers.insert("Nats-Msg-Id", "7");
    for sequence in 1..=20 {
        let request = async_nats::Request::new()
            .headers(headers.clone())
            .payload("x".into());
        let answer = client.send_request(SUBJECT, request).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.payload).unwrap();
        assert_eq!(answer, json!({"stream": COMMANDS, "seq": sequence}));
    }
    let context = async_nats::jetstream::new(client);
    assert_eq!(stored(&context, COMMANDS).await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_serves_where_clients_may_publish_into_a_replicated_stream() {
    let cluster = Cluster::start().await;
    let connection = plansync_nats::Connection {
        url: cluster.url_of("plansync"),
        ..plansync_nats::Connection::default()
    };
    let client = connect(&connection).await.unwrap();
    let context = async_nats::jetstream::new(client.clone());
    let replicated = Config {
        name: COMMANDS.to_owned(),
        subjects: vec!["plansync.v1.cmd.>".to_owned()],
        retention: RetentionPolicy::WorkQueue,
        discard: async_nats::jetstream::stream::DiscardPolicy::New,
        max_message_size: 320 * 1024,
        num_replicas: 3,
        ..Config::default()
    };
    context.create_stream(replicated).await.unwrap();
    let refused = prepare(client.clone(), name()).await.err().unwrap();
    let StreamError::Configuration {
        setting, advice, ..
    } = &refused
    else {
        panic!("{refused}");
    };
    assert_eq!(*setting, "num_replicas");
    assert!(advice.contains("Nats-Expected-Last-Msg-Id"), "{advice}");
    // Nodes take the subjects from the clients.
    prepare_for_nodes(client, name(), Sizes::default(), 3)
        .await
        .unwrap();
    let stream = context.get_stream(COMMANDS).await.unwrap();
    assert_eq!(
        stream.cached_info().config.subjects,
        ["plansync.v1.queue.>"]
    );
}
