//! Without its bus: the server restarts, goes away and comes back, comes back empty, and has
//! subscribers that do not listen.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use plansync_tests::client::Client;
use plansync_tests::college::{edit_source, found, open_source};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;
use serde_json::json;

use crate::ALONE;
use crate::kills::{moment, setting};
use crate::school::School;
use crate::stream::{events, settled};

/// How long the server is away, in seconds: `PLANSYNC_AWAY`.
const AWAY: u64 = 3;

/// A school at work, and what it works with.
struct Working {
    nats: NatsServer,
    data: tempfile::TempDir,
    engine: Engine,
    school: School,
}

async fn working() -> Working {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    let school = School::open(&client).await;
    Working {
        nats,
        data,
        engine,
        school,
    }
}

/// The school gets answers again.
async fn goes_on(school: &School, answered: u64) {
    let patience = Instant::now() + Duration::from_mins(1);
    while school.answered() < answered {
        assert!(Instant::now() < patience, "{} answers", school.answered());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything is accounted for, and the stream is the log's.
async fn all_is_well(nats: &NatsServer, data: &std::path::Path, school: School, engine: Engine) {
    let memory = school.close().await;
    // The clients of before may still be on their way back.
    let client = Client::connect(nats).await;
    let accounts = memory.account(&client).await;
    println!("{accounts:?}");
    assert_eq!(engine.terminate(), Some(0));
    let folder = data.to_str().unwrap();
    let url = nats.url();
    let verified = run(
        &url,
        &["audit", "verify", "--data", folder, "--nats-url", &url],
    );
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_or_is_away_for_a_while_loses_nothing() {
    let _alone = ALONE.lock().await;
    let Working {
        mut nats,
        data,
        engine,
        school,
    } = working().await;
    for restart in 0..3 {
        tokio::time::sleep(Duration::from_millis(300) + moment(restart, 400)).await;
        nats.restart();
    }
    let before = school.answered();
    nats.stop();
    tokio::time::sleep(Duration::from_secs(setting("PLANSYNC_AWAY", AWAY))).await;
    nats.restart();
    goes_on(&school, before + 50).await;
    all_is_well(&nats, data.path(), school, engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_empty_is_given_everything_again() {
    let _alone = ALONE.lock().await;
    let Working {
        mut nats,
        data,
        engine,
        school,
    } = working().await;
    for round in 0..2 {
        tokio::time::sleep(Duration::from_millis(500) + moment(round, 500)).await;
        nats.restart_empty();
        let before = school.answered();
        goes_on(&school, before + 30).await;
    }
    all_is_well(&nats, data.path(), school, engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_with_nothing_to_say_fills_a_stream_that_was_lost() {
    let _alone = ALONE.lock().await;
    let mut nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 3, 3).await;
    settled(&client).await;
    let before = events(&client).await.len();
    nats.restart_empty();
    let client = Client::connect(&nats).await;
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    for _ in 0..300 {
        if let Ok(stream) = jetstream.get_stream("PLANSYNC_EVENTS").await
            && usize::try_from(stream.get_info().await.unwrap().state.messages) == Ok(before)
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the events were not published again");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_that_do_not_listen_slow_nobody() {
    let _alone = ALONE.lock().await;
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let _engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 3, 3).await;
    open_source(&client, "alice").await;
    let address = nats.url().replace("nats://", "");
    let deaf: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut socket = TcpStream::connect(&address).unwrap();
            let hello = "CONNECT {\"verbose\":false}\r\nSUB plansync.v1.evt.> 1\r\nPING\r\n";
            socket.write_all(hello.as_bytes()).unwrap();
            socket
        })
        .collect();
    for round in 0..400_u64 {
        let text = format!("{round:08} ").repeat(2_000);
        let set = json!({"instructions": text});
        let component = plansync_tests::college::component(0);
        let edits = json!([{"op": "change", "component": component, "set": set}]);
        edit_source(&client, "alice", edits).await;
    }
    settled(&client).await;
    let told = events(&client).await;
    let edits = told
        .iter()
        .filter(|told| told.kind == "plansync.v1.plan.changed");
    assert!(edits.count() >= 400, "{} events", told.len());
    drop(deaf);
}
