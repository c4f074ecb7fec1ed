//! Backing up: everything that was acknowledged is in it, whatever goes on meanwhile, and a file is
//! called a backup only once it is whole.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use plansync_log::archive::ArchiveReader;
use plansync_log::backend::{BackedUp, BackupError, Existing, Progress, StepError, unwatched};
use plansync_log::contract::Author;
use plansync_log::{Append, Position, Sequenced, Tip};
use plansync_sled::{Stepped, backup};

use crate::folder::{Folder, log};
use crate::full_disk::{disk, on_a_small_disk};
use crate::look::files;
use crate::verify::closed;

/// Where the backups of a test go.
pub(crate) fn place(folder: &Folder, name: &str) -> PathBuf {
    folder.dir.path().join(name)
}

pub(crate) fn backed_up(folder: &Folder, file: &Path) -> BackedUp {
    backup(&folder.path(), file, Existing::Keep, &mut unwatched).unwrap()
}

pub(crate) fn archived(file: &Path) -> (Vec<Sequenced>, Tip) {
    let mut reader = ArchiveReader::new(File::open(file).unwrap()).unwrap();
    let commits = reader.by_ref().collect::<Result<_, _>>().unwrap();
    (commits, reader.finish().unwrap())
}

/// The names beside a folder's log.
pub(crate) fn beside(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.dir.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn refusal(folder: &Folder, refused: Result<BackedUp, BackupError>) -> String {
    let error = refused.expect_err("there must be no backup").to_string();
    error.replace(&folder.dir.path().display().to_string(), "BESIDE")
}

#[test]
fn a_closed_log_is_backed_up_whole_and_stays_as_it_is() {
    let (folder, written) = closed();
    let before = files(&folder.path());
    let file = place(&folder, "one.backup");
    let mut seen: Vec<Progress> = Vec::new();
    let done = backup(&folder.path(), &file, Existing::Keep, &mut |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    let (commits, tip) = archived(&file);
    assert_eq!(commits, written);
    let bytes = written.iter().map(|commit| commit.stored().len() as u64);
    let expected = BackedUp {
        tip,
        bytes: fs::metadata(&file).unwrap().len(),
        commit_bytes: bytes.sum(),
    };
    assert_eq!(done, expected);
    let total = written.len() as u64;
    let last = seen.last().unwrap();
    assert_eq!((last.commits, last.commits_total), (total, total));
    assert_eq!(files(&folder.path()), before);
    assert_eq!(beside(&folder), ["log", "one.backup"]);
}

#[test]
fn an_empty_log_is_backed_up() {
    let folder = Folder::new();
    drop(folder.open());
    let file = place(&folder, "empty");
    assert_eq!(backed_up(&folder, &file).tip.position, Position::ZERO);
    assert_eq!(archived(&file).0, []);
}

#[test]
fn a_log_in_use_is_backed_up_with_all_that_was_acknowledged_before() {
    let folder = Folder::new();
    let (mut appender, reader, mut sealer) = folder.open();
    let mut head = sealer.head_writer();
    let (done, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut author = Author::new(log());
    let mut written = Vec::new();
    let backups = thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                head.wait(Duration::from_millis(20));
                head.step().unwrap();
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                sealer.wait(Duration::from_millis(20));
                match sealer.step() {
                    Ok(_) | Err(StepError::Unavailable { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
        let backing = scope.spawn(|| {
            let mut backups = Vec::new();
            for number in 0..6 {
                let file = place(&folder, &format!("{number}.backup"));
                let before = acknowledged.load(Ordering::Acquire);
                let done = backed_up(&folder, &file);
                assert!(done.tip.position.get() >= before);
                backups.push((done.tip, file));
                thread::sleep(Duration::from_millis(30));
            }
            done.store(true, Ordering::Release);
            backups
        });
        while !done.load(Ordering::Acquire) {
            let group = author.group(6);
            appender.append(&group).unwrap();
            acknowledged.store(author.tip().position.get(), Ordering::Release);
            written.extend(group);
            thread::sleep(Duration::from_millis(1));
        }
        backing.join().unwrap()
    });
    drop(reader);
    assert!(backups[5].0.position > backups[0].0.position);
    for (tip, file) in backups {
        let (commits, archived) = archived(&file);
        assert_eq!(tip, archived);
        let count = usize::try_from(tip.position.get()).unwrap();
        assert!(commits == written[..count], "not what was written");
    }
}

#[test]
fn head_is_waited_for() {
    let folder = Folder::new();
    let (mut appender, _reader, sealer) = folder.open();
    let group = Author::new(log()).group(9);
    appender.append(&group).unwrap();
    let file = place(&folder, "late.backup");
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(150));
            assert_eq!(sealer.head_writer().step().unwrap(), Stepped::HeadWritten);
        });
        backed_up(&folder, &file);
    });
    assert_eq!(archived(&file).0, group);
}

#[test]
fn what_head_does_not_know_in_the_end_is_not_passed_over_in_silence() {
    let folder = Folder::new();
    let (mut appender, _reader, _sealer) = folder.open();
    appender.append(&Author::new(log()).group(9)).unwrap();
    let file = place(&folder, "never.backup");
    let refused = backup(&folder.path(), &file, Existing::Replace, &mut unwatched);
    assert_eq!(
        refusal(&folder, refused),
        "the engine that uses this log wrote commits up to 9, but confirmed only those up to 0 as durable; stop the engine, and then back up again"
    );
    assert_eq!(beside(&folder), ["log"]);
}

#[test]
fn no_file_is_written_over_unasked() {
    let (folder, written) = closed();
    let file = place(&folder, "kept");
    fs::write(&file, "dear").unwrap();
    let keep = |existing| backup(&folder.path(), &file, existing, &mut unwatched);
    assert_eq!(
        refusal(&folder, keep(Existing::Keep)),
        "BESIDE/kept already exists; choose another file, or permit that it is replaced"
    );
    assert_eq!(fs::read(&file).unwrap(), b"dear");
    keep(Existing::Replace).unwrap();
    assert_eq!(archived(&file).0, written);
}

#[test]
fn an_unfinished_backup_is_begun_again_but_not_while_it_is_written() {
    let (folder, written) = closed();
    let file = place(&folder, "b");
    let partial = place(&folder, "b.partial");
    fs::write(&partial, vec![7; 1 << 20]).unwrap();
    let held = File::open(&partial).unwrap();
    held.lock().unwrap();
    let refused = backup(&folder.path(), &file, Existing::Keep, &mut unwatched);
    assert_eq!(
        refusal(&folder, refused),
        "another backup is being written to BESIDE/b.partial; wait until it ends, or choose another file"
    );
    assert_eq!(fs::metadata(&partial).unwrap().len(), 1 << 20);
    drop(held);
    backed_up(&folder, &file);
    assert_eq!(archived(&file).0, written);
    assert_eq!(beside(&folder), ["b", "log"]);
}

#[test]
fn a_log_that_is_damaged_gives_no_backup() {
    let (folder, _) = closed();
    folder.edit("volumes/00000002/commits/db", |db| db[9_000] ^= 1);
    let file = place(&folder, "old");
    fs::write(&file, "the last good one").unwrap();
    let refused = backup(&folder.path(), &file, Existing::Replace, &mut unwatched);
    assert_eq!(
        refusal(&folder, refused),
        "BESIDE/log/volumes/00000002/commits/db is damaged: it is not what was sealed; stop, keep a \
         copy of the folder, and restore the log from a backup"
    );
    assert_eq!(fs::read(&file).unwrap(), b"the last good one");
    assert_eq!(beside(&folder), ["log", "old"]);
}

#[test]
fn a_backup_does_not_stand_in_what_it_is_of() {
    let (folder, _) = closed();
    let before = files(&folder.path());
    let file = folder.path().join("volumes/b");
    let refused = backup(&folder.path(), &file, Existing::Keep, &mut unwatched);
    assert_eq!(
        refusal(&folder, refused),
        "BESIDE/log/volumes/b is inside the data folder, so the backup would be lost together with the log; choose a file elsewhere"
    );
    assert_eq!(files(&folder.path()), before);
}

#[test]
fn a_backup_needs_a_folder_to_stand_in() {
    let (folder, _) = closed();
    let file = place(&folder, "nowhere/b");
    let refused = backup(&folder.path(), &file, Existing::Keep, &mut unwatched);
    assert_eq!(
        refusal(&folder, refused),
        "cannot open BESIDE/nowhere/b.partial: the folder does not exist; create it first"
    );
}

#[test]
fn a_full_disk_is_said_and_leaves_no_part_of_a_backup() {
    on_a_small_disk("backup::probe");
}

#[test]
#[ignore = "run by the test above, on a small file system"]
fn probe() {
    let (folder, _) = closed();
    let disk = disk();
    fs::write(disk.join("ballast"), vec![1; (3 << 20) - (12 << 10)]).unwrap();
    let file = disk.join("b");
    let refused = backup(&folder.path(), &file, Existing::Keep, &mut unwatched);
    assert_eq!(
        refused.unwrap_err().to_string(),
        format!(
            "cannot write {}.partial: the disk is full; free up space on it",
            file.display()
        )
    );
    let left: Vec<_> = fs::read_dir(&disk).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    fs::remove_file(disk.join("ballast")).unwrap();
    backed_up(&folder, &file);
}
