//! Services and publishers that do not behave: no reply and no event ends the client.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use bytes::Bytes;
use futures_util::StreamExt as _;
use plansync_client::protocol::reference::{GetTenant, PutTenant};
use plansync_client::protocol::{Body as _, Encoding, TenantGet, TenantPut, decode};
use plansync_client::{Error, EventBody, NewConsumer, Start};
use plansync_tests::nats::NatsServer;
use serde_json::json;

use super::ledger::leave;
use super::world::{World, client, settings};

/// Answers each request with the next of these, and gives the bodies of the requests.
async fn serve(
    nats: &NatsServer,
    replies: Vec<(HeaderMap, Vec<u8>)>,
) -> tokio::task::JoinHandle<Vec<Bytes>> {
    let service = async_nats::connect(nats.url()).await.unwrap();
    let mut requests = service.subscribe("plansync.v1.req.>").await.unwrap();
    service.flush().await.unwrap();
    tokio::spawn(async move {
        let mut bodies = Vec::new();
        for (headers, body) in replies {
            let request = requests.next().await.unwrap();
            bodies.push(request.payload.clone());
            let reply = request.reply.unwrap();
            let sent = service.publish_with_headers(reply, headers, body.into());
            sent.await.unwrap();
        }
        service.flush().await.unwrap();
        bodies
    })
}

fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        headers.insert(*name, *value);
    }
    headers
}

fn refusal(code: &str, retry_after_ms: u64) -> (HeaderMap, Vec<u8>) {
    let error =
        json!({"code": code, "message": "x", "details": {"retry_after_ms": retry_after_ms}});
    let body = json!({"error": error}).to_string().into_bytes();
    let of_json = ("content-type", "application/json");
    (
        headers(&[of_json, ("Nats-Service-Error-Code", "429")]),
        body,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overloaded_service_is_asked_again_when_it_says_so_under_the_same_id() {
    let nats = NatsServer::start();
    let reply = Encoding::MessagePack
        .encode(&json!({"position": 7}))
        .unwrap();
    let replies = vec![
        refusal("overloaded", 300),
        refusal("unavailable", 0),
        (headers(&[("content-type", "application/msgpack")]), reply),
    ];
    let served = serve(&nats, replies).await;
    let begun = Instant::now();
    let stored = client(&nats.url())
        .await
        .call::<TenantPut>(settings())
        .await
        .unwrap();
    assert_eq!(stored.position.0, 7);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    let bodies = served.await.unwrap();
    let mut sent: PutTenant = decode(Encoding::MessagePack, &bodies[0]).unwrap();
    assert!(sent.take_command_id().is_some());
    assert_eq!(bodies, vec![bodies[0].clone(); 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_any_form_is_an_error_and_the_next_one_is_taken() {
    let nats = NatsServer::start();
    let garbage: Vec<(HeaderMap, Vec<u8>)> = vec![
        (HeaderMap::new(), Vec::new()),
        (HeaderMap::new(), b"\xff\xfe".to_vec()),
        (
            headers(&[("content-type", "text/html")]),
            b"<html>".to_vec(),
        ),
        (
            headers(&[("content-type", "application/json")]),
            b"{\"marking_aid\":1}".to_vec(),
        ),
        (
            headers(&[("Nats-Service-Error-Code", "x")]),
            b"\x81\xa5error\xc0".to_vec(),
        ),
        (
            HeaderMap::new(),
            [b"\xdd\xff\xff\xff\xff".to_vec(), vec![0x91; 1_000]].concat(),
        ),
    ];
    let count = garbage.len();
    let good = br#"{"marking_aid": true, "owner_rule": "keep", "record_idle_hours": 24, "new": 1}"#;
    let good = (
        headers(&[("content-type", "application/json")]),
        good.to_vec(),
    );
    let served = serve(&nats, garbage.into_iter().chain([good]).collect()).await;
    let caller = client(&nats.url()).await;
    for number in 0..count {
        let error = caller.call::<TenantGet>(GetTenant {}).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{number}: {error:?}");
    }
    assert!(
        caller
            .call::<TenantGet>(GetTenant {})
            .await
            .unwrap()
            .marking_aid
    );
    served.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_any_form_is_delivered_with_its_bytes_and_the_next_one_follows() {
    let mut world = World::new().await;
    leave(&world.client, 0..1).await;
    let consumer = NewConsumer::new("outcomes", Start::Beginning);
    let mut events = world.client.events().make_durable(consumer).await.unwrap();
    let first = events.next().await.unwrap();
    first.ack().await.unwrap();
    // The relay refuses to publish behind foreign events, so the engine is away meanwhile.
    world.kill_engine();
    let forged = [
        (HeaderMap::new(), &b""[..]),
        (
            headers(&[("ce-type", "plansync.v1.plan.eaten"), ("x", "y")]),
            b"{}",
        ),
        (
            headers(&[("ce-type", "plansync.v1.command.accepted")]),
            b"\xc1\xff",
        ),
        (
            headers(&[
                ("ce-type", "plansync.v1.sync.target"),
                ("ce-id", "\u{e9}/1"),
            ]),
            b"{\"sync\":1}",
        ),
    ];
    let jetstream = world.client.exchange().jetstream();
    for (headers, body) in &forged {
        let subject = "plansync.v1.evt.northgate.plan.x.changed";
        let sent = jetstream.publish_with_headers(subject, headers.clone(), body.to_vec().into());
        sent.await.unwrap().await.unwrap();
    }
    for (_, body) in &forged {
        let delivery = events.next().await.unwrap();
        assert_eq!(delivery.event.origin, None);
        let EventBody::Unknown(unknown) = &delivery.event.body else {
            panic!("{delivery:?}");
        };
        assert_eq!(unknown.bytes, *body);
        delivery.ack().await.unwrap();
    }
}
