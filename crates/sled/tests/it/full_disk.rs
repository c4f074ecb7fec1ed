//! A disk that is really full: a small file system of its own, in a namespace that is gone with
//! the process.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use plansync_log::backend::{StepError, unwatched};
use plansync_log::contract::Author;
use plansync_log::{Append, AppendError, Read, Sequenced};
use plansync_sled::{SealPhase, Sealer, SledAppender, SledLog, Stepped, verify};

use crate::folder::{assert_holds, log, small};
use crate::namespace::{self, FOLDER};

const SCRIPT: &str = r#"
in_a_namespace() { unshare --user --map-root-user --mount "$@"; }
in_a_namespace true || exit 77
in_a_namespace sh -c 'mount -t tmpfs -o size=3m none "$0" || exit 77; exec "$@"' "$0" "$@"
"#;

/// Runs a test that is otherwise ignored on a file system of 3 MiB, which it finds with [`disk`].
#[track_caller]
pub(crate) fn on_a_small_disk(probe: &str) {
    let dir = tempfile::tempdir().unwrap();
    namespace::run(SCRIPT, dir.path(), probe);
}

/// The small file system.
pub(crate) fn disk() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}

#[test]
fn a_full_disk_loses_nothing_and_the_log_goes_on_when_there_is_room() {
    on_a_small_disk("full_disk::probe");
}

#[test]
fn a_disk_that_fills_at_any_step_of_the_background_work_loses_nothing() {
    on_a_small_disk("full_disk::full_at_each_step");
}

/// Takes steps until there is nothing to do or no room to do it.
fn steps(sealer: &mut Sealer) {
    loop {
        match sealer.step() {
            Ok(Stepped::Idle) | Err(StepError::Unavailable { .. }) => return,
            Ok(_) => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

/// Appends groups until there is no room; the group that was refused comes back.
fn fill(
    appender: &mut SledAppender,
    sealer: &mut Sealer,
    author: &mut Author,
    written: &mut Vec<Sequenced>,
) -> Vec<Sequenced> {
    for _ in 0..2_000 {
        let group = author.group(12);
        match appender.append(&group) {
            Ok(()) => written.extend(group),
            Err(AppendError::Unavailable { .. }) => return group,
            Err(error) => panic!("{error}: {error:?}"),
        }
        steps(sealer);
    }
    panic!("the disk does not fill");
}

#[test]
#[ignore = "run by the test above, on a small file system"]
fn probe() {
    let disk = disk();
    let dir: &Path = &disk.join("log");
    let ballast = disk.join("ballast");
    fs::write(&ballast, vec![1; 400 << 10]).unwrap();
    let (mut appender, reader, mut sealer) = SledLog::open(dir, small()).unwrap();
    let mut author = Author::new(log());
    let mut written = Vec::new();

    let refused = fill(&mut appender, &mut sealer, &mut author, &mut written);
    assert!(written.len() > 200);
    assert_eq!(reader.tip().position, written.last().unwrap().position());
    assert_holds(&*reader, &written);

    fs::remove_file(&ballast).unwrap();
    steps(&mut sealer);
    appender.append(&refused).unwrap();
    written.extend(refused);
    assert_holds(&*reader, &written);

    let refused = fill(&mut appender, &mut sealer, &mut author, &mut written);
    drop((appender, reader, sealer));
    // A full disk does not keep the log from opening, nor from answering.
    let (mut appender, reader, mut sealer) = SledLog::open(dir, small()).unwrap();
    assert_holds(&*reader, &written);
    steps(&mut sealer);
    if appender.append(&refused).is_ok() {
        written.extend(refused);
    }
    assert_holds(&*reader, &written);
}

/// Takes every byte that is left.
fn take_all(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    let mut bytes = 64 << 10;
    while bytes > 0 {
        match file.write(&vec![1; bytes]) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => bytes /= 2,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
#[ignore = "run by the test above, on a small file system"]
fn full_at_each_step() {
    let phases = [
        SealPhase::Closed,
        SealPhase::Synced,
        SealPhase::Verified,
        SealPhase::Described,
        SealPhase::Entered,
        SealPhase::Done,
    ];
    // `None`: the disk is full before the first step, which makes the next volume.
    let places = phases.map(Some).into_iter().chain([None]);
    let refused: u32 = places.map(|at| full_at(at, &disk())).sum();
    assert!(refused >= 4, "only {refused} steps were refused");
}

/// Fills the disk at this step of the work on a log of its own; says how many steps it refused.
fn full_at(at: Option<SealPhase>, disk: &Path) -> u32 {
    let (dir, ballast) = (disk.join("log"), disk.join("ballast"));
    let (mut appender, reader, mut sealer) = SledLog::open(&dir, small()).unwrap();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    for _ in 0..7 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
    }
    if at.is_none() {
        take_all(&ballast);
    }
    let mut refused = 0;
    for _ in 0..3 {
        let stepped = sealer.step_watched(&mut |phase| {
            if at == Some(phase) {
                take_all(&ballast);
            }
        });
        match stepped {
            Ok(_) => {}
            Err(StepError::Unavailable { .. }) => refused += 1,
            Err(error) => panic!("{at:?}: {error}: {error:?}"),
        }
        assert_holds(&*reader, &written);
    }
    let group = author.group(3);
    match appender.append(&group) {
        Ok(()) => written.extend(group.iter().cloned()),
        Err(AppendError::Unavailable { .. }) => {}
        Err(error) => panic!("{at:?}: {error}: {error:?}"),
    }
    fs::remove_file(&ballast).unwrap();
    steps(&mut sealer);
    if written.last() != group.last() {
        appender.append(&group).unwrap();
        written.extend(group);
    }
    assert_holds(&*reader, &written);
    drop((appender, reader, sealer));
    assert_eq!(verify(&dir, &mut unwatched).findings, Vec::new(), "{at:?}");
    assert_holds(&*SledLog::open(&dir, small()).unwrap().1, &written);
    fs::remove_dir_all(&dir).unwrap();
    refused
}
