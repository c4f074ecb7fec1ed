//! `dev`, and whatever ends it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};

use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;

use super::{command, signal, until};

/// A running `plansync dev`; killed when dropped, which ends its server too.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Dev {
    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        let mut ended = None;
        until("it does not end", || {
            ended = self.0.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }
}

/// Starts the two of `dev`, and gives them once they serve.
fn dev(data: &Path, temporary: &Path) -> Dev {
    let child = command(&["dev", "--nats-port", "0", "--data"])
        .arg(data)
        .env("TMPDIR", temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut dev = Dev(child);
    let mut said = String::new();
    BufReader::new(dev.0.stdout.as_mut().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.starts_with("plansync is ready at "), "{said}");
    dev
}

/// Whether a process has this folder on its command line.
fn is_named_by_a_process(folder: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    let name = folder.as_os_str().as_bytes();
    lines
        .into_iter()
        .any(|line| line.windows(name.len()).any(|part| part == name))
}

#[test]
fn a_second_dev_on_a_folder_is_refused_before_it_starts_a_server() {
    let (data, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _first = dev(data.path(), temporary.path());
    let log = data.path().join("nats/nats-server.log");
    let before = std::fs::read_to_string(&log).unwrap();
    let second = command(&["dev", "--nats-port", "0", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(4), "{said}");
    assert!(said.contains("is in use by another process"), "{said}");
    // A server writes into its log when it starts.
    let after = std::fs::read_to_string(&log).unwrap();
    assert!(
        !after[before.len()..].contains("Starting nats-server"),
        "{after}"
    );
}

#[test]
fn however_dev_ends_its_server_ends_with_it() {
    for (how, code) in [
        ("HUP", Some(0)),
        ("QUIT", Some(0)),
        ("INT", Some(0)),
        ("KILL", None),
    ] {
        let (data, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut dev = dev(data.path(), temporary.path());
        assert!(is_named_by_a_process(&data.path().join("nats")));
        signal(dev.0.id(), how);
        assert_eq!(dev.ended().code(), code, "{how}");
        until("the server goes on", || {
            !is_named_by_a_process(&data.path().join("nats"))
        });
        until("something is left behind", || {
            std::fs::read_dir(temporary.path())
                .unwrap()
                .next()
                .is_none()
        });
    }
}

/// Whatever clears temporary folders does not keep the server from ending.
#[test]
fn the_server_of_a_dev_ends_where_the_temporary_folder_is_gone() {
    let (data, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut dev = dev(data.path(), temporary.path());
    temporary.close().unwrap();
    signal(dev.0.id(), "KILL");
    assert_eq!(dev.ended().code(), None);
    until("the server goes on", || {
        !is_named_by_a_process(&data.path().join("nats"))
    });
}

/// A log on a full disk, and one that nobody reads any more, lose their lines and nothing else.
#[tokio::test]
async fn an_engine_goes_on_where_its_log_cannot_be_written() {
    for stderr in [full(), closed()] {
        let nats = NatsServer::start();
        let data = tempfile::tempdir().unwrap();
        let child = command(&["serve", "--nats-url", &nats.url(), "--data"])
            .arg(data.path())
            .env("PLANSYNC_LOG", "debug")
            .stderr(stderr)
            .spawn();
        let engine = Engine::of(child.unwrap());
        wait_until_ready(&nats.url()).await;
        assert_eq!(engine.terminate(), Some(0));
    }
}

fn full() -> Stdio {
    std::fs::File::create("/dev/full").unwrap().into()
}

fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}
