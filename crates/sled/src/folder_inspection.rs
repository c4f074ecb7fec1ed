//! One inspection of a data folder that another process may be writing to. It is repeated until
//! everything that was read belongs to the same moment. It continues after what it finds wrong, and
//! writes nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use plansync_log::Tip;
use plansync_log::backend::OpenError;

use crate::damage::{While, no_log};
use crate::head::{self, Slots};
use crate::lock;
use crate::manifest::{self, Manifest};
use crate::open::refuse_lost_manifest;
use crate::recovery::Found;
use crate::shared::volumes;
use crate::volume_inspection::{self, How};

/// The most inspections of a folder that changes every time.
const TRIES_MAX: u32 = 200;
const TRY_PAUSE: Duration = Duration::from_millis(5);

/// The data folder that a path, which need not exist, is in.
#[must_use]
pub fn data_folder_around(path: &Path) -> Option<PathBuf> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()?;
    let mut folders = parent.ancestors();
    folders
        .find(|folder| is_data_folder(folder))
        .map(Path::to_owned)
}

/// Whether this is the data folder of a log, of which one file may be lost.
pub fn is_data_folder(folder: &Path) -> bool {
    let mut files = [manifest::NAME, head::NAME].into_iter();
    volumes(folder).is_dir() && files.any(|name| folder.join(name).is_file())
}

/// As much of a folder as could be read, and everything that is wrong with it, in order.
#[derive(Debug, Default)]
pub(crate) struct FolderInspection {
    pub(crate) manifest: Option<Manifest>,
    pub(crate) head: Option<Slots>,
    pub(crate) found: Vec<Found>,
    /// The last commit that could be read.
    pub(crate) tip: Option<Tip>,
    pub(crate) wrong: Vec<OpenError>,
    pub(crate) is_in_use: bool,
}

impl FolderInspection {
    /// Inspects until everything that was read belongs to the same moment.
    pub(crate) fn of(dir: &Path) -> Self {
        let mut tries = 0;
        loop {
            let before = Mark::of(dir);
            let inspection = Self::once(dir, before.is_in_use);
            // Whatever a running process made durable remains durable.
            let is_durable = inspection.is_in_use && inspection.wrong.is_empty();
            tries += 1;
            if is_durable || tries >= TRIES_MAX || before == Mark::of(dir) {
                return inspection;
            }
            thread::sleep(TRY_PAUSE);
        }
    }

    fn once(dir: &Path, is_in_use: bool) -> Self {
        let mut inspection = Self {
            is_in_use,
            ..Self::default()
        };
        if let Err(error) = inspection.look(dir) {
            inspection.wrong.push(error);
        }
        inspection
    }

    fn look(&mut self, dir: &Path) -> Result<(), OpenError> {
        must_be_folder(dir)?;
        let manifest = match read_manifest(dir) {
            Err(error @ OpenError::NoLog { .. }) => return Err(error),
            read => read.map_err(|error| self.wrong.push(error)).ok(),
        };
        self.head = Slots::read(dir)
            .map_err(|error| self.wrong.push(error))
            .ok();
        let Some(manifest) = manifest else {
            return Ok(());
        };
        let how = if self.is_in_use {
            How::Beside
        } else {
            How::Alone
        };
        let head = self.head.as_ref().map(|slots| &slots.held);
        let inspection = volume_inspection::inspect(dir, &manifest, head, how);
        self.found = inspection.found;
        self.tip = Some(inspection.tip);
        self.wrong.extend(inspection.wrong);
        self.manifest = Some(manifest);
        Ok(())
    }
}

/// Fails if the path is not a folder or does not exist.
pub(crate) fn must_be_folder(dir: &Path) -> Result<(), OpenError> {
    match fs::metadata(dir) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(OpenError::NotAFolder {
            path: dir.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(no_log(dir)),
        Err(error) => Ok(Err(error).while_doing("look into", dir)?),
    }
}

/// The manifest of a folder that must have one.
pub(crate) fn read_manifest(dir: &Path) -> Result<Manifest, OpenError> {
    if let Some(manifest) = Manifest::read(dir)? {
        return Ok(manifest);
    }
    refuse_lost_manifest(dir)?;
    Err(no_log(dir))
}

/// What changes when a process begins to write to a folder, writes to it, or stops.
#[derive(PartialEq, Eq)]
struct Mark {
    is_in_use: bool,
    manifest: Option<Vec<u8>>,
    /// `None` while a process has the log open, because it writes `HEAD` all the time.
    head: Option<Vec<u8>>,
}

impl Mark {
    fn of(dir: &Path) -> Self {
        let bytes = |name| fs::read(dir.join(name)).ok();
        let is_in_use = lock::is_held(dir);
        Self {
            is_in_use,
            manifest: bytes(manifest::NAME),
            head: if is_in_use { None } else { bytes(head::NAME) },
        }
    }
}
