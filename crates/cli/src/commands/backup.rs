//! `plansync backup`: writes the log to one file and reads it back before the file gets its name.

use std::path::{Path, PathBuf};

use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::backend::{BackedUp, BackupError, Existing};
use serde_json::json;

use crate::backend;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paths;
use crate::progress::Watch;
use crate::settings::setting;

/// Back up the log to one file.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine may be running. The backup contains at least everything that was
acknowledged before it started. The data folder is not changed.

The backup is written to FILE.partial, then read back and verified completely,
including every event, and then renamed to FILE. Sealed volumes are copied one
at a time to TMPDIR, which needs free space for one volume (64 MiB by default).

The backup does not contain the keys of texts about persons (the files KEYS and
KEYS.key of the data folder). Without them, such texts in a restored log read as
erased, so keep a copy of them (`--keys`) apart from the backup, and replace it
after each erasure: with a copy from before, erased texts of the backup can be
read again.

In JSON output, each byte of a path that is not UTF-8 is written as \\xNN, and
each backslash is doubled.

Examples:
  plansync backup --data DIR plansync-2026-05-01.backup
  plansync backup --data DIR plansync-2026-05-02.backup --keys KEYS-COPY --replace
  plansync restore plansync-2026-05-01.backup --data NEW-DIR")]
pub(crate) struct Backup {
    /// Data folder of the engine.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        add = setting("engine.data")
    )]
    data: PathBuf,
    /// Backup file to create.
    file: PathBuf,
    /// Replace an existing file, after the new backup is complete.
    #[arg(long)]
    replace: bool,
    /// Also copy the keys of texts about persons: KEYS to this file, and KEYS.key, unless `--erasure-key` is
    /// used, to FILE.key. Keep them apart from the backup.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl Backup {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let existing = if self.replace {
            Existing::Replace
        } else {
            Existing::Keep
        };
        if let Some(file) = self
            .keys
            .as_ref()
            .filter(|file| !self.replace && file.exists())
        {
            let file = file.clone();
            return Err(BackupError::Exists { file }.into());
        }
        if let Some(file) = &self.keys {
            backend::refuse_data_folder(file)?;
        }
        let watch = Watch::begin(output, "backing up")?;
        let log = backend::of_folder(&self.data, None);
        let show = &mut |progress| watch.show(progress);
        let done = log.backup(&self.file, existing, &EventBodies, show)?;
        drop(watch);
        let keys = match &self.keys {
            Some(file) => backend::copy_keys(&self.data, file, existing)?,
            None => Vec::new(),
        };
        report(output, &self.file, &done, &keys)?;
        Ok(Exit::Done)
    }
}

fn report(output: Output, file: &Path, done: &BackedUp, keys: &[PathBuf]) -> std::io::Result<()> {
    let BackedUp {
        tip,
        bytes,
        commit_bytes,
    } = done;
    if output.is_for_people() {
        output::line(&format!(
            "Backed up to {}: log {} (incarnation {}) up to position {}; {commit_bytes} bytes of commits \
             in a file of {bytes} bytes, read back and verified.",
            paths::shown(file),
            tip.log,
            tip.incarnation,
            tip.position,
        ))?;
        let keys: Vec<_> = keys.iter().map(|file| paths::shown(file)).collect();
        return match keys.as_slice() {
            [] => Ok(()),
            keys => output::line(&format!("Copied the keys to {}.", keys.join(" and "))),
        };
    }
    output.value(&json!({
        "file": paths::exact(file),
        "log": tip.log,
        "incarnation": tip.incarnation,
        "position": tip.position,
        "chain": tip.chain.to_string(),
        "bytes": bytes,
        "commit_bytes": commit_bytes,
        "keys": keys.iter().map(|file| paths::exact(file)).collect::<Vec<_>>(),
    }))
}
