//! Data folders to test with: small volumes, copies, and damage done to files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plansync_log::backend::OpenError;
use plansync_log::contract::all;
use plansync_log::{LogId, Read, Sequenced};
use plansync_sled::{Options, Sealer, SledAppender, SledLog, SledReader};
use tempfile::TempDir;
use uuid::Uuid;

/// An open log in its parts.
pub(crate) type Parts = (SledAppender, Arc<SledReader>, Sealer);

pub(crate) fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x1090))
}

/// Volumes of 32 KiB, so that a test has many.
pub(crate) fn small() -> Options {
    Options {
        new_log: log(),
        volume_bytes: 32 << 10,
        cache_bytes: 1 << 20,
        tail_bytes: 0,
        ..Options::default()
    }
}

/// A folder that is removed with the test.
pub(crate) struct Folder {
    pub(crate) dir: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    pub(crate) fn open(&self) -> Parts {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Parts, OpenError> {
        SledLog::open(&self.path(), small())
    }

    /// The message of the error that opening gives, with the folder left out.
    pub(crate) fn refusal(&self) -> String {
        let Err(error) = self.try_open() else {
            panic!("the log must not open");
        };
        error
            .to_string()
            .replace(&format!("{}", self.path().display()), "DIR")
    }

    /// The folder as a cut at this moment leaves it, given that everything written arrived.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        copy_tree(&self.path(), &copy.path());
        copy
    }

    /// The journal of a volume.
    pub(crate) fn journal(&self, volume: u64) -> PathBuf {
        self.path().join(format!("volumes/{volume:08}/journal"))
    }

    /// Changes a file's bytes.
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every answer that a log gives about these commits is as it should be.
#[track_caller]
pub(crate) fn assert_holds(log: &dyn Read, commits: &[Sequenced]) {
    assert_eq!(all(log), commits);
    for commit in commits {
        let skim = commit.skim().unwrap();
        let at = Some(commit.position());
        assert_eq!(log.locate(&skim.stream(), skim.version).unwrap(), at);
        assert_eq!(log.command(skim.tenant, skim.command).unwrap(), at);
    }
}
