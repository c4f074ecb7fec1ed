//! An engine that is killed in the middle of edits and syncs: nothing acknowledged is lost, nothing
//! is done twice, and every sync ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plansync_tests::client::Client;
use plansync_tests::college::{
    PROGRAMME, SOURCE, component, edit_source, found, open_source, target,
};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_killed_engine_takes_up_its_syncs_and_ends_each_with_one_outcome_a_pair() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 30, 60).await;
    let session = open_source(&client, "alice").await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "all", "learners": "all",
        "type": "all_attributes",
    });
    let mut syncs = Vec::new();
    for round in 0..4_u64 {
        let name = format!("Round {round}");
        let edit = json!([{"op": "change", "component": component(0), "set": {"name": name}}]);
        edit_source(&client, "alice", edit).await;
        syncs.push(client.get("alice", "sync.start", request.clone()).await["sync"].clone());
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        engine.kill();
        engine = Engine::start(&nats, data.path()).await;
    }
    for sync in &syncs {
        let finished = client.finished("alice", sync).await;
        assert_eq!(finished["state"], "completed");
        assert_eq!(finished["done"], 60);
        let outcomes = client
            .get("alice", "sync.outcomes", json!({"sync": sync}))
            .await;
        assert_eq!(outcomes["total"], 30 * 60);
    }
    let plan = client
        .get("alice", "plan.get", json!({"learner": target(59)}))
        .await;
    let history = client
        .get("alice", "plan.history", json!({"learner": target(59)}))
        .await;
    let items = history["items"].as_array().unwrap();
    let replayed: Vec<_> = items.iter().map(|item| &item["sync"]).collect();
    let replayed: Vec<_> = replayed
        .into_iter()
        .filter(|sync| !sync.is_null())
        .collect();
    assert!(
        replayed.into_iter().eq(&syncs),
        "each once, and in the order of acceptance"
    );
    assert_eq!(plan["components"][0]["attributes"]["name"], "Round 3");
}

/// Renames a component over and over until told to stop, and gives the last acknowledged version.
async fn keep_renaming(client: Client, stop: Arc<AtomicBool>) -> u64 {
    let mut acknowledged = 0;
    let mut round = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let name = format!("Round {round}");
        let edits = json!([{"op": "change", "component": component(0), "set": {"name": name}}]);
        let body = json!({"learner": SOURCE, "edits": edits}).to_string();
        let subject = "plansync.v1.req.northgate.alice.plan.edit";
        let answer = client.nats.request(subject, body.into());
        // A request that the dead engine cannot answer is not acknowledged, and not counted.
        let answer = tokio::time::timeout(Duration::from_millis(500), answer).await;
        if let Ok(Ok(message)) = answer {
            let reply: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
            acknowledged = reply["version"].as_u64().unwrap_or(acknowledged);
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_no_acknowledged_edit_is_lost_to_a_kill() {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    let stop = Arc::new(AtomicBool::new(false));
    let renaming = tokio::spawn(keep_renaming(client.clone(), Arc::clone(&stop)));
    for round in 1..=3_u64 {
        tokio::time::sleep(Duration::from_millis(150 + round * 37)).await;
        engine.kill();
        engine = Engine::start(&nats, data.path()).await;
    }
    stop.store(true, Ordering::Relaxed);
    let acknowledged = renaming.await.unwrap();
    let plan = client
        .get("alice", "plan.get", json!({"learner": SOURCE}))
        .await;
    let version = plan["version"].as_u64().unwrap();
    assert!(acknowledged > 1, "nothing was ever acknowledged");
    assert!(
        version >= acknowledged,
        "version {version}, but {acknowledged} was acknowledged"
    );
    drop(engine);
}
