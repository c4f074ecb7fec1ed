//! `plansync sync status`: the progress of one synchronisation.

use clap::Args;
use serde_json::{Value, json};

use crate::commands::sync::following::follow;
use crate::commands::sync::spelling::spaced;
use crate::desk::{Desk, DeskArguments};
use crate::exit::Exit;
use crate::names::{self, Lookup};
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, minute, number, text};

/// Show the progress of a synchronisation.
#[derive(Debug, Args)]
#[command(after_help = "\
With `--wait`, the exit code is 0 if the synchronisation completes, and 5 if it
was cancelled or if you stop following with Ctrl-C. Ctrl-C does not stop the
synchronisation.")]
pub(super) struct Status {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    desk: DeskArguments,
    /// Follow the synchronisation to its end.
    #[arg(long)]
    wait: bool,
}

impl Status {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let sync = Lookup::syncs(&desk).uuid(&self.sync).await?;
        if self.wait {
            return follow(&desk, output, sync, self.desk.patience()).await;
        }
        let record = desk.ask("sync.get", &json!({ "sync": sync })).await?;
        tell(&desk, output, &record).await?;
        Ok(Exit::Done)
    }
}

/// A synchronisation, for people or for programs.
pub(super) async fn tell(desk: &Desk, output: Output, record: &Value) -> anyhow::Result<()> {
    if !output.is_for_people() {
        return Ok(output.value(record)?);
    }
    let by = text(record, "requested_by");
    let people = names::administrators(desk, [by]).await?;
    show(record, people.of(by))?;
    if number(&record["pairs"], "skipped") > 0 {
        let given = format!("{} --outcome skipped", text(record, "sync"));
        let outcomes = desk.typed().command("sync outcomes", &given);
        output::sentences(&format!("To see what was skipped, and why:\n  {outcomes}"))?;
    }
    Ok(())
}

fn show(record: &Value, by: &str) -> std::io::Result<()> {
    let pairs = &record["pairs"];
    let state = text(record, "state");
    let finished = match text(record, "finished_at") {
        "" => String::new(),
        at => format!(", ended {}", minute(at)),
    };
    output::sentences(&format!(
        "{}: {} of {} done, {} each\n\
         {} applied ({} updated, {} created, {} deleted), {} unchanged, {} skipped\n\
         {}, started by {} at {}{finished} (UTC)",
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
        by,
        minute(text(record, "started_at")),
    ))
}
