//! An engine with two tenants: one with a random history, and one with so many edits that the history is in
//! sealed volumes. And the service that answers from a log that is only read.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plansync_engine::{Config, Engine as Core};
use plansync_log::backend::{Backend as _, LogView};
use plansync_model::histories::{Step, generate};
use plansync_protocol::Encoding;
use plansync_service::{Headers, Inbound, RandomIds, Service};
use plansync_sled::{Options, SledBackend, view_archive};
use plansync_tests::client::Client;
use plansync_tests::college::{ALL_PERMISSIONS, SOURCE, administrator, bulky_edit, found};
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The tenant with the random history.
pub(crate) const RANDOM: &str = "acme";

/// Who may do everything there, and has a record open.
pub(crate) const PREVIEWER: &str = "zoe";

/// Who asked, the operation, and the body.
pub(crate) type Asked = (&'static str, &'static str, Value);

/// Small volumes, so that some are sealed.
const SMALL_VOLUMES: &[&str] = &["--volume-mib", "1"];
/// More edits than fill a volume.
const ROUNDS: u64 = 160;

pub(crate) struct World {
    pub(crate) nats: NatsServer,
    pub(crate) client: Client,
    engine: Option<Engine>,
    pub(crate) folder: TempDir,
    /// Everything that was asked in the random history.
    pub(crate) asked: Vec<Asked>,
}

impl World {
    /// The history of this seed, in sealed volumes.
    pub(crate) async fn random(seed: u64) -> Self {
        let nats = NatsServer::start();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let engine = Engine::start_with(&nats, &data, SMALL_VOLUMES).await;
        let client = Client::connect(&nats).await;
        let mut asked = history(&client.of_tenant(RANDOM), seed).await;
        let previewed = previewed(&client.of_tenant(RANDOM), &asked).await;
        asked.splice(..0, previewed);
        found(&client, 4, 3).await;
        let world = Self {
            nats,
            client,
            engine: Some(engine),
            folder,
            asked,
        };
        for round in 1..=ROUNDS {
            let edit = bulky_edit(SOURCE, round);
            world.client.get("alice", "plan.edit", edit).await;
        }
        world.sealed(1).await;
        world
    }

    /// Waits until this volume is sealed: its journal goes last.
    pub(crate) async fn sealed(&self, volume: u64) {
        let volume = self.data().join(format!("volumes/{volume:08}"));
        for _ in 0..3_000 {
            if volume.join("files").exists() && !volume.join("journal").exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{} is not sealed", volume.display());
    }

    /// Asks the engine to end, which it does well.
    pub(crate) fn stop(&mut self) {
        let engine = self.engine.take().unwrap();
        assert_eq!(engine.terminate(), Some(0));
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn backup(&self) -> PathBuf {
        self.folder.path().join("log.backup")
    }
}

/// Takes the steps of a random history.
async fn history(client: &Client, seed: u64) -> Vec<Asked> {
    let mut asked = Vec::new();
    for step in generate(seed) {
        match step {
            Step::Ask(actor, ask) => {
                let body = serde_json::to_value(&ask).unwrap();
                let answer = client.ask(actor, ask.operation(), body.clone()).await;
                if answer.is_ok() && ask.operation() == "sync.start" {
                    client.finished("system", &body["sync"]).await;
                }
                asked.push((actor, ask.operation(), body));
            }
            Step::Preview(actor, request) => {
                let body = serde_json::to_value(&request).unwrap();
                asked.push((actor, "sync.preview", body));
            }
            Step::Look(actor, session, programme, _) => {
                let body = json!({ "session": session, "programme": programme });
                asked.push((actor, "sync.components", body));
            }
            Step::Confirm(..) | Step::Pass(_) | Step::Work => {}
        }
    }
    asked
}

/// Opens a record in which a preview is possible, by somebody who may do everything, and gives what can be
/// asked about it.
async fn previewed(client: &Client, asked: &[Asked]) -> Vec<Asked> {
    administrator(client, PREVIEWER, ALL_PERMISSIONS).await;
    for (_, operation, body) in asked {
        let (learner, programme) = (&body["learner"], &body["enrolments"][0]["programme"]);
        if *operation != "learner.put" || !programme.is_string() {
            continue;
        }
        let open = json!({ "learner": learner });
        let plan = client.get("system", "plan.get", open.clone()).await;
        let component = &plan["components"][0]["component"];
        if !component.is_string() {
            continue;
        }
        let opened = client.get(PREVIEWER, "record.open", open).await;
        let of = json!({ "session": opened["session"], "programme": programme });
        let mut request = of.clone();
        request["components"] = json!([component]);
        request["learners"] = json!("all");
        request["type"] = json!("all_attributes");
        if client
            .ask(PREVIEWER, "sync.preview", request.clone())
            .await
            .is_err()
        {
            continue;
        }
        let mut explained = request.clone();
        explained["component"] = component.clone();
        explained["side"] = json!("synchronised");
        return vec![
            (PREVIEWER, "sync.components", of),
            (PREVIEWER, "sync.preview", request),
            (PREVIEWER, "sync.explain", explained),
        ];
    }
    panic!("nothing can be previewed; choose another seed");
}

/// A service in this process on a log that is only read, and the folder that it needs.
pub(crate) struct Viewed {
    service: Service,
    _temporary: TempDir,
}

impl Viewed {
    /// Of a data folder.
    pub(crate) fn folder(data: &Path) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let backend = SledBackend::new(data, Options::default());
        let view = backend.view(temporary.path()).unwrap();
        assert!(view.wrong.is_empty(), "{:?}", view.wrong);
        Self::of(view, temporary)
    }

    /// Of a backup, with the keys in the folder that was backed up.
    pub(crate) fn backup(file: &Path, data: &Path) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let go_on = &mut |_| ControlFlow::Continue(());
        let view = LogView {
            keys: SledBackend::new(data, Options::default()).keys().unwrap(),
            ..view_archive(file, temporary.path(), go_on).unwrap()
        };
        Self::of(view, temporary)
    }

    fn of(view: LogView, temporary: TempDir) -> Self {
        let config = Config {
            checkpoints: view.checkpoints,
            keys: view.keys,
            ..Config::default()
        };
        let engine = Core::view(view.read, config).unwrap();
        Self {
            service: Service::new(engine, Encoding::Json, Arc::new(RandomIds)),
            _temporary: temporary,
        }
    }

    /// The bytes of the reply to a request in JSON, and the number of its error.
    pub(crate) fn ask(&self, subject: &str, body: &Value) -> (Option<u16>, Vec<u8>) {
        let answer = self.service.request(Inbound {
            subject,
            headers: &NoHeaders,
            body: body.to_string().as_bytes(),
        });
        (answer.error.map(|error| error.number), answer.body)
    }

    /// The last position in the log.
    pub(crate) fn position(&self) -> u64 {
        self.service.engine().log().tip().position.get()
    }
}

struct NoHeaders;

impl Headers for NoHeaders {
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}
