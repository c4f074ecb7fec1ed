//! Views of backups: they answer like the log that was backed up, and are what it was then.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;

use plansync_log::backend::{LogView, OpenError, RestoreError, unwatched};
use plansync_log::contract::{Author, answers};
use plansync_log::{Append, Incarnation, Position, Read as _, Sequenced};
use plansync_sled::{SledLog, restore, view_archive};

use crate::backup::{archived, backed_up, place};
use crate::folder::{Folder, log, small};

fn viewed(file: &Path, temporary: &Path) -> Result<LogView, RestoreError> {
    view_archive(file, temporary, &mut |_| ControlFlow::Continue(()))
}

/// A folder whose log has these many commits, some of them large, and a backup of it.
fn backup_of(folder: &Folder, count: u64) -> Vec<Sequenced> {
    let (mut appender, ..) = folder.open();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    while author.tip().position < Position::new(count) {
        let mut group = author.group(99);
        group.push(author.write(Author::plan(12), 90_000));
        appender.append(&group).unwrap();
        written.extend(group);
    }
    appender.close().unwrap();
    backed_up(folder, &place(folder, "backup"));
    written
}

#[test]
fn a_backup_answers_like_the_log() {
    let folder = Folder::new();
    let written = backup_of(&folder, 3_000);
    let (file, temporary) = (place(&folder, "backup"), tempfile::tempdir().unwrap());
    let mut told = Vec::new();
    let view = view_archive(&file, temporary.path(), &mut |progress| {
        told.push(progress);
        ControlFlow::Continue(())
    });
    let view = view.unwrap();
    assert!(view.wrong.is_empty() && view.checkpoints.is_none() && !view.is_in_use);
    assert_eq!(view.read.tip(), archived(&file).1);
    answers(&*view.read, &written);
    // The file may be renamed or removed.
    fs::remove_file(&file).unwrap();
    answers(&*view.read, &written);
}

#[test]
fn a_backup_is_in_the_incarnation_that_the_log_had() {
    let folder = Folder::new();
    let written = backup_of(&folder, 100);
    let file = place(&folder, "backup");
    let restored = Folder::new();
    let archive = File::open(&file).unwrap();
    let to = Some(Position::new(60));
    restore(&restored.path(), archive, to, None, &mut unwatched).unwrap();
    let (mut appender, reader, _sealer) = SledLog::open(&restored.path(), small()).unwrap();
    let mut author = Author::at(reader.tip());
    author.knows(Author::plan(900), plansync_log::Version::default());
    let more = vec![author.write(Author::plan(900), 10)];
    appender.append(&more).unwrap();
    let (tip, incarnations) = (reader.tip(), reader.incarnations());
    drop(reader);
    appender.close().unwrap();
    let second = place(&restored, "second");
    backed_up(&restored, &second);
    let temporary = tempfile::tempdir().unwrap();
    let view = viewed(&second, temporary.path()).unwrap();
    assert_eq!(tip.incarnation, Incarnation::new(2));
    assert_eq!(
        (view.read.tip(), view.read.incarnations()),
        (tip, incarnations)
    );
    answers(&*view.read, written[..60].iter().chain(&more));
}

#[test]
fn an_empty_log_has_a_view() {
    let folder = Folder::new();
    drop(folder.open());
    let file = place(&folder, "backup");
    backed_up(&folder, &file);
    let temporary = tempfile::tempdir().unwrap();
    answers(&*viewed(&file, temporary.path()).unwrap().read, []);
}

#[test]
fn what_is_no_whole_backup_has_no_view() {
    let folder = Folder::new();
    backup_of(&folder, 100);
    let (file, temporary) = (place(&folder, "backup"), tempfile::tempdir().unwrap());
    let whole = fs::read(&file).unwrap();
    let refusal = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        viewed(&file, temporary.path()).unwrap_err().to_string()
    };
    let truncated = refusal(&whole[..whole.len() - 1]);
    assert!(
        truncated.starts_with("the backup is truncated"),
        "{truncated}"
    );
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let damaged = refusal(&changed);
    assert!(
        damaged.starts_with("the backup is damaged at byte"),
        "{damaged}"
    );
    let other = refusal(b"something else");
    assert!(other.starts_with("this file is not a backup"), "{other}");
    fs::remove_file(&file).unwrap();
    let missing = viewed(&file, temporary.path()).unwrap_err();
    assert!(matches!(missing, RestoreError::Io { .. }));
}

#[test]
fn a_backup_that_changes_after_it_was_read_gives_errors_and_no_wrong_answers() {
    let folder = Folder::new();
    let written = backup_of(&folder, 3_000);
    let (file, temporary) = (place(&folder, "backup"), tempfile::tempdir().unwrap());
    let view = viewed(&file, temporary.path()).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let mut errors = 0;
    for commit in written.iter().step_by(20) {
        match view.read.read(commit.position(), 1) {
            Ok(found) => assert_eq!(found, std::slice::from_ref(commit)),
            Err(error) => {
                errors += 1;
                let error = error.to_string();
                assert!(error.starts_with("the log is damaged: "), "{error}");
                assert!(error.ends_with("use another copy of the backup, or another backup"));
            }
        }
    }
    assert!(errors > 0 && errors < written.len() / 20);
}

#[test]
fn reading_a_backup_can_be_interrupted() {
    let folder = Folder::new();
    backup_of(&folder, 4_200);
    let (file, temporary) = (place(&folder, "backup"), tempfile::tempdir().unwrap());
    let interrupted = view_archive(&file, temporary.path(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(
        interrupted,
        Err(RestoreError::Open(OpenError::Interrupted))
    ));
}
