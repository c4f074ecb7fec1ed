//! `plansync status`, and the operation `engine.status`.

use std::process::{Command, Stdio};

use plansync_tests::binary::plansync;
use plansync_tests::client::Client;
use plansync_tests::college::{SOURCE, found};
use plansync_tests::engine::Engine;
use plansync_tests::http::HttpPort;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run, run_in};
use serde_json::{Value, json};

/// The lines that fit on a screen.
const LINES_MAX: usize = 24;

#[tokio::test(flavor = "multi_thread")]
async fn people_see_on_one_screen_that_an_engine_is_ready_and_what_it_did() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let url = nats.url();
    // Before there is any tenant, too.
    port.until_ready().await;
    let ended = run(&url, &["status"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let client = Client::connect(&nats).await;
    found(&client, 1, 2).await;
    client.refusal("system", "plan.get", json!({})).await;
    client
        .get("system", "plan.get", json!({"learner": SOURCE}))
        .await;
    let ended = run(&url, &["status", "--tenant", "northgate"]);
    let out = ended.out.as_str();
    assert!(
        out.starts_with("plansync ") && out.contains(": ready, up for "),
        "{out}"
    );
    for part in [
        "Parts      nats ok, log ok, disk ok, streams ok, consumer ok, relay ok",
        "1 refused (0 as overloaded), 0 waiting",
        "Commands   0 accepted, 0 rejected",
        "0 running, 0 waiting, 0 completed, 0 cancelled",
        "Learners   3 (tenants: 1); 3 of 3 plans in memory",
        "files open; disk: ",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(out.lines().count() <= LINES_MAX, "{out}");
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_the_reply_as_it_is_and_only_system_may_ask() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    port.until_ready().await;
    let ended = run(&nats.url(), &["status", "--output", "json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    let asked = client.get("system", "engine.status", json!({})).await;
    for field in [
        "version",
        "started_at",
        "ready",
        "parts",
        "syncs",
        "held",
        "commands",
    ] {
        assert_eq!(told[field], asked[field], "{field}");
    }
    assert_eq!(asked["ready"], true);
    assert_eq!(
        asked["log"]["position"],
        port.metrics().number("plansync_log_position", &[])
    );
    // Whether the tenant exists does not matter for `system`, and nobody else may ask.
    let elsewhere = client.of_tenant("elsewhere");
    let there = elsewhere.get("system", "engine.status", json!({})).await;
    assert_eq!(there["started_at"], asked["started_at"]);
    let refusal = client.refusal("alice", "engine.status", json!({})).await;
    assert_eq!(refusal, "not_permitted");
    let refusal = elsewhere.refusal("alice", "engine.status", json!({})).await;
    assert_eq!(refusal, "tenant_not_found");
    let refusal = client
        .refusal("system", "engine.status", json!({"a": 1}))
        .await;
    assert_eq!(refusal, "invalid_request");
    let length = asked.to_string().len();
    assert!(length < 8 * 1_024, "{length} bytes");
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_comes_first_and_decides_the_exit_code() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    port.until_ready().await;
    let client = Client::connect(&nats).await;
    let context = async_nats::jetstream::new(client.nats.clone());
    let mut stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let mut bad = stream.info().await.unwrap().config.clone();
    bad.no_ack = true;
    context.update_stream(bad).await.unwrap();
    let failing = |port: HttpPort| port.failing().contains(&"streams".to_owned());
    port.until(failing, |failing| *failing).await;
    let ended = run(&nats.url(), &["status"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.out.contains(": NOT READY, up for "), "{}", ended.out);
    let problem = ended.out.find("streams is not ready").unwrap();
    assert!(problem < ended.out.find("Parts ").unwrap(), "{}", ended.out);
    assert!(ended.out.contains("no_ack"), "{}", ended.out);
    assert!(ended.out.contains("streams NOT READY"), "{}", ended.out);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_shows_it_again_with_rates_until_it_is_ended() {
    use std::io::{BufRead as _, BufReader};

    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, folder.path()).await;
    let mut child = Command::new(plansync())
        .args(["status", "--watch", "--every", "1"])
        .env("NATS_URL", nats.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |part: &str| {
        let found = lines.find(|line| line.as_ref().unwrap().contains(part));
        found.unwrap().unwrap()
    };
    assert!(!until("Requests ").contains("/s)"));
    assert!(until("Requests ").contains("/s)"));
    let pid = child.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &pid]).status();
    assert!(interrupted.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_there_is_no_status() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let ended = run(&nats.url(), &["status", "--timeout", "1"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let engine = Engine::start(&nats, folder.path()).await;
    found(&Client::connect(&nats).await, 1, 0).await;
    assert_eq!(engine.terminate(), Some(0));
    // A folder has no status: no engine runs there.
    let data = folder.path().to_str().unwrap();
    let request = [
        "request",
        "engine.status",
        "{}",
        "--data",
        data,
        "--tenant",
        "northgate",
    ];
    let ended = run_in(&[], &request);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("no engine runs here") || ended.err.contains("no engine runs here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_one_tenant_asks_as_its_system_or_is_told_to_name_it() {
    let (files, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let configuration = files.path().join("nats.conf");
    let text = "jetstream { store_dir: $NATS_STORE }
        authorization { users: [
            { user: plansync, password: p }
            { user: told, password: p, permissions {
                publish: [\"plansync.v1.req.northgate.system.>\", \"$SYS.REQ.USER.INFO\"]
                subscribe: \"_INBOX.>\"
            } }
            { user: untold, password: p, permissions {
                publish: \"plansync.v1.req.northgate.system.>\"
                subscribe: \"_INBOX.>\"
            } }
        ] }";
    std::fs::write(&configuration, text).unwrap();
    let nats = NatsServer::start_with(&configuration);
    let url = |user: &str| format!("nats://{user}:p@{}", nats.address());
    let engine = Engine::start_at(&url("plansync"), folder.path(), &[]).await;
    let ready = |ended: &Ended| ended.out.starts_with("plansync ") && ended.err.is_empty();
    let told = run(&url("told"), &["status"]);
    assert!(ready(&told), "{told:?}");
    let untold = run(&url("untold"), &["status"]);
    assert_eq!((untold.code, &*untold.out), (Some(3), ""), "{untold:?}");
    for words in [
        "`--tenant`",
        "PLANSYNC_TENANT",
        "plansync.v1.req.any.system",
    ] {
        assert!(untold.err.contains(words), "{words}: {untold:?}");
    }
    let named = run(&url("untold"), &["status", "--tenant", "northgate"]);
    assert!(ready(&named), "{named:?}");
    assert_eq!(engine.terminate(), Some(0));
}
