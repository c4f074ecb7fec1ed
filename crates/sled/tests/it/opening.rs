//! Every way in which a folder is not to be opened, each with a message of its own.

use std::fs;
use std::path::Path;

use plansync_log::contract::{Author, all};
use plansync_log::{Append, LogId, Sequenced};
use plansync_sled::{Options, SledLog, Stepped};
use uuid::Uuid;

use crate::folder::{Folder, assert_holds, log, small};

/// A closed log with two sealed volumes and one that is active.
fn closed() -> (Folder, Vec<Sequenced>) {
    let folder = Folder::new();
    let (mut appender, _, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let mut commits = Vec::new();
    for _ in 0..10 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        commits.extend(group);
    }
    while sealer.step().unwrap() != Stepped::Idle {}
    appender.close().unwrap();
    (folder, commits)
}

const RESTORE: &str = "stop, keep a copy of the folder, and restore the log from a backup";

#[test]
fn a_log_that_is_open_is_not_opened_again() {
    let folder = Folder::new();
    let open = folder.open();
    assert_eq!(
        folder.refusal(),
        "the log in DIR is in use by another process; stop that process first"
    );
    drop(open);
    folder.open();
}

#[test]
fn head_must_be_there_and_whole_and_of_this_log() {
    let (folder, commits) = closed();

    let other = folder.copy();
    fs::remove_file(other.path().join("HEAD")).unwrap();
    assert_eq!(
        other.refusal(),
        format!("DIR/HEAD is damaged: it is missing; {RESTORE}")
    );

    let other = folder.copy();
    other.edit("HEAD", |head| {
        head[20] ^= 1;
        head[2048 + 20] ^= 1;
    });
    assert_eq!(
        other.refusal(),
        format!("DIR/HEAD is damaged: it is not what was written; {RESTORE}")
    );

    let other = folder.copy();
    let elsewhere = Folder::new();
    let options = Options {
        new_log: LogId::new(Uuid::from_u128(7)),
        ..small()
    };
    drop(SledLog::open(&elsewhere.path(), options).unwrap());
    fs::copy(elsewhere.path().join("HEAD"), other.path().join("HEAD")).unwrap();
    assert_eq!(
        other.refusal(),
        "DIR/HEAD belongs to the log 00000000-0000-0000-0000-000000000007, but this is the log \
         00000000-0000-0000-0000-000000001090; put back the file of this log, or restore it from a \
         backup"
    );

    assert_holds(&*folder.open().1, &commits);
}

#[test]
fn the_manifest_must_be_there_and_whole() {
    let (folder, _) = closed();

    let other = folder.copy();
    fs::remove_file(other.path().join("MANIFEST")).unwrap();
    assert_eq!(
        other.refusal(),
        format!("DIR/MANIFEST is damaged: it is missing, though there are commits; {RESTORE}")
    );

    let length = fs::read(folder.path().join("MANIFEST")).unwrap().len();
    for place in 12..length {
        let other = folder.copy();
        other.edit("MANIFEST", |manifest| manifest[place] ^= 4);
        assert_eq!(
            other.refusal(),
            format!("DIR/MANIFEST is damaged: it is not what was written; {RESTORE}")
        );
    }
}

#[test]
fn a_journal_must_be_whole_and_of_this_volume_and_log() {
    let folder = Folder::new();
    let (mut appender, _, _) = folder.open();
    appender.append(&Author::new(log()).group(5)).unwrap();
    let folder = folder.copy();

    let other = folder.copy();
    other.edit("volumes/00000001/journal", |journal| journal[30] ^= 1);
    assert_eq!(
        other.refusal(),
        format!(
            "DIR/volumes/00000001/journal is damaged: its header is not what was written; {RESTORE}"
        )
    );

    let other = folder.copy();
    other.edit("volumes/00000001/journal", |journal| {
        journal.truncate(20_000);
    });
    assert_eq!(
        other.refusal(),
        format!(
            "DIR/volumes/00000001/journal is damaged: it has 20000 bytes instead of 33280; {RESTORE}"
        )
    );

    let elsewhere = Folder::new();
    let options = Options {
        new_log: LogId::new(Uuid::from_u128(7)),
        ..small()
    };
    drop(SledLog::open(&elsewhere.path(), options).unwrap());
    fs::copy(elsewhere.journal(1), folder.journal(1)).unwrap();
    assert_eq!(
        folder.refusal(),
        "DIR/volumes/00000001/journal belongs to the log 00000000-0000-0000-0000-000000000007, but \
         this is the log 00000000-0000-0000-0000-000000001090; put back the file of this log, or \
         restore it from a backup"
    );
}

#[test]
fn an_interrupted_beginning_begins_again() {
    let whole = Folder::new();
    drop(whole.open());
    for kept in [
        vec!["volumes"],
        vec!["volumes", "HEAD"],
        vec!["volumes", "HEAD", "KEYS.key"],
        vec!["volumes", "HEAD", "KEYS.key", "KEYS"],
        vec!["LOCK"],
    ] {
        let folder = whole.copy();
        for name in ["volumes", "HEAD", "KEYS", "KEYS.key", "LOCK", "MANIFEST"] {
            let path = folder.path().join(name);
            if !kept.contains(&name) {
                fs::remove_dir_all(&path)
                    .or_else(|_| fs::remove_file(&path))
                    .unwrap();
            }
        }
        let (mut appender, reader, _) = folder.open();
        let group = Author::new(log()).group(3);
        appender.append(&group).unwrap();
        assert_holds(&*reader, &group);
    }
}

/// Other programs have a `volumes` or a `HEAD` too.
#[test]
fn a_log_does_not_begin_over_files_of_another_program() {
    let theirs = [
        ("volumes/wiki/_data/page", "a page"),
        ("volumes/metadata.db", "bolt"),
        ("HEAD", "ref: refs/heads/main"),
    ];
    for (name, content) in theirs {
        let folder = Folder::new();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let top = name.split('/').take(2).collect::<Vec<_>>().join("/");
        assert_eq!(
            folder.refusal(),
            format!(
                "DIR/{top} does not belong to a log; nothing was changed: give a folder that is used only for \
                 the log, or move it away"
            )
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_log_begins_in_no_folder_that_is_used_for_something_else() {
    for name in [
        "report.csv",
        "photos/one",
        "HEADS",
        "KEYS.old",
        "lost+found.txt",
    ] {
        let folder = Folder::new();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "theirs").unwrap();
        let top = name.split('/').next().unwrap();
        let expected = format!("DIR/{top} does not belong to a log; nothing was changed");
        let said = folder.refusal();
        assert!(said.starts_with(&expected), "{said}");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

#[test]
fn what_a_file_system_and_a_home_folder_have_of_their_own_does_not_keep_a_log_from_beginning() {
    let folder = Folder::new();
    for name in ["lost+found/1", ".snapshot/1", ".bash_history"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "theirs").unwrap();
    }
    let (mut appender, reader, _) = folder.open();
    let group = Author::new(log()).group(3);
    appender.append(&group).unwrap();
    assert_holds(&*reader, &group);
    drop((appender, reader));
    // What was put there later does no harm.
    fs::write(folder.path().join("notes"), "theirs").unwrap();
    let (_appender, reader, _) = folder.open();
    assert_holds(&*reader, &group);
    assert_eq!(
        fs::read(folder.path().join("lost+found/1")).unwrap(),
        b"theirs"
    );
}

#[test]
fn a_log_opens_in_a_folder_that_is_named_without_a_path() {
    for own in ["", "of/its/own"] {
        let dir = tempfile::tempdir_in(".").unwrap();
        let path = Path::new(dir.path().file_name().unwrap()).join(own);
        let group = Author::new(log()).group(5);
        let (mut appender, reader, sealer) = SledLog::open(&path, small()).unwrap();
        appender.append(&group).unwrap();
        appender.close().unwrap();
        drop((reader, sealer));
        let (_appender, reader, _sealer) = SledLog::open(&path, small()).unwrap();
        assert_eq!(all(&*reader), group);
    }
}
