//! `plansync restore`: a data folder of a backup, in an incarnation of its own.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::backend::{RestorePoint, Restored};
use plansync_log::{Incarnation, Position};
use serde_json::json;

use crate::backend;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::paths;
use crate::progress::CommitsBar;
use crate::shell;

/// Make a data folder of a backup.
#[derive(Debug, Args)]
#[command(after_help = "\
The backup is read and checked as a whole, and so is the new folder, before the folder gets its
name; nothing is ever overwritten. An interrupted restore is simply started again. In JSON, a path
that is not UTF-8 has \\xNN for each such byte, and each backslash doubled.
The new folder is checked in copies of its volumes, one at a time, in TMPDIR, which needs room for one;
where nothing can be written there, that is said before anything is done.

The restored log is in a new incarnation: its positions go on where it ends, under names of their own, in
the same event stream or in an empty one. Do not serve the folder that was backed up again. What was
committed after the backup (or after --to-position) is lost, also where its events were published.

Examples:
  plansync restore plansync-2026-05-01.backup --data NEW-DIR
  plansync restore plansync-2026-05-01.backup --data NEW-DIR --to-position 4711
  plansync serve --nats-url URL --data NEW-DIR")]
pub(crate) struct Restore {
    /// The backup.
    file: PathBuf,
    /// The folder to make; it must be empty, or not be there yet.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER")]
    data: PathBuf,
    /// The last position to keep; else the backup's last.
    #[arg(long, value_name = "POSITION")]
    to_position: Option<u64>,
    /// Which incarnation of the log begins; else the one after the backup's. Needed where the same backup
    /// was restored, and served, before: give a number above the one it has now.
    #[arg(long, value_name = "NUMBER")]
    incarnation: Option<u32>,
}

impl Restore {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let file = File::open(&self.file).map_err(|error| {
            let file = paths::shown(&self.file);
            NotUnderstood(format!("the backup {file} cannot be read: {error}"))
        })?;
        let bar = CommitsBar::new(output, "restoring");
        let point = RestorePoint {
            to: self.to_position.map(Position::new),
            incarnation: self.incarnation.map(Incarnation::new),
        };
        let restored = backend::of_folder(&self.data).restore(
            &mut BufReader::new(file),
            point,
            &EventBodies,
            &mut |progress| bar.show(progress),
        )?;
        drop(bar);
        report(output, &self.data, &restored)?;
        Ok(Exit::Done)
    }
}

/// The folder as an option of another command; nothing that is typed stands for a path that is no text.
fn shell_path(data: &Path) -> String {
    match data.to_str() {
        Some(text) => shell::option("data", text),
        None => "--data FOLDER".to_owned(),
    }
}

fn report(output: Output, data: &Path, restored: &Restored) -> std::io::Result<()> {
    let tip = &restored.tip;
    if output.is_for_people() {
        let (shown, typed) = (paths::shown(data), shell_path(data));
        return output::line(&format!(
            "restored to {shown}: the log {} up to position {}, whole, in its incarnation {}\n\
             Start it with `plansync serve {typed}`, and never again the folder that it was \
             backed up from.",
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
    }))
}
