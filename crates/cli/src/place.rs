//! Where a log is that is only read: a data folder or a backup.

use std::path::PathBuf;

use clap::Args;

use crate::exit::NotUnderstood;
use crate::settings::setting;

/// Where a log is that is only read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A data folder, which an engine may be using.
    Folder(PathBuf),
    /// A file that `plansync backup` wrote.
    Backup(PathBuf),
}

/// Options for where a log is, of commands that read a log and cannot ask the service. Those that can have
/// [`SourceArguments`](crate::source::SourceArguments), for which the environment names no folder: they ask the
/// service unless one is given.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArguments {
    /// Data folder of the engine, which may be running.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        required_unless_present = "backup",
        add = setting("engine.data")
    )]
    data: Option<PathBuf>,
    /// Backup to read; if it is given, no data folder is used.
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
}

impl PlaceArguments {
    /// The backup if it is given, and the folder otherwise.
    pub(crate) fn place(&self) -> Result<Place, NotUnderstood> {
        place(self.data.as_ref(), self.backup.as_ref())
            .ok_or_else(|| NotUnderstood("give --data or --backup".to_owned()))
    }
}

/// The backup if it is given, and the folder otherwise.
pub(crate) fn place(data: Option<&PathBuf>, backup: Option<&PathBuf>) -> Option<Place> {
    let backup = backup.cloned().map(Place::Backup);
    backup.or_else(|| data.cloned().map(Place::Folder))
}
