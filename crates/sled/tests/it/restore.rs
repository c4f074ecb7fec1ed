//! Restoring: a log that answers like the one that was backed up, or nothing at all.

use std::fs::{self, File};
use std::path::Path;

use plansync_log::contract::{Author, all};
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, Incarnation, Position, Read};
use plansync_sled::{Progress, RestoreError, Restored, Stepped, restore_with, verify};

use crate::backup::{backed_up, beside, place};
use crate::folder::{Folder, log, small};
use crate::full_disk::{disk, on_a_small_disk};
use crate::look::files;
use crate::twin::assert_same;

/// A closed log with sealed volumes, a full one and an active one; its twin; and its backup.
fn original(groups: u64) -> (Folder, MemoryLog) {
    let folder = Folder::new();
    let mut memory = MemoryLog::new(log());
    let (mut appender, _reader, mut sealer) = folder.open();
    let mut author = Author::new(log());
    for round in 0..groups {
        let group = author.group(10);
        appender.append(&group).unwrap();
        memory.append(&group).unwrap();
        while round + 6 < groups && sealer.step().unwrap() != Stepped::Idle {}
    }
    appender.close().unwrap();
    backed_up(&folder, &place(&folder, "backup"));
    (folder, memory)
}

fn restored_to(
    folder: &Folder,
    archive: &[u8],
    to: Option<u64>,
    incarnation: Option<u32>,
) -> Result<Restored, RestoreError> {
    let (to, incarnation) = (to.map(Position::new), incarnation.map(Incarnation::new));
    restore_with(
        &folder.path(),
        archive,
        to,
        incarnation,
        small(),
        &mut |_| {},
    )
}

fn archive(folder: &Folder) -> Vec<u8> {
    fs::read(place(folder, "backup")).unwrap()
}

/// The message of a restore that was refused, of which nothing is left.
#[track_caller]
fn refusal(folder: &Folder, refused: Result<Restored, RestoreError>) -> String {
    let error = refused.expect_err("nothing must be restored").to_string();
    error.replace(&folder.dir.path().display().to_string(), "BESIDE")
}

#[test]
fn a_restored_log_answers_like_the_original() {
    let (original, memory) = original(30);
    let target = Folder::new();
    let mut seen: Vec<Progress> = Vec::new();
    let file = File::open(place(&original, "backup")).unwrap();
    let done = restore_with(
        &target.path(),
        &file,
        None,
        None,
        small(),
        &mut |progress| {
            seen.push(progress);
        },
    )
    .unwrap();
    let twin = memory
        .restored(Position::new(300), Incarnation::new(2))
        .unwrap();
    let expected = Restored {
        tip: twin.tip(),
        archive: memory.tip(),
        bytes: file.metadata().unwrap().len(),
    };
    assert_eq!(done, expected);
    assert_eq!(beside(&target), ["log"]);
    assert!(target.path().join("volumes/00000003/files").exists());
    let last = seen.last().unwrap();
    assert_eq!((last.commits, last.commits_total), (300, 300));

    let report = verify(&target.path(), &mut |_| {});
    assert_eq!(
        (report.findings.as_slice(), report.tip),
        (&[][..], Some(done.tip))
    );
    assert_same(&*target.open().1, &twin);
    let (mut appender, reader, _sealer) = target.open();
    let (mut author, mut twin) = (Author::at(done.tip), twin);
    for _ in 0..10 {
        let group: Vec<_> = (90..95)
            .map(|plan| author.write(Author::plan(plan), 700))
            .collect();
        appender.append(&group).unwrap();
        twin.append(&group).unwrap();
    }
    assert_same(&*reader, &twin);
}

#[test]
fn a_log_is_restored_to_any_position() {
    let (original, memory) = original(4);
    let bytes = archive(&original);
    for to in 0..=40 {
        let target = Folder::new();
        let done = restored_to(&target, &bytes, Some(to), None).unwrap();
        let twin = memory
            .restored(Position::new(to), Incarnation::new(2))
            .unwrap();
        assert_eq!((done.tip, done.archive), (twin.tip(), memory.tip()));
        let (_appender, reader, _sealer) = target.open();
        assert_eq!(all(&*reader), all(&twin));
        assert_eq!(reader.lives(), twin.lives());
    }
}

#[test]
fn a_restored_log_is_restored_again() {
    let (original, memory) = original(8);
    let second = Folder::new();
    restored_to(&second, &archive(&original), Some(50), None).unwrap();
    let mut twin = memory
        .restored(Position::new(50), Incarnation::new(2))
        .unwrap();
    let (mut appender, reader, sealer) = second.open();
    let group: Vec<_> = {
        let mut author = Author::at(twin.tip());
        (90..99)
            .map(|plan| author.write(Author::plan(plan), 99))
            .collect()
    };
    appender.append(&group).unwrap();
    twin.append(&group).unwrap();
    appender.close().unwrap();
    drop((reader, sealer));
    backed_up(&second, &place(&second, "backup"));

    for (to, number) in [(59, 3), (50, 3), (20, 9)] {
        let third = Folder::new();
        let bytes = archive(&second);
        let done = restored_to(&third, &bytes, Some(to), Some(number)).unwrap();
        let twin = twin
            .restored(Position::new(to), Incarnation::new(number))
            .unwrap();
        assert_eq!(done.tip, twin.tip());
        assert_same(&*third.open().1, &twin);
        let report = verify(&third.path(), &mut |_| {});
        assert_eq!(report.findings, []);
    }
}

#[test]
fn nothing_is_written_over() {
    let (original, _) = original(8);
    let before = files(&original.path());
    let bytes = archive(&original);
    let refused = restored_to(&original, &bytes, None, None);
    assert_eq!(
        refusal(&original, refused),
        "BESIDE/log is not empty, and a restore writes over nothing; name another folder, or move \
         this one away"
    );
    assert_eq!(files(&original.path()), before);
    assert_eq!(beside(&original), ["backup", "log"]);

    let target = Folder::new();
    fs::write(target.path(), "a file").unwrap();
    let refused = restored_to(&target, &bytes, None, None);
    assert!(refusal(&target, refused).starts_with("BESIDE/log is not empty"));
    assert_eq!(fs::read(target.path()).unwrap(), b"a file");

    let target = Folder::new();
    fs::create_dir(target.path()).unwrap();
    restored_to(&target, &bytes, None, None).unwrap();
    assert_eq!(beside(&target), ["log"]);
}

#[test]
fn what_cannot_be_restored_is_said_and_leaves_nothing() {
    let (original, _) = original(8);
    let bytes = archive(&original);
    let target = Folder::new();
    let cases = [
        (
            (Some(81), None),
            "the backup ends at 80, so no log can be restored up to 81; name a position up to 80",
        ),
        (
            (None, Some(1)),
            "the log is in its life 1 already; give the next one a number above that",
        ),
    ];
    for ((to, incarnation), message) in cases {
        let refused = restored_to(&target, &bytes, to, incarnation);
        assert_eq!(refusal(&target, refused), message);
        assert_eq!(beside(&target), Vec::<String>::new());
    }
}

#[test]
fn a_damaged_archive_leaves_nothing_behind_wherever_it_is_damaged() {
    let (original, _) = original(8);
    let whole = archive(&original);
    let target = Folder::new();
    for place in [
        0,
        15,
        60,
        200,
        whole.len() / 2,
        whole.len() - 40,
        whole.len() - 1,
    ] {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        // Also where everything that is wanted was read before the damage.
        for (to, bytes) in [
            (None, &*changed),
            (Some(1), &*changed),
            (Some(1), &whole[..place]),
        ] {
            match restored_to(&target, bytes, to, None) {
                Err(RestoreError::Archive(_)) => {}
                other => panic!("byte {place}: {other:?}"),
            }
            assert_eq!(beside(&target), Vec::<String>::new());
        }
    }
    restored_to(&target, &whole, None, None).unwrap();
}

/// As an interrupted restore leaves its folder.
fn interrupted(dir: &Path) {
    fs::create_dir_all(dir.join("log/volumes/00000001")).unwrap();
    fs::write(dir.join("log/MANIFEST"), "half").unwrap();
    fs::write(dir.join("RESTORING"), "").unwrap();
}

#[test]
fn an_interrupted_restore_is_begun_again() {
    let (original, memory) = original(8);
    let bytes = archive(&original);
    let twin = memory
        .restored(Position::new(80), Incarnation::new(2))
        .unwrap();
    let leave: [fn(&Path); 2] = [interrupted, |dir| fs::create_dir(dir).unwrap()];
    for leave in leave {
        let target = Folder::new();
        leave(&place(&target, "log.restoring"));
        restored_to(&target, &bytes, None, None).unwrap();
        assert_same(&*target.open().1, &twin);
        assert_eq!(beside(&target), ["log"]);
    }
}

#[test]
fn what_no_restore_left_is_not_touched() {
    let (original, _) = original(8);
    let bytes = archive(&original);
    let foreign: [fn(&Path); 3] = [
        |dir| fs::write(dir, "a file").unwrap(),
        |dir| {
            fs::create_dir_all(dir.join("log")).unwrap();
            fs::write(dir.join("log/letter"), "dear").unwrap();
        },
        |dir| {
            interrupted(dir);
            fs::write(dir.join("letter"), "dear").unwrap();
        },
    ];
    for make in foreign {
        let target = Folder::new();
        let dir = place(&target, "log.restoring");
        make(&dir);
        let before = files(target.dir.path());
        let refused = restored_to(&target, &bytes, None, None);
        assert_eq!(
            refusal(&target, refused),
            "BESIDE/log.restoring stands in the way, and no restore made it; move it away"
        );
        assert_eq!(files(target.dir.path()), before);
    }
}

#[test]
fn two_restores_do_not_meet() {
    let (original, _) = original(8);
    let bytes = archive(&original);
    let target = Folder::new();
    let dir = place(&target, "log.restoring");
    interrupted(&dir);
    let mark = File::open(dir.join("RESTORING")).unwrap();
    mark.lock().unwrap();
    let before = files(&dir);
    assert_eq!(
        refusal(&target, restored_to(&target, &bytes, None, None)),
        "another restore is at work in BESIDE/log.restoring; wait for it"
    );
    assert_eq!(files(&dir), before);
}

#[test]
fn a_full_disk_is_said_and_leaves_no_part_of_a_log() {
    on_a_small_disk("restore::probe");
}

#[test]
#[ignore = "run by the test above, on a small file system"]
fn probe() {
    let (original, _) = original(30);
    let bytes = archive(&original);
    let (disk, mut refusals) = (disk(), 0);
    let (target, ballast) = (disk.join("log"), disk.join("ballast"));
    for free in (64..3_000).step_by(150) {
        fs::write(&ballast, vec![1; (3_000 - free) << 10]).unwrap();
        let to = Some(Position::new(60));
        let restored = restore_with(&target, &*bytes, to, None, small(), &mut |_| {});
        if let Err(error) = restored {
            let error = error.to_string();
            assert!(error.contains("make room on"), "{error}");
            let left: Vec<_> = fs::read_dir(&disk).unwrap().collect();
            assert_eq!(left.len(), 1, "{left:?}");
            refusals += 1;
        } else {
            assert!(refusals > 2, "there was room at {free} KiB");
            return;
        }
        fs::remove_file(&ballast).unwrap();
    }
    panic!("there is never room");
}
