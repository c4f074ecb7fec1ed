//! `plansync restore`: creates a data folder from a backup, with a new incarnation of the log.

mod sealed;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::backend::{OpenError, Prepare, RestoreKeys, RestorePoint, Restored};
use plansync_log::sealing::WrappingKey;
use plansync_log::{Incarnation, Position};
use serde_json::json;

use crate::backend;
use crate::erasure_key::ErasureKeyArguments;
use crate::erasures;
use crate::exit::{Exit, NotUnderstood};
use crate::offline::{self, ErasedAgain};
use crate::output::{self, Output};
use crate::paths;
use crate::progress::Watch;
use crate::reply::counted;
use crate::settings::setting;
use crate::shell;
use crate::whole;

/// Create a data folder from a backup.
#[derive(Debug, Args)]
#[command(after_help = "\
The backup and the new folder are verified completely before the folder gets
its final name. Nothing is overwritten. If a restore was interrupted, start it
again. Volumes are verified one at a time in TMPDIR, which needs free space for
one volume (64 MiB by default).

Each restore starts a new incarnation of the log. Positions continue after the
last restored one, and event ids contain the incarnation, so the same event
stream or an empty one can be used. Do not serve the original folder again.
Commits after the backup (or after `--to-position`) are lost, even if their
events were published.

A backup does not contain the keys of texts about persons. Give the latest copy of
the file KEYS by `--keys`. If the keys are lost, `--without-keys` restores the rest;
all such text reads as erased then. Learners who were erased after the backup are
erased again by `--erasures`, with the file that `plansync erase` wrote, before the
folder gets its name.

In JSON output, each byte of a path that is not UTF-8 is written as \\xNN, and
each backslash is doubled.

Examples:
  plansync restore plansync-2026-05-01.backup --data NEW-DIR --keys KEYS-COPY
  plansync restore plansync-2026-05-01.backup --data NEW-DIR --to-position 4711
  plansync serve --nats-url URL --data NEW-DIR")]
pub(crate) struct Restore {
    /// Backup file.
    file: PathBuf,
    /// Data folder to create; it must not exist yet, or be empty.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        add = setting("engine.data")
    )]
    data: PathBuf,
    /// Last position to restore [default: the last position of the backup].
    #[arg(long, value_name = "POSITION", value_parser = whole::at_least(0_u64))]
    to_position: Option<u64>,
    /// Incarnation of the restored log [default: the backup's incarnation + 1]. Required if this backup was
    /// restored and served before: give a number above the incarnation that is in use now.
    #[arg(long, value_name = "NUMBER", value_parser = whole::at_least(1_u32))]
    incarnation: Option<u32>,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    /// Copy of the file KEYS of the log that was backed up: the keys of texts about persons. A copy of
    /// KEYS.key is expected beside it, with `.key` added to its name, or `--erasure-key`.
    #[arg(long, value_name = "FILE", conflicts_with = "without_keys")]
    keys: Option<PathBuf>,
    /// Restore without the keys of texts about persons, which are lost: all such text reads as erased.
    #[arg(long)]
    without_keys: bool,
    /// Seal the texts about persons of a backup of an earlier version, which has them unencrypted. The result is another
    /// log, with the same positions: anchors of the earlier one do not apply to it, and it needs an empty event stream.
    /// If the backup has sealed texts, too, give their keys by `--keys`.
    #[arg(long, conflicts_with_all = ["to_position", "incarnation"])]
    seal: bool,
    /// File that `plansync erase --erasures` wrote: every learner in it is erased again in the restored log.
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
}

impl Restore {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let file = File::open(&self.file).map_err(|error| {
            let file = paths::shown(&self.file);
            NotUnderstood(format!("the backup {file} could not be read: {error}"))
        })?;
        let watch = Watch::begin(output, "restoring")?;
        let point = RestorePoint {
            to: self.to_position.map(Position::new),
            incarnation: self.incarnation.map(Incarnation::new),
        };
        let erasures = self.erasures.as_deref().map(erasures::read).transpose()?;
        let erasure_key = self.erasure_key.read_for(&self.data)?;
        let keys = self.keys(erasure_key.as_ref())?;
        let show = &mut |progress| watch.show(progress);
        let mut again = ErasedAgain::default();
        let prepare: &mut Prepare<'_> = &mut |log| {
            // The log may know of erasures that came after the copy of the keys.
            if erasures.is_some() || self.keys.is_some() {
                again = offline::erase_again(log, erasures.as_deref().unwrap_or_default())?;
            }
            Ok(())
        };
        let backend = backend::of_folder(&self.data, erasure_key);
        let restored = if self.seal {
            sealed::restore(&self.file, &*backend, keys, prepare, show)?
        } else {
            let archive = &mut BufReader::new(file);
            backend.restore(archive, point, keys, &EventBodies, prepare, show)?
        };
        drop(watch);
        report(output, &self.data, &restored, again)?;
        Ok(Exit::Done)
    }
}

impl Restore {
    fn keys(&self, erasure_key: Option<&WrappingKey>) -> Result<RestoreKeys, OpenError> {
        if let Some(file) = &self.keys {
            let (log, tree) = backend::read_keys(file, erasure_key)?;
            return Ok(RestoreKeys::Given { log, tree });
        }
        Ok(if self.without_keys {
            RestoreKeys::Lost
        } else {
            RestoreKeys::New
        })
    }
}

/// The folder as an option of a printed command; a path that is not UTF-8 is omitted.
fn shell_path(data: &Path) -> String {
    match data.to_str() {
        Some(text) => shell::option("data", text),
        None => "--data FOLDER".to_owned(),
    }
}

fn report(
    output: Output,
    data: &Path,
    restored: &Restored,
    again: ErasedAgain,
) -> std::io::Result<()> {
    let tip = &restored.tip;
    if output.is_for_people() {
        let (shown, typed) = (paths::shown(data), shell_path(data));
        if again.erased > 0 {
            output::line(&format!(
                "Erased again: {}.",
                counted(again.erased, "learner")
            ))?;
        }
        if again.unknown > 0 {
            output::sentences(&format!(
                "Of the file of erasures, {} not in the log: they were added after the backup.",
                if again.unknown == 1 {
                    "1 learner is".to_owned()
                } else {
                    format!("{} learners are", again.unknown)
                },
            ))?;
        }
        return output::line(&format!(
            "Restored to {shown}: log {} up to position {}, incarnation {}, verified.\n\
             Do not serve the folder that was backed up again. To serve the restored one:\n\
             \x20 plansync serve {typed}",
            tip.log, tip.position, tip.incarnation,
        ));
    }
    output.value(&json!({
        "data": paths::exact(data),
        "log": tip.log,
        "incarnation": tip.incarnation,
        "position": tip.position,
        "chain": tip.chain.to_string(),
        "backup_position": restored.archive.position,
        "erased_again": again.erased,
        "erasures_unknown": again.unknown,
    }))
}
