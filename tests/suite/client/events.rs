//! Events over a durable consumer: in order, without gaps, and each processed once, whoever is killed.

use std::time::Duration;

use plansync_client::protocol::{PlanInstantiate, ProgrammePut};
use plansync_client::{CommandReply, Error, EventBody, Events, NewConsumer, ProcessError, Start};

use super::ledger::{Ledger, Subscriber, assert_rising, leave};
use super::world::{World, programme, refused};

/// Short, since a subscriber that is ended waits for it.
const ACK_WAIT: Duration = Duration::from_secs(1);

async fn subscribe(world: &World) -> Events {
    let consumer = NewConsumer::new("outcomes", Start::Beginning).with_ack_wait(ACK_WAIT);
    world.client.events().make_durable(consumer).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_decoded_with_their_place_in_the_log() {
    for encoding in ["msgpack", "json"] {
        let world = World::with(&["--events", encoding]).await;
        let reply = world
            .client
            .durable::<ProgrammePut>(programme(1))
            .await
            .unwrap();
        let mut events = subscribe(&world).await;
        let delivery = events.next().await.unwrap();
        let event = &delivery.event;
        let EventBody::CommandAccepted(accepted) = &event.body else {
            panic!("{event:?}");
        };
        let CommandReply::ProgrammePut(stored) = &accepted.reply else {
            panic!("{event:?}");
        };
        assert_eq!(stored.position, reply.position);
        let origin = event.origin.as_ref().unwrap();
        assert_eq!(
            (origin.actor.as_str(), origin.command),
            ("system", accepted.command_id)
        );
        assert!(event.position().unwrap() > reply.position);
        assert_eq!(delivery.waiting, 0);
        delivery.ack().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_is_killed_before_it_acknowledges_processes_each_event_once() {
    let world = World::new().await;
    leave(&world.client, 0..120).await;
    let ledger = Ledger::default();
    // Each life ends at some event, with up to 64 others delivered and not processed.
    for count in [3, 50, 51, 120] {
        let mut events = subscribe(&world).await;
        ledger.fill(&mut events, count).await;
    }
    let positions = ledger.positions();
    assert_eq!(positions.len(), 120, "{positions:?}");
    assert_rising(&positions);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_not_processed_comes_again_before_the_ones_behind_it() {
    let world = World::new().await;
    leave(&world.client, 0..20).await;
    let ledger = Ledger::default();
    for room in [5, 10] {
        let mut subscriber = Subscriber {
            ledger: ledger.clone(),
            room,
        };
        let Err(error) = subscribe(&world).await.process(&mut subscriber).await;
        assert!(matches!(error, ProcessError::Processor(_)), "{error:?}");
        assert_eq!(ledger.len(), room);
    }
    ledger.fill(&mut subscribe(&world).await, 20).await;
    assert_eq!(ledger.len(), 20);
    assert_rising(&ledger.positions());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_on_after_the_server_and_the_engine_were_killed() {
    let mut world = World::new().await;
    let ledger = Ledger::default();
    let mut events = subscribe(&world).await;
    leave(&world.client, 0..10).await;
    ledger.fill(&mut events, 10).await;
    world.nats.restart();
    leave(&world.client, 10..20).await;
    world.kill_engine();
    world.start_engine().await;
    ledger.fill(&mut events, 20).await;
    assert_eq!(ledger.len(), 20);
    assert_rising(&ledger.positions());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_consumer_is_used_and_one_that_would_lose_events_is_not() {
    let world = World::new().await;
    leave(&world.client, 0..3).await;
    let jetstream = world.client.exchange().jetstream();
    let make = |name: &str, max_deliver| async_nats::jetstream::consumer::pull::Config {
        durable_name: Some(name.to_owned()),
        max_deliver,
        ..Default::default()
    };
    for config in [make("whole", -1), make("limited", 3)] {
        let created = jetstream.create_consumer_on_stream(config, "PLANSYNC_EVENTS");
        created.await.unwrap();
    }
    let mut events = world.client.events().durable("whole").await.unwrap();
    Ledger::default().fill(&mut events, 3).await;
    let refused = world.client.events().durable("limited").await.err();
    assert!(
        matches!(refused, Some(Error::Consumer { .. })),
        "{refused:?}"
    );
    let missing = world.client.events().durable("missing").await.err();
    let is_told = matches!(
        missing,
        Some(Error::Events {
            may_pass: false,
            ..
        })
    );
    assert!(is_told, "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_events_that_match_come() {
    let world = World::new().await;
    leave(&world.client, 1..2).await;
    let submitted = world
        .client
        .submit::<PlanInstantiate>(refused())
        .await
        .unwrap();
    leave(&world.client, 2..3).await;
    let events = world.client.events().matching("command.*.rejected");
    let mut events = events.replay(Start::Beginning).await.unwrap();
    let event = events.next().await.unwrap().event;
    let EventBody::CommandRejected(rejected) = event.body else {
        panic!("{event:?}");
    };
    assert_eq!(rejected.command_id, submitted.command);
}
