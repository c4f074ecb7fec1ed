//! `plansync sync`, as people type it and as scripts read it, against a college of its own.

mod choosing;
mod fitting;
mod on_a_terminal;
mod previewing;
mod running;

use plansync_tests::client::Client;
use plansync_tests::college::{SOURCE, component, edit_source, found, open_source, target};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A college with five activities and four learners, whose first is the source; its record is open,
/// and two of its activities are changed.
struct World {
    nats: NatsServer,
    client: Client,
    session: Value,
    engine: Engine,
    _data: TempDir,
}

async fn world() -> World {
    let (nats, data) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, data.path()).await;
    let client = Client::connect(&nats).await;
    found(&client, 5, 3).await;
    let done = json!([
        { "op": "set_status", "component": component(0), "status": "completed" },
        { "op": "remove", "component": component(4) },
    ]);
    let put = json!({ "learner": target(0), "edits": done });
    client.get("system", "plan.edit", put).await;
    // Somebody who may not touch what is finished.
    let permissions = ["advanced_delivery_edit", "advanced_delivery_delete"];
    plansync_tests::college::administrator(&client, "erin", &permissions).await;
    let session = open_source(&client, "erin").await;
    let edits = json!([
        { "op": "change", "component": component(0), "set": { "name": "Activity zero" } },
        { "op": "change", "component": component(2),
          "set": { "criteria": ["K1", "K9", "S2"], "instructions": "Take your time." } },
        { "op": "remove", "component": component(4) },
    ]);
    edit_source(&client, "erin", edits).await;
    World {
        nats,
        client,
        session,
        engine,
        _data: data,
    }
}

impl World {
    /// Types `plansync sync …` as somebody.
    fn typed_as(&self, actor: &str, words: &[&str]) -> Ended {
        let who = ["--tenant", "northgate", "--as", actor];
        run(&self.nats.url(), &[&["sync"], words, &who].concat())
    }

    /// Types it as the one who changed the plan.
    fn typed(&self, words: &[&str]) -> Ended {
        self.typed_as("erin", words)
    }

    /// What a command says that must end well, without the times in it.
    #[track_caller]
    fn said(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        timeless(&ended.out)
    }

    /// What it writes for programs.
    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let ended = self.typed(&[words, &["--output", "json"]].concat());
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.json()
    }

    /// What the service answers to the same administrator.
    async fn asked(&self, operation: &str, body: Value) -> Value {
        self.client.get("erin", operation, body).await
    }
}

/// Text with every time of the form `2026-01-31 12:34` replaced, which differs in each run.
fn timeless(text: &str) -> String {
    let is_time = |window: &[char]| {
        let shape: String = window
            .iter()
            .map(|c| if c.is_ascii_digit() { '0' } else { *c })
            .collect();
        shape == "0000-00-00 00:00"
    };
    let mut characters: Vec<char> = text.chars().collect();
    for start in 0..characters.len().saturating_sub(15) {
        if is_time(&characters[start..start + 16]) {
            let stand_in = "yyyy-mm-dd hh:mm".chars();
            characters.splice(start..start + 16, stand_in);
        }
    }
    characters.into_iter().collect()
}

/// The lines of a text.
fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The source learner's id, as it is typed.
fn source() -> String {
    SOURCE.to_string()
}
