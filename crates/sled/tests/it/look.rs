//! Looking at a folder from outside: everything durable is there, nothing in the folder changes, and
//! a log that is appended to and sealed meanwhile is no hindrance.

use plansync_log::backend::unwatched;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use plansync_log::contract::Author;
use plansync_log::{Append, Incarnation, Position, Read, Sequenced, Tip};
use plansync_sled::{Folder as Look, Stepped, verify};

use crate::folder::{Folder, log};

/// Every file with its content and the time of its last change.
pub(crate) fn files(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        if path.is_dir() {
            all.extend(files(&path));
            all.insert(path, (Vec::new(), changed));
        } else {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, (bytes, changed));
        }
    }
    all
}

pub(crate) fn commits(look: &Look, from: Position) -> Vec<Sequenced> {
    let mut all = Vec::new();
    look.commits(from, &mut |page| {
        all.extend_from_slice(page);
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

/// A log with sealed volumes, a full one, and an active one.
fn filled(folder: &Folder) -> (plansync_sled::SledAppender, Vec<Sequenced>) {
    let (mut appender, reader, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    for round in 0..24 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
        while round < 18 && sealer.step().unwrap() != Stepped::Idle {}
    }
    drop(reader);
    (appender, written)
}

#[test]
fn a_closed_log_is_seen_whole_and_stays_as_it_is() {
    let folder = Folder::new();
    let (appender, written) = filled(&folder);
    appender.close().unwrap();
    let before = files(&folder.path());
    let look = Look::look(&folder.path()).unwrap();
    assert!(!look.is_in_use());
    assert_eq!(look.tip(), Author::at(look.tip()).tip());
    assert_eq!(look.tip().position, written.last().unwrap().position());
    for from in [0, 1, 2, 37, 90, 190, 238, 240, 241, u64::MAX].map(Position::new) {
        let before = written.partition_point(|commit| commit.position() < from);
        assert_eq!(commits(&look, from), written[before..], "{from}");
    }
    assert_eq!(files(&folder.path()), before);
}

#[test]
fn a_log_that_was_killed_is_seen_up_to_its_last_whole_group() {
    let folder = Folder::new();
    let (appender, written) = filled(&folder);
    let killed = folder.copy();
    drop(appender);
    let look = Look::look(&killed.path()).unwrap();
    assert_eq!(commits(&look, Position::FIRST), written);

    let mut journals = fs::read_dir(killed.path().join("volumes")).unwrap();
    let last = journals
        .by_ref()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let journal = fs::read(path.join("journal")).unwrap_or_default();
            journal.iter().skip(512).any(|byte| *byte != 0)
        })
        .max()
        .unwrap();
    let name = last.strip_prefix(killed.path()).unwrap().join("journal");
    killed.edit(name.to_str().unwrap(), |journal| {
        let end = journal.iter().rposition(|byte| *byte != 0).unwrap();
        journal[end] ^= 1;
    });
    let before = files(&killed.path());
    let look = Look::look(&killed.path()).unwrap();
    assert_eq!(commits(&look, Position::FIRST), written[..230]);
    assert_eq!(files(&killed.path()), before);
}

#[test]
fn of_a_log_in_use_only_what_head_knows_is_shown() {
    let folder = Folder::new();
    let (mut appender, _reader, sealer) = folder.open();
    let mut author = Author::new(log());
    let first = author.group(5);
    appender.append(&first).unwrap();
    sealer.head_writer().step().unwrap();
    appender.append(&author.group(5)).unwrap();
    let look = Look::look(&folder.path()).unwrap();
    assert!(look.is_in_use());
    assert_eq!(commits(&look, Position::FIRST), first);
    assert_eq!(
        look.tip(),
        Tip::empty(log(), Incarnation::FIRST).after(&first[4])
    );
}

#[test]
fn a_log_that_is_appended_to_and_sealed_meanwhile_is_always_seen_whole() {
    let folder = Folder::new();
    let (mut appender, reader, mut sealer) = folder.open();
    let mut head = sealer.head_writer();
    let mut author = Author::new(log());
    let is_running = AtomicBool::new(true);
    let written = thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut written = Vec::new();
            while is_running.load(Ordering::SeqCst) {
                let group = author.group(6);
                appender.append(&group).unwrap();
                written.extend(group);
            }
            written
        });
        let sealing = scope.spawn(|| {
            while is_running.load(Ordering::SeqCst) {
                sealer.step().unwrap();
            }
        });
        let heading = scope.spawn(|| {
            while is_running.load(Ordering::SeqCst) {
                head.step().unwrap();
            }
        });
        let mut last = Position::ZERO;
        let fourth = folder.path().join("volumes/00000004/files");
        let mut looks = 0;
        while looks < 25 || !fourth.exists() {
            looks += 1;
            let look = Look::look(&folder.path()).unwrap();
            let tip = look.tip();
            assert!(look.is_in_use() && tip.position >= last);
            let from = Position::new(last.get().saturating_sub(60));
            let seen = commits(&look, from);
            assert_eq!(
                seen.last().map_or(Position::ZERO, Sequenced::position),
                tip.position
            );
            for commit in &seen {
                let known = reader.read(commit.position(), 1).unwrap();
                assert_eq!(known[0], *commit);
            }
            last = tip.position;
            if looks % 5 == 0 {
                let report = verify(&folder.path(), &mut unwatched);
                assert_eq!(report.findings, Vec::new());
                assert!(report.commits >= tip.position.get());
            }
        }
        is_running.store(false, Ordering::SeqCst);
        sealing.join().unwrap();
        heading.join().unwrap();
        writing.join().unwrap()
    });
    drop((appender, reader, sealer, head));
    let look = Look::look(&folder.path()).unwrap();
    assert!(!look.is_in_use());
    assert_eq!(commits(&look, Position::FIRST), written);
}

#[test]
fn a_look_ends_when_it_is_told_to() {
    let folder = Folder::new();
    let (appender, written) = filled(&folder);
    appender.close().unwrap();
    let look = Look::look(&folder.path()).unwrap();
    let mut pages = 0;
    look.commits(Position::new(3), &mut |page| {
        pages += 1;
        assert_eq!(page[0], written[2]);
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(pages, 1);
}

#[test]
fn what_is_no_log_is_named_so() {
    let folder = Folder::new();
    let refusal = |path: &Path| {
        let error = Look::look(path).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    let missing = "there is no log in DIR; give the data folder of a log";
    assert_eq!(refusal(&folder.path()), missing);
    fs::create_dir(folder.path()).unwrap();
    assert_eq!(refusal(&folder.path()), missing);
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    assert_eq!(
        refusal(&file),
        "DIR/file is not a folder; give the data folder of a log"
    );
    assert_eq!(files(&folder.path()).len(), 1);
}

#[test]
fn damage_is_named_and_not_shown() {
    let folder = Folder::new();
    let (appender, written) = filled(&folder);
    appender.close().unwrap();
    folder.edit("volumes/00000002/commits/db", |db| db[9_000] ^= 8);
    let look = Look::look(&folder.path()).unwrap();
    let mut seen = Vec::new();
    let error = look
        .commits(Position::FIRST, &mut |page| {
            seen.extend_from_slice(page);
            ControlFlow::Continue(())
        })
        .unwrap_err();
    assert_eq!(
        error
            .to_string()
            .replace(&folder.path().display().to_string(), "DIR"),
        "DIR/volumes/00000002/commits/db is damaged: it is not what was sealed; stop, keep a copy \
         of the folder, and restore the log from a backup"
    );
    assert_eq!(seen, written[..seen.len()]);
    assert!(!seen.is_empty() && seen.len() < 200);
}
