//! `plansync sync start`: the synchronisation itself.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::consent::Consent;
use crate::commands::sync::following::follow;
use crate::commands::sync::nothing::explained;
use crate::desk::{Desk, DeskArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{number, text};

/// Start a synchronisation; say the same as to `preview`, and confirm what that showed.
#[derive(Debug, Args)]
#[command(after_help = "\
A synchronisation that is followed ends with 0 only if it completes: with 5 if it was cancelled, or if
Ctrl-C ended the following, which leaves the synchronisation to go on.

Before anything is done to more than one learner, a terminal is shown what would happen and asked. A yes
starts exactly that, as `--confirm` does; no, Ctrl-C and the end of the input start nothing, and end with
6. Without a terminal it needs `--confirm` or `--yes`, and ends with 2 if it has neither.")]
pub(super) struct Start {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    consent: Consent,
    /// The id of the synchronisation; the same id is started once. One is made if none is given.
    #[arg(long)]
    sync: Option<Uuid>,
    /// Follow it to its end, as is done on a terminal.
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Do not follow it.
    #[arg(long)]
    no_wait: bool,
}

impl Start {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let (_, request) = self.choice.request(&desk).await?;
        let Some(mut request) = self.consent.given(&desk, output, request).await? else {
            return Ok(Exit::Declined);
        };
        let sync = self.sync.unwrap_or_else(Uuid::new_v4);
        request["sync"] = json!(sync);
        // The same command again is answered as the first time, and not carried out twice.
        request["command_id"] = json!(sync);
        let started = match begin(&desk, &request, sync).await {
            Err(error) => return Err(explained(&desk, &request, error).await),
            Ok(started) => started,
        };
        if !self.waits(output) {
            self.tell_started(output, &started, sync)?;
            return Ok(Exit::Done);
        }
        if output.is_for_people() {
            output::sentences(&accepted(&started, sync))?;
        }
        follow(&desk, output, sync, self.desk.patience()).await
    }

    fn waits(&self, output: Output) -> bool {
        let is_watched = output.is_for_people() && std::io::stdout().is_terminal();
        self.wait || (is_watched && !self.no_wait)
    }

    fn tell_started(&self, output: Output, started: &Value, sync: Uuid) -> std::io::Result<()> {
        if !output.is_for_people() {
            return output.value(started);
        }
        output::sentences(&format!(
            "{}\nFollow it with:\n  {}",
            accepted(started, sync),
            self.desk
                .typed()
                .command("sync status", &format!("{sync} --wait")),
        ))
    }
}

/// Sends the request to start it.
pub(super) async fn begin(desk: &Desk, request: &Value, sync: Uuid) -> anyhow::Result<Value> {
    let started = desk.ask("sync.start", request).await;
    Ok(match started {
        Err(error @ crate::asking::AskError::Client(_)) => Err(error).with_context(|| {
            let again = again(request, sync);
            format!(
                "whether it was started is not known: say the same with `{again}`, which starts it \
                 once"
            )
        })?,
        started => started?,
    })
}

/// What to add to the same command so that it is the same request: what was answered on the terminal is
/// part of it.
fn again(request: &Value, sync: Uuid) -> String {
    let confirm = &request["confirm"];
    if confirm.is_null() {
        return format!("--sync {sync} --yes");
    }
    let (position, digest) = (number(confirm, "position"), text(confirm, "digest"));
    format!("--sync {sync} --confirm {position}:{digest}")
}

pub(super) fn accepted(started: &Value, sync: Uuid) -> String {
    let position = number(started, "position");
    let before = if started["duplicate"] == true {
        " before"
    } else {
        ""
    };
    format!("Synchronisation {sync} was accepted{before}, at position {position}.")
}
