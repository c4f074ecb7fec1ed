//! A disk that is really full: a small file system of its own, in a namespace that is gone with
//! the process.

use std::fs;
use std::path::{Path, PathBuf};

use plansync_log::contract::Author;
use plansync_log::{Append, AppendError, Read, Sequenced};
use plansync_sled::{SealError, Sealer, SledAppender, SledLog, Stepped};

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

/// Takes steps until there is nothing to do or no room to do it.
fn steps(sealer: &mut Sealer) {
    loop {
        match sealer.step() {
            Ok(Stepped::Idle) | Err(SealError::Unavailable { .. }) => return,
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
