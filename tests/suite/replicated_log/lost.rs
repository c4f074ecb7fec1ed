//! What a node hears of a stream that lost messages, or is not there.

use plansync_log::replication::{LogStream, LogStreamError, Sent, StreamSequence};
use plansync_nats::JetStreamLog;
use plansync_tests::nats::NatsServer;

use super::{context, first_log, on_one, opened, whole, with};

fn at(sequence: u64) -> StreamSequence {
    StreamSequence::new(sequence)
}

/// Stores a record behind this message.
async fn send(log: &JetStreamLog, record: &'static [u8], last: u64) -> Sent {
    with(log, move |log| log.send(record, at(last))).await
}

async fn store(log: &JetStreamLog, count: u64) {
    for last in 0..count {
        let sent = send(log, b"record", last).await;
        assert!(matches!(sent, Sent::Stored(_)), "{sent:?}");
    }
}

#[tokio::test]
async fn a_beginning_that_was_removed_is_a_gap() {
    let server = NatsServer::start();
    let log = first_log(&on_one(&server).await).await;
    store(&log, 5).await;
    let jetstream = context(&server).await;
    let stream = jetstream.get_stream("PLANSYNC_LOG_1").await.unwrap();
    stream.purge().keep(2).await.unwrap();
    let (read, later, end) = with(&log, |log| {
        (
            log.read_from(at(2), 1_000),
            log.read_from(at(4), 1_000),
            log.end(),
        )
    })
    .await;
    let error = read.unwrap_err();
    let LogStreamError::Gap { wanted, first } = error else {
        panic!("expected a gap, got {error}");
    };
    assert_eq!((wanted, first), (at(2), at(4)));
    assert_eq!(later.unwrap().len(), 2);
    let end = end.unwrap();
    assert_eq!((end.first, end.last), (at(4), at(5)));

    // Nothing is left, and the next message has the next sequence all the same.
    stream.purge().await.unwrap();
    let end = with(&log, LogStream::end).await.unwrap();
    assert_eq!((end.first, end.last), (at(6), at(5)));
    let read = with(&log, |log| log.read_from(at(2), 1_000)).await.unwrap();
    assert_eq!(read, []);
    let refused = send(&log, b"record", 0).await;
    assert!(matches!(refused, Sent::Refused), "{refused:?}");
    let sent = send(&log, b"record", 5).await;
    assert!(
        matches!(sent, Sent::Stored(sequence) if sequence == at(6)),
        "{sent:?}"
    );
}

#[tokio::test]
async fn nobody_can_take_out_one_record() {
    let server = NatsServer::start();
    let log = first_log(&on_one(&server).await).await;
    store(&log, 3).await;
    let jetstream = context(&server).await;
    let stream = jetstream.get_stream("PLANSYNC_LOG_1").await.unwrap();
    stream.delete_message(2).await.unwrap_err();
    let read = with(&log, |log| log.read_from(at(1), 1_000)).await.unwrap();
    assert_eq!(read.len(), 3);
}

#[tokio::test]
async fn a_stream_that_was_removed_is_gone_also_if_another_one_has_its_name() {
    let server = NatsServer::start();
    let streams = on_one(&server).await;
    let log = first_log(&streams).await;
    store(&log, 2).await;
    let jetstream = context(&server).await;
    jetstream.delete_stream("PLANSYNC_LOG_1").await.unwrap();
    let (read, end) = with(&log, |log| (log.read_from(at(1), 1), log.end())).await;
    for error in [read.unwrap_err(), end.unwrap_err()] {
        assert!(matches!(error, LogStreamError::Gone { .. }), "{error}");
    }
    let unknown = send(&log, b"record", 2).await;
    assert!(matches!(unknown, Sent::Unknown(_)), "{unknown:?}");

    streams.seed(whole(1)).await.unwrap();
    let error = with(&log, LogStream::end).await.unwrap_err();
    assert!(matches!(error, LogStreamError::Gone { .. }), "{error}");
    let refused = send(&log, b"record", 2).await;
    assert!(matches!(refused, Sent::Refused), "{refused:?}");
    store(&opened(&streams, 1).await, 2).await;
}

#[tokio::test]
async fn while_the_server_is_away_nothing_is_known_and_afterwards_all_is() {
    let mut server = NatsServer::start();
    let log = first_log(&on_one(&server).await).await;
    store(&log, 2).await;
    server.stop();
    let (sent, read, end) = with(&log, |log| {
        (
            log.send(b"third", at(2)),
            log.read_from(at(1), 1_000),
            log.end(),
        )
    })
    .await;
    assert!(
        matches!(sent, Sent::Unknown(LogStreamError::Unavailable { .. })),
        "{sent:?}"
    );
    for error in [read.unwrap_err(), end.unwrap_err()] {
        assert!(
            matches!(error, LogStreamError::Unavailable { .. }),
            "{error}"
        );
    }
    server.restart();
    // What was sent while it was away may have arrived since.
    loop {
        match send(&log, b"third", 2).await {
            Sent::Stored(sequence) => break assert_eq!(sequence, at(3)),
            Sent::Refused => break,
            Sent::Unknown(_) => {}
        }
    }
    let read = with(&log, |log| log.read_from(at(1), 1_000)).await.unwrap();
    let records: Vec<_> = read.iter().map(|entry| entry.record.as_slice()).collect();
    assert_eq!(records, [b"record".as_slice(), b"record", b"third"]);
}
