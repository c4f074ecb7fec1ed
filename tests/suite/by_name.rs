//! The command line by names: whoever types has no ids, and what is printed to be typed works.

mod advice;
mod failing;
mod planning;
mod recording;
mod resolving;

use plansync_tests::client::Client;
use plansync_tests::college::{found, learner};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, paste, run_in};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// A college with five activities, a source and three targets, where `erin`, who is no supervisor, types.
struct World {
    nats: NatsServer,
    client: Client,
    _engine: Engine,
    _data: TempDir,
}

async fn world() -> World {
    let (nats, data) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 5, 3).await;
    let record = json!({
        "administrator": "erin", "name": "Erin Quinn", "groups": "all", "permissions": [
            "advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete",
        ],
    });
    client.get("system", "administrator.put", record).await;
    World {
        nats,
        client,
        _engine: engine,
        _data: data,
    }
}

impl World {
    /// What a shell that people type into has in its environment.
    fn environment(url: &str) -> [(&str, &str); 4] {
        [
            ("NATS_URL", url),
            ("PLANSYNC_TENANT", "northgate"),
            ("PLANSYNC_ACTOR", "erin"),
            ("COLUMNS", "80"),
        ]
    }

    /// Types `plansync …`, with tenant and actor in the environment.
    fn typed(&self, words: &[&str]) -> Ended {
        run_in(&Self::environment(&self.nats.url()), words)
    }

    /// Pastes a line into a shell.
    fn pasted(&self, line: &str) -> Ended {
        paste(&Self::environment(&self.nats.url()), line)
    }

    /// What a command says that must end well.
    #[track_caller]
    fn said(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!(
            (ended.code, &*ended.err),
            (Some(0), ""),
            "{words:?}: {ended:?}"
        );
        ended.out
    }

    /// What it writes for programs.
    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let ended = self.typed(&[words, &["--output", "json"]].concat());
        assert_eq!(
            (ended.code, &*ended.err),
            (Some(0), ""),
            "{words:?}: {ended:?}"
        );
        ended.json()
    }

    /// What a command says that is not understood.
    #[track_caller]
    fn refused(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!(
            (ended.code, &*ended.out),
            (Some(2), ""),
            "{words:?}: {ended:?}"
        );
        ended.err
    }

    /// A further learner on the programme, with a plan.
    async fn learner(&self, id: u128, name: &str) -> Uuid {
        let id = Uuid::from_u128(id);
        learner(&self.client, id, name).await;
        id
    }

    /// The learner whose record a session is of.
    fn learner_of(&self, opened: &Value) -> Value {
        let listed = self.json(&["record", "list"]);
        let items = listed["items"].as_array().unwrap().clone();
        let mut items = items.into_iter();
        let found = items.find(|item| item["session"] == opened["session"]);
        found.unwrap()["learner"].clone()
    }
}

/// The commands that a text prints on lines of their own, to be typed next.
fn commands(ended: &Ended) -> Vec<String> {
    let lines = ended.out.lines().chain(ended.err.lines());
    let commands = lines.filter_map(|line| line.strip_prefix("  "));
    let commands = commands.filter(|line| line.starts_with("plansync "));
    commands.map(str::to_owned).collect()
}
