//! A nats-server of our own, on this machine only: started, watched until it is ready, ended.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use serde::Deserialize;
use tempfile::TempDir;

/// How long the server may take to start.
const START_PATIENCE: Duration = Duration::from_secs(15);
/// How long it may take to end before it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NatsProcessError {
    /// It cannot be run, or watched.
    #[error("the nats-server {binary} cannot be started")]
    Start { binary: PathBuf, source: io::Error },
    /// It ended at once.
    #[error("the nats-server ended at once: {said}; is its port taken? choose another")]
    Ended { said: String },
    /// It does not say where it listens.
    #[error("the nats-server is not ready after {seconds} s; see its log {log}")]
    NotReady { seconds: u64, log: PathBuf },
}

/// A running server; ended when it is dropped.
pub(crate) struct NatsProcess {
    child: Child,
    binary: PathBuf,
    url: String,
    _ports: TempDir,
}

/// What the server writes about where it listens.
#[derive(Deserialize)]
struct Ports {
    nats: Vec<String>,
}

impl NatsProcess {
    /// Starts a server with `JetStream` in `folder`; any free port will do if none is given.
    pub(crate) fn start(
        binary: &Path,
        folder: &Path,
        port: Option<u16>,
    ) -> Result<Self, NatsProcessError> {
        let failed = |source| NatsProcessError::Start {
            binary: binary.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let ports = tempfile::tempdir().map_err(failed)?;
        let log = folder.join("nats-server.log");
        let mut command = Command::new(binary);
        command
            .args(["--addr", "127.0.0.1", "--jetstream", "--store_dir"])
            .arg(folder)
            .args([
                "--port",
                &port.map_or("-1".to_owned(), |port| port.to_string()),
            ])
            .arg("--ports_file_dir")
            .arg(ports.path())
            .arg("--log")
            .arg(&log)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        apart(&mut command);
        let mut child = command.spawn().map_err(failed)?;
        let file = ports
            .path()
            .join(format!("{}_{}.ports", name_of(binary), child.id()));
        let url = wait_ready(&mut child, &file, &log)?;
        Ok(Self {
            child,
            binary: binary.to_owned(),
            url,
            _ports: ports,
        })
    }

    /// Where clients reach it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) {
        while self.is_running() {
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, so that it writes down what it holds; drop does the rest.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id();
        let asked = Command::new(&self.binary)
            .arg("--signal")
            .arg(format!("stop={pid}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let end = Instant::now() + STOP_PATIENCE;
        while asked.is_ok() && self.is_running() && Instant::now() < end {
            thread::sleep(POLL);
        }
    }
}

impl Drop for NatsProcess {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and that is as it should be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Ctrl-C is for us: the server is to go on until we no longer need it.
fn apart(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    #[cfg(not(unix))]
    let _ = command;
}

fn name_of(binary: &Path) -> String {
    binary
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn wait_ready(child: &mut Child, file: &Path, log: &Path) -> Result<String, NatsProcessError> {
    let end = Instant::now() + START_PATIENCE;
    while Instant::now() < end {
        let ports = fs::read(file).ok();
        let ports = ports.and_then(|text| serde_json::from_slice::<Ports>(&text).ok());
        if let Some(url) = ports.and_then(|ports| ports.nats.into_iter().next()) {
            return Ok(url);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            let said = fs::read_to_string(log).unwrap_or_default();
            let said = said
                .lines()
                .next_back()
                .unwrap_or("it said nothing")
                .to_owned();
            return Err(NatsProcessError::Ended { said });
        }
        thread::sleep(POLL);
    }
    Err(NatsProcessError::NotReady {
        seconds: START_PATIENCE.as_secs(),
        log: log.to_owned(),
    })
}
