//! Runs a nats-server on this machine: starts it, waits until it is ready, and ends it.
//!
//! A small shell script runs between this process and the server. It ends the server when it is told to, and when
//! this process is gone for any reason, even if it was killed.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use serde::Deserialize;
use tempfile::TempDir;

/// How long the server may take to start.
const START_PATIENCE: Duration = Duration::from_secs(15);
/// How long it may take to end before it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// How long a server that another process leaves behind may take to end.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// The file in the folder that is locked while a server uses the folder.
const LOCK: &str = "LOCK";
const POLL: Duration = Duration::from_millis(10);
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// Why the server could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NatsProcessError {
    /// There is no space for its log output.
    #[error(
        "no folder can be created in {folder}; free up space there, or set TMPDIR to another folder for \
         temporary files"
    )]
    Temporary { folder: PathBuf, source: io::Error },
    /// Another process runs a server on this folder. Two servers would destroy its streams.
    #[error(
        "the NATS data in {} is in use by another process; stop that process first",
        crate::paths::shown(folder)
    )]
    InUse { folder: PathBuf },
    /// The folder cannot be locked.
    #[error("the NATS data in {} cannot be locked", crate::paths::shown(folder))]
    Lock { folder: PathBuf, source: io::Error },
    /// It cannot be run, or watched.
    #[error("the nats-server {binary} could not be started")]
    Start { binary: PathBuf, source: io::Error },
    /// It ended at once.
    #[error("the nats-server ended immediately: {said}; if its port is in use, choose another one")]
    Ended { said: String },
    /// It does not say where it listens.
    #[error("the nats-server was not ready after {seconds} s; see its log {log}")]
    NotReady { seconds: u64, log: PathBuf },
}

/// Runs the server (`$3` and on) with its ports in the folder `$1`, and passes signals on whose names
/// are read. When nobody can name one any more, the server is ended, and the folders `$1` and `$2`, if
/// there is a second, are removed.
const SUPERVISOR: &str = r#"
ports=$1 folder=$2
shift 2
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(
    while read -r signal <&3; do kill -s "$signal" "$server"; done
    true 2>/dev/null >"$ports/alone"
    kill -s TERM "$server"
    sleep 5
    kill -s KILL "$server"
) >/dev/null &
listener=$!
exec 3<&-
wait "$server"
ended=$?
kill "$listener"
if [ -e "$ports/alone" ]; then rm -rf -- "$ports" ${folder:+"$folder"}; fi
exit "$ended"
"#;

/// A running server; ended when it is dropped.
pub(crate) struct NatsProcess {
    /// The shell, which ends right after the server.
    child: Child,
    /// Where it reads the names of signals.
    signals: Option<ChildStdin>,
    url: String,
    ports: TempDir,
    /// Dropped when the server has ended.
    _lock: File,
}

/// What the server writes about where it listens.
#[derive(Deserialize)]
struct Ports {
    nats: Vec<String>,
}

impl NatsProcess {
    /// Starts a server with `JetStream` in `folder`; any free port will do if none is given.
    /// Whoever stops waiting for it ends it. If this process is killed, the server ends too, and the
    /// `temporary` folder, if one is given, goes with it.
    pub(crate) async fn start(
        binary: &Path,
        folder: &Path,
        port: Option<u16>,
        temporary: Option<&Path>,
    ) -> Result<Self, NatsProcessError> {
        let failed = |source| NatsProcessError::Start {
            binary: binary.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = locked_patiently(folder).await?;
        let ports = tempfile::tempdir().map_err(|source| NatsProcessError::Temporary {
            folder: std::env::temp_dir(),
            source,
        })?;
        let log = folder.join("nats-server.log");
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(ports.path())
            .arg(temporary.unwrap_or(Path::new("")))
            .arg(binary)
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
            .stdin(Stdio::piped())
            // Not to be written to: the server holds the lock as well, and ends a moment after a process
            // that is killed.
            .stdout(lock.try_clone().map_err(failed)?)
            .stderr(Stdio::null())
            // A Ctrl-C is for us: the server is to go on until we no longer need it.
            .process_group(0);
        let mut child = command.spawn().map_err(failed)?;
        // From here on it is ended with this value, also when it is never ready.
        let mut process = Self {
            signals: child.stdin.take(),
            child,
            url: String::new(),
            ports,
            _lock: lock,
        };
        process.url = process.ready(&log).await?;
        Ok(process)
    }

    /// Waits until it reports its address.
    async fn ready(&mut self, log: &Path) -> Result<String, NatsProcessError> {
        let end = Instant::now() + START_PATIENCE;
        while Instant::now() < end {
            if let Some(url) = url_in(self.ports.path()) {
                return Ok(url);
            }
            if !self.is_running() {
                let said = fs::read_to_string(log).unwrap_or_default();
                let said = said.lines().next_back().unwrap_or("its log is empty");
                return Err(NatsProcessError::Ended {
                    said: said.to_owned(),
                });
            }
            tokio::time::sleep(POLL).await;
        }
        Err(NatsProcessError::NotReady {
            seconds: START_PATIENCE.as_secs(),
            log: log.to_owned(),
        })
    }

    /// Where clients reach it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it ends without being stopped.
    pub(crate) async fn ended(&mut self) {
        while self.is_running() {
            tokio::time::sleep(WATCH_EVERY).await;
        }
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal through its supervisor; returns whether the supervisor still runs.
    fn tell(&mut self, signal: &str) -> bool {
        let signals = self.signals.as_mut();
        signals.is_some_and(|signals| writeln!(signals, "{signal}").is_ok())
    }

    /// Asks it to end, so that it writes down what it holds; drop does the rest.
    pub(crate) fn stop(mut self) {
        let is_told = self.tell("TERM");
        let end = Instant::now() + STOP_PATIENCE;
        while is_told && self.is_running() && Instant::now() < end {
            thread::sleep(POLL);
        }
    }
}

impl Drop for NatsProcess {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and that is as it should be.
        if !self.tell("KILL") {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Waits a moment for a server that is about to end.
async fn locked_patiently(folder: &Path) -> Result<File, NatsProcessError> {
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        match locked(folder) {
            Err(NatsProcessError::InUse { .. }) if Instant::now() < end => {
                tokio::time::sleep(POLL).await;
            }
            locked => return locked,
        }
    }
}

/// Locks a folder for one server.
fn locked(folder: &Path) -> Result<File, NatsProcessError> {
    let failed = |source| NatsProcessError::Lock {
        folder: folder.to_owned(),
        source,
    };
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK))
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(NatsProcessError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The first address in the file that the server writes into this folder once it listens.
fn url_in(folder: &Path) -> Option<String> {
    let mut entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let file = entries.find(|entry| entry.path().extension() == Some(OsStr::new("ports")))?;
    let ports: Ports = serde_json::from_slice(&fs::read(file.path()).ok()?).ok()?;
    ports.nats.into_iter().next()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;
    use std::time::Duration;

    use super::{NatsProcess, NatsProcessError, locked};

    #[tokio::test]
    async fn a_second_server_on_a_folder_is_refused_before_it_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let (binary, started) = (folder.path().join("server"), folder.path().join("started"));
        fs::write(&binary, format!("#!/bin/sh\n: > {}\n", started.display())).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        let first = locked(folder.path()).unwrap();
        let second = NatsProcess::start(&binary, folder.path(), None, None).await;
        assert!(matches!(second, Err(NatsProcessError::InUse { .. })));
        assert!(!started.exists());
        drop(first);
        let ended = NatsProcess::start(&binary, folder.path(), None, None).await;
        assert!(matches!(ended, Err(NatsProcessError::Ended { .. })));
        assert!(started.exists());
    }

    #[tokio::test]
    async fn a_server_that_nobody_waits_for_any_more_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (binary, alive) = (folder.path().join("server"), folder.path().join("alive"));
        let script = format!("#!/bin/sh\necho $$ > {}\nexec sleep 600\n", alive.display());
        fs::write(&binary, script).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        let mut starting = Box::pin(NatsProcess::start(&binary, folder.path(), None, None));
        let is_alive = async {
            while fs::read_to_string(&alive)
                .unwrap_or_default()
                .trim()
                .is_empty()
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = &mut starting => panic!("it is ready"),
            () = is_alive => {}
        }
        let pid = fs::read_to_string(&alive).unwrap();
        let is_there = || PathBuf::from("/proc").join(pid.trim()).exists();
        assert!(is_there());
        drop(starting);
        assert!(!is_there());
    }
}
