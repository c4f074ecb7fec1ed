//! Restores that are refused or fail: what is there stays, and nothing is left behind.

use std::fs::{self, File};
use std::path::Path;

use plansync_log::backend::{RestoreError, Restored, unwatched};
use plansync_log::{Incarnation, Position};
use plansync_sled::restore_with;

use super::{archive, original, restored_to};
use crate::backup::{beside, place};
use crate::folder::{Folder, small};
use crate::full_disk::{disk, on_a_small_disk};
use crate::look::files;
use crate::same_as_memory::assert_same;

/// The message of a restore that was refused, of which nothing is left.
#[track_caller]
fn refusal(folder: &Folder, refused: Result<Restored, RestoreError>) -> String {
    let error = refused.expect_err("nothing must be restored").to_string();
    error.replace(&folder.dir.path().display().to_string(), "BESIDE")
}

#[test]
fn nothing_is_written_over() {
    let (original, _) = original(8);
    let before = files(&original.path());
    let bytes = archive(&original);
    let refused = restored_to(&original, &bytes, None, None);
    assert_eq!(
        refusal(&original, refused),
        "BESIDE/log is not empty, and a restore overwrites nothing; choose another folder, or move this one away"
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
            "the backup ends at position 80, so the log cannot be restored up to position 81; choose a position up to 80",
        ),
        (
            (None, Some(1)),
            "the log already has incarnation 1; choose a greater number for the next one",
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
    let reference = memory
        .restored(Position::new(80), Incarnation::new(2))
        .unwrap();
    let leave: [fn(&Path); 2] = [interrupted, |dir| fs::create_dir(dir).unwrap()];
    for leave in leave {
        let target = Folder::new();
        leave(&place(&target, "log.restoring"));
        restored_to(&target, &bytes, None, None).unwrap();
        assert_same(&*target.open().1, &reference);
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
            "BESIDE/log.restoring is needed for the restore, but was not created by a restore; nothing was changed: move it away"
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
        "another restore is running in BESIDE/log.restoring; wait until it ends"
    );
    assert_eq!(files(&dir), before);
}

#[test]
fn a_full_disk_is_said_and_leaves_no_part_of_a_log() {
    on_a_small_disk("restore::refused::probe");
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
        let restored = restore_with(&target, &*bytes, to, None, small(), &mut unwatched);
        if let Err(error) = restored {
            let error = error.to_string();
            assert!(error.contains("free up space on"), "{error}");
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
