//! Waiting for records.

use std::time::{Duration, Instant};

use plansync_log::replication::{LogStream as _, Sent, StreamSequence};
use plansync_tests::nats::NatsServer;
use tokio::task::spawn_blocking;

use super::{first_log, on_one, with};

/// So long no wait takes.
const FOR_EVER: Duration = Duration::from_mins(2);

fn at(sequence: u64) -> StreamSequence {
    StreamSequence::new(sequence)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_told_of_the_next_record_and_of_those_that_were_there() {
    let server = NatsServer::start();
    let log = first_log(&on_one(&server).await).await;
    let mut watch = log.watch();
    let waiting = spawn_blocking(move || {
        let is_told = watch.wait(StreamSequence::ZERO, FOR_EVER);
        (is_told, watch)
    });
    let sent = with(&log, |log| log.send(b"first", at(0))).await;
    assert!(matches!(sent, Sent::Stored(_)), "{sent:?}");
    let (is_told, mut watch) = waiting.await.unwrap();
    assert!(is_told);
    // A watch that begins later knows of it, too.
    let mut later = log.watch();
    let told = spawn_blocking(move || {
        let began = Instant::now();
        let none = watch.wait(at(1), Duration::from_millis(50));
        (later.wait(at(0), FOR_EVER), none, began.elapsed())
    });
    let (later, none, took) = told.await.unwrap();
    assert!(later);
    assert!(!none, "there is no second record");
    assert!(took >= Duration::from_millis(50), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_after_the_server_was_away() {
    let mut server = NatsServer::start();
    let log = first_log(&on_one(&server).await).await;
    let mut watch = log.watch();
    let sent = with(&log, |log| log.send(b"first", at(0))).await;
    assert!(matches!(sent, Sent::Stored(_)), "{sent:?}");
    server.restart();
    let last = loop {
        match with(&log, |log| log.send(b"second", at(1))).await {
            Sent::Stored(sequence) => break sequence,
            Sent::Refused => break at(2),
            Sent::Unknown(_) => {}
        }
    };
    assert_eq!(last, at(2));
    let is_told = spawn_blocking(move || watch.wait(at(1), FOR_EVER)).await;
    assert!(is_told.unwrap());
}
