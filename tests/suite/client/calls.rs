//! Requests: typed, tried again, and carried out once.

use std::time::{Duration, Instant};

use plansync_client::protocol::reference::{GetProgramme, GetTenant};
use plansync_client::protocol::{ErrorCode, ProgrammeGet, ProgrammePut, TenantGet, TenantPut};
use plansync_client::{Error, RetryPolicy, Unavailable};
use plansync_tests::nats::NatsServer;
use plansync_tests::proxy::Proxy;
use uuid::Uuid;

use super::world::{World, client, programme, settings};

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_has_its_types_and_its_refusals() {
    let world = World::new().await;
    let settings = world.client.call::<TenantGet>(GetTenant {}).await.unwrap();
    assert!(!settings.marking_aid);
    let missing = GetProgramme {
        programme: programme(7).programme,
    };
    let error = world
        .client
        .call::<ProgrammeGet>(missing)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::ProgrammeNotFound), "{error}");
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
    let stranger = world.client.acting_as("nobody".parse().unwrap());
    let error = stranger.call::<TenantGet>(GetTenant {}).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::UnknownActor), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_outlives_a_killed_engine_and_a_killed_server() {
    let mut world = World::new().await;
    world.kill_engine();
    let caller = world.client.clone();
    let answer = tokio::spawn(async move { caller.call::<ProgrammePut>(programme(1)).await });
    world.start_engine().await;
    answer.await.unwrap().unwrap();

    world.nats.stop();
    let caller = world.client.clone();
    let answer = tokio::spawn(async move { caller.call::<ProgrammePut>(programme(2)).await });
    world.nats.restart();
    answer.await.unwrap().unwrap();
    let found = GetProgramme {
        programme: programme(2).programme,
    };
    world.client.call::<ProgrammeGet>(found).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_reply_was_lost_is_carried_out_once() {
    let world = World::new().await;
    let proxy = Proxy::start(world.nats.address()).await;
    let caller = client(&proxy.url()).await;
    let caller = caller.with_timeout(Duration::from_millis(500));
    caller.call::<TenantGet>(GetTenant {}).await.unwrap();

    proxy.swallow_replies();
    let answer = tokio::spawn(async move { caller.call::<ProgrammePut>(programme(1)).await });
    // The command is carried out; its sender does not learn of it.
    let found = GetProgramme {
        programme: programme(1).programme,
    };
    while world
        .client
        .call::<ProgrammeGet>(found.clone())
        .await
        .is_err()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    proxy.cut();
    let reply = answer.await.unwrap().unwrap();
    assert!(reply.duplicate, "it was carried out again: {reply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_sent_again_under_its_id_gets_its_first_answer() {
    let world = World::new().await;
    let mut command = programme(1);
    command.command_id = Some(plansync_client::ids::CommandId::from_uuid(Uuid::new_v4()));
    let first = world
        .client
        .call::<ProgrammePut>(command.clone())
        .await
        .unwrap();
    let again = world
        .client
        .call::<ProgrammePut>(command.clone())
        .await
        .unwrap();
    assert_eq!((first.position, again.duplicate), (again.position, true));
    command.name = programme(2).name;
    let error = world
        .client
        .call::<ProgrammePut>(command)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::CommandIdReused), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_told_apart_from_one_that_refuses() {
    let nats = NatsServer::start();
    let policy = RetryPolicy {
        attempts_max: 3,
        delay_min: Duration::from_millis(50),
        ..RetryPolicy::default()
    };
    let caller = client(&nats.url()).await.with_retries(policy);
    let begun = Instant::now();
    let error = caller.call::<TenantPut>(settings()).await.unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(150));
    assert!(error.command().is_some(), "{error:?}");
    let Error::Unavailable { why, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(why, Unavailable::NoService);
}
