//! An engine with a small college, whose log is asked about.

use std::path::Path;

use plansync_tests::client::Client;
use plansync_tests::college::{PROGRAMME, component, found};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run_in};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub(super) struct World {
    pub(super) client: Client,
    nats: NatsServer,
    engine: Option<Engine>,
    data: TempDir,
}

impl World {
    pub(super) async fn new(components: u128, targets: u128) -> Self {
        let nats = NatsServer::start();
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::start(&nats, data.path()).await;
        let client = Client::connect(&nats).await;
        found(&client, components, targets).await;
        Self {
            client,
            nats,
            engine: Some(engine),
            data,
        }
    }

    /// The address of the NATS server.
    pub(super) fn url(&self) -> String {
        self.nats.url()
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Ends the engine.
    pub(super) fn stop(&mut self) {
        assert_eq!(self.engine.take().unwrap().terminate(), Some(0));
    }

    /// Types `plansync audit …` as sam, on a screen of 100 columns.
    pub(super) fn typed(&self, words: &[&str]) -> Ended {
        let who = ["--tenant", "northgate", "--as", "sam"];
        let words = [&["audit"], words, &who].concat();
        run_in(&[("NATS_URL", &*self.url()), ("COLUMNS", "100")], &words)
    }

    /// What `plansync audit …` shows, which must end well.
    #[track_caller]
    pub(super) fn shown(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!(
            (ended.code, &*ended.err),
            (Some(0), ""),
            "{words:?}: {ended:?}"
        );
        ended.out
    }

    /// Ends the engine and starts another one on the same log.
    pub(super) async fn restart(&mut self) {
        assert_eq!(self.engine.take().unwrap().terminate(), Some(0));
        self.engine = Some(Engine::start(&self.nats, self.data.path()).await);
    }

    pub(super) async fn edit(&self, actor: &str, learner: Uuid, edits: Value) -> Value {
        let body = json!({"learner": learner, "edits": edits});
        self.client.get(actor, "plan.edit", body).await
    }

    /// Opens a record, edits in it, and synchronises what was changed onto these learners.
    pub(super) async fn synced(
        &self,
        actor: &str,
        source: Uuid,
        edits: Value,
        learners: Value,
    ) -> Value {
        let opened = self
            .client
            .get(actor, "record.open", json!({"learner": source}))
            .await;
        self.edit(actor, source, edits).await;
        let request = json!({
            "session": opened["session"], "programme": PROGRAMME, "components": "recent",
            "learners": learners,
        });
        let sync = self.client.get(actor, "sync.start", request).await["sync"].clone();
        self.client.finished(actor, &sync).await;
        sync
    }

    /// All items of a list that goes on at `next`.
    pub(super) async fn all(&self, operation: &str, body: &Value, limit: u32) -> Vec<Value> {
        let (mut body, mut items) = (body.clone(), Vec::new());
        body["limit"] = json!(limit);
        loop {
            let page = self.client.get("sam", operation, body.clone()).await;
            let list = if page["items"].is_array() {
                "items"
            } else {
                "components"
            };
            items.extend(page[list].as_array().unwrap().iter().cloned());
            if page["next"].is_null() {
                return items;
            }
            body["after"] = page["next"].clone();
        }
    }
}

pub(super) fn due(index: u128, date: &str, reason: &str) -> Value {
    json!({
        "op": "change", "component": component(index), "set": {"due_date": date}, "reason": reason,
    })
}
