//! Servers that must not hold a log.

use plansync_nats::{ReplicationError, ReplicationStreams, Safety, ServersError};
use plansync_tests::cluster::{Cluster, copy};
use plansync_tests::nats::{NatsServer, deployed};
use tempfile::TempDir;

use super::{connection, on_three};

async fn refused(server: &NatsServer) -> ServersError {
    let connection = connection(server.url_of("plansync"));
    match ReplicationStreams::connect(&connection, Safety::Production).await {
        Err(ReplicationError::Servers(error)) => error,
        other => panic!("expected the servers to be refused, got {other:?}"),
    }
}

/// One server that is configured like each of three, but with this in its block `jetstream`.
fn server(setting: &str) -> (NatsServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    copy(&deployed("."), folder.path());
    let configuration = folder.path().join("cluster.conf");
    let text = std::fs::read_to_string(&configuration).unwrap();
    let (before, block) = text.split_once("\ncluster {").unwrap();
    let (_, after) = block.split_once("\n}\n").unwrap();
    let one = format!("{before}\n{after}").replace("sync_interval: always", setting);
    std::fs::write(&configuration, one).unwrap();
    (NatsServer::start_as("one", &configuration, &[]), folder)
}

#[tokio::test]
async fn a_server_that_acknowledges_before_it_flushes_is_refused() {
    for setting in ["", "sync_interval: 10s"] {
        let error = refused(&server(setting).0).await;
        assert!(
            matches!(error, ServersError::NotFlushed { .. }),
            "{setting}: {error}"
        );
        assert!(
            error.to_string().contains("sync_interval: always"),
            "{error}"
        );
    }
    let (safe, _folder) = server("sync_interval: always");
    let connection = connection(safe.url_of("plansync"));
    ReplicationStreams::connect(&connection, Safety::Production)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_tell_is_refused() {
    let error = refused(&NatsServer::start_with_accounts()).await;
    assert!(matches!(error, ServersError::Silent { .. }), "{error}");
    assert!(
        error.to_string().contains("$SYS.REQ.SERVER.PING.JSZ"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_named() {
    let mut cluster = Cluster::start().await;
    assert!(on_three(&cluster).await.unchecked().is_empty());
    cluster.servers[1].stop();
    let streams = on_three(&cluster).await;
    assert!(
        streams.unchecked().iter().eq([cluster.name(1)]),
        "{:?}",
        streams.unchecked()
    );
}
