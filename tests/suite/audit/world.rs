//! An engine with a college, those who change it, and a program that reads its log.

use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, component, found, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

pub(super) const TARGETS: u128 = 6;

pub(super) struct World {
    pub(super) client: Client,
    pub(super) engine: Engine,
    pub(super) nats: NatsServer,
    pub(super) data: tempfile::TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        let nats = NatsServer::start();
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::start_with(&nats, data.path(), &["--events", "json"]).await;
        let client = Client::connect(&nats).await;
        found(&client, 4, TARGETS).await;
        let settings = json!({"marking_aid": false, "owner_rule": "keep"});
        client
            .of_tenant("southgate")
            .get("system", "tenant.put", settings)
            .await;
        Self {
            client,
            engine,
            nats,
            data,
        }
    }

    /// Starts ten clients who change plans, permissions and enrolments, each so often.
    pub(super) fn writers(&self, rounds: u128) -> Vec<JoinHandle<()>> {
        let writers = (0..10).map(|writer| {
            let client = self.client.clone();
            tokio::spawn(async move {
                for round in 0..rounds {
                    change(&client, writer, round).await;
                }
            })
        });
        writers.collect()
    }
}

async fn change(client: &Client, writer: u128, round: u128) {
    let name = format!("By {writer} in round {round}");
    match (writer + round) % 5 {
        0 => {
            let permissions = if round.is_multiple_of(2) {
                json!(["supervisor"])
            } else {
                json!([])
            };
            let record = json!({
                "administrator": format!("admin-{writer}"), "name": name,
                "permissions": permissions, "groups": "all",
            });
            client.get("system", "administrator.put", record).await;
        }
        1 => {
            let status = if round.is_multiple_of(2) {
                "on_break"
            } else {
                "active"
            };
            let record = json!({
                "learner": target(writer % TARGETS), "name": name, "case_owner": null,
                "groups": [], "tutors": [],
                "enrolments": [{"programme": PROGRAMME, "status": status}],
            });
            client.get("system", "learner.put", record).await;
        }
        2 => {
            let settings = json!({"marking_aid": round.is_multiple_of(2), "owner_rule": "keep"});
            client
                .of_tenant("southgate")
                .get("system", "tenant.put", settings)
                .await;
        }
        _ => {
            let edits =
                json!([{"op": "change", "component": component(round % 4), "set": {"name": name}}]);
            let edit = json!({"learner": target(writer % TARGETS), "edits": edits});
            client.get("sam", "plan.edit", edit).await;
        }
    }
}

/// A position in a reply.
pub(super) fn number(reply: &Value, field: &str) -> u64 {
    reply[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} of {reply}"))
}

/// The next part of the log.
pub(super) async fn read(client: &Client, from: u64, wait_ms: u64, limit: u64) -> Value {
    let body = json!({"from": from, "wait_ms": wait_ms, "limit": limit});
    client.get("system", "audit.read", body).await
}

/// Everything in the log, at its end.
pub(super) async fn whole(client: &Client) -> Vec<Value> {
    let (mut all, mut from) = (Vec::new(), 1);
    loop {
        let page = read(client, from, 0, 1_000).await;
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        from = number(&page, "next");
        if from > number(&page, "tip") {
            return all;
        }
    }
}
