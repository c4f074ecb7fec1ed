//! Several servers, and as whom each is spoken to; a token; and who may serve beside whom.

use std::io::Write as _;
use std::path::PathBuf;

use plansync_nats::{ConnectError, Connection, connect, refuse_another};
use plansync_tests::nats::NatsServer;
use tempfile::TempDir;

use super::{connected, prepared};

fn server(authorization: &str) -> (NatsServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("server.conf");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "jetstream {{ store_dir: $NATS_STORE }}").unwrap();
    writeln!(file, "authorization {{ {authorization} }}").unwrap();
    (NatsServer::start_with(&path), folder)
}

async fn reached(url: &str) -> Result<u16, ConnectError> {
    let connection = Connection {
        url: url.to_owned(),
        ..Connection::default()
    };
    connect(&connection)
        .await
        .map(|client| client.server_info().port)
}

fn at(identity: &str, server: &NatsServer) -> String {
    server
        .url()
        .replace("nats://", &format!("nats://{identity}@"))
}

fn port(server: &NatsServer) -> u16 {
    server.url().rsplit(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_token_is_used_as_one() {
    let (server, _folder) = server("token: \"s3cret\"");
    assert_eq!(
        reached(&at("s3cret", &server)).await.unwrap(),
        port(&server)
    );
    let refused = reached(&at("other", &server)).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Refused { .. }), "{refused}");
}

#[tokio::test]
async fn each_server_is_spoken_to_as_its_address_says() {
    let (mut first, _one) = server("user: ann, password: x");
    let (second, _two) = server("user: ben, password: y");
    let both = format!("{},{}", at("ann:x", &first), at("ben:y", &second));
    assert_eq!(reached(&both).await.unwrap(), port(&first));
    // And again, while the connection lives: the library goes to the other by itself.
    let connection = Connection {
        url: both.clone(),
        ..Connection::default()
    };
    let client = connect(&connection).await.unwrap();
    first.stop();
    super::until("the other one is reached", || async {
        client.flush().await.is_ok() && client.server_info().port == port(&second)
    })
    .await;
    assert_eq!(reached(&both).await.unwrap(), port(&second));
}

#[tokio::test]
async fn a_server_without_a_user_among_different_ones_is_refused_by_name() {
    let refused =
        reached("nats://ann:x@127.0.0.1:1,nats://t0ken@127.0.0.1:2,nats://127.0.0.1:3").await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the addresses name different users or tokens, and 127.0.0.1:3 has none; put one into each address, \
         or one into one address for all"
    );
}

#[tokio::test]
async fn silence_of_a_listener_is_not_taken_for_nobody() {
    let server = NatsServer::start();
    prepared(&server).await;
    let client = connected(&server).await;
    refuse_another(&client).await.unwrap();
    // One that listens and does not answer, while somebody waits for commands, as an engine that hangs.
    let hanging = connected(&server).await;
    let _ping = hanging.subscribe("$SRV.PING.plansync").await.unwrap();
    hanging.flush().await.unwrap();
    let context = async_nats::jetstream::new(hanging.clone());
    let stream = context.get_stream(plansync_nats::COMMANDS).await.unwrap();
    let consumer = stream
        .create_consumer(async_nats::jetstream::consumer::pull::Config {
            durable_name: Some("plansync-engine".to_owned()),
            ..Default::default()
        })
        .await
        .unwrap();
    let mut pulled = consumer.messages().await.unwrap();
    let pulling = tokio::spawn(async move {
        use futures_util::StreamExt as _;
        pulled.next().await.is_some()
    });
    let refused = refuse_another(&client).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("another engine on this NATS account seems to hang"),
        "{refused}"
    );
    // Nobody pulls any more: whoever listens is no engine.
    pulling.abort();
    stream.delete_consumer("plansync-engine").await.unwrap();
    refuse_another(&client).await.unwrap();
}
