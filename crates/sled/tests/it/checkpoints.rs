//! Derived state in a data folder: the suite of its port, what damage does to it, and who removes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use plansync_log::backend::{FindingKind, unwatched};
use plansync_log::contract::{Author, Keeps, keeps};
use plansync_log::{Append as _, Checkpoint, Checkpoints, LogId, Read as _};
use plansync_sled::{CheckpointFolder, reindex, verify};

use crate::folder::{Folder, log};

struct OnDisk(Folder);

impl Keeps for OnDisk {
    fn open(&mut self, log: LogId) -> Arc<dyn Checkpoints> {
        Arc::new(CheckpointFolder::open(&self.0.path(), log).unwrap())
    }
}

#[test]
fn a_folder_keeps_the_contract() {
    keeps(|| OnDisk(Folder::new()));
}

/// A closed log with a state and an image beside it.
fn kept() -> Folder {
    let folder = Folder::new();
    let (mut appender, reader, _sealer) = folder.open();
    let mut author = Author::new(log());
    appender.append(&author.group(5)).unwrap();
    let checkpoints = CheckpointFolder::open(&folder.path(), log()).unwrap();
    let images = [b"one image".to_vec(), b"another".to_vec()];
    let file = checkpoints.write_images(&images).unwrap()[0].file;
    let checkpoint = Checkpoint {
        tip: reader.tip(),
        fold: 1,
        state: b"a state".to_vec(),
    };
    let live = BTreeSet::from([file]);
    checkpoints.write(&checkpoint, &live).unwrap();
    appender.close().unwrap();
    folder
}

fn files(folder: &Folder) -> Vec<PathBuf> {
    let listing = fs::read_dir(folder.path().join("checkpoints")).unwrap();
    let mut files: Vec<_> = listing.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn damage_is_found_and_loses_nothing_but_time() {
    let folder = kept();
    assert_eq!(verify(&folder.path(), &mut unwatched).findings.len(), 0);
    let files = files(&folder);
    assert_eq!(files.len(), 2);
    for path in &files {
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let report = verify(&folder.path(), &mut unwatched);
    let found: Vec<_> = report.findings.iter().map(|found| &found.path).collect();
    assert_eq!(found, files.iter().collect::<Vec<_>>());
    let kinds = report.findings.iter().map(|found| found.kind);
    assert!(kinds.into_iter().all(|kind| kind == FindingKind::Derived));
    let checkpoints = CheckpointFolder::open(&folder.path(), log()).unwrap();
    assert_eq!(checkpoints.newest().unwrap(), None);
    drop(checkpoints);
    assert!(folder.try_open().is_ok());
}

#[test]
fn a_reindex_removes_what_was_kept() {
    let folder = kept();
    reindex(&folder.path(), &mut unwatched).unwrap();
    assert!(files(&folder).is_empty());
    assert!(folder.try_open().is_ok());
}

#[test]
fn what_another_log_kept_is_not_taken() {
    let folder = kept();
    let other = LogId::new(uuid::Uuid::from_u128(0x0bad));
    let checkpoints = CheckpointFolder::open(&folder.path(), other).unwrap();
    assert_eq!(checkpoints.newest().unwrap(), None);
}

#[test]
fn what_an_interruption_left_unfinished_is_removed() {
    let folder = kept();
    let unfinished = folder
        .path()
        .join("checkpoints/state-00000000000000000009.new");
    fs::write(&unfinished, b"half a state").unwrap();
    let strange = folder.path().join("checkpoints/notes.txt");
    fs::write(&strange, b"somebody's").unwrap();
    let told = verify(&folder.path(), &mut unwatched);
    assert_eq!(told.findings.len(), 2);
    let kept = CheckpointFolder::open(&folder.path(), log()).unwrap();
    assert!(!unfinished.exists());
    assert!(strange.exists());
    assert_eq!(kept.newest().unwrap().unwrap().state, b"a state");
}
