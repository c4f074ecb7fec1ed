//! Collectors that are gone, silent or hostile cost nothing but the spans.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use plansync_tests::collector::{Collector, Manners};
use plansync_tests::college::{SOURCE, component, found};
use plansync_tests::http::HttpPort;
use plansync_tests::program::run_in;
use serde_json::json;

use super::world::World;

/// How long the engine may take to end.
const ENDED_WITHIN: Duration = Duration::from_secs(30);

/// An engine that has a span of everything goes on, counts what it drops, tells of it once, and ends in time.
async fn goes_on(url: &str) {
    let port = HttpPort::free();
    let number = port.0.to_string();
    let arguments = ["--otlp", url, "--trace-ratio", "1", "--http", &number];
    let started = Instant::now();
    let mut world = World::start(&arguments).await;
    found(&world.client, 1, 8).await;
    for round in 0..200 {
        let edits = json!([{"op": "change", "component": component(0), "set": {"name": format!("Name {round}")}}]);
        let edit = json!({"learner": SOURCE, "edits": edits});
        let asked = world.client.get("alice", "plan.edit", edit);
        let reply = tokio::time::timeout(Duration::from_secs(5), asked).await;
        assert_eq!(reply.unwrap()["changed"], true);
    }
    port.until(HttpPort::metrics, |metrics| {
        metrics.number("plansync_trace_spans_total", &["dropped"]) > 0.0
    })
    .await;
    assert_eq!(port.ready()["ready"], true);
    let began = Instant::now();
    world.end();
    assert!(began.elapsed() < ENDED_WITHIN, "{:?}", began.elapsed());
    let log = world.log();
    let told = log
        .lines()
        .filter(|line| line.contains("the collector of spans"));
    // At most once a minute.
    let minutes = started.elapsed().as_secs() / 60;
    let told = u64::try_from(told.count()).unwrap();
    assert!((1..=1 + minutes).contains(&told), "{log}");
    assert!(!log.contains("Zebedee"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_costs_nothing() {
    let port = HttpPort::free().0;
    goes_on(&format!("http://127.0.0.1:{port}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_costs_nothing() {
    let collector = Collector::start(Manners::Silent);
    goes_on(&collector.url()).await;
    assert!(collector.connections() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_does_not_even_accept_costs_nothing() {
    // The connections wait in the queue of the system.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    goes_on(&format!("http://127.0.0.1:{port}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_floods_or_babbles_costs_nothing() {
    for manners in [Manners::Floods, Manners::Babbles] {
        let collector = Collector::start(manners);
        goes_on(&collector.url()).await;
        assert!(collector.connections() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_a_collector_refuses_count_as_dropped() {
    let collector = Collector::start(Manners::RefusesOne);
    goes_on(&collector.url()).await;
    assert!(!collector.spans().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_spans_are_sent_before_the_engine_ends() {
    let collector = Collector::start(Manners::Takes);
    let mut world = World::start(&["--otlp", &collector.url(), "--trace-ratio", "1"]).await;
    found(&world.client, 1, 0).await;
    let last = world.client.get("system", "tenant.get", json!({})).await;
    assert_eq!(last["owner_rule"], "keep");
    world.end();
    let spans = collector.spans();
    let is_last = |operation: Option<&String>| operation.is_some_and(|it| it == "tenant.get");
    assert!(
        spans
            .iter()
            .any(|span| is_last(span.attributes.get("operation"))),
        "{spans:#?}"
    );
}

#[test]
fn an_address_that_cannot_be_used_is_refused_before_anything_is_started() {
    let serve = [
        "serve",
        "--data",
        "/nonexistent",
        "--nats-url",
        "nats://nowhere.invalid",
    ];
    for (url, said) in [
        ("https://collector:4318", "without TLS"),
        ("collector:4318", "http://HOST:PORT"),
    ] {
        let typed = run_in(&[], &[&serve[..], &["--otlp", url]].concat());
        let variable = run_in(&[("OTEL_EXPORTER_OTLP_ENDPOINT", url)], &serve);
        for ended in [typed, variable] {
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.err.contains(said), "{ended:?}");
        }
    }
}
