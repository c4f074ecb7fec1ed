//! `UmaDB`, an event store in Rust: durable appends to its server through its Python client, if
//! `python3` has the package `umadb`.

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::process::{Running, free_port};

/// The time within which the server must be ready.
const PATIENCE: Duration = Duration::from_secs(30);
const SERVE: &str = "import sys, umadb; umadb.run_server_from_args(['umadb', *sys.argv[1:]])";
const APPEND: &str = include_str!("umadb.py");

/// Appends per second with these numbers of threads, each of which waits for its last append; none
/// if `UmaDB` is not installed.
pub(super) fn rates<const N: usize>(
    threads: [usize; N],
    time: Duration,
) -> anyhow::Result<Option<[f64; N]>> {
    let probe = python(&["-c", "import umadb"])
        .stderr(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        skipped();
        return Ok(None);
    }
    let (folder, port) = (tempfile::tempdir()?, free_port()?);
    let address = format!("127.0.0.1:{port}");
    let server = python(&["-c", SERVE, "--listen", &address, "--db-path"])
        .arg(folder.path().join("events"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("UmaDB cannot be started")?;
    let _server = Running(server);
    let began = Instant::now();
    while TcpStream::connect(&address).is_err() {
        if began.elapsed() > PATIENCE {
            bail!("UmaDB does not listen");
        }
        thread::sleep(Duration::from_millis(10));
    }
    let mut rates = [0.0; N];
    for (rate, threads) in rates.iter_mut().zip(threads) {
        let url = format!("http://{address}");
        let [threads, seconds] = [threads.to_string(), time.as_secs_f64().to_string()];
        let done = python(&["-c", APPEND, &url, &threads, &seconds]).output()?;
        if !done.status.success() {
            bail!("UmaDB: {}", String::from_utf8_lossy(&done.stderr));
        }
        *rate = String::from_utf8(done.stdout)?.trim().parse()?;
    }
    Ok(Some(rates))
}

fn python(arguments: &[&str]) -> Command {
    let mut python = Command::new("python3");
    python.args(arguments);
    python
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs it must know what is missing"
)]
fn skipped() {
    eprintln!("  UmaDB is not installed (`pip install umadb`): going on without it");
}
