//! Setting up a college with the commands for it: records, the example of a load, learners from a CSV file.

mod completing;
mod importing;
mod readme;
mod records;

use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run};
use serde_json::Value;
use tempfile::TempDir;

/// A service, and a folder for files.
struct World {
    nats: NatsServer,
    client: Client,
    folder: TempDir,
    engine: Engine,
    _data: TempDir,
}

async fn world() -> World {
    let (nats, data) = (NatsServer::start(), tempfile::tempdir().unwrap());
    let engine = Engine::start(&nats, data.path()).await;
    World {
        client: Client::connect(&nats).await,
        nats,
        folder: tempfile::tempdir().unwrap(),
        engine,
        _data: data,
    }
}

impl World {
    /// Types `plansync …` as somebody of the tenant `northgate`.
    fn typed_as(&self, actor: &str, words: &[&str]) -> Ended {
        let who = ["--tenant", "northgate", "--as", actor];
        run(&self.nats.url(), &[words, &who].concat())
    }

    fn typed(&self, words: &[&str]) -> Ended {
        self.typed_as("system", words)
    }

    /// What is said where all goes well.
    #[track_caller]
    fn said(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.out
    }

    /// The same, for programs.
    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let ended = self.typed(&[words, &["--output", "json"]].concat());
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
        ended.json()
    }

    /// What is said where it was not understood, and nothing was done.
    #[track_caller]
    fn not_understood(&self, words: &[&str]) -> String {
        let ended = self.typed(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        ended.err
    }

    /// Writes a file, and gives its path.
    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}
