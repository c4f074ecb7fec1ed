//! The configurations that are attacked, and who is in them.

use std::fmt;

use async_nats::jetstream::{self, stream};
use plansync_tests::client::Client;
use plansync_tests::cluster::Cluster;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::operator::Operator;
use plansync_tests::program::run;
use plansync_tests::socket::Socket;
use serde_json::json;

/// A configuration in `deploy/nats`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One account for the clients of all tenants.
    Small,
    /// An account for each tenant.
    Tenants,
    /// The same on three servers.
    Cluster,
    /// The same with JWTs in place of passwords.
    Operator,
}

/// Somebody who can connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// A client, of its tenant, as its actor.
    Actor(&'static str, &'static str),
    /// A user of a tenant who only receives events.
    Events(&'static str),
    /// A durable subscriber by its name, to a stream.
    Subscriber(&'static str, &'static str),
    /// The bridge that publishes events again as JSON.
    Bridge,
}

pub(super) const ALICE: User = User::Actor("northgate", "alice");
pub(super) const SYSTEM: User = User::Actor("northgate", "system");
pub(super) const BOB: User = User::Actor("southgate", "bob");
pub(super) const EVENTS: User = User::Events("northgate");
pub(super) const WAREHOUSE: User = User::Subscriber("northgate-warehouse", "PLANSYNC_EVENTS");
pub(super) const REPORTS: User = User::Subscriber("southgate-reports", "PLANSYNC_EVENTS_JSON");

pub(super) const BRIDGE: User = User::Bridge;

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Actor(tenant, actor) => write!(f, "{tenant}-{actor}"),
            Self::Events(tenant) => write!(f, "{tenant}-events"),
            Self::Subscriber(name, _) => f.write_str(name),
            Self::Bridge => f.write_str("plansync-bridge"),
        }
    }
}

impl Layout {
    pub(super) fn users(self) -> &'static [User] {
        match self {
            Self::Small => &[ALICE, SYSTEM, EVENTS, WAREHOUSE, BRIDGE],
            Self::Tenants | Self::Cluster | Self::Operator => {
                &[ALICE, SYSTEM, BOB, EVENTS, WAREHOUSE, REPORTS, BRIDGE]
            }
        }
    }
}

/// An engine behind a configuration, with a tenant and the subscribers.
pub(super) struct World {
    pub(super) layout: Layout,
    /// The server of everybody, but in a cluster not of the engine.
    pub(super) nats: NatsServer,
    /// The other servers.
    _cluster: Option<Cluster>,
    /// The engine's own account, whose users may do everything in it.
    pub(super) inside: Client,
    operator: Option<Operator>,
    _engine: Engine,
    _data: tempfile::TempDir,
}

impl World {
    pub(super) async fn start(layout: Layout) -> Self {
        let operator = (layout == Layout::Operator).then(Operator::of_script);
        let mut cluster = None;
        let nats = match (layout, &operator) {
            (Layout::Small, _) => NatsServer::start_with_accounts(),
            (Layout::Cluster, _) => {
                let servers = &mut cluster.insert(Cluster::start().await).servers;
                servers.remove(0)
            }
            (_, Some(operator)) => NatsServer::start_with(&operator.configuration()),
            (_, None) => NatsServer::start_with_tenants(),
        };
        let data = tempfile::tempdir().unwrap();
        let (inside, engine) = if let Some(operator) = &operator {
            let creds = operator.creds("plansync");
            let inside = Client::connect_with(&nats.url(), &creds, "plansync").await;
            let creds = ["--nats-creds", creds.to_str().unwrap()];
            let arguments = [&["--events", "json"], &creds[..]].concat();
            let engine = Engine::of(Engine::spawn(&nats.url(), data.path(), &arguments));
            while !inside.is_engine_ready().await {
                tokio::task::yield_now().await;
            }
            (inside, engine)
        } else {
            let other = cluster.as_ref().map(|cluster| &cluster.servers[0]);
            let url = other.unwrap_or(&nats).url_of("plansync");
            let engine = Engine::start_at(&url, data.path(), &["--events", "json"]).await;
            (Client::connect_as(&nats, "plansync").await, engine)
        };
        let world = Self {
            layout,
            inside,
            operator,
            nats,
            _cluster: cluster,
            _engine: engine,
            _data: data,
        };
        world.prepare().await;
        world
    }

    async fn prepare(&self) {
        let jetstream = jetstream::new(self.inside.nats.clone());
        let json_events = stream::Config {
            name: "PLANSYNC_EVENTS_JSON".to_owned(),
            subjects: vec!["plansync.v1.evtjson.>".to_owned()],
            ..Default::default()
        };
        jetstream.create_stream(json_events).await.unwrap();
        for tenant in ["northgate", "southgate"] {
            let inside = self.inside.of_tenant(tenant);
            let settings = json!({"marking_aid": false, "owner_rule": "keep"});
            inside.get("system", "tenant.put", settings).await;
            for actor in ["alice", "bob"] {
                plansync_tests::college::administrator(&inside, actor, &["supervisor"]).await;
            }
        }
        self.add(&["northgate-warehouse", "--tenant", "northgate"]);
        self.add(&[
            "southgate-reports",
            "--tenant",
            "southgate",
            "--events",
            "json",
        ]);
        // There is an event of each tenant for them.
        for (tenant, actor) in [("northgate", "alice"), ("southgate", "bob")] {
            let inside = self.inside.of_tenant(tenant);
            inside.send(actor, "record.open", b"{}").await;
        }
    }

    fn add(&self, arguments: &[&str]) {
        let add = [&["subscriber", "add"], arguments].concat();
        let ended = match &self.operator {
            Some(operator) => {
                let creds = operator.creds("plansync");
                let creds = ["--nats-creds", creds.to_str().unwrap()];
                run(&self.nats.url(), &[&add[..], &creds].concat())
            }
            None => run(&self.nats.url_of("plansync"), &add),
        };
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    pub(super) fn socket(&self, user: User) -> Socket {
        let user = user.to_string();
        match &self.operator {
            Some(operator) => operator.socket(&self.nats.url(), &user),
            None => Socket::connect(&self.nats.url_of(&user)),
        }
    }
}
