//! The log on disk as a [`Backend`]: the parts of this crate behind the port, for programs that choose a
//! backend when they start.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plansync_log::backend::{
    BackedUp, Backend, BackgroundTask, BackupError, Existing, Inspection, LogView, OpenError,
    OpenLog, Prepare, Progress, Reindexed, Report, RestoreError, RestoreKeys, RestorePoint,
    Restored, Schedule, StepError, StepOutcome,
};
use plansync_log::merkle::{CompactRange, Hash};
use plansync_log::sealing::Keys;
use plansync_log::{Bodies, Checkpoints, Incarnations, Position, Read as _, Sequenced, Tip};

use crate::backup::backup_reading;
use crate::folder_inspection::{must_be_folder, read_manifest};
use crate::key_files;
use crate::restore::restore_all;
use crate::verify::verify_reading;
use crate::view::view;
use crate::{CheckpointFolder, Folder, HeadWriter, Options, Sealer, SledLog, Stepped, reindex};

/// The pause between two writes of `HEAD`: what a cut can hide is what was written in this time.
const HEAD_EVERY: Duration = Duration::from_millis(4);
/// The pause before a volume is sealed for which the disk had no room. Nothing is lost meanwhile.
const SEALING_REFUSED: Duration = Duration::from_secs(5);

/// The log in one data folder.
#[derive(Debug, Clone)]
pub struct SledBackend {
    dir: PathBuf,
    options: Options,
}

impl SledBackend {
    /// Names the folder and how a log in it is opened. The folder is not touched.
    pub fn new(dir: impl Into<PathBuf>, options: Options) -> Self {
        Self {
            dir: dir.into(),
            options,
        }
    }
}

impl Backend for SledBackend {
    fn open(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<OpenLog, OpenError> {
        let (append, read, sealer) = SledLog::open_watched(&self.dir, self.options.clone(), watch)?;
        let checkpoints = CheckpointFolder::open(&self.dir, read.tip().log);
        let head = sealer.head_writer();
        Ok(OpenLog {
            append: Box::new(append),
            keys: read.keys(),
            read,
            checkpoints: checkpoints.map(|folder| Arc::new(folder) as Arc<dyn Checkpoints>),
            background: vec![Box::new(head), Box::new(sealer)],
        })
    }

    fn inspect(&self) -> Result<Box<dyn Inspection>, OpenError> {
        Ok(Box::new(Folder::look(&self.dir)?))
    }

    fn view(&self, temporary: &Path) -> Result<LogView, OpenError> {
        view(&self.dir, &self.options, temporary)
    }

    fn keys(&self) -> Result<Arc<Keys>, OpenError> {
        must_be_folder(&self.dir)?;
        let manifest = read_manifest(&self.dir)?;
        key_files::view(&self.dir, &manifest, self.options.erasure_key.as_ref())
    }

    fn verify(
        &self,
        bodies: &dyn Bodies,
        each: &mut dyn FnMut(Position, Hash),
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Report {
        let erasure_key = self.options.erasure_key.as_ref();
        verify_reading(&self.dir, erasure_key, bodies, each, watch)
    }

    fn backup(
        &self,
        file: &Path,
        existing: Existing,
        bodies: &dyn Bodies,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<BackedUp, BackupError> {
        backup_reading(&self.dir, file, existing, bodies, watch)
    }

    fn restore(
        &self,
        archive: &mut dyn io::Read,
        point: RestorePoint,
        keys: RestoreKeys,
        bodies: &dyn Bodies,
        prepare: &mut Prepare<'_>,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Restored, RestoreError> {
        let options = self.options.clone();
        let what = (point, keys);
        restore_all(&self.dir, archive, what, bodies, options, prepare, watch)
    }

    fn reindex(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Reindexed, OpenError> {
        reindex(&self.dir, watch)
    }
}

impl Inspection for Folder {
    fn tip(&self) -> Tip {
        Self::tip(self)
    }

    fn incarnations(&self) -> Incarnations {
        Self::incarnations(self)
    }

    fn is_in_use(&self) -> bool {
        Self::is_in_use(self)
    }

    fn commits(
        &self,
        from: Position,
        each: &mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>,
    ) -> Result<(), OpenError> {
        Self::commits(self, from, each)
    }

    fn tree_range(&self, from: u64, to: u64) -> Result<CompactRange, OpenError> {
        Self::tree_range(self, from, to)
    }
}

impl BackgroundTask for HeadWriter {
    fn name(&self) -> &'static str {
        "head"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            interval: HEAD_EVERY,
            retry_after: HEAD_EVERY,
            is_taken_at_stop: true,
        }
    }

    fn step(&mut self) -> Result<StepOutcome, StepError> {
        Self::step(self).map(outcome)
    }

    fn wait(&self, timeout: Duration) {
        Self::wait(self, timeout);
    }
}

impl BackgroundTask for Sealer {
    fn name(&self) -> &'static str {
        "sealer"
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            interval: Duration::ZERO,
            retry_after: SEALING_REFUSED,
            is_taken_at_stop: false,
        }
    }

    fn step(&mut self) -> Result<StepOutcome, StepError> {
        Self::step(self).map(outcome)
    }

    fn wait(&self, timeout: Duration) {
        Self::wait(self, timeout);
    }
}

fn outcome(stepped: Stepped) -> StepOutcome {
    match stepped {
        Stepped::Idle => StepOutcome::Idle,
        Stepped::HeadWritten
        | Stepped::Prepared
        | Stepped::Filled
        | Stepped::Sealed
        | Stepped::Filtered
        | Stepped::Hashed => StepOutcome::Worked,
    }
}
