//! The contract of the ports, held on one server and on three.

use std::time::Duration;

use plansync_log::contract::{holds_as_lease_stream, holds_as_log_stream};
use plansync_nats::ReplicationStreams;
use plansync_tests::client::Client;
use plansync_tests::cluster::Cluster;
use plansync_tests::nats::NatsServer;
use tokio::task::spawn_blocking;

use super::{Maker, on_one, on_three};

/// So long no answer takes, whatever else the machine does. That answers are missing is not in the contract.
const PATIENCE: Duration = Duration::from_secs(30);

async fn holds(streams: ReplicationStreams, jetstream: async_nats::jetstream::Context) {
    let maker = Maker::new(streams.answered_within(PATIENCE));
    spawn_blocking(move || {
        holds_as_log_stream(|| maker.of_records());
        holds_as_lease_stream(|| maker.of_leases(&jetstream));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_keeps_the_contract() {
    let server = NatsServer::start();
    holds(on_one(&server).await, super::context(&server).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_keep_the_contract() {
    let cluster = Cluster::start().await;
    let inside = Client::connect_as(&cluster.servers[0], "plansync").await;
    let jetstream = async_nats::jetstream::new(inside.nats.clone());
    holds(on_three(&cluster).await, jetstream).await;
}
