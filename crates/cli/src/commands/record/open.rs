//! `plansync record open`: opens a record, from which on changes are recent changes.

use clap::Args;
use plansync_domain::ids::LearnerId;
use plansync_protocol::record::{Record, RecordChangesPage, RecordOpened};
use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments};
use crate::exit::Exit;
use crate::names::{Candidate, Lookup};
use crate::output::{self, Output};
use crate::prompt::{can_be_asked, is_answered_yes};
use crate::records::{names_of, open_records};
use crate::reply::{counted, typed};
use crate::terminal;

/// Open a learner's record; your changes from then on are its recent changes.
#[derive(Debug, Args)]
pub(super) struct Open {
    /// Learner, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(value_name = "LEARNER", required_unless_present = "named")]
    learner: Option<String>,
    /// Learner, as an option instead of an argument.
    #[arg(
        id = "named",
        long = "learner",
        value_name = "NAME|ID",
        conflicts_with = "learner"
    )]
    named: Option<String>,
    /// Continue with the record and its recent changes if you have it open; otherwise open it.
    #[arg(long)]
    resume: bool,
    /// Id of the new record session [default: a new random id].
    #[arg(long, value_name = "UUID")]
    session: Option<Uuid>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Open {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let given = self.learner.or(self.named).unwrap_or_default();
        let learner = Lookup::learners(&caller).candidate(&given).await?;
        let name = if output.is_for_people() {
            whole_name(&caller, &learner).await?
        } else {
            String::new()
        };
        let open = open_records(&caller).await?;
        let before = open
            .iter()
            .find(|record| record.learner.to_string() == learner.id);
        if let Some(before) = before
            && !self.resume
            && can_be_asked(output)
            && !is_reopened(&caller, &name, before).await?
        {
            return Ok(Exit::Declined);
        }
        let mut body = json!({ "learner": learner.id, "command_id": Uuid::new_v4() });
        if self.resume {
            body["resume"] = json!(true);
        }
        if let Some(session) = self.session {
            body["session"] = json!(session);
        }
        let opened = caller.ask("record.open", &body).await?;
        if !output.is_for_people() {
            output.value(&opened)?;
            return Ok(Exit::Done);
        }
        show(&caller, &name, &typed(&opened)?, before)?;
        Ok(Exit::Done)
    }
}

/// The name of the learner, who may have been given by id.
async fn whole_name(caller: &Caller, learner: &Candidate) -> anyhow::Result<String> {
    if learner.name != learner.id {
        return Ok(learner.name.clone());
    }
    let names = names_of(caller, [learner.id.parse::<LearnerId>()?]).await?;
    Ok(names.of(&learner.id).to_owned())
}

/// Whether to open a record again although that discards its recent changes. If there are none, the user is
/// not asked.
async fn is_reopened(caller: &Caller, name: &str, before: &Record) -> anyhow::Result<bool> {
    let body = json!({ "session": before.session, "page_size": 1 });
    let changes: RecordChangesPage = typed(&caller.ask("record.changes", &body).await?)?;
    let count = changes.total;
    if count == 0 {
        return Ok(true);
    }
    output::sentences(&format!(
        "You have the record of {name} open, with recent changes of {}. Opening it again discards them as recent \
         changes; the plan keeps them. To continue with them, use `--resume`.",
        counted(count, "component")
    ))?;
    Ok(is_answered_yes("Open it again?").await?)
}

fn show(
    caller: &Caller,
    name: &str,
    opened: &RecordOpened,
    before: Option<&Record>,
) -> std::io::Result<()> {
    let is_resumed = before.is_some_and(|record| record.session == opened.session);
    let name = terminal::line(name);
    let marker = opened.marker.0;
    output::line(&if is_resumed {
        format!(
            "The record of {name} is still open. Recent changes: all since version {marker} of the plan."
        )
    } else {
        format!(
            "The record of {name} is open. Recent changes: all since version {marker} of the plan."
        )
    })?;
    if before.is_some() && !is_resumed {
        output::sentences(
            "You had this record open before. That session was closed, and what you changed in it is in the plan, \
             but is no longer a recent change. To continue with an open record instead, use `--resume`.",
        )?;
    }
    for programme in &opened.programmes {
        let mark = if programme.preselected { '✓' } else { ' ' };
        output::line(&format!(" {mark} {}", programme.name))?;
    }
    if !opened.can_sync {
        output::line("You are not permitted to synchronise your changes.")?;
    }
    let session = format!("--session {}", opened.session);
    output::line(&format!(
        "To see the recent changes, and the components that can be synchronised:\n  {}\n  {}",
        caller.printed().command("record changes", &session),
        caller.printed().command("sync components", &session),
    ))
}
