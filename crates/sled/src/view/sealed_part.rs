//! A sealed volume as a part of a view. Its database is read in a copy, because sled writes to what it
//! opens. Its rows are read where they are, and made again in the temporary folder if they are damaged.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plansync_log::Position;
use plansync_log::environment::InTemporary as _;

use super::Part;
use crate::cache::OpenVolumes;
use crate::copied::Copied;
use crate::damage::{Damage, Fault, While};
use crate::derived::{self, Derived};
use crate::sealed::Sealed;
use crate::store::Page;

/// The copies of databases that are open, and where copies are made.
pub(super) struct Copies {
    open: OpenVolumes<Copied>,
    temporary: PathBuf,
}

impl Copies {
    pub(super) fn new(count_max: usize, temporary: &Path) -> Self {
        Self {
            open: OpenVolumes::new(count_max, 0),
            temporary: temporary.to_owned(),
        }
    }

    /// The copy of a volume, made if there is none.
    fn of(&self, sealed: &Sealed) -> Result<Arc<Copied>, Fault> {
        self.open
            .get(sealed, |_| Copied::make_in(&self.temporary, sealed))
    }
}

/// A sealed volume.
pub(super) struct SealedPart {
    sealed: Sealed,
    copies: Arc<Copies>,
    rows: Mutex<Option<Arc<Derived>>>,
}

impl SealedPart {
    pub(super) fn new(sealed: Sealed, copies: Arc<Copies>) -> Self {
        Self {
            sealed,
            copies,
            rows: Mutex::default(),
        }
    }

    /// Makes the rows from the commits, in the temporary folder.
    fn made(&self, why: &Fault) -> Result<Arc<Derived>, Fault> {
        tracing::warn!(volume = %self.sealed.number(), ?why, "the index rows of a volume are rebuilt from its commits in the temporary folder; the data folder is not changed");
        let index = self.copies.of(&self.sealed)?.index(&self.sealed)?;
        let dir = self
            .copies
            .temporary
            .join(format!("rows-{}", self.sealed.number()));
        fs::create_dir_all(&dir)
            .in_temporary()
            .while_doing("create", &dir)?;
        let path = dir.join(derived::NAME);
        fs::write(&path, derived::encode(&self.sealed.owner, &index))
            .in_temporary()
            .while_doing("write", &path)?;
        Ok(Arc::new(Derived::open(&dir, &self.sealed.owner)?))
    }
}

impl Part for SealedPart {
    fn last(&self) -> Position {
        self.sealed.owner.last
    }

    fn read(&self, page: &mut Page) -> Result<(), Fault> {
        self.copies.of(&self.sealed)?.read(page)
    }

    fn rows(&self) -> Result<Arc<Derived>, Fault> {
        let mut held = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = held.as_ref() {
            return Ok(Arc::clone(rows));
        }
        let rows = match Derived::open(&self.sealed.dir, &self.sealed.owner) {
            Ok(rows) => Arc::new(rows),
            Err(fault) => self.made(&fault)?,
        };
        *held = Some(Arc::clone(&rows));
        Ok(rows)
    }

    fn rows_again(&self, damage: Damage) -> Result<Arc<Derived>, Fault> {
        let mut held = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = self.made(&damage.into())?;
        *held = Some(Arc::clone(&rows));
        Ok(rows)
    }
}
