//! `/readyz` tells what is wrong, and that it is right again.

use async_nats::jetstream;
use plansync_tests::client::Client;
use plansync_tests::college::found;
use plansync_tests::engine::Engine;
use plansync_tests::http::HttpPort;
use plansync_tests::nats::NatsServer;
use serde_json::Value;

/// What is told of a part that is not ready.
fn told(answer: &Value, part: &str) -> String {
    let problems = answer["problems"].as_array().unwrap().iter();
    let of_part = problems.filter(|problem| problem["part"] == part);
    let messages = of_part.map(|problem| problem["message"].as_str().unwrap());
    messages.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_without_its_server_is_alive_and_not_ready_until_the_server_is_back() {
    let (mut nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    port.until_ready().await;
    // Below it may stand a warning, as of a disk that is nearly full.
    let text = port.get("/readyz").body;
    assert!(text.starts_with("ready\n"), "{text}");
    nats.stop();
    let is_told = |answer: &Value| !told(answer, "nats").is_empty();
    let answer = port.until(HttpPort::ready, is_told).await;
    let message = told(&answer, "nats");
    assert!(
        message.contains("no connection to the NATS server"),
        "{answer}"
    );
    assert!(message.contains("see that the server runs"), "{answer}");
    let text = port.get("/readyz");
    assert_eq!(text.status, 503);
    assert!(
        text.body.starts_with("not ready\nnats (not_ready): "),
        "{text:?}"
    );
    assert_eq!(port.get("/livez").status, 200);
    assert_eq!(port.metrics().number("plansync_ready", &[]), 0.0);
    nats.restart();
    port.until_ready().await;
    let metrics = port.metrics();
    assert_eq!(metrics.number("plansync_part_ready", &["nats"]), 1.0);
    // Both connections were made again.
    assert!(metrics.number("plansync_part_failures_total", &["nats"]) >= 2.0);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_deleted_is_told_of_and_made_again() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 1).await;
    port.until_ready().await;
    let context = jetstream::new(client.nats.clone());
    for (stream, part) in [
        ("PLANSYNC_COMMANDS", "consumer"),
        ("PLANSYNC_EVENTS", "relay"),
    ] {
        let failures = |port: HttpPort| {
            port.metrics()
                .number("plansync_part_failures_total", &[part])
        };
        let before = failures(port);
        context.delete_stream(stream).await.unwrap();
        port.until(failures, |now| *now > before).await;
        port.until_ready().await;
        context.get_stream(stream).await.unwrap();
    }
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_settings_are_refused_is_told_of_until_they_are_corrected() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    port.until_ready().await;
    let client = Client::connect(&nats).await;
    let context = jetstream::new(client.nats.clone());
    let mut stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let good = stream.info().await.unwrap().config.clone();
    let mut bad = good.clone();
    bad.no_ack = true;
    context.update_stream(bad).await.unwrap();
    let failing = port
        .until(HttpPort::failing, |parts| !parts.is_empty())
        .await;
    assert!(failing.contains(&"streams".to_owned()), "{failing:?}");
    let answer = port.ready();
    assert!(told(&answer, "streams").contains("no_ack"), "{answer}");
    context.update_stream(good).await.unwrap();
    port.until_ready().await;
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_waits_for_its_server_at_the_start_is_alive_and_says_so() {
    let (mut nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    nats.stop();
    let port = HttpPort::free();
    let arguments = ["--http", &port.0.to_string()];
    let engine = Engine::of(Engine::spawn(&nats.url(), folder.path(), &arguments));
    let is_open = |port: HttpPort| std::net::TcpStream::connect(("127.0.0.1", port.0)).is_ok();
    port.until(is_open, |open| *open).await;
    assert_eq!(port.get("/livez").status, 200);
    let answer = port.ready();
    assert_eq!(answer["ready"], false);
    assert!(
        told(&answer, "log").contains("the engine is starting"),
        "{answer}"
    );
    let metrics = port.metrics();
    assert_eq!(metrics.number("plansync_ready", &[]), 0.0);
    assert!(metrics.number("process_start_time_seconds", &[]) > 0.0);
    nats.restart();
    port.until_ready().await;
    assert_eq!(engine.terminate(), Some(0));
}
