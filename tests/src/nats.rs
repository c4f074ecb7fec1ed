//! A real nats-server with JetStream, on a loopback port of its own, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::recorder::Recorder;

/// How long the server may take until it says which port it has.
const READY_PATIENCE: Duration = Duration::from_mins(1);

/// A running server; ended when dropped.
pub struct NatsServer {
    child: Child,
    port: u16,
    store: PathBuf,
    configuration: Option<PathBuf>,
    more: More,
    recorder: Option<Recorder>,
    _folder: TempDir,
}

/// What a server is started with besides its configuration.
#[derive(Default)]
struct More {
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl NatsServer {
    /// Starts a server with an empty store.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start() -> Self {
        Self::configured(None, More::default())
    }

    /// Starts a server as `deploy/nats` configures it; every password is `secret`.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_with_accounts() -> Self {
        Self::configured(Some(deployed("nats-server.conf")), More::default())
    }

    /// Starts a server with an account for each tenant, as `deploy/nats/tenants.conf` configures it.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_with_tenants() -> Self {
        Self::configured(Some(deployed("tenants.conf")), More::default())
    }

    /// Starts a server with this configuration, whose store is `$NATS_STORE`.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_with(configuration: &Path) -> Self {
        Self::configured(Some(configuration.to_owned()), More::default())
    }

    /// The same; the server has this name (`$NATS_NAME`) and further arguments.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_as(name: &str, configuration: &Path, arguments: &[String]) -> Self {
        let variable = [("NATS_NAME".to_owned(), name.to_owned())];
        let more = More {
            variables: variable.into(),
            arguments: arguments.to_vec(),
        };
        Self::configured(Some(configuration.to_owned()), more)
    }

    fn configured(configuration: Option<PathBuf>, more: More) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        let (child, port) = start(&store, None, configuration.as_deref(), &more);
        let url = format!("nats://127.0.0.1:{port}");
        let is_open = configuration.is_none();
        let recorder = is_open.then(|| Recorder::start(url, port)).flatten();
        Self {
            child,
            port,
            store,
            configuration,
            more,
            recorder,
            _folder: folder,
        }
    }

    /// Where a user reaches it.
    pub fn url_of(&self, user: &str) -> String {
        format!("nats://{user}:secret@127.0.0.1:{}", self.port)
    }

    /// Where clients reach it.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its address, without scheme.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends the server at once and starts it again: same port, same store.
    ///
    /// # Panics
    /// If it does not start again.
    pub fn restart(&mut self) {
        self.stop();
        let configuration = self.configuration.as_deref();
        let (child, _) = start(&self.store, Some(self.port), configuration, &self.more);
        self.child = child;
    }

    /// Ends the server at once, and starts it again with nothing in its store.
    ///
    /// # Panics
    /// If the store cannot be removed, or it does not start again.
    pub fn restart_empty(&mut self) {
        self.stop();
        std::fs::remove_dir_all(&self.store).unwrap();
        self.restart();
    }

    /// Ends the server at once; it can be started again.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        drop(self.recorder.take());
        self.stop();
    }
}

/// A file of the configurations that are shipped.
pub fn deployed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy/nats")
        .join(file)
}

fn start(
    store: &Path,
    port: Option<u16>,
    configuration: Option<&Path>,
    more: &More,
) -> (Child, u16) {
    let ports = tempfile::tempdir().unwrap();
    let mut command = Command::new(plansync::nats_server::find_or_install().unwrap());
    match configuration {
        Some(configuration) => command
            .env("NATS_STORE", store)
            .arg("--config")
            .arg(configuration),
        None => command.args(["--jetstream", "--store_dir"]).arg(store),
    };
    for user in [
        "PLANSYNC",
        "PLANSYNC_BRIDGE",
        "NORTHGATE_SYSTEM",
        "NORTHGATE_ALICE",
        "NORTHGATE_EVENTS",
        "NORTHGATE_WAREHOUSE",
        "SOUTHGATE_SYSTEM",
        "SOUTHGATE_BOB",
        "SOUTHGATE_REPORTS",
    ] {
        command.env(format!("{user}_PASSWORD"), "secret");
    }
    let mut child = command
        .args(["--addr", "127.0.0.1"])
        .args([
            "--port",
            &port.map_or("-1".to_owned(), |port| port.to_string()),
        ])
        .arg("--ports_file_dir")
        .arg(ports.path())
        .args(&more.arguments)
        .envs(more.variables.clone())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let file = ports
        .path()
        .join(format!("nats-server_{}.ports", child.id()));
    let Some(port) = wait_for_port(&file) else {
        let _ = child.kill();
        panic!("the nats-server is not ready after {READY_PATIENCE:?}");
    };
    (child, port)
}

fn wait_for_port(file: &Path) -> Option<u16> {
    let until = Instant::now() + READY_PATIENCE;
    while Instant::now() < until {
        if let Some(port) = std::fs::read(file).ok().and_then(|text| port_of(&text)) {
            return Some(port);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn port_of(text: &[u8]) -> Option<u16> {
    let ports: serde_json::Value = serde_json::from_slice(text).ok()?;
    ports["nats"][0].as_str()?.rsplit(':').next()?.parse().ok()
}
