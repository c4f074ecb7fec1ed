//! The streams of a log that several nodes share, on real nats-servers.

mod cluster;
mod contract;
mod lost;
mod making;
mod servers;
mod watching;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_nats::jetstream;
use plansync_log::contract::{SharesLeaseStream, SharesLogStream};
use plansync_log::replication::{LeaseStream, LogStream, Place};
use plansync_log::{Chain, Incarnation, LogId, Position};
use plansync_nats::{
    Connection, JetStreamLeases, JetStreamLog, LogBase, ReplicationStreams, Safety,
};
use plansync_tests::cluster::Cluster;
use plansync_tests::nats::NatsServer;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// One server, where nothing is safe.
const ONE: Safety = Safety::Unsafe { replicas: 1 };

fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x6c6f_6700))
}

/// The whole log, in this incarnation.
fn whole(incarnation: u32) -> LogBase {
    LogBase {
        log: log(),
        incarnation: Incarnation::new(incarnation),
        end: Place {
            position: Position::ZERO,
            chain: Chain::before_first(log()),
        },
    }
}

fn connection(url: String) -> Connection {
    Connection {
        url,
        ..Connection::default()
    }
}

async fn on_one(server: &NatsServer) -> ReplicationStreams {
    let connected = ReplicationStreams::connect(&connection(server.url()), ONE).await;
    connected.unwrap()
}

async fn on_three(cluster: &Cluster) -> ReplicationStreams {
    let connection = connection(cluster.url_of("plansync"));
    let connected = ReplicationStreams::connect(&connection, Safety::Production).await;
    connected.unwrap()
}

async fn context(server: &NatsServer) -> jetstream::Context {
    jetstream::new(async_nats::connect(server.url()).await.unwrap())
}

/// The stream of records of the first incarnation, which is made.
async fn first_log(streams: &ReplicationStreams) -> JetStreamLog {
    streams.seed(whole(1)).await.unwrap();
    opened(streams, 1).await
}

async fn opened(streams: &ReplicationStreams, incarnation: u32) -> JetStreamLog {
    let opened = streams.log(log(), Incarnation::new(incarnation)).await;
    opened.unwrap().1
}

/// Does something with a stream where it may block.
async fn with<S: Clone + Send + 'static, T: Send + 'static>(
    stream: &S,
    work: impl FnOnce(&mut S) -> T + Send + 'static,
) -> T {
    let mut stream = stream.clone();
    spawn_blocking(move || work(&mut stream)).await.unwrap()
}

/// Makes new and empty streams.
#[derive(Clone)]
struct Maker {
    streams: ReplicationStreams,
    runtime: Handle,
    last: Arc<AtomicU32>,
}

struct OfRecords(JetStreamLog);
struct OfLeases(JetStreamLeases);

impl SharesLogStream for OfRecords {
    fn open(&mut self) -> Box<dyn LogStream> {
        Box::new(self.0.clone())
    }
}

impl SharesLeaseStream for OfLeases {
    fn open(&mut self) -> Box<dyn LeaseStream> {
        Box::new(self.0.clone())
    }
}

impl Maker {
    fn new(streams: ReplicationStreams) -> Self {
        Self {
            streams,
            runtime: Handle::current(),
            last: Arc::default(),
        }
    }

    /// Each is of another incarnation.
    fn of_records(&self) -> OfRecords {
        let incarnation = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.runtime.block_on(async {
            self.streams.seed(whole(incarnation)).await.unwrap();
            OfRecords(opened(&self.streams, incarnation).await)
        })
    }

    /// There is one only, which is removed first.
    fn of_leases(&self, jetstream: &jetstream::Context) -> OfLeases {
        self.runtime.block_on(async {
            let removed = jetstream.delete_stream("PLANSYNC_LEASE").await;
            let _ = removed.is_ok();
            OfLeases(self.streams.leases(log()).await.unwrap())
        })
    }
}
