//! A server, an engine, and clients of the crate.

use std::time::Duration;

use plansync_client::protocol::plan::InstantiatePlan;
use plansync_client::protocol::reference::{PutProgramme, PutTenant};
use plansync_client::protocol::{Name, OwnerRule, TenantPut};
use plansync_client::{Client, Events, RetryPolicy, Start};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use tempfile::TempDir;
use uuid::Uuid;

/// A server with one account, and an engine with a tenant.
pub(super) struct World {
    pub(super) nats: NatsServer,
    pub(super) data: TempDir,
    pub(super) engine: Option<Engine>,
    /// Acts as `system`.
    pub(super) client: Client,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(super) async fn with(arguments: &[&str]) -> Self {
        let nats = NatsServer::start();
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::start_with(&nats, data.path(), arguments).await;
        let client = client(&nats.url()).await;
        client.call::<TenantPut>(settings()).await.unwrap();
        Self {
            nats,
            data,
            engine: Some(engine),
            client,
        }
    }

    /// All events from a place on.
    pub(super) async fn replay(&self, start: Start) -> Events {
        self.client.events().replay(start).await.unwrap()
    }

    pub(super) fn kill_engine(&mut self) {
        self.engine.take().unwrap().kill();
    }

    pub(super) async fn start_engine(&mut self) {
        self.engine = Some(Engine::start(&self.nats, self.data.path()).await);
    }
}

/// A patient client of `northgate` that acts as `system`.
pub(super) async fn client(url: &str) -> Client {
    let options = async_nats::ConnectOptions::new();
    let (tenant, system) = ("northgate".parse().unwrap(), "system".parse().unwrap());
    let client = Client::connect(url, options, tenant, system).await.unwrap();
    client.with_retries(patient())
}

/// Until a server or an engine that is started again answers on a busy machine.
pub(super) fn patient() -> RetryPolicy {
    RetryPolicy {
        attempts_max: 1_000,
        delay_max: Duration::from_millis(500),
        total_max: Duration::from_mins(2),
        ..RetryPolicy::default()
    }
}

pub(super) fn settings() -> PutTenant {
    PutTenant {
        marking_aid: false,
        owner_rule: OwnerRule::Keep,
        record_idle_hours: None,
        command_id: None,
    }
}

/// A command that is refused with `learner_not_available`.
pub(super) fn refused() -> InstantiatePlan {
    InstantiatePlan {
        learner: plansync_client::ids::LearnerId::from_uuid(Uuid::from_u128(404)),
        programme: programme(1).programme,
        command_id: None,
    }
}

/// The n-th programme.
pub(super) fn programme(number: u128) -> PutProgramme {
    PutProgramme {
        programme: plansync_client::ids::ProgrammeId::from_uuid(Uuid::from_u128(number)),
        name: Name::new(format!("Programme {number:04}")).unwrap(),
        parent: None,
        command_id: None,
    }
}
