//! `plansync backup`: the whole log as one file, read back before it gets its name.

use std::path::{Path, PathBuf};

use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::backend::{BackedUp, Existing};
use serde_json::json;

use crate::backend;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paths;
use crate::progress::CommitsBar;

/// Write a copy of the whole log into one file.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine may run meanwhile: the backup holds at least everything that was acknowledged before it
began, up to one position. Nothing in the data folder is changed. The file is compressed and chained,
and is read back and checked from end to end, every event with it, before it gets its name; until
then it is FILE.partial.
Sealed volumes are copied one at a time to TMPDIR, which needs room for one.
In JSON, a path that is not UTF-8 has \\xNN for each such byte, and each backslash doubled.

Examples:
  plansync backup --data DIR plansync-2026-05-01.backup
  plansync restore plansync-2026-05-01.backup --data NEW-DIR")]
pub(crate) struct Backup {
    /// The data folder of the engine.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER")]
    data: PathBuf,
    /// The file to write.
    file: PathBuf,
    /// Put the backup in the place of a file that is there already, once it is whole.
    #[arg(long)]
    replace: bool,
}

impl Backup {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let existing = if self.replace {
            Existing::Replace
        } else {
            Existing::Keep
        };
        let bar = CommitsBar::new(output, "backing up");
        let watch = &mut |progress| bar.show(progress);
        let log = backend::of_folder(&self.data);
        let done = log.backup(&self.file, existing, &EventBodies, watch)?;
        drop(bar);
        report(output, &self.file, &done)?;
        Ok(Exit::Done)
    }
}

fn report(output: Output, file: &Path, done: &BackedUp) -> std::io::Result<()> {
    let BackedUp {
        tip,
        bytes,
        commit_bytes,
    } = done;
    if output.is_for_people() {
        return output::line(&format!(
            "backed up to {}: the log {} (incarnation {}) up to position {}; {commit_bytes} bytes of \
             commits in {bytes}, read back and whole",
            paths::shown(file),
            tip.log,
            tip.incarnation,
            tip.position,
        ));
    }
    output.value(&json!({
        "file": paths::exact(file),
        "log": tip.log,
        "incarnation": tip.incarnation,
        "position": tip.position,
        "chain": tip.chain.to_string(),
        "bytes": bytes,
        "commit_bytes": commit_bytes,
    }))
}
