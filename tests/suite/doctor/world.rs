//! An installation, and what the doctor says of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plansync_tests::binary::command;
use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run_in};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Checks whose result depends on the machine, or on what a nats-server tells to nobody.
const OF_MACHINE: [&str; 4] = [
    "nats.sync_interval",
    "data.space",
    "process.temporary",
    "process.open_files",
];

/// What the doctor said.
#[derive(Debug)]
pub(super) struct Told {
    ended: Ended,
    checks: Vec<Value>,
}

impl Told {
    fn of(ended: Ended) -> Self {
        let checks = ended.json()["checks"].as_array().unwrap().clone();
        let told = Self { ended, checks };
        told.is_well_formed();
        told
    }

    /// The exit code follows from the checks, and whatever is not right says what to do.
    fn is_well_formed(&self) {
        let is_wrong = self.checks.iter().any(|check| check["state"] == "wrong");
        assert_eq!(self.ended.code, Some(i32::from(is_wrong)), "{self:?}");
        assert_eq!(self.ended.err, "", "{self:?}");
        for check in &self.checks {
            let is_text = |key: &str| check[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(is_text("check") && is_text("message"), "{check}");
            let state = check["state"].as_str().unwrap();
            assert!(
                ["ok", "warning", "wrong", "not_checked"].contains(&state),
                "{check}"
            );
            let is_ok = state == "ok";
            assert_eq!(check["advice"].is_null(), is_ok, "{check}");
            assert_eq!(check["runbook"].is_null(), is_ok, "{check}");
            assert!(is_ok || is_text("advice"), "{check}");
            let page = "docs/runbook.md#";
            assert!(
                is_ok || check["runbook"].as_str().unwrap().starts_with(page),
                "{check}"
            );
            assert_eq!(check.as_object().unwrap().len(), 5, "{check}");
        }
    }

    /// The results of a check.
    pub(super) fn of_check(&self, name: &str) -> Vec<&Value> {
        let all = self.checks.iter();
        all.filter(|check| check["check"] == name).collect()
    }

    /// The only state of a check.
    #[track_caller]
    pub(super) fn state(&self, name: &str) -> &str {
        let [check] = &*self.of_check(name) else {
            panic!("{name}: {self:?}")
        };
        check["state"].as_str().unwrap()
    }

    /// A check found something, with the section of the runbook, and its message and advice have these words.
    #[track_caller]
    pub(super) fn finds(&self, (name, state): (&str, &str), section: &str, words: &[&str]) {
        let section = format!("docs/runbook.md#{section}");
        let has_words = |check: &Value| {
            let said = format!("{} {}", check["message"], check["advice"]);
            words.iter().all(|word| said.contains(word))
        };
        let is_it = |check: &&&Value| {
            check["state"] == state && check["runbook"] == *section && has_words(check)
        };
        let found = self.of_check(name);
        assert!(
            found.iter().find(is_it).is_some(),
            "{name} is not {state}, with {section} and {words:?}: {found:#?}"
        );
    }

    /// These checks found nothing wrong.
    #[track_caller]
    pub(super) fn are_ok(&self, names: &[&str]) {
        for name in names {
            assert_eq!(self.state(name), "ok", "{:#?}", self.of_check(name));
        }
    }

    /// All is well, as far as it does not depend on the machine.
    #[track_caller]
    pub(super) fn is_all_ok(&self) {
        let not_ok = |check: &&Value| {
            let name = check["check"].as_str().unwrap();
            // The engine warns of the same disk as `data.space`.
            let is_of_disk = check["message"].as_str().unwrap().starts_with("disk: ");
            let is_of_machine = OF_MACHINE.contains(&name)
                || (name == "engine.ready" && check["state"] == "warning" && is_of_disk);
            check["state"] != "ok" && !is_of_machine
        };
        let not_ok: Vec<_> = self.checks.iter().filter(not_ok).collect();
        assert!(not_ok.is_empty(), "{not_ok:#?}");
    }

    /// The names of all checks.
    pub(super) fn names(&self) -> Vec<&str> {
        let names = self.checks.iter();
        names
            .map(|check| check["check"].as_str().unwrap())
            .collect()
    }
}

/// Asks the doctor, and reads what it says.
pub(super) fn doctor(url: &str, arguments: &[&str]) -> Told {
    doctor_in(&[("NATS_URL", url)], arguments)
}

/// The same with an environment.
pub(super) fn doctor_in(environment: &[(&str, &str)], arguments: &[&str]) -> Told {
    let all = [&["doctor", "--output", "json"], arguments].concat();
    Told::of(run_in(environment, &all))
}

/// The same by a shell, whose words `"$@"` are the command; how the shell ended, if it did not start the doctor.
pub(super) fn doctor_by(script: &str, url: &str, arguments: &[&str]) -> Result<Told, Ended> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(command().get_program());
    shell
        .args(["doctor", "--output", "json"])
        .args(arguments)
        .env("NATS_URL", url)
        .env("PLANSYNC_CONFIG", "/dev/null")
        .stdin(Stdio::null());
    let output = shell.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    if matches!(ended.code, Some(0 | 1)) && !ended.out.is_empty() {
        return Ok(Told::of(ended));
    }
    Err(ended)
}

/// A server, an engine, and its data folder.
pub(super) struct World {
    pub(super) nats: NatsServer,
    pub(super) client: Client,
    pub(super) engine: Option<Engine>,
    folder: TempDir,
}

impl World {
    /// An engine that serves, with a tenant.
    pub(super) async fn new() -> Self {
        let (nats, folder) = (NatsServer::start(), tempfile::tempdir().unwrap());
        let data = folder.path().join("data");
        let engine = Engine::start_with(&nats, &data, &["--volume-mib", "1"]).await;
        let client = Client::connect(&nats).await;
        let settings = json!({"marking_aid": false, "owner_rule": "keep"});
        client.get("system", "tenant.put", settings).await;
        Self {
            nats,
            client,
            engine: Some(engine),
            folder,
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the doctor says, with the data folder.
    pub(super) fn doctor(&self) -> Told {
        let data = self.data();
        doctor(&self.nats.url(), &["--data", data.to_str().unwrap()])
    }

    /// Asks the engine to end, which it does well.
    pub(super) fn stop(&mut self) {
        let engine = self.engine.take().unwrap();
        assert_eq!(engine.terminate(), Some(0));
    }

    /// Asks the JetStream API.
    pub(super) async fn api(&self, subject: &str, body: &Value) -> Value {
        let context = async_nats::jetstream::new(self.client.nats.clone());
        context.request(subject.to_owned(), body).await.unwrap()
    }

    /// Sets a setting of a stream.
    pub(super) async fn edit(&self, stream: &str, setting: &str, value: Value) {
        let told = self.api(&format!("STREAM.INFO.{stream}"), &json!({})).await;
        let mut settings = told["config"].clone();
        settings[setting] = value;
        let edited = self
            .api(&format!("STREAM.UPDATE.{stream}"), &settings)
            .await;
        assert!(edited["error"].is_null(), "{edited}");
    }

    /// The state of a stream.
    pub(super) async fn stream_state(&self, stream: &str) -> Value {
        self.api(&format!("STREAM.INFO.{stream}"), &json!({})).await["state"].clone()
    }
}

/// A server with this configuration.
pub(super) fn configured(folder: &Path, text: &str) -> NatsServer {
    let path = folder.join("nats.conf");
    std::fs::write(&path, text).unwrap();
    NatsServer::start_with(&path)
}
