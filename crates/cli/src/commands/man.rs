//! `plansync man`: writes the manual pages, made from the same definitions as `--help`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::paths;

/// Write the manual pages into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Writes one page for each command, such as plansync.1 and plansync-serve.1, into
a folder that exists. Pages that are there already are replaced.

Example:
  mkdir man1 && plansync man man1 && man ./man1/plansync-serve.1")]
pub(crate) struct Man {
    /// Folder for the pages.
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let written = clap_mangen::generate_to(Arguments::said(), &self.folder);
        written.with_context(|| {
            let folder = paths::shown(&self.folder);
            format!("the manual pages could not be written into the folder {folder}")
        })?;
        Ok(Exit::Done)
    }
}
