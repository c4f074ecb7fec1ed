//! An engine with small volumes, a college that was synchronised, and what the stream has of it.

use std::path::{Path, PathBuf};

use async_nats::jetstream;
use plansync_tests::client::Client;
use plansync_tests::college::{
    PROGRAMME, SOURCE, bulky_edit, component, edit_source, found, open_source,
};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// What every engine here is started with.
pub(super) const SMALL_VOLUMES: &[&str] = &["--volume-mib", "1"];

/// The id of the edit that is sent again.
pub(super) const EDIT: Uuid = Uuid::from_u128(0xed17);

pub(super) struct World {
    pub(super) nats: NatsServer,
    pub(super) client: Client,
    engine: Option<Engine>,
    pub(super) folder: TempDir,
    pub(super) sync: Value,
    pub(super) session: Value,
}

/// A college with one sync done: 4 activities, 3 learners besides the source.
pub(super) async fn world() -> World {
    let nats = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let engine = serve(&nats, &folder.path().join("data")).await;
    let client = Client::connect(&nats).await;
    found(&client, 4, 3).await;
    let session = open_source(&client, "alice").await;
    let edits = json!([{"op": "change", "component": component(1), "set": {"name": "Renamed"}}]);
    edit_source(&client, "alice", edits).await;
    client.get("alice", "plan.edit", again()).await;
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    });
    let sync = client.get("alice", "sync.start", request).await["sync"].clone();
    client.finished("alice", &sync).await;
    World {
        nats,
        client,
        engine: Some(engine),
        folder,
        sync,
        session,
    }
}

/// An engine on a log that is there already, with a bus of its own.
pub(super) async fn on(data: &Path, (sync, session): (&Value, &Value)) -> World {
    let nats = NatsServer::start();
    let engine = serve(&nats, data).await;
    World {
        client: Client::connect(&nats).await,
        nats,
        engine: Some(engine),
        folder: tempfile::tempdir().unwrap(),
        sync: sync.clone(),
        session: session.clone(),
    }
}

/// The edit that is sent again.
pub(super) fn again() -> Value {
    let edits = json!([{"op": "change", "component": component(2), "set": {"name": "Again"}}]);
    json!({"learner": SOURCE, "edits": edits, "command_id": EDIT})
}

pub(super) async fn serve(nats: &NatsServer, data: &Path) -> Engine {
    let arguments = [SMALL_VOLUMES, &["--events", "json"]].concat();
    Engine::start_with(nats, data, &arguments).await
}

impl World {
    /// Asks the engine to end, which it does well.
    pub(super) fn stop(&mut self) {
        let engine = self.engine.take().unwrap();
        assert_eq!(engine.terminate(), Some(0));
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Edits until some volumes are full and sealed, and all of it is published.
    pub(super) async fn fill_volumes(&self) {
        let mut last = Value::Null;
        for round in 1..=160 {
            let edit = bulky_edit(SOURCE, round);
            last = self.client.get("alice", "plan.edit", edit).await;
        }
        names(&self.client, 1, &last).await;
        // A volume's journal goes last when it is sealed.
        let journal = self.data().join("volumes/00000001/journal");
        for _ in 0..1_000 {
            if !journal.exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no volume is sealed");
    }
}

/// The names of the events in the stream, in its order, once the relay has published the commit
/// that this reply tells of, in this incarnation of the log.
pub(super) async fn names(client: &Client, incarnation: u32, reply: &Value) -> Vec<String> {
    let end = format!(".{incarnation}/{}", reply["position"]);
    for _ in 0..1_000 {
        let names = names_now(client).await;
        if names.last().is_some_and(|name| name.ends_with(&end)) {
            return names;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the event {end} is not published");
}

async fn names_now(client: &Client) -> Vec<String> {
    let context = jetstream::new(client.nats.clone());
    let stream = context.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let state = stream.cached_info().state.clone();
    let mut names = Vec::new();
    for sequence in state.first_sequence.max(1)..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        names.push(message.headers.get("ce-id").unwrap().to_string());
    }
    names
}
