//! A PostgreSQL cluster in a temporary folder, with its default durability.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::unistd::{Uid, User};
use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::process::{drop_from_cache, free_port};

/// Where Debian and other distributions install its programs, if they are not on the `PATH`.
const PLACES: [&str; 3] = [
    "/usr/lib/postgresql/15/bin",
    "/usr/pgsql-15/bin",
    "/usr/local/pgsql/bin",
];
/// The users under whom the server runs if we are root: it refuses to run as root.
const USERS: [&str; 2] = ["postgres", "nobody"];
const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 4GB
max_wal_size = 8GB
fsync = on
synchronous_commit = on
full_page_writes = on
";

/// A running cluster. It ends when this value is dropped.
pub(super) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    user: Option<User>,
    port: u16,
}

impl Cluster {
    /// Starts one; none if PostgreSQL is not installed.
    pub(super) fn start() -> anyhow::Result<Option<Self>> {
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let user = if Uid::effective().is_root() {
            let found = USERS.iter().find_map(|name| User::from_name(name).ok()?);
            Some(found.context("PostgreSQL refuses to run as root, and there is no other user")?)
        } else {
            None
        };
        let folder = tempfile::tempdir()?;
        let cluster = Self {
            programs,
            folder,
            user,
            port: free_port()?,
        };
        if let Some(user) = &cluster.user {
            let (owner, group) = (user.uid.as_raw(), user.gid.as_raw());
            chown(cluster.folder.path(), Some(owner), Some(group))?;
        }
        cluster.run(
            "initdb",
            &["-U", "bench", "--auth=trust", "--no-instructions"],
        )?;
        let settings = cluster.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&settings)?;
        text.push_str(SETTINGS);
        text.push_str("port = ");
        text.push_str(&cluster.port.to_string());
        fs::write(&settings, text)?;
        cluster.run("pg_ctl", &["start", "-w", "-l", "/dev/null"])?;
        Ok(Some(cluster))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn connect(&self) -> anyhow::Result<Client> {
        let settings = format!(
            "host=127.0.0.1 port={} user=bench dbname=postgres",
            self.port
        );
        Ok(Client::connect(&settings, NoTls)?)
    }

    /// Stops it, drops its files from the page cache, and starts it again.
    pub(super) fn restart_cold(&self) -> anyhow::Result<()> {
        self.run("pg_ctl", &["stop", "-w", "-m", "fast"])?;
        drop_from_cache(&self.data())?;
        self.run("pg_ctl", &["start", "-w", "-l", "/dev/null"])?;
        thread::sleep(Duration::from_millis(100));
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.output(&self.programs.join(program), arguments)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program}: {said}");
    }

    fn output(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
        let mut command = Command::new(program);
        command
            .arg("-D")
            .arg(self.data())
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        let output = command.output();
        output.with_context(|| format!("{} cannot be run", program.display()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // If it no longer runs, there is nothing to stop.
        let _ = self.run("pg_ctl", &["stop", "-w", "-m", "immediate"]);
    }
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let places = PLACES.iter().map(PathBuf::from).chain(on_path);
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file() && place.join("pg_ctl").is_file())
}
