//! The database of a sealed volume, copied to a temporary folder and opened there, because sled writes
//! to what it opens. Every file is compared with its checksum while it is copied, so a damaged database
//! is never opened.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use plansync_log::environment::{InTemporary as _, temporary_folder};
use plansync_log::{Position, Sequenced};
use tempfile::TempDir;

use crate::damage::{Damage, Failed, Fault, While};
use crate::files::{self, Listed};
use crate::index::Index;
use crate::sealed::Sealed;
use crate::store::{Page, Store};
use crate::unsealed::COMMITS;

/// Copies are read from beginning to end, so a small cache is enough.
const CACHE_BYTES: u64 = 4 << 20;
const PROBE: &str = "probe";

/// An open copy, which is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Copied {
    /// `None` only while it is being closed.
    store: Option<Store>,
    dir: TempDir,
    /// What was copied.
    from: PathBuf,
    last: Position,
}

impl Copied {
    /// Copies and opens a database that is byte for byte what was sealed.
    pub(crate) fn make(sealed: &Sealed) -> Result<Self, Fault> {
        Self::make_in(&temporary_folder(), sealed)
    }

    /// The same in a folder below this one.
    pub(crate) fn make_in(temporary: &Path, sealed: &Sealed) -> Result<Self, Fault> {
        let made = Self::make_each(temporary, sealed, &mut Err)?;
        Ok(made.ok_or_else(|| Damage::new(&sealed.dir, "it is not what was sealed"))?)
    }

    /// The same, but `wrong` decides whether to go on after what is wrong with a file, so that
    /// every file is read. Without an error, `None` then says that there is nothing to open.
    pub(crate) fn make_watched(
        sealed: &Sealed,
        wrong: &mut dyn FnMut(Fault) -> Result<(), Fault>,
    ) -> Result<Option<Self>, Fault> {
        Self::make_each(&temporary_folder(), sealed, wrong)
    }

    fn make_each(
        temporary: &Path,
        sealed: &Sealed,
        wrong: &mut dyn FnMut(Fault) -> Result<(), Fault>,
    ) -> Result<Option<Self>, Fault> {
        let listed = sealed.files()?;
        let dir = folder(temporary)?;
        let from = sealed.dir.join(COMMITS);
        let mut is_whole = true;
        for one in &listed {
            if let Err(fault) = copy(one, &from, dir.path()) {
                is_whole = false;
                wrong(fault)?;
            }
        }
        for foreign in files::foreign_files(&from, &listed)? {
            is_whole = false;
            wrong(foreign.into())?;
        }
        if !is_whole {
            return Ok(None);
        }
        let store =
            Store::open(dir.path(), CACHE_BYTES).map_err(|fault| fault.at(dir.path(), &from))?;
        Ok(Some(Self {
            store: Some(store),
            dir,
            from,
            last: sealed.owner.last,
        }))
    }

    /// The commits from this position on, in a page of about so many bytes.
    pub(crate) fn page(&self, from: Position, bytes_max: usize) -> Result<Vec<Sequenced>, Fault> {
        let mut page = Page::new(from, usize::MAX, bytes_max);
        self.read(&mut page)?;
        Ok(page.commits)
    }

    /// Adds commits to a page, up to the last of the volume.
    pub(crate) fn read(&self, page: &mut Page) -> Result<(), Fault> {
        let read = self.store().and_then(|store| store.read(page, self.last));
        read.map_err(|fault| fault.at(self.dir.path(), &self.from))
    }

    /// The index that its commits give, if they are those of the volume.
    pub(crate) fn index(&self, sealed: &Sealed) -> Result<Index, Fault> {
        let derived = self
            .store()
            .and_then(|store| sealed.derive(store, &mut |_, _| {}));
        derived
            .map(|(index, _)| index)
            .map_err(|fault| fault.at(self.dir.path(), &self.from))
    }

    fn store(&self) -> Result<&Store, Fault> {
        let closed = || Failed {
            doing: "use the database",
            path: self.dir.path().to_owned(),
            source: io::ErrorKind::NotConnected.into(),
        };
        Ok(self.store.as_ref().ok_or_else(closed)?)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        // sled may write for a while after it was dropped. The folder is removed next, so this waits for it.
        if let Some(store) = self.store.take()
            && let Err(fault) = store.close()
        {
            tracing::debug!(?fault, "a copy of a database was closed with an error");
        }
    }
}

/// Fails if copies cannot be made, before work is done that needs them.
pub(crate) fn check_temporary() -> Result<(), Fault> {
    folder(&temporary_folder()).map(drop)
}

/// A folder below this one that sled can use.
fn folder(temporary: &Path) -> Result<TempDir, Fault> {
    let dir = tempfile::Builder::new()
        .prefix("plansync-")
        .tempdir_in(temporary)
        .in_temporary()
        .while_doing("make a folder in", temporary)?;
    must_take_locks(&dir.path().join(PROBE))?;
    Ok(dir)
}

/// Fails if files cannot be locked in the folder: sled would only report that another process has the lock.
fn must_take_locks(path: &Path) -> Result<(), Fault> {
    let file = File::create_new(path).in_temporary();
    let file = file.while_doing("create", path)?;
    match file.try_lock() {
        Ok(()) | Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(source)) => {
            Err(source).in_temporary().while_doing("lock", path)?;
        }
    }
    Ok(fs::remove_file(path)
        .in_temporary()
        .while_doing("remove", path)?)
}

/// Copies one file and compares it with its checksum.
fn copy(listed: &Listed, from: &Path, to: &Path) -> Result<(), Fault> {
    let (path, target) = (from.join(&listed.name), to.join(&listed.name));
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)
            .in_temporary()
            .while_doing("create", parent)?;
    }
    let mut copy = File::create(&target)
        .in_temporary()
        .while_doing("create", &target)?;
    listed.read(&path, &mut |piece| {
        copy.write_all(piece)
            .in_temporary()
            .while_doing("write", &target)
    })
}
