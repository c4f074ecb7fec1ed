//! `dev`, and whatever ends it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Stdio};

use super::{command, signal, until};

/// Starts the two of `dev`, and gives them once they serve.
fn dev(data: &Path, temporary: &Path) -> Child {
    let mut child = command(&["dev", "--nats-port", "0", "--data"])
        .arg(data)
        .env("TMPDIR", temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.starts_with("plansync is ready at "), "{said}");
    child
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
        signal(dev.id(), how);
        assert_eq!(dev.wait().unwrap().code(), code, "{how}");
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
