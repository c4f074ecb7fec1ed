//! Durable commands, awaited by their outcome.

use std::time::Duration;

use plansync_client::async_nats::ConnectOptions;
use plansync_client::ids::CommandId;
use plansync_client::protocol::reference::GetProgramme;
use plansync_client::protocol::{
    ErrorCode, PlanInstantiate, ProgrammeGet, ProgrammePut, TenantPut,
};
use plansync_client::{Client, Durability, Error};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use uuid::Uuid;

use super::world::{World, patient, programme, refused, settings};

/// Long enough for an engine that starts on a busy machine.
const PATIENT: Durability = Durability {
    outcome_within: Duration::from_mins(2),
    ask_after: None,
    receives_events: true,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_command_is_awaited_through_an_engine_that_is_down() {
    let mut world = World::new().await;
    world.kill_engine();
    let sender = world.client.clone().with_durability(PATIENT);
    let sent = tokio::spawn(async move { sender.durable::<ProgrammePut>(programme(1)).await });
    world
        .client
        .submit::<ProgrammePut>(programme(2))
        .await
        .unwrap();
    world.start_engine().await;
    sent.await.unwrap().unwrap();
    let found = GetProgramme {
        programme: programme(2).programme,
    };
    while world
        .client
        .call::<ProgrammeGet>(found.clone())
        .await
        .is_err()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_durable_command_is_an_error_with_its_code() {
    let world = World::new().await;
    let sender = world.client.clone().with_durability(PATIENT);
    let error = sender
        .durable::<PlanInstantiate>(refused())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
    assert_eq!(
        error.code(),
        Some(ErrorCode::LearnerNotAvailable),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_decided_before_gets_its_first_answer() {
    let world = World::new().await;
    let quick = Durability {
        ask_after: Some(Duration::from_millis(300)),
        ..PATIENT
    };
    let sender = world.client.clone().with_durability(quick);
    let mut named = programme(1);
    named.command_id = Some(CommandId::from_uuid(Uuid::new_v4()));
    let first = sender.durable::<ProgrammePut>(named.clone()).await.unwrap();
    let again = sender.durable::<ProgrammePut>(named.clone()).await.unwrap();
    assert_eq!((again.position, again.duplicate), (first.position, true));
    named.name = programme(2).name;
    let error = sender.durable::<ProgrammePut>(named).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::CommandIdReused), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_receive_events_gets_the_outcome_by_asking() {
    let nats = NatsServer::start_with_accounts();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start_at(&nats.url_of("plansync"), data.path(), &[]).await;
    let options =
        ConnectOptions::with_user_and_password("northgate-system".into(), "secret".into())
            .custom_inbox_prefix("_INBOX.northgate-system");
    let (tenant, system) = ("northgate".parse().unwrap(), "system".parse().unwrap());
    let client = Client::connect(nats.url(), options, tenant, system)
        .await
        .unwrap();
    let quick = Durability {
        ask_after: Some(Duration::from_millis(300)),
        ..PATIENT
    };
    let client = client.with_durability(quick).with_retries(patient());
    client.durable::<TenantPut>(settings()).await.unwrap();
    let error = client
        .durable::<PlanInstantiate>(refused())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    assert_eq!(
        error.code(),
        Some(ErrorCode::LearnerNotAvailable),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_does_not_come_is_unknown_and_the_command_is_kept() {
    let mut world = World::new().await;
    world.kill_engine();
    let hasty = Durability {
        outcome_within: Duration::from_millis(100),
        ..PATIENT
    };
    let sender = world.client.clone().with_durability(hasty);
    let error = sender
        .durable::<ProgrammePut>(programme(1))
        .await
        .unwrap_err();
    let command = error.command();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error:?}");
    world.start_engine().await;
    let mut same = programme(1);
    same.command_id = command;
    let reply = world.client.call::<ProgrammePut>(same).await.unwrap();
    assert!(reply.position.0 > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_awaited_at_once_are_asked_about_in_their_order() {
    let mut world = World::new().await;
    world.kill_engine();
    let sender = world
        .client
        .clone()
        .with_durability(Durability::without_events());
    let mut stored = Vec::new();
    for number in 0..20 {
        let mut renamed = programme(1);
        renamed.name = programme(number).name;
        stored.push(sender.store_durable::<ProgrammePut>(renamed).await.unwrap());
        // Nobody waits for these, but they are not overtaken either.
        sender
            .submit::<ProgrammePut>(programme(100 + number))
            .await
            .unwrap();
    }
    let waiting: Vec<_> = stored
        .into_iter()
        .rev()
        .map(|mut command| {
            tokio::spawn(async move { command.outcome(PATIENT.outcome_within).await })
        })
        .collect();
    world.start_engine().await;
    let mut positions = Vec::new();
    for outcome in waiting {
        positions.push(outcome.await.unwrap().unwrap().position.0);
    }
    positions.reverse();
    assert!(
        positions.is_sorted_by(|one, next| one < next),
        "{positions:?}"
    );
    let found = GetProgramme {
        programme: programme(1).programme,
    };
    let last = world.client.call::<ProgrammeGet>(found).await.unwrap();
    assert_eq!(last.name, *programme(19).name);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_is_known_is_returned_again() {
    let mut world = World::new().await;
    let sender = world.client.clone().with_durability(PATIENT);
    let mut stored = sender
        .store_durable::<ProgrammePut>(programme(1))
        .await
        .unwrap();
    let first = stored.outcome(PATIENT.outcome_within).await.unwrap();
    world.kill_engine();
    let again = stored.outcome(PATIENT.outcome_within).await.unwrap();
    assert_eq!(again.position, first.position);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_stays_is_the_outcome_where_no_events_are_received() {
    let world = World::new().await;
    let sender = world
        .client
        .clone()
        .with_durability(Durability::without_events());
    let error = sender
        .durable::<PlanInstantiate>(refused())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
    assert_eq!(
        error.code(),
        Some(ErrorCode::LearnerNotAvailable),
        "{error}"
    );
}
