//! The streams while one of three servers is gone.

use std::time::{Duration, Instant};

use plansync_log::replication::{LogStream as _, Sent, StreamSequence};
use plansync_nats::JetStreamLog;
use plansync_tests::client::Client;
use plansync_tests::cluster::Cluster;
use tokio::task::spawn_blocking;

use super::{first_log, on_three, with};

/// How long an election may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Stores a record behind this message, as a leader does: the same again while nothing is known.
fn append(log: &mut JetStreamLog, record: &[u8], last: StreamSequence) {
    let until = Instant::now() + PATIENCE;
    loop {
        match log.send(record, last) {
            Sent::Stored(sequence) => return assert_eq!(sequence, last.next()),
            Sent::Refused => {
                // An attempt of which nothing was known is stored.
                let stored = log.read_from(last.next(), 1).unwrap_or_default();
                if let Some(entry) = stored.first() {
                    return assert_eq!(entry.record, record);
                }
            }
            Sent::Unknown(_) => {}
        }
        assert!(Instant::now() < until, "the record is not stored");
    }
}

fn record(sequence: u64) -> Vec<u8> {
    sequence.to_string().into_bytes()
}

async fn append_all(log: &JetStreamLog, sequences: std::ops::RangeInclusive<u64>) {
    with(log, move |log| {
        for sequence in sequences {
            append(log, &record(sequence), StreamSequence::new(sequence - 1));
        }
    })
    .await;
}

/// The name of the server that leads the stream of records, as another one sees it.
async fn leader(client: &Client) -> String {
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_LOG_1").await.unwrap();
    let cluster = stream.cached_info().cluster.clone().unwrap();
    cluster.leader.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_is_there_after_the_server_that_led_was_killed() {
    let mut cluster = Cluster::start().await;
    let log = first_log(&on_three(&cluster).await).await;
    let mut watch = log.watch();
    append_all(&log, 1..=50).await;
    let killed = leader(&Client::connect_as(&cluster.servers[0], "plansync").await).await;
    cluster.server(&killed).stop();
    append_all(&log, 51..=100).await;
    let read = with(&log, |log| log.read_from(StreamSequence::FIRST, usize::MAX))
        .await
        .unwrap();
    let records: Vec<_> = read.into_iter().map(|entry| entry.record).collect();
    assert_eq!(records, (1..=100).map(record).collect::<Vec<_>>());
    let is_told = spawn_blocking(move || watch.wait(StreamSequence::new(99), PATIENCE)).await;
    assert!(is_told.unwrap(), "the watch has ended with the server");

    cluster.server(&killed).restart();
    append_all(&log, 101..=120).await;
}
