//! `plansync record open`: recent changes count from here.

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Desk, DeskArguments};
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::records::open_records;
use crate::reply::{items, number, text};
use crate::terminal;

/// Open a learner's record: recent changes count from here.
#[derive(Debug, Args)]
pub(super) struct Open {
    /// Whose: a name, or an id or its beginning.
    #[arg(value_name = "LEARNER", required_unless_present = "named")]
    learner: Option<String>,
    /// The same as an option.
    #[arg(
        id = "named",
        long = "learner",
        value_name = "NAME|ID",
        conflicts_with = "learner"
    )]
    named: Option<String>,
    /// Go on with the record as you have it open, if you have, and with its recent changes.
    #[arg(long)]
    resume: bool,
    /// The id of the session; one is made if none is given.
    #[arg(long, value_name = "UUID")]
    session: Option<Uuid>,
    #[command(flatten)]
    desk: DeskArguments,
}

impl Open {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let given = self.learner.or(self.named).unwrap_or_default();
        let learner = Lookup::learners(&desk).one(&given).await?;
        let open = open_records(&desk).await?;
        let before = open
            .iter()
            .find(|record| text(record, "learner") == learner);
        let mut body = json!({ "learner": learner, "command_id": Uuid::new_v4() });
        if self.resume {
            body["resume"] = json!(true);
        }
        if let Some(session) = self.session {
            body["session"] = json!(session);
        }
        let opened = desk.ask("record.open", &body).await?;
        if !output.is_for_people() {
            output.value(&opened)?;
            return Ok(Exit::Done);
        }
        show(&desk, &given, &opened, before)?;
        Ok(Exit::Done)
    }
}

fn show(desk: &Desk, given: &str, opened: &Value, before: Option<&Value>) -> std::io::Result<()> {
    let session = text(opened, "session");
    let is_resumed = before.is_some_and(|record| text(record, "session") == session);
    let given = terminal::line(given);
    let marker = number(opened, "marker");
    output::line(&if is_resumed {
        format!(
            "The record of {given} is still open; changes count from version {marker} of the plan."
        )
    } else {
        format!("The record of {given} is open; changes count from version {marker} of the plan.")
    })?;
    if before.is_some() && !is_resumed {
        output::line(
            "You had it open before: that session is closed, and what you changed in it is recent no \
             longer. `--resume` goes on with an open record instead.",
        )?;
    }
    for programme in items(opened, "programmes") {
        let is_preselected = programme["preselected"] == true;
        let mark = if is_preselected { '✓' } else { ' ' };
        output::line(&format!(" {mark} {}", text(programme, "name")))?;
    }
    if opened["can_sync"] != true {
        output::line("You may not synchronise what you change.")?;
    }
    let session = format!("--session {session}");
    output::line(&format!(
        "To see what you changed, and what can be synchronised:\n  {}\n  {}",
        desk.typed().command("record changes", &session),
        desk.typed().command("sync components", &session),
    ))
}
