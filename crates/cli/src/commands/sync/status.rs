//! `plansync sync status`: how far one synchronisation has come.

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::desk::DeskArguments;
use crate::commands::sync::following::follow;
use crate::commands::sync::paint::Paint;
use crate::commands::sync::preview::counted;
use crate::commands::sync::spelling::spaced;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{minute, number, text};

/// How far a synchronisation has come.
#[derive(Debug, Args)]
#[command(after_help = "\
A synchronisation that is followed ends with 0 only if it completes: with 5 if it was cancelled, or if
Ctrl-C ended the following, which leaves the synchronisation to go on.")]
pub(super) struct Status {
    /// Which.
    sync: Uuid,
    #[command(flatten)]
    desk: DeskArguments,
    /// Follow it to its end.
    #[arg(long)]
    wait: bool,
}

impl Status {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        if self.wait {
            return follow(&desk, output, self.sync, self.desk.patience()).await;
        }
        let record = desk.ask("sync.get", &json!({ "sync": self.sync })).await?;
        output.reply(&record, show)?;
        Ok(Exit::Done)
    }
}

/// A synchronisation, for people.
pub(super) fn show(record: &Value) -> std::io::Result<()> {
    let pairs = &record["pairs"];
    let state = text(record, "state");
    let finished = match text(record, "finished_at") {
        "" => String::new(),
        at => format!(", ended {}", minute(at)),
    };
    output::line(&format!(
        "{}: {} of {} done, {} each\n\
         {} applied ({} updated, {} created, {} deleted), {} unchanged, {} skipped\n\
         {}, asked for by {}, started {}{finished} (UTC)",
        Paint::of_stdout().strong(state),
        number(record, "done"),
        counted(number(record, "learners"), "learner"),
        counted(number(record, "components"), "component"),
        number(pairs, "applied"),
        number(record, "updated"),
        number(record, "created"),
        number(record, "deleted"),
        number(pairs, "unchanged"),
        number(pairs, "skipped"),
        spaced(text(record, "type")),
        text(record, "requested_by"),
        minute(text(record, "started_at")),
    ))
}
