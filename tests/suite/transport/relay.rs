//! Events from the log into the stream.

use std::time::Duration;

use futures_util::StreamExt as _;
use plansync_log::Position;
use plansync_nats::{
    ClientConnection, Connection, CursorFile, EVENTS, EventStream as _, NotPlaced, Outbox as _,
    Publisher, RelayError,
};
use plansync_tests::raw::Raw;

use super::bench::{bench, drive, published, relay};
use super::fake::FakeLog;
use super::{connected, plain, prepared, shared};

const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test]
async fn every_event_is_published_once_and_in_order() {
    let bench = bench(1_000);
    let mut relay = bench.relay().await;
    drive(&mut relay).await;
    bench.grow(1_010);
    drive(&mut relay).await;
    assert_eq!(published(&bench.server).await, bench.log.event_positions());
    let stream = plain(&bench.server).await.get_stream(EVENTS).await.unwrap();
    let first = stream.get_raw_message(1).await.unwrap();
    assert_eq!(
        first.headers.get("Nats-Msg-Id").unwrap().as_str(),
        "6c6f67.1/1"
    );
}

#[tokio::test]
async fn another_relay_goes_on_after_the_streams_last_event() {
    let bench = bench(20);
    drive(&mut bench.relay().await).await;
    std::fs::remove_file(bench.folder.path().join(CursorFile::NAME)).unwrap();
    bench.grow(30);
    drive(&mut bench.relay().await).await;
    assert_eq!(published(&bench.server).await, bench.log.event_positions());
}

#[tokio::test]
async fn an_emptied_stream_goes_on_after_the_cursor() {
    let bench = bench(20);
    let mut first = bench.relay().await;
    drive(&mut first).await;
    let (_stop, stopped) = tokio::sync::watch::channel(true);
    first.run(stopped).await.unwrap();
    let stream = plain(&bench.server).await.get_stream(EVENTS).await.unwrap();
    stream.purge().await.unwrap();
    bench.grow(23);
    drive(&mut bench.relay().await).await;
    assert_eq!(published(&bench.server).await, [22, 23]);
}

#[tokio::test]
async fn a_server_that_was_away_is_taken_up_again() {
    let mut bench = bench(20);
    let mut relay = bench.relay().await;
    drive(&mut relay).await;
    bench.server.restart();
    bench.grow(50);
    drive(&mut relay).await;
    assert_eq!(published(&bench.server).await, bench.log.event_positions());
}

#[tokio::test]
async fn a_stream_that_was_removed_is_made_again_and_filled() {
    let bench = bench(20);
    let mut relay = bench.relay().await;
    drive(&mut relay).await;
    plain(&bench.server)
        .await
        .delete_stream(EVENTS)
        .await
        .unwrap();
    bench.grow(30);
    drive(&mut relay).await;
    assert_eq!(published(&bench.server).await, bench.log.event_positions());
}

#[tokio::test]
async fn a_changed_log_or_a_shorter_one_stops_the_relay() {
    let bench = bench(20);
    drive(&mut bench.relay().await).await;
    let changed = shared(FakeLog {
        chain: 0xcd,
        ..FakeLog::durable_to(20)
    });
    let mut relay = relay(&bench.server, &changed, bench.folder.path()).await;
    let refused = relay.attach().await.unwrap_err().to_string();
    let differ = "the event stream and this log differ at position 20 (hash abab";
    assert!(refused.starts_with(differ), "{refused}");
    bench.grow(19);
    let refused = bench.relay().await.attach().await.unwrap_err();
    assert!(matches!(refused, RelayError::Disagreement(_)), "{refused}");
}

#[tokio::test]
async fn what_others_put_into_the_stream_is_passed() {
    let bench = bench(5);
    let mut relay = bench.relay().await;
    drive(&mut relay).await;
    let context = plain(&bench.server).await;
    let subject = "plansync.v1.evt.college.plan.x.changed";
    context
        .publish(subject, "99".into())
        .await
        .unwrap()
        .await
        .unwrap();
    // Right behind an answer the relay takes the stream to be as it was.
    tokio::time::sleep(Duration::from_millis(20)).await;
    bench.grow(8);
    drive(&mut relay).await;
    assert_eq!(published(&bench.server).await, [1, 2, 4, 5, 99, 7, 8]);
}

#[tokio::test]
async fn an_event_that_was_left_out_is_missed_at_every_start() {
    let bench = bench(20);
    drive(&mut bench.relay().await).await;
    let cursor = bench.folder.path().join(CursorFile::NAME);
    let text = std::fs::read_to_string(&cursor).unwrap();
    let text = text.lines().next().unwrap();
    let text = text.replace('}', ",\"left_out\":7}");
    let checksum = crc32fast::hash(text.as_bytes());
    std::fs::write(&cursor, format!("{text}\n{checksum:08x}\n")).unwrap();
    for _ in 0..2 {
        let refused = bench.relay().await.attach().await.unwrap_err().to_string();
        let missing = "the event of position 7 is missing from the event stream";
        assert!(refused.starts_with(missing), "{refused}");
    }
    std::fs::remove_file(&cursor).unwrap();
    bench.relay().await.attach().await.unwrap();
}

#[tokio::test]
async fn answers_out_of_order_are_each_to_their_event() {
    let bench = bench(5);
    let mut publisher = Publisher::new(prepared(&bench.server).await);
    // Somebody else answers in the stream's place.
    let client = connected(&bench.server).await;
    let mut sent = client.subscribe("plansync.v1.evt.>").await.unwrap();
    let stream = plain(&bench.server).await;
    stream.delete_stream(EVENTS).await.unwrap();
    let mut numbers = Vec::new();
    let mut replies = Vec::new();
    for (event, last) in bench
        .log
        .events(Position::ZERO, 4)
        .unwrap()
        .events
        .into_iter()
        .zip(0..)
    {
        numbers.push(publisher.send(event, last).await.unwrap());
        replies.push(sent.next().await.unwrap().reply.unwrap());
    }
    let answer = |index: usize| {
        let body = match index {
            1 => r#"{"error":{"code":400,"err_code":10071,"description":"wrong"}}"#.to_owned(),
            _ => format!(r#"{{"stream":"{EVENTS}","seq":{}}}"#, index + 1),
        };
        client.publish(replies[index].clone(), body.into())
    };
    for index in [1, 2, 0] {
        answer(index).await.unwrap();
    }
    let place = publisher.answer(numbers[0]).await.unwrap();
    assert_eq!(place.sequence, 1);
    let refused = publisher.answer(numbers[1]).await.unwrap_err();
    assert!(matches!(refused, NotPlaced::Refused(_)), "{refused:?}");
    let place = publisher.answer(numbers[2]).await.unwrap();
    assert_eq!(place.sequence, 3);
}

#[tokio::test]
async fn messages_of_others_whose_headers_nobody_takes_are_passed_over() {
    let bench = bench(20);
    drive(&mut bench.relay().await).await;
    let mut raw = Raw::connect(&bench.server.url(), "_INBOX.raw");
    for block in [
        &b"NATS/1.0\r\nA: b\rc\r\n\r\n"[..],
        b"NATS/1.0\r\nA\xff b\r\n\r\n",
    ] {
        raw.ask(b"plansync.v1.evt.t.x.y.z", Some(block), b"{}");
    }
    // One that starts here, and one that must find the place again.
    bench.grow(25);
    drive(&mut bench.relay().await).await;
    std::fs::remove_file(bench.folder.path().join(CursorFile::NAME)).unwrap();
    bench.grow(30);
    drive(&mut bench.relay().await).await;
    let connection = Connection {
        url: bench.server.url(),
        ..Connection::default()
    };
    let client = ClientConnection::open(&connection, PATIENCE).await.unwrap();
    let mut witnesses = client.witnesses().await.unwrap();
    let mut positions = Vec::new();
    while let Some(witness) = witnesses.next().await {
        positions.extend(witness.unwrap().event.map(|event| event.position.get()));
    }
    assert_eq!(positions, bench.log.event_positions());
    assert_eq!(
        witnesses.count(),
        u64::try_from(positions.len()).unwrap() + 2
    );
}
