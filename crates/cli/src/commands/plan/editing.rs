//! Whose plan and which component, and one edit of it.

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::Desk;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::records::RecordArguments;
use crate::reply::number;

/// Whose plan.
#[derive(Debug, Clone, Args)]
pub(super) struct WhoseArguments {
    /// Whose plan: a name, or an id or its beginning; without it, that of your only open record.
    #[arg(long, value_name = "NAME|ID")]
    pub(super) learner: Option<String>,
}

/// Whose plan, where the learner may stand by itself.
#[derive(Debug, Clone, Args)]
pub(super) struct WhoseOrArguments {
    /// Whose plan: a name, or an id or its beginning; without it, that of your only open record.
    #[arg(id = "of", value_name = "LEARNER", conflicts_with = "learner")]
    of: Option<String>,
    #[command(flatten)]
    whose: WhoseArguments,
}

impl WhoseArguments {
    pub(super) async fn find(&self, desk: &Desk) -> anyhow::Result<Uuid> {
        match &self.learner {
            Some(learner) => Lookup::learners(desk).uuid(learner).await,
            None => Ok(RecordArguments::default().find(desk).await?.learner),
        }
    }
}

impl WhoseOrArguments {
    pub(super) async fn find(&self, desk: &Desk) -> anyhow::Result<Uuid> {
        let whose = WhoseArguments {
            learner: self.of.clone().or_else(|| self.whose.learner.clone()),
        };
        whose.find(desk).await
    }
}

/// The ids of the components of a plan that are meant.
pub(super) async fn components(
    desk: &Desk,
    learner: Uuid,
    given: &[String],
) -> anyhow::Result<Vec<Uuid>> {
    let plan = Lookup::of_plan(desk, learner);
    let mut ids = Vec::new();
    for one in given {
        ids.extend(plan.several(one).await?);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// Carries out edits, all of them or none, and says what became of the plan; `said` if it changed.
pub(super) async fn edit(
    desk: &Desk,
    output: Output,
    learner: Uuid,
    (edits, expected): (Vec<Value>, Option<u64>),
    said: &str,
) -> anyhow::Result<Exit> {
    let mut body = json!({ "learner": learner, "edits": edits, "command_id": Uuid::new_v4() });
    if let Some(version) = expected {
        body["expected_version"] = json!(version);
    }
    let reply = desk.ask("plan.edit", &body).await?;
    output.reply(&reply, |reply| {
        let version = number(reply, "version");
        output::line(&if reply["changed"] == true {
            format!("{said}; the plan is at version {version} now.")
        } else {
            format!("Nothing changed: it was so already. The plan is at version {version}.")
        })
    })?;
    Ok(Exit::Done)
}
