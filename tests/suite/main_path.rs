//! The main path over the wire: open, edit, preview, start, and what became of it.

use plansync_tests::client::Client;
use plansync_tests::college::{
    PROGRAMME, SOURCE, component, edit_source, found, open_source, target,
};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

struct World {
    client: Client,
    _engine: Engine,
    _nats: NatsServer,
    _data: tempfile::TempDir,
}

async fn world(components: u128, targets: u128) -> World {
    let nats = NatsServer::start();
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
    let client = Client::connect(&nats).await;
    found(&client, components, targets).await;
    World {
        client,
        _engine: engine,
        _nats: nats,
        _data: data,
    }
}

fn name_of<'a>(plan: &'a Value, id: &uuid::Uuid) -> &'a Value {
    let components = plan["components"].as_array().unwrap();
    let component = components
        .iter()
        .find(|found| found["component"] == id.to_string());
    &component.unwrap()["attributes"]["name"]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_synchronised_onto_every_other_learner() {
    let world = world(4, 3).await;
    let client = &world.client;
    let session = open_source(client, "alice").await;
    let edit = json!([{"op": "change", "component": component(1), "set": {"name": "Renamed"}}]);
    assert_eq!(edit_source(client, "alice", edit).await["changed"], true);

    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let preview = client.get("alice", "sync.preview", request.clone()).await;
    assert_eq!(
        preview["pairs"],
        json!({"applied": 3, "unchanged": 0, "skipped": 0})
    );
    assert_eq!(
        (&preview["components"], &preview["learners"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(preview["rows"][0]["action"], "synchronise");
    assert_eq!(preview["rows"][0]["synchronised"], 3);

    let started = client.get("alice", "sync.start", request).await;
    let finished = client.finished("alice", &started["sync"]).await;
    assert_eq!(finished["state"], "completed");
    assert_eq!(finished["pairs"], preview["pairs"]);
    for index in 0..3 {
        let plan = client
            .get("alice", "plan.get", json!({"learner": target(index)}))
            .await;
        assert_eq!(name_of(&plan, &component(1)), "Renamed");
        assert_eq!(plan["version"], 2);
    }
    let outcomes = client
        .get("alice", "sync.outcomes", json!({"sync": started["sync"]}))
        .await;
    assert_eq!(outcomes["total"], 3);
    assert_eq!(outcomes["items"][0]["outcome"], "applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn t4_a_second_run_of_all_attributes_changes_nothing() {
    let world = world(4, 3).await;
    let client = &world.client;
    let session = open_source(client, "alice").await;
    let edit = json!([{"op": "change", "component": component(0), "set": {"criteria": ["K9"]}}]);
    edit_source(client, "alice", edit).await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "all", "learners": "all",
        "type": "all_attributes",
    });
    for pairs in [
        json!({"applied": 3, "unchanged": 9, "skipped": 0}),
        json!({"applied": 0, "unchanged": 12, "skipped": 0}),
    ] {
        let started = client.get("alice", "sync.start", request.clone()).await;
        assert_eq!(
            client.finished("alice", &started["sync"]).await["pairs"],
            pairs
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_an_administrator_without_the_right_is_told_so_pair_by_pair() {
    let world = world(2, 2).await;
    let client = &world.client;
    plansync_tests::college::administrator(client, "ann", &["advanced_delivery_edit"]).await;
    let done = json!([{"op": "set_status", "component": component(0), "status": "completed"}]);
    client
        .get(
            "system",
            "plan.edit",
            json!({"learner": target(0), "edits": done}),
        )
        .await;
    let session = open_source(client, "ann").await;
    let edit = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    edit_source(client, "ann", edit).await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let preview = client.get("ann", "sync.preview", request.clone()).await;
    assert_eq!(preview["warnings"][0]["code"], "some_not_synchronised");
    assert_eq!(preview["warnings"][0]["learners"], 1);
    let started = client.get("ann", "sync.start", request).await;
    client.finished("ann", &started["sync"]).await;
    let asked = json!({"sync": started["sync"], "outcome": "skipped"});
    let skipped = client.get("ann", "sync.outcomes", asked).await;
    assert_eq!(
        skipped["items"],
        json!([{
            "learner": target(0), "component": component(0), "action": "synchronise",
            "outcome": "skipped", "reason": "edit_finished_not_permitted", "warnings": [],
        }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_of_a_sync_in_the_order_of_the_log() {
    let world = world(2, 2).await;
    let client = &world.client;
    let mut events = client.listen("sync.>").await;
    let session = open_source(client, "alice").await;
    let edit = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    edit_source(client, "alice", edit).await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    client.get("alice", "sync.start", request).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(events.next().await.0);
    }
    assert_eq!(told, ["started", "target", "target", "completed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_nothing_crosses_from_one_tenant_to_another() {
    let world = world(2, 1).await;
    let other = world.client.of_tenant("southgate");
    let settings = json!({"marking_aid": false, "owner_rule": "keep"});
    other.get("system", "tenant.put", settings).await;
    plansync_tests::college::administrator(&other, "alice", &["supervisor"]).await;
    let code = other
        .refusal("alice", "plan.get", json!({"learner": SOURCE}))
        .await;
    assert_eq!(code, "learner_not_available");
    assert_eq!(
        other.refusal("sam", "actor.get", json!({})).await,
        "unknown_actor"
    );
}
