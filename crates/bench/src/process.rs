//! The processes that are measured: a nats-server and plansync, in a temporary folder and on ports
//! of their own. They end when the value that started them is dropped.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::wire::Wire;

/// The time within which a process must be ready.
const PATIENCE: Duration = Duration::from_mins(5);
const READY: &str = "$SRV.PING.plansync";

/// A port on which no process listens.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A child process that is killed when this value is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Asks it to end, and waits.
    fn end(&mut self) -> anyhow::Result<()> {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.0.id())?);
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM)?;
        let status = self.0.wait()?;
        if !status.success() {
            bail!("plansync ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A nats-server with `JetStream`.
pub(crate) struct Nats {
    pub(crate) port: u16,
    _running: Running,
    _folder: TempDir,
}

impl Nats {
    /// Starts a server as an operator would.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::start_with("")
    }

    /// Starts a server that syncs every message of its streams to the disk before it acknowledges
    /// it.
    pub(crate) fn start_syncing() -> anyhow::Result<Self> {
        Self::start_with("sync_interval: always")
    }

    fn start_with(jetstream: &str) -> anyhow::Result<Self> {
        let program = plansync::nats_server::find_or_install()?;
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let store = folder.path().join("store");
        let settings = folder.path().join("nats.conf");
        let text = format!(
            "listen: 127.0.0.1:{port}\njetstream {{\n  store_dir: \"{}\"\n  {jetstream}\n}}\n",
            store.display(),
        );
        fs::write(&settings, text)?;
        let running = Command::new(program)
            .arg("-c")
            .arg(&settings)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("nats-server cannot be started")?;
        let nats = Self {
            port,
            _running: Running(running),
            _folder: folder,
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > PATIENCE {
                bail!("nats-server does not listen");
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(nats)
    }
}

/// A process that has used no processor time for this long is idle.
const QUIET: Duration = Duration::from_millis(500);

/// A running plansync and its data folder.
pub(crate) struct Engine {
    running: Running,
    /// The time from its start until it was ready.
    pub(crate) ready_after: Duration,
    /// The port on this machine at which it tells its metrics.
    pub(crate) http: u16,
}

impl Engine {
    /// Starts plansync on a data folder, and waits until it is ready.
    pub(crate) fn start(nats: &Nats, data: &Path) -> anyhow::Result<Self> {
        Self::start_with(nats, data, &[])
    }

    /// The same, with further arguments.
    pub(crate) fn start_with(nats: &Nats, data: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut program = plansync()?;
        let http = free_port()?;
        let began = Instant::now();
        let running = program
            .args(["serve", "--http", &http.to_string(), "--nats-url"])
            .arg(format!("nats://127.0.0.1:{}", nats.port))
            .arg("--data")
            .arg(data)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .env("PLANSYNC_LOG", "warn")
            .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
            // No settings of this machine.
            .env("PLANSYNC_CONFIG", "/dev/null")
            // As the README recommends.
            .env("MIMALLOC_PURGE_DELAY", "100")
            .spawn()
            .context("plansync cannot be started")?;
        let mut engine = Self {
            running: Running(running),
            ready_after: Duration::ZERO,
            http,
        };
        engine.wait_ready(nats)?;
        engine.ready_after = began.elapsed();
        Ok(engine)
    }

    fn wait_ready(&mut self, nats: &Nats) -> anyhow::Result<()> {
        let mut wire = Wire::connect(nats.port)?;
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            wire.ask(READY, b"");
            wire.flush()?;
            // Until a service is subscribed, the server itself answers that there is none.
            if wire.receive().is_ok() {
                return Ok(());
            }
            if let Some(status) = self.running.0.try_wait()? {
                bail!("plansync ended with {status}");
            }
            thread::sleep(Duration::from_millis(5));
        }
        bail!("plansync is not ready")
    }

    /// Stops it as an operator would.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        self.running.end()
    }

    /// Kills it, as a machine failure would.
    pub(crate) fn kill(mut self) {
        self.running.kill();
    }

    /// Waits until its background work is done: sealing, checkpoints, events.
    pub(crate) fn rest(&self) -> anyhow::Result<()> {
        let (began, mut worked) = (Instant::now(), None);
        while began.elapsed() < PATIENCE {
            let stat = fs::read_to_string(format!("/proc/{}/stat", self.running.0.id()))?;
            let after_name = stat.rsplit(") ").next().unwrap_or_default();
            let ticks: Vec<_> = after_name.split(' ').skip(11).take(2).collect();
            let ticks = ticks.join(" ");
            if worked.as_ref() == Some(&ticks) {
                return Ok(());
            }
            worked = Some(ticks);
            thread::sleep(QUIET);
        }
        bail!("plansync does not come to rest")
    }

    /// Its memory now and its largest so far, in megabytes.
    pub(crate) fn memory(&self) -> anyhow::Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.0.id()))?;
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let kib = line.and_then(|line| line.split_ascii_whitespace().nth(1));
            kib.and_then(|kib| kib.parse::<f64>().ok())
                .map(|kib| kib * 1_024.0 / 1e6)
                .with_context(|| format!("no {name}"))
        };
        Ok((of("VmRSS")?, of("VmHWM")?))
    }
}

/// The name under which this program starts itself to be the plansync that is measured. It is one
/// program, so that what is measured is always of the same build.
const MEASURED: &str = "plansync-measured";

/// Whether this process was started to be measured.
pub(crate) fn is_measured() -> bool {
    std::env::args_os()
        .next()
        .is_some_and(|name| name == MEASURED)
}

/// The program that is measured, to be given arguments.
pub(crate) fn plansync() -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg0(MEASURED);
    Ok(command)
}

/// The bytes that are allocated on the disk for all files in a folder.
#[expect(clippy::cast_precision_loss, reason = "bytes are far below 2^52")]
pub(crate) fn disk_bytes(folder: &Path) -> anyhow::Result<f64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes = 0.0;
    each_file(folder, &mut |path| {
        bytes += fs::metadata(path)?.blocks() as f64 * 512.0;
        Ok(())
    })?;
    Ok(bytes)
}

/// Drops all files in a folder from the page cache.
pub(crate) fn drop_from_cache(folder: &Path) -> anyhow::Result<()> {
    each_file(folder, &mut |path| {
        let file = fs::File::open(path)?;
        file.sync_all()?;
        let advice = nix::fcntl::PosixFadviseAdvice::POSIX_FADV_DONTNEED;
        nix::fcntl::posix_fadvise(&file, 0, 0, advice)?;
        Ok(())
    })
}

fn each_file(
    folder: &Path,
    look: &mut dyn FnMut(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            each_file(&path, look)?;
        } else {
            look(&path)?;
        }
    }
    Ok(())
}
