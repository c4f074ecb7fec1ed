//! Events from history onwards, and the hand-over to those that are published.

use plansync_client::{Checkpoint, Error, Start};

use super::ledger::{Ledger, assert_rising, leave};
use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn history_goes_over_into_live_events_without_gap_or_repetition() {
    let world = World::new().await;
    leave(&world.client, 0..200).await;
    let ledger = Ledger::default();
    let mut events = world.replay(Start::Beginning).await;
    let writer = world.client.clone();
    let writing = tokio::spawn(async move { leave(&writer, 200..400).await });
    ledger.fill(&mut events, 400).await;
    writing.await.unwrap();
    assert_eq!(ledger.len(), 400);
    assert_rising(&ledger.positions());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_continues_after_a_checkpoint_through_a_restart_of_the_server() {
    let mut world = World::new().await;
    leave(&world.client, 0..30).await;
    let ledger = Ledger::default();
    let mut events = world.replay(Start::Beginning).await;
    ledger.fill(&mut events, 10).await;
    world.nats.restart();
    ledger.fill(&mut events, 20).await;
    let checkpoint = ledger.checkpoint().unwrap();
    assert!(checkpoint.sequence().is_some());
    // The same place without the sequence, as whoever stored only the id of the event has it.
    let by_id = Checkpoint::new(checkpoint.event(), None);
    let wrong = Checkpoint::new(checkpoint.event(), Some(3));
    for start in [checkpoint, by_id, wrong] {
        let mut events = world.replay(Start::After(start)).await;
        let next = events.next().await.unwrap().event;
        assert_eq!(
            next.sequence,
            checkpoint.sequence().map(|sequence| sequence + 1)
        );
    }
    let mut events = world.replay(Start::After(checkpoint)).await;
    ledger.fill(&mut events, 30).await;
    assert_eq!(ledger.len(), 30);
    assert_rising(&ledger.positions());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_new_events_come_to_whoever_asks_for_them() {
    let world = World::new().await;
    leave(&world.client, 0..3).await;
    let mut all = world.replay(Start::Beginning).await;
    for _ in 0..3 {
        all.next().await.unwrap();
    }
    let mut stored = world.replay(Start::Now).await;
    let mut heard = world.client.events().listen().await.unwrap();
    leave(&world.client, 3..4).await;
    let newest = all.next().await.unwrap().event;
    assert_eq!(stored.next().await.unwrap().event, newest);
    assert_eq!(heard.next().await.unwrap().event.origin, newest.origin);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_removed_unread_are_told_of() {
    let mut world = World::new().await;
    // More than the client library requests at a time.
    let (all, kept) = (2_000, 5);
    world.kill_engine();
    let jetstream = world.client.exchange().jetstream();
    for _ in 0..all {
        let subject = "plansync.v1.evt.northgate.plan.x.changed";
        let sent = jetstream.publish(subject, "{}".into());
        sent.await.unwrap().await.unwrap();
    }
    let mut slow = world.replay(Start::Beginning).await;
    let mut read = vec![slow.next().await.unwrap().event.sequence.unwrap()];
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    stream.purge().keep(kept).await.unwrap();
    // It is told before the events that were kept, or after them if the server had not counted yet when it sent them.
    let mut missing = 0;
    while missing == 0 || read.last() != Some(&all) {
        match slow.next().await {
            Ok(delivery) => read.extend(delivery.event.sequence),
            Err(Error::Removed { at_least }) => missing += at_least,
            Err(error) => panic!("{error:?}"),
        }
    }
    let count = u64::try_from(read.len()).unwrap();
    assert_eq!(count + missing, all, "{count} read");
    assert!(read.is_sorted() && read.ends_with(&[1_996, 1_997, 1_998, 1_999, 2_000]));
}
