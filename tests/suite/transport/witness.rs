//! What the event stream tells of the log.

use std::time::Duration;

use plansync_log::Position;
use plansync_nats::{ClientConnection, Connection, LogName, PublishedEvent, Witness};

use super::bench::{bench, drive};
use super::{name, plain};

#[tokio::test]
async fn every_event_tells_its_place_and_the_logs_hash_there() {
    let bench = bench(4);
    drive(&mut bench.relay().await).await;
    let foreign = plain(&bench.server).await;
    let subject = "plansync.v1.evt.college.plan.x.changed";
    let sent = foreign.publish(subject, "99".into()).await.unwrap();
    sent.await.unwrap();
    let connection = Connection {
        url: bench.server.url(),
        ..Connection::default()
    };
    let opened = ClientConnection::open(&connection, Duration::from_secs(10)).await;
    let mut witnesses = opened.unwrap().witnesses().await.unwrap();
    assert_eq!(witnesses.count(), 4);
    let mut told = Vec::new();
    while let Some(witness) = witnesses.next().await {
        told.push(witness.unwrap());
    }
    let event = |position: u64| PublishedEvent {
        name: LogName { ..name() },
        position: Position::new(position),
        chain: format!("{}{position:016x}", "ab".repeat(24)),
    };
    let told_of = [Some(event(1)), Some(event(2)), Some(event(4)), None];
    let expected: Vec<_> = (1..)
        .zip(told_of)
        .map(|(sequence, event)| Witness { sequence, event })
        .collect();
    assert_eq!(told, expected);
}
