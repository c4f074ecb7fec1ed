//! Faults of the system calls themselves: one call of a kind fails, at every place in turn, while a
//! log is begun, appended to, sealed and closed. What was acknowledged is there afterwards, the log
//! opens without help, and a sync that failed is never tried again.
//!
//! A few places by default; `PLANSYNC_FAULTS=all` tries every one, and `PLANSYNC_FAULTS=fsync`
//! every one of that call.

use std::collections::BTreeMap;
use std::fs;
use std::io::{IoSlice, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plansync_log::backend::{StepError, unwatched};
use plansync_log::contract::{Author, all};
use plansync_log::{Append, AppendError, Read};
use plansync_sled::{Options, SledLog, Stepped, verify};

use crate::folder::{Folder, log, small};
use crate::namespace::{FOLDER, skip};

const GROUPS: u64 = 26;
const COMMITS: u64 = 4;
/// Which call fails how.
const FAULTS: [(&str, &str); 10] = [
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("write", "EIO"),
    ("write", "ENOSPC"),
    ("fdatasync", "EIO"),
    ("fdatasync", "ENOSPC"),
    ("fsync", "EIO"),
    ("fsync", "ENOSPC"),
    ("rename", "EIO"),
    ("mkdir", "ENOSPC"),
];

/// Says something in a call of its own, which no fault is for.
fn say(text: &str) {
    let line = format!("probe: {text}\n");
    let written = std::io::stderr().write_vectored(&[IoSlice::new(line.as_bytes())]);
    assert_eq!(written.unwrap(), line.len());
}

fn options() -> Options {
    Options {
        volume_bytes: 16 << 10,
        ..small()
    }
}

#[test]
#[ignore = "run by the tests below, under strace"]
fn probe() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let (mut appender, reader, mut sealer) = match SledLog::open(&folder, options()) {
        Ok(parts) => parts,
        Err(error) => return say(&format!("not opened: {error}")),
    };
    let mut head = sealer.head_writer();
    let mut author = Author::at(reader.tip());
    let mut is_over = false;
    for _ in 0..GROUPS {
        let mut next = author.clone();
        let group = next.group(COMMITS);
        for _ in 0..2 {
            match appender.append(&group) {
                Ok(()) => {
                    assert!(!is_over, "appended after a fatal error");
                    author = next;
                    say(&format!("acknowledged {}", author.tip().position));
                    break;
                }
                Err(AppendError::Unavailable { .. }) => say("unavailable"),
                Err(AppendError::Fatal { .. } | AppendError::Poisoned) => {
                    say("fatal");
                    is_over = true;
                }
                Err(
                    error @ (AppendError::OutOfOrder { .. }
                    | AppendError::Deposed { .. }
                    | AppendError::Halted(_)),
                ) => panic!("{error}"),
            }
        }
        match sealer.step() {
            Ok(stepped) => assert!(!is_over || stepped == Stepped::Idle),
            Err(StepError::Unavailable { .. }) => say("unavailable"),
            Err(StepError::Fatal { .. } | StepError::Corrupt { .. }) => {
                say("fatal");
                is_over = true;
            }
        }
        if head.step().is_err() {
            say("fatal");
            is_over = true;
        }
    }
    if appender.close().is_err() {
        say("fatal");
    }
}

/// Runs the probe with a fault, and gives the trace of its calls and what it said.
fn traced(folder: &Folder, inject: Option<&str>) -> Option<(String, String)> {
    let trace = folder.dir.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-o"]).arg(&trace);
    strace.args(["-e", "trace=pwrite64,write,fsync,fdatasync,rename,mkdir"]);
    if let Some(inject) = inject {
        strace.args(["-e", &format!("inject={inject}")]);
    }
    let output = strace
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "injected::probe", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .output();
    let Ok(output) = output else {
        skip("strace is not installed, so no call can be made to fail");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked at crates/sled/tests"), "{said}");
    Some((fs::read_to_string(trace).unwrap(), said))
}

/// How often a thread of the probe that touches the log makes this call, at most.
fn count(trace: &str, call: &str) -> usize {
    let mut by_thread: BTreeMap<&str, usize> = BTreeMap::new();
    for line in trace.lines() {
        let (thread, rest) = line.split_once(char::is_whitespace).unwrap_or_default();
        if rest.trim_start().starts_with(&format!("{call}(")) {
            *by_thread.entry(thread).or_default() += 1;
        }
    }
    by_thread.into_values().max().unwrap_or_default()
}

/// The last commit that the probe said was acknowledged.
fn acknowledged(said: &str) -> u64 {
    let last = said
        .lines()
        .filter_map(|line| line.strip_prefix("probe: acknowledged "))
        .next_back();
    last.map_or(0, |position| position.parse().unwrap())
}

/// The file that a traced call is about.
fn file(line: &str) -> &str {
    let named = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    named.map_or("", |(file, _)| file)
}

/// No file of ours is synced again once a sync of it failed, unless it was made anew.
fn assert_not_synced_again(trace: &str, folder: &Path) {
    let mut failed: Vec<&str> = Vec::new();
    for line in trace.lines() {
        let file = file(line);
        let is_sync = line.contains("fsync(") || line.contains("fdatasync(");
        // A database that could not be synced is thrown away, and filled again from its journal.
        let is_ours = Path::new(file).starts_with(folder) && !file.contains("/commits");
        if is_sync && is_ours {
            assert!(!failed.contains(&file), "{file} is synced again: {line}");
            if line.contains("INJECTED") {
                failed.push(file);
            }
        }
    }
}

fn judge(folder: &Folder, trace: &str, said: &str, fault: &str) {
    assert!(trace.contains("INJECTED"), "{fault}: nothing failed");
    // A file that could not be synced for lack of room is thrown away, and written anew.
    if fault.contains("sync:error=EIO") {
        assert_not_synced_again(trace, &folder.path());
    }
    let acknowledged = usize::try_from(acknowledged(said)).unwrap();
    let written = Author::new(log()).group(GROUPS * COMMITS);
    let report = verify(&folder.path(), &mut unwatched);
    assert!(
        report.is_whole() || acknowledged == 0,
        "{fault}: {:?}",
        report.findings
    );
    let (mut appender, reader, mut sealer) = SledLog::open(&folder.path(), options()).unwrap();
    let read = all(&*reader);
    assert!(read.len() >= acknowledged, "{fault}: {said}");
    assert!(read == written[..read.len()], "{fault}");
    while sealer.step().unwrap() != Stepped::Idle {}
    appender.append(&written[read.len()..]).unwrap();
    assert!(all(&*reader) == written, "{fault}");
}

#[test]
fn a_call_that_fails_anywhere_loses_nothing() {
    let folder = Folder::new();
    let Some((trace, said)) = traced(&folder, None) else {
        return;
    };
    assert_eq!(acknowledged(&said), GROUPS * COMMITS, "{said}");
    let asked = std::env::var("PLANSYNC_FAULTS").ok();
    let mut tried = 0;
    for (call, error) in FAULTS {
        if asked
            .as_ref()
            .is_some_and(|asked| asked != "all" && asked != call)
        {
            continue;
        }
        let count = count(&trace, call);
        assert!(count > 0, "the probe makes no {call}");
        let step = if asked.is_some() {
            1
        } else {
            count.div_ceil(3)
        };
        for when in (1..=count).step_by(step) {
            let folder = Folder::new();
            let fault = format!("{call}:error={error}:when={when}");
            let (trace, said) = traced(&folder, Some(&fault)).unwrap();
            judge(&folder, &trace, &said, &fault);
            tried += 1;
        }
        eprintln!("{call} {error}: {count} places");
    }
    eprintln!("{tried} faults");
}

#[test]
fn what_head_does_not_vouch_for_is_written_again_before_it_is_synced() {
    let folder = Folder::new();
    let (mut appender, _, sealer) = folder.open();
    let mut author = Author::new(log());
    appender.append(&author.group(3)).unwrap();
    sealer.head_writer().step().unwrap();
    appender.append(&author.group(2)).unwrap();
    let killed = folder.copy();
    let Some((trace, _)) = traced(&killed, None) else {
        return;
    };
    let journal = killed.journal(1).display().to_string();
    let calls: Vec<&str> = trace
        .lines()
        .filter(|line| file(line) == journal)
        .map(|line| line.split_whitespace().nth(1).unwrap_or_default())
        .map(|call| call.split_once('(').map_or(call, |(name, _)| name))
        .take(3)
        .collect();
    assert_eq!(calls, ["pwrite64", "fsync", "pwrite64"]);
}

#[test]
fn a_volume_that_may_be_entered_is_not_sealed_again() {
    let folder = Folder::new();
    let Some((trace, said)) = traced(&folder, None) else {
        return;
    };
    assert!(!said.contains("fatal"), "{said}");
    let mut syncs: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut entries, mut is_entered) = (Vec::new(), false);
    for line in trace.lines() {
        is_entered |= line.contains("rename(") && line.contains("MANIFEST.new");
        if line.contains(" fsync(") {
            let (thread, _) = line.split_once(' ').unwrap();
            let count = syncs.entry(thread).or_default();
            *count += 1;
            if is_entered && Path::new(file(line)) == folder.path() {
                entries.push(*count);
                is_entered = false;
            }
        }
    }
    // The first one is the beginning of the log.
    let when = entries[1];
    let folder = Folder::new();
    let fault = format!("fsync:error=ENOSPC:when={when}");
    let (trace, said) = traced(&folder, Some(&fault)).unwrap();
    let failed = trace.lines().find(|line| line.contains("INJECTED"));
    assert_eq!(Path::new(file(failed.unwrap())), folder.path());
    assert!(said.contains("probe: fatal"), "{said}");
    judge(&folder, &trace, &said, &fault);
}
