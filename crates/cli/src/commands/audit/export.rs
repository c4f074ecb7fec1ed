//! `plansync audit export`: the log as related tables, in SQLite, CSV or JSON lines.

mod commits;
mod destination;
mod pages;
mod place;
mod plans;
mod reading;
mod selection;
mod syncs;
mod unfinished;

use std::path::PathBuf;

use clap::Args;
use plansync_export::dossier::People;
use plansync_export::{Stop, Workspace, tables};
use serde_json::{Map, Value, json};

use self::destination::{Destination, Format};
pub(super) use self::place::HasWorkspace;
use self::place::Subject;
use self::reading::Reading;
pub(super) use self::selection::FilterArguments;
use self::selection::Selection;
use crate::caller::Caller;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::paths;
use crate::reply::counted;
use crate::signals::Signals;
use crate::source::{Source, SourceArguments};
use crate::view::ViewError;

/// The only actor who may read everything.
const SYSTEM: &str = "system";

/// Write the log as related tables: SQLite, CSV or JSON lines.
#[derive(Debug, Args)]
#[command(after_help = "\
SQLite gives one file with keys, indexes, views and a dictionary of all columns;
CSV and JSON lines give a folder with one file for each table. The rows are the
same. docs/export.md lists the tables and says what each filter means. Whoever
can read the export can read everything in it: only its owner may, at first.

The export is written beside its place, in a folder `.NAME.partial-…`, checked,
and then renamed. If it is interrupted or fails, nothing is left. What a process
that is killed leaves is removed by the next export to the same place; until
then, it may have everything that the export has. While the engine runs, the
export is that of one position of the log.

Examples:
  plansync audit export --data DIR --to college.sqlite
  plansync audit export --backup FILE --to college --format csv
  plansync audit export --tenant northgate --as system --to may.sqlite \\
      --from 2026-05-01 --until 2026-05-31
  plansync audit export --data DIR --to lee.sqlite --learner 'Ann Lee'
  plansync audit export --data DIR --to ann-lee --learner 'Ann Lee' --dossier")]
pub(crate) struct Export {
    /// File or folder to create. The ending `.sqlite`, `.sqlite3` or `.db` means SQLite.
    #[arg(long, value_name = "FILE|FOLDER")]
    to: PathBuf,
    /// Format [default: SQLite, if the name ends so].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write a folder for the learner: everything that is recorded about the learner, with pseudonyms in place of
    /// everybody else, proofs that it is in the log, and a page to read.
    #[arg(long, requires = "learner", conflicts_with_all = ["programme", "sync", "from", "until"])]
    dossier: bool,
    /// Replace an export that is there, after the new one is complete.
    #[arg(long, alias = "force")]
    replace: bool,
    #[command(flatten)]
    filters: FilterArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Export {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let destination = Destination::prepare(&self.to, self.format, self.dossier, self.replace)?;
        let mut opened = Opened::open(&self.source, &self.filters, output).await?;
        let place = destination.begin()?;
        let read = opened.read(&place, self.dossier, output).await?;
        let counts = counts(&read.workspace)?;
        let subject = read.others.map(|others| Subject {
            learner: others.learner(),
            stop: opened.stop(),
            others,
        });
        place.complete(read.workspace, subject.as_ref())?;
        report(output, &self.to, read.position, &counts)?;
        Ok(opened.caller.source().exit(output))
    }
}

/// A log that can be exported, and what is wanted of it.
pub(super) struct Opened {
    pub(super) caller: Caller,
    selection: Selection,
    signals: Signals,
}

/// An export that was read.
pub(super) struct Read {
    pub(super) workspace: Workspace,
    /// The position up to which the log was read.
    pub(super) position: u64,
    /// Everybody else, for a dossier.
    pub(super) others: Option<People>,
}

impl Opened {
    pub(super) async fn open(
        source: &SourceArguments,
        filters: &FilterArguments,
        output: Output,
    ) -> anyhow::Result<Self> {
        // The first, so that nothing is left if the process is asked to end.
        let signals = Signals::listen()?;
        let caller = source.open(output).await?.patiently().exactly();
        if caller.actor() != SYSTEM {
            return Err(NotUnderstood(format!(
                "an export has everything, so only `system` may make one, and not `{}`; give `--as {SYSTEM}`",
                caller.actor()
            ))
            .into());
        }
        let selection = filters.resolve(&caller).await?;
        Ok(Self {
            caller,
            selection,
            signals,
        })
    }

    /// Says whether somebody asked for the end.
    pub(super) fn stop(&self) -> Stop {
        Stop::when(self.signals.probe())
    }

    /// Reads what is wanted into an empty file.
    pub(super) async fn read(
        &mut self,
        place: &impl HasWorkspace,
        is_dossier: bool,
        output: Output,
    ) -> anyhow::Result<Read> {
        let workspace = Workspace::create(place.workspace(), self.stop())?;
        let reading =
            Reading::new(&self.caller, workspace, &self.selection, output).run(is_dossier);
        match self.caller.source() {
            // It listens to signals while it answers, because it has a folder to remove.
            Source::View(_) => reading.await,
            Source::Service(_) => tokio::select! {
                read = reading => read,
                () = self.signals.asked_to_end() => Err(ViewError::Interrupted.into()),
            },
        }
    }
}

/// The number of rows of each table.
fn counts(workspace: &Workspace) -> anyhow::Result<Map<String, Value>> {
    let count = |table: &&plansync_export::model::Table| {
        let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
        let count = workspace.number(&sql, &[])?.unwrap_or_default();
        Ok::<_, anyhow::Error>((table.name.to_owned(), json!(count)))
    };
    tables::all().iter().map(count).collect()
}

fn report(
    output: Output,
    to: &std::path::Path,
    position: u64,
    counts: &Map<String, Value>,
) -> std::io::Result<()> {
    if !output.is_for_people() {
        let file = paths::exact(to);
        return output.value(&json!({ "file": file, "position": position, "rows": counts }));
    }
    let count = |table: &str| {
        counts
            .get(table)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    };
    output::sentences(&format!(
        "Exported to {}: the log up to position {position}, with {}, {}, {} and {}.",
        paths::shown(to),
        counted(count("commits"), "commit"),
        counted(count("edits"), "edit"),
        counted(count("outcomes"), "outcome"),
        counted(count("learners"), "learner"),
    ))
}
