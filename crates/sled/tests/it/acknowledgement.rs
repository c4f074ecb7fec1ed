//! Acknowledged means synced: a trace of system calls shows that each append returns only after
//! its group was written to the journal and the journal synced.

use std::collections::HashMap;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use plansync_log::Append;
use plansync_log::contract::Author;
use plansync_sled::SledLog;

use crate::folder::{Folder, log, small};
use crate::namespace::{FOLDER, skip};

const GROUPS: u64 = 12;

/// What is traced: appends, each followed by a line on standard error.
#[test]
#[ignore = "run by the test below, under strace"]
fn probe() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let (mut appender, _reader, _sealer) = SledLog::open(&folder, small()).unwrap();
    let mut author = Author::new(log());
    for count in 1..=GROUPS {
        appender.append(&author.group(count)).unwrap();
        let line = format!("acknowledged {}\n", author.tip().position);
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn a_group_is_acknowledged_only_after_the_journal_was_synced() {
    let folder = Folder::new();
    let trace = folder.dir.path().join("trace");
    let traced = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-e",
            "trace=pwrite64,write,fdatasync,fsync",
            "-o",
        ])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "acknowledgement::probe",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let status = match traced {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return skip("strace is not installed, so the order of system calls is not seen");
        }
        traced => traced.unwrap(),
    };
    assert!(status.success(), "the probe failed under strace");
    let mut watcher = Watcher::default();
    std::fs::read_to_string(&trace)
        .unwrap()
        .lines()
        .for_each(|line| watcher.see(line));
    assert_eq!(watcher.acknowledged, GROUPS);
}

/// Follows the calls of the appending thread.
#[derive(Default)]
struct Watcher {
    /// Calls that were begun by a thread and not yet ended.
    begun: HashMap<String, String>,
    /// The journal that was written to, and whether it was synced since.
    written: Option<(String, bool)>,
    acknowledged: u64,
}

impl Watcher {
    fn see(&mut self, line: &str) {
        let Some((thread, call)) = line.split_once(char::is_whitespace) else {
            return;
        };
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            self.begun.insert(thread.to_owned(), begun.to_owned());
        } else if call.starts_with("<...") {
            let end = call.split_once("resumed>").map_or("", |(_, end)| end);
            let begun = self.begun.remove(thread).unwrap_or_default();
            self.done(&format!("{begun}{end}"));
        } else {
            self.done(call);
        }
    }

    fn done(&mut self, call: &str) {
        let file = call
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'));
        let file = file.map_or("", |(file, _)| file).to_owned();
        if call.contains("\"acknowledged ") {
            let (journal, synced) = self
                .written
                .take()
                .expect("a write before each acknowledgement");
            assert!(synced, "{journal} was not synced before: {call}");
            self.acknowledged += 1;
        } else if !file.ends_with("/journal") {
            // Other files may be written at any time.
        } else if call.starts_with("pwrite64(") {
            self.written = Some((file, false));
        } else if call.starts_with("fdatasync(") && call.ends_with("= 0") {
            self.written = self.written.take().map(|(journal, synced)| {
                let now = synced || journal == file;
                (journal, now)
            });
        }
    }
}
