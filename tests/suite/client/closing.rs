//! Closing clients and subscriptions: what waits ends, and events that were not acknowledged are given back.

use std::time::Duration;

use plansync_client::protocol::reference::GetTenant;
use plansync_client::protocol::{ProgrammePut, TenantGet};
use plansync_client::{Durability, Error, Events, NewConsumer, Start};

use super::ledger::{Ledger, assert_rising, leave};
use super::world::{World, client, programme};

/// Longer than any test: whoever waits for it does not end.
const FOR_EVER: Duration = Duration::from_hours(1);

async fn subscribe(client: &plansync_client::Client) -> Events {
    let consumer = NewConsumer::new("outcomes", Start::Beginning).with_ack_wait(FOR_EVER);
    client.events().make_durable(consumer).await.unwrap()
}

/// Leaves durable commands, and waits until their events are published: what the server sends in the moment of closing
/// is given back by nobody.
async fn leave_and_publish(client: &plansync_client::Client, count: u128) {
    leave(client, 0..count).await;
    let mut published = client.events().replay(Start::Beginning).await.unwrap();
    for _ in 0..count {
        published.next().await.unwrap();
    }
}

fn is_closed<T>(ended: &Result<T, Error>) -> bool {
    matches!(ended, Err(Error::Closed { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_a_client_ends_what_waits_and_names_the_commands() {
    let mut world = World::new().await;
    let closed = client(&world.nats.url()).await;
    let mut events = closed.events().replay(Start::Now).await.unwrap();
    world.kill_engine();
    let silent = Durability {
        ask_after: None,
        ..Durability::default()
    };
    let sender = closed.clone().with_durability(silent);
    let mut stored = sender
        .store_durable::<ProgrammePut>(programme(1))
        .await
        .unwrap();
    let command = stored.submitted().command;
    let (caller, other) = (closed.clone(), closed.acting_as("alice".parse().unwrap()));
    let outcome = tokio::spawn(async move { stored.outcome(FOR_EVER).await });
    let being_called = tokio::spawn(async move { caller.call::<ProgrammePut>(programme(2)).await });
    let read = tokio::spawn(async move { other.call::<TenantGet>(GetTenant {}).await });
    let next = tokio::spawn(async move { events.next().await });
    closed.close().await.unwrap();
    let outcome = outcome.await.unwrap().unwrap_err();
    assert!(matches!(outcome, Error::Closed { .. }), "{outcome:?}");
    assert_eq!(outcome.command(), Some(command));
    let call = being_called.await.unwrap().unwrap_err();
    assert!(
        matches!(call, Error::Closed { command: Some(_) }),
        "{call:?}"
    );
    assert!(is_closed(&read.await.unwrap()));
    assert!(is_closed(&next.await.unwrap()));

    let submitted = closed.submit::<ProgrammePut>(programme(3)).await;
    assert!(is_closed(&submitted));
    assert!(is_closed(&closed.events().replay(Start::Beginning).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_is_closed_gives_its_events_back_in_order() {
    let world = World::new().await;
    leave_and_publish(&world.client, 100).await;
    let ledger = Ledger::default();
    for count in [3, 50, 100] {
        let mut events = subscribe(&world.client).await;
        ledger.fill(&mut events, count).await;
        // The next events are delivered, to the library at least.
        events.close().await;
    }
    assert_eq!(ledger.len(), 100);
    assert_rising(&ledger.positions());
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_a_client_gives_back_what_nobody_reads_any_more() {
    let world = World::new().await;
    leave_and_publish(&world.client, 20).await;
    let first = client(&world.nats.url()).await;
    let mut idle = subscribe(&first).await;
    let unacknowledged = idle.next().await.unwrap();
    first.close().await.unwrap();
    assert!(is_closed(&idle.next().await));
    let ledger = Ledger::default();
    ledger.fill(&mut subscribe(&world.client).await, 20).await;
    assert_eq!(ledger.len(), 20);
    assert_rising(&ledger.positions());
    assert_eq!(
        Some(ledger.positions()[0]),
        unacknowledged.event.position().map(|at| at.0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_caller_made_stays_open() {
    let world = World::new().await;
    let nats = world.client.exchange().nats().clone();
    let (tenant, system) = ("northgate".parse().unwrap(), "system".parse().unwrap());
    let borrowing = plansync_client::Client::new(nats, tenant, system);
    borrowing.close().await.unwrap();
    assert!(is_closed(&borrowing.call::<TenantGet>(GetTenant {}).await));
    world.client.call::<TenantGet>(GetTenant {}).await.unwrap();
}
