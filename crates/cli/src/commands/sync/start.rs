//! `plansync sync start`: starts a synchronisation.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments};
use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::confirmation::StartConfirmation;
use crate::commands::sync::following::follow;
use crate::commands::sync::no_changes::explained;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{number, text};

/// Start a synchronisation, and follow it to its end; takes the options of `preview`.
#[derive(Debug, Args)]
#[command(after_help = "\
If more than one learner may be affected, a summary is shown on the terminal
and must be confirmed. `y` starts exactly what was shown, like `--confirm`. Any
other answer, Ctrl-C or the end of the input start nothing; the exit code is
then 6. Without a terminal, `--confirm` or `--yes` is required; otherwise the
exit code is 2.

If the synchronisation is followed, the exit code is 0 if it completes, and 5
if it was cancelled or if you stop following with Ctrl-C. Ctrl-C does not stop
the synchronisation.")]
pub(super) struct Start {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    confirmation: StartConfirmation,
    /// Id of the synchronisation; repeating the command with the same id does not start it twice
    /// [default: a new random id].
    #[arg(long)]
    sync: Option<Uuid>,
    /// Follow the synchronisation to its end [default on a terminal].
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Do not follow the synchronisation.
    #[arg(long)]
    no_wait: bool,
}

impl Start {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let (_, request) = self.choice.request(&caller).await?;
        let Some(mut request) = self.confirmation.given(&caller, output, request).await? else {
            return Ok(Exit::Declined);
        };
        let sync = self.sync.unwrap_or_else(Uuid::new_v4);
        request["sync"] = json!(sync);
        // The same command again is answered as the first time, and not carried out twice.
        request["command_id"] = json!(sync);
        let started = match begin(&caller, &request, sync).await {
            Err(error) => return Err(explained(&caller, &request, error).await),
            Ok(started) => started,
        };
        if !self.waits(output) {
            self.tell_started(output, &started, sync)?;
            return Ok(Exit::Done);
        }
        if output.is_for_people() {
            output::sentences(&accepted(&started, sync))?;
        }
        follow(&caller, output, sync, self.caller.patience()).await
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
            "{}\nTo follow it:\n  {}",
            accepted(started, sync),
            self.caller
                .printed()
                .command("sync status", &format!("{sync} --wait")),
        ))
    }
}

/// Sends the request to start it.
pub(super) async fn begin(caller: &Caller, request: &Value, sync: Uuid) -> anyhow::Result<Value> {
    let started = caller.ask("sync.start", request).await;
    Ok(match started {
        Err(error) if error.is_without_answer() => Err(error).with_context(|| {
            let again = again(request, sync);
            format!(
                "no reply: it is unknown whether the synchronisation was started. To find out, run the same \
                 command with `{again}`, which does not start it twice"
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
