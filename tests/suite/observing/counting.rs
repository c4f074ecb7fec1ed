//! The counters are exactly what was done.

use plansync_tests::client::Client;
use plansync_tests::college::{
    PROGRAMME, SOURCE, component, edit_source, found, open_source, target,
};
use plansync_tests::http::{HttpPort, Metrics};
use plansync_tests::nats::NatsServer;
use serde_json::json;
use uuid::Uuid;

const REQUESTS: &str = "plansync_requests_total";
const COMMANDS: &str = "plansync_durable_commands_total";

/// What was added to each sample.
fn added(before: &Metrics, after: &Metrics, name: &str, values: &[&str]) -> f64 {
    after.number(name, values) - before.number(name, values)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_commits_are_counted_by_operation_and_outcome() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 2, 3).await;
    let before = port.metrics();
    for round in 0..3 {
        let edits = json!([{"op": "change", "component": component(1), "set": {"name": format!("{round}")}}]);
        let edit = json!({"learner": SOURCE, "edits": edits});
        client.get("system", "plan.edit", edit).await;
    }
    let edits = json!([{"op": "remove", "component": component(1)}]);
    let nobody = json!({"learner": Uuid::from_u128(1), "edits": edits});
    client.refusal("system", "plan.edit", nobody).await;
    client
        .refusal("system", "plan.edit", json!({"learner": 7}))
        .await;
    client
        .get("system", "plan.get", json!({"learner": SOURCE}))
        .await;
    let after = port.metrics();
    let requests = |operation, outcome| added(&before, &after, REQUESTS, &[operation, outcome]);
    assert_eq!(requests("plan.edit", "done"), 3.0);
    assert_eq!(requests("plan.edit", "learner_not_available"), 1.0);
    assert_eq!(requests("plan.edit", "invalid_request"), 1.0);
    assert_eq!(requests("plan.get", "done"), 1.0);
    assert_eq!(after.sum(REQUESTS) - before.sum(REQUESTS), 6.0);
    let durations = "plansync_request_duration_seconds_count";
    assert_eq!(added(&before, &after, durations, &["plan.edit"]), 5.0);
    let steps = |step| {
        added(
            &before,
            &after,
            "plansync_request_step_seconds_count",
            &[step],
        )
    };
    assert_eq!((steps("decided"), steps("sent")), (6.0, 6.0));
    // An edit is answered when it is durable: its reply waited, or it was durable already when its turn came.
    assert!(
        (0.0..=3.0).contains(&steps("durable")),
        "{}",
        steps("durable")
    );
    let commits = |name| added(&before, &after, name, &[]);
    assert_eq!(commits("plansync_log_position"), 3.0);
    assert_eq!(commits("plansync_commit_group_size_sum"), 3.0);
    let (groups, flushes) = (
        "plansync_commit_group_size_count",
        "plansync_log_flush_seconds_count",
    );
    assert!((1.0..=3.0).contains(&commits(groups)));
    assert_eq!(commits(flushes), commits(groups));
    assert_eq!(
        commits("plansync_log_append_seconds_count"),
        commits(groups)
    );
    assert!(commits("plansync_commits_written_bytes_total") > 0.0);
    assert_eq!(after.number("plansync_learners", &[]), 4.0);
    assert_eq!(after.number("plansync_tenants", &[]), 1.0);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn durable_commands_are_counted_when_they_are_settled() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    let mut told = client.listen("command.>").await;
    let edit = json!({
        "learner": SOURCE,
        "edits": [{"op": "change", "component": component(0), "set": {"name": "Another"}}],
    });
    let edit = edit.to_string();
    for (operation, body) in [
        ("plan.edit", edit.as_bytes()),
        ("plan.edit", b"{"),
        ("plan.get", b"{}"),
        ("no.such", b"{}"),
    ] {
        client.send("system", operation, body).await;
        told.next().await;
    }
    // A command is counted a moment after its outcome is recorded.
    let are_counted = |metrics: &Metrics| metrics.sum(COMMANDS) >= 4.0;
    let metrics = port.until(HttpPort::metrics, are_counted).await;
    let commands = |operation, outcome| metrics.number(COMMANDS, &[operation, outcome]);
    assert_eq!(commands("plan.edit", "accepted"), 1.0);
    assert_eq!(commands("plan.edit", "invalid_request"), 1.0);
    assert_eq!(commands("plan.get", "unknown_operation"), 1.0);
    assert_eq!(commands("unknown", "unknown_operation"), 1.0);
    assert_eq!(metrics.sum(COMMANDS), 4.0);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronisation_is_counted_with_its_learners_and_pairs() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 3, 5).await;
    let session = open_source(&client, "alice").await;
    let renamed = json!([{"op": "change", "component": component(1), "set": {"name": "Renamed"}}]);
    edit_source(&client, "alice", renamed).await;
    let learners: Vec<_> = (0..5).map(target).collect();
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [component(1), component(2)],
        "learners": learners, "type": "changes_only",
    });
    let started = client.get("alice", "sync.start", request).await;
    client.finished("alice", &started["sync"]).await;
    let record = client
        .get("alice", "sync.get", json!({"sync": started["sync"]}))
        .await;
    let metrics = port.metrics();
    let number = |name, values: &[&str]| metrics.number(name, values);
    assert_eq!(number("plansync_syncs_accepted_total", &[]), 1.0);
    assert_eq!(number("plansync_syncs_ended_total", &["completed"]), 1.0);
    assert_eq!(number("plansync_syncs_ended_total", &["cancelled"]), 0.0);
    assert_eq!(number("plansync_syncs", &["running"]), 0.0);
    assert_eq!(number("plansync_sync_targets_total", &[]), 5.0);
    assert_eq!(number("plansync_sync_targets_waiting", &["ready"]), 0.0);
    let pairs = |outcome, reason| number("plansync_sync_pairs_total", &[outcome, reason]);
    assert_eq!(pairs("applied", ""), 5.0, "{record}");
    assert_eq!(metrics.sum("plansync_sync_pairs_total"), 10.0);
    assert_eq!(pairs("skipped", "no_recent_change"), 5.0, "{record}");
    assert_eq!(number("plansync_open_records", &[]), 1.0);
    let plans = number("plansync_plans", &["resident"]) + number("plansync_plans", &["away"]);
    assert_eq!(plans, 6.0);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_that_an_engine_finds_in_its_log_are_away_until_they_are_fetched() {
    let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let (_, engine) = HttpPort::serve(&nats, folder.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 2).await;
    assert_eq!(engine.terminate(), Some(0));
    let (port, engine) = HttpPort::serve(&nats, folder.path()).await;
    let plans = |metrics: &Metrics| {
        ["resident", "away"].map(|state| metrics.number("plansync_plans", &[state]))
    };
    let before = port.metrics();
    assert_eq!(plans(&before), [0.0, 3.0]);
    assert_eq!(before.sum(REQUESTS), 0.0);
    let edit = json!({
        "learner": SOURCE,
        "edits": [{"op": "change", "component": component(0), "set": {"name": "Another"}}],
    });
    client.get("system", "plan.edit", edit).await;
    let after = port.metrics();
    assert_eq!(plans(&after), [1.0, 2.0]);
    assert_eq!(after.number("plansync_plan_fetches_total", &[]), 1.0);
    assert!(after.number("plansync_plan_fetch_commits_total", &[]) >= 1.0);
    // Every event is published in the end, and then nothing is behind.
    port.until(HttpPort::metrics, |metrics| {
        let behind = |name| metrics.number(name, &[]);
        behind("plansync_relay_behind_commits") == 0.0
            && behind("plansync_relay_behind_seconds") == 0.0
    })
    .await;
    assert_eq!(engine.terminate(), Some(0));
}
