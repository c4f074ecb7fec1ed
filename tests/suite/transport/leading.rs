//! What a node answers that may not lead any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::{Client, Message};
use plansync_log::Position;
use plansync_nats::{Endpoint, Lease};
use plansync_tests::nats::NatsServer;
use tokio::sync::watch;

use super::fake::FakeEngine;
use super::{filtered, shared, until};

#[derive(Default)]
struct Switched(AtomicBool);

impl Lease for Switched {
    fn is_valid(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

struct Node {
    _server: NatsServer,
    engine: Arc<FakeEngine>,
    lease: Arc<Switched>,
    client: Client,
    _stop: watch::Sender<bool>,
}

/// A node whose log is durable up to position 4, without a lease.
async fn node() -> Node {
    let server = NatsServer::start();
    let engine = shared(FakeEngine::durable_to(4));
    let lease = Arc::new(Switched::default());
    let endpoint = Endpoint::open_leading(
        filtered(&server).await,
        Arc::clone(&engine),
        Arc::clone(&lease) as Arc<dyn Lease>,
    );
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(endpoint.await.unwrap().run(stopped));
    let client = async_nats::connect(server.url()).await.unwrap();
    Node {
        _server: server,
        engine,
        lease,
        client,
        _stop: stop,
    }
}

async fn ask(client: &Client, operation: &str) -> Message {
    let subject = format!("plansync.v1.req.college.ann.{operation}");
    client.request(subject, "{}".into()).await.unwrap()
}

/// The code of the error, if it is one.
fn code(answer: &Message) -> Option<String> {
    let headers = answer.headers.as_ref()?;
    Some(headers.get("Nats-Service-Error-Code")?.to_string())
}

#[tokio::test]
async fn without_a_lease_no_read_and_no_refusal_is_answered() {
    let node = node().await;
    // Light, heavy, refused, and from the disk.
    node.engine.disk.answer();
    for operation in ["plan.get", "sync.preview", "plan.refuse", "plan.cold"] {
        let withheld = ask(&node.client, operation).await;
        assert_eq!(code(&withheld).as_deref(), Some("503"), "{operation}");
        node.lease.0.store(true, Ordering::SeqCst);
        let answered = ask(&node.client, operation).await;
        assert_ne!(code(&answered).as_deref(), Some("503"), "{operation}");
        node.lease.0.store(false, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_commit_that_the_log_has_accepted_is_answered_without_a_lease() {
    let node = node().await;
    let client = node.client.clone();
    let edit = tokio::spawn(async move { ask(&client, "plan.edit").await });
    until("the edit is seen", || async {
        node.engine.seen() == ["{}"]
    })
    .await;
    node.engine.durable.send_replace(Position::new(5));
    assert_eq!(code(&edit.await.unwrap()), None);
    // The same command again shows nothing new.
    let again = ask(&node.client, "plan.edit").await;
    assert_eq!(code(&again).as_deref(), Some("503"));
}
