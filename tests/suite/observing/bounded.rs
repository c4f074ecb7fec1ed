//! What strangers send does not make metrics grow.

use std::collections::BTreeSet;

use plansync_protocol::{EnginePart, ErrorCode, OperationName, Reason, Word as _};
use plansync_tests::client::Client;
use plansync_tests::college::found;
use plansync_tests::http::{HttpPort, Metrics};
use plansync_tests::nats::NatsServer;
use serde_json::json;
use uuid::Uuid;

/// The series of metrics, without their numbers.
fn series(metrics: &Metrics) -> BTreeSet<(String, Vec<(String, String)>)> {
    let samples = metrics.samples().into_iter();
    samples.map(|sample| (sample.name, sample.labels)).collect()
}

/// Strange tenants, actors, operations and subjects, as requests and as durable commands.
async fn send_what_is_strange(client: &Client, wave: u128) {
    for number in 0..100 {
        let name = Uuid::from_u128(wave << 64 | number).simple().to_string();
        let stranger = client.of_tenant(&name);
        let _refused = stranger.ask("system", "plan.get", json!({})).await;
        let _refused = client.ask(&name, "plan.get", json!({})).await;
        let _refused = client
            .ask("system", &format!("{name}.put"), json!({}))
            .await;
        let _refused = client
            .ask("system", &format!("a.b.c.{name}"), json!({}))
            .await;
        stranger.send("system", &name, b"\xff").await;
        client.send(&name, "plan.edit", name.as_bytes()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_have_values_of_closed_lists_only() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 1).await;
    send_what_is_strange(&client, 1).await;
    client.drained().await;
    let is_complete = |metrics: &Metrics| {
        let names = ["plansync_log_size_bytes", "plansync_relay_behind_seconds"];
        let all = metrics.samples();
        names
            .iter()
            .all(|name| all.iter().any(|sample| sample.name == *name))
    };
    let first = port.until(HttpPort::metrics, is_complete).await;
    send_what_is_strange(&client, 2).await;
    client.drained().await;
    let second = port.metrics();
    let samples = second.samples().into_iter();
    let unknown = samples.filter(|sample| {
        sample.name == "plansync_requests_total" && sample.labels[0].1 == "unknown"
    });
    assert_eq!(unknown.map(|sample| sample.number).sum::<f64>(), 400.0);
    assert_eq!(series(&first), series(&second));

    let mut closed: BTreeSet<&str> = [
        "unknown",
        "done",
        "accepted",
        "rejected_before",
        "applied",
        "unchanged",
        "skipped",
        "",
        "decided",
        "durable",
        "sent",
        "dropped",
        "light",
        "disk",
        "heavy",
        "held_back",
        "sealed",
        "full",
        "resident",
        "away",
        "running",
        "waiting",
        "ready",
        "held",
        "completed",
        "cancelled",
        "hit",
        "miss",
        "change_sets",
        "sync_targets",
        "sync_outcomes",
        "sync_outlines",
        "volumes",
    ]
    .into();
    closed.extend(OperationName::ALL.iter().map(|name| name.as_str()));
    closed.extend(ErrorCode::WORDS);
    closed.extend(EnginePart::WORDS);
    closed.extend(Reason::WORDS);
    for sample in second.samples() {
        for (label, value) in &sample.labels {
            let is_number = label == "le" || sample.name == "plansync_build_info";
            assert!(is_number || closed.contains(value.as_str()), "{sample:?}");
        }
    }
    assert_eq!(engine.terminate(), Some(0));
}
