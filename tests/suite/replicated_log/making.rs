//! Making the streams, finding them again, and refusing those that do not fit.

use async_nats::jetstream::stream::Config;
use plansync_log::replication::Place;
use plansync_log::{Chain, Incarnation, LogId, Position};
use plansync_nats::{LogBase, LogName, ReplicationError, StreamError, connect, prepare};
use plansync_tests::nats::NatsServer;
use uuid::Uuid;

use super::{connection, context, log, on_one, whole};

#[tokio::test]
async fn a_stream_says_what_it_continues() {
    let server = NatsServer::start();
    let streams = on_one(&server).await;
    assert_eq!(streams.newest().await.unwrap(), None);
    let base = LogBase {
        end: Place {
            position: Position::new(7),
            chain: Chain::new([0xab; 32]),
        },
        ..whole(3)
    };
    let made = streams.seed(base).await.unwrap();
    assert_eq!((made.name.as_str(), made.base), ("PLANSYNC_LOG_3", base));
    assert_eq!(streams.newest().await.unwrap(), Some(made.clone()));
    let (found, opened) = streams.log(log(), Incarnation::new(3)).await.unwrap();
    assert_eq!(found, made);
    assert_eq!(opened.created_ns(), made.created_ns);
}

#[tokio::test]
async fn the_latest_incarnation_counts_and_others_are_refused() {
    let server = NatsServer::start();
    let streams = on_one(&server).await;
    let opened = |incarnation| streams.log(log(), Incarnation::new(incarnation));
    assert!(matches!(
        opened(1).await.unwrap_err(),
        ReplicationError::NoLog
    ));
    streams.seed(whole(9)).await.unwrap();
    streams.seed(whole(10)).await.unwrap();
    assert_eq!(
        streams.newest().await.unwrap().unwrap().name,
        "PLANSYNC_LOG_10"
    );
    opened(10).await.unwrap();
    assert!(matches!(
        opened(11).await.unwrap_err(),
        ReplicationError::NoLog
    ));
    let older = [
        opened(9).await.unwrap_err(),
        streams.seed(whole(9)).await.unwrap_err(),
    ];
    for error in older {
        assert!(
            matches!(error, ReplicationError::Superseded { .. }),
            "{error}"
        );
    }
    let again = streams.seed(whole(10)).await.unwrap_err();
    assert!(matches!(again, ReplicationError::Exists { .. }), "{again}");
}

#[tokio::test]
async fn another_log_is_refused() {
    let server = NatsServer::start();
    let streams = on_one(&server).await;
    streams.seed(whole(1)).await.unwrap();
    let other = LogId::new(Uuid::from_u128(2));
    let refused = [
        streams.log(other, Incarnation::FIRST).await.unwrap_err(),
        streams.leases(other).await.unwrap_err(),
        streams
            .seed(LogBase {
                log: other,
                ..whole(2)
            })
            .await
            .unwrap_err(),
    ];
    for error in refused {
        assert!(
            matches!(error, ReplicationError::OtherLog { .. }),
            "{error}"
        );
    }
    assert_eq!(
        streams.newest().await.unwrap().unwrap().name,
        "PLANSYNC_LOG_1"
    );
}

#[tokio::test]
async fn a_single_engine_does_not_serve_where_nodes_share_a_log() {
    let server = NatsServer::start();
    on_one(&server).await.seed(whole(1)).await.unwrap();
    let name = LogName {
        log: log().to_string().into(),
        incarnation: 1,
    };
    let client = connect(&connection(server.url())).await.unwrap();
    let refused = prepare(client, name).await.err().unwrap();
    assert!(
        matches!(&refused, StreamError::Replicated { stream } if stream == "PLANSYNC_LOG_1"),
        "{refused}"
    );
    // It has made no stream of its own.
    let jetstream = context(&server).await;
    jetstream.get_stream("PLANSYNC_COMMANDS").await.unwrap_err();
}

/// What is said of a stream after its settings were edited.
async fn edited(stream: &str, edit: impl FnOnce(&mut Config)) -> ReplicationError {
    let server = NatsServer::start();
    let streams = on_one(&server).await;
    streams.seed(whole(1)).await.unwrap();
    let jetstream = context(&server).await;
    let found = jetstream.get_stream(stream).await.unwrap();
    let mut config = found.cached_info().config.clone();
    edit(&mut config);
    jetstream.update_stream(config).await.unwrap();
    match streams.log(log(), Incarnation::FIRST).await {
        Ok(_) => streams.leases(log()).await.unwrap_err(),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_stream_that_somebody_edited_is_refused_with_what_to_do() {
    let error = edited("PLANSYNC_LOG_1", |config| config.max_messages = 1_000).await;
    let said = error.to_string();
    assert!(
        said.contains("PLANSYNC_LOG_1 has max_msgs = 1000, but needs -1"),
        "{said}"
    );
    assert!(said.contains("nats stream edit PLANSYNC_LOG_1"), "{said}");
    let error = edited("PLANSYNC_LEASE", |config| config.max_messages = 1).await;
    let said = error.to_string();
    assert!(
        said.contains("PLANSYNC_LEASE has max_msgs = 1, but needs 64"),
        "{said}"
    );
    let error = edited("PLANSYNC_LOG_1", |config| config.metadata.clear()).await;
    assert!(
        matches!(error, ReplicationError::Metadata { .. }),
        "{error}"
    );
}
