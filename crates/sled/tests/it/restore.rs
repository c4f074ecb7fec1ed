//! Restoring: a log that answers like the one that was backed up, or nothing at all.

mod refused;

use std::fs::{self, File};

use plansync_log::backend::{Progress, RestoreError, Restored, unwatched};
use plansync_log::contract::{Author, all};
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, Incarnation, Position, Read};
use plansync_sled::{Stepped, restore_with, verify};
use std::ops::ControlFlow;

use crate::backup::{backed_up, beside, place};
use crate::folder::{Folder, log, small};
use crate::same_as_memory::assert_same;

/// A closed log with sealed volumes, a full one and an active one; the reference log in memory; and its
/// backup.
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
        &mut unwatched,
    )
}

fn archive(folder: &Folder) -> Vec<u8> {
    fs::read(place(folder, "backup")).unwrap()
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
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    let reference = memory
        .restored(Position::new(300), Incarnation::new(2))
        .unwrap();
    let expected = Restored {
        tip: reference.tip(),
        archive: memory.tip(),
        bytes: file.metadata().unwrap().len(),
    };
    assert_eq!(done, expected);
    assert_eq!(beside(&target), ["log"]);
    assert!(target.path().join("volumes/00000003/files").exists());
    let last = seen.last().unwrap();
    assert_eq!((last.commits, last.commits_total), (300, 300));

    let report = verify(&target.path(), &mut unwatched);
    assert_eq!(
        (report.findings.as_slice(), report.tip),
        (&[][..], Some(done.tip))
    );
    assert_same(&*target.open().1, &reference);
    let (mut appender, reader, _sealer) = target.open();
    let (mut author, mut reference) = (Author::at(done.tip), reference);
    for _ in 0..10 {
        let group: Vec<_> = (90..95)
            .map(|plan| author.write(Author::plan(plan), 700))
            .collect();
        appender.append(&group).unwrap();
        reference.append(&group).unwrap();
    }
    assert_same(&*reader, &reference);
}

#[test]
fn a_log_is_restored_to_any_position() {
    let (original, memory) = original(4);
    let bytes = archive(&original);
    for to in 0..=40 {
        let target = Folder::new();
        let done = restored_to(&target, &bytes, Some(to), None).unwrap();
        let reference = memory
            .restored(Position::new(to), Incarnation::new(2))
            .unwrap();
        assert_eq!((done.tip, done.archive), (reference.tip(), memory.tip()));
        let (_appender, reader, _sealer) = target.open();
        assert_eq!(all(&*reader), all(&reference));
        assert_eq!(reader.incarnations(), reference.incarnations());
    }
}

#[test]
fn a_restored_log_is_restored_again() {
    let (original, memory) = original(8);
    let second = Folder::new();
    restored_to(&second, &archive(&original), Some(50), None).unwrap();
    let mut reference = memory
        .restored(Position::new(50), Incarnation::new(2))
        .unwrap();
    let (mut appender, reader, sealer) = second.open();
    let group: Vec<_> = {
        let mut author = Author::at(reference.tip());
        (90..99)
            .map(|plan| author.write(Author::plan(plan), 99))
            .collect()
    };
    appender.append(&group).unwrap();
    reference.append(&group).unwrap();
    appender.close().unwrap();
    drop((reader, sealer));
    backed_up(&second, &place(&second, "backup"));

    for (to, number) in [(59, 3), (50, 3), (20, 9)] {
        let third = Folder::new();
        let bytes = archive(&second);
        let done = restored_to(&third, &bytes, Some(to), Some(number)).unwrap();
        let reference = reference
            .restored(Position::new(to), Incarnation::new(number))
            .unwrap();
        assert_eq!(done.tip, reference.tip());
        assert_same(&*third.open().1, &reference);
        let report = verify(&third.path(), &mut unwatched);
        assert_eq!(report.findings, []);
    }
}

#[test]
fn an_incarnation_that_began_with_another_commit_is_found() {
    let (original, _) = original(4);
    let target = Folder::new();
    restored_to(&target, &archive(&original), Some(30), None).unwrap();
    target.edit("MANIFEST", |manifest| {
        // The chain of the second incarnation, of which the last byte stands before the volumes.
        let second = 8 + 4 + 16 + 4 + 2 * 44 - 1;
        manifest[second] ^= 1;
        let covered = manifest.len() - 4;
        let crc = crc32fast::hash(&manifest[..covered]);
        manifest[covered..].copy_from_slice(&crc.to_be_bytes());
    });
    let found = verify(&target.path(), &mut unwatched).findings;
    let found: Vec<_> = found.iter().map(|finding| &*finding.what).collect();
    assert_eq!(
        found,
        ["the commit 30 is not the one that an incarnation of the log began with"]
    );
}
