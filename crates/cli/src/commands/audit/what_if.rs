//! `plansync audit what-if`: what a synchronisation would have decided for somebody else, with other permissions or
//! under other conditions.

use std::collections::BTreeSet;

use clap::Args;
use plansync_protocol::audit::{AuditWhatIfPage, ComponentDecision, WhatIfDifference};
use plansync_protocol::{Condition, Permission, Reason, SyncState};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, LimitArguments};
use crate::commands::audit::paging::Pages;
use crate::commands::sync::choice::words;
use crate::commands::sync::labels::Whose;
use crate::commands::sync::{outcome, why};
use crate::exit::{Exit, NotUnderstood};
use crate::failure;
use crate::names::{Kind, Lookup, Names, administrator};
use crate::output::{self, Output};
use crate::reply::{counted, typed};
use crate::source::SourceArguments;
use crate::table::{Cell, Column, Table};

/// Decide a recorded synchronisation again, with a change, and show what would have been decided otherwise.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is written. Every component of every learner is decided again on the
plan, the records and the settings on which it was decided then, by the same
rules. Only those with another outcome are shown. Without a change, there are
none. Learners whom the synchronisation did not reach are left out.

Examples:
  plansync audit what-if 3f2c --judged-as bob --data DIR
  plansync audit what-if 3f2c --without edit_delete_finished --backup FILE
  plansync audit what-if 3f2c --status not_started --tenant northgate --as sam")]
pub(crate) struct WhatIf {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "SYNC")]
    sync: String,
    /// Administrator who starts it instead, by name or id, with the permissions and groups of that time.
    #[arg(long, value_name = "NAME|ID")]
    judged_as: Option<String>,
    /// Permission that this administrator has in addition. May be given several times.
    #[arg(long, value_parser = words::<Permission>())]
    with: Vec<String>,
    /// Permission that this administrator does not have. May be given several times.
    #[arg(long, value_parser = words::<Permission>())]
    without: Vec<String>,
    /// Only components of the learners in this status, in place of the conditions of the request. May be given
    /// several times.
    #[arg(long, value_parser = words::<Condition>(), conflicts_with = "any_status")]
    status: Vec<String>,
    /// Components of the learners in any status, whatever the conditions of the request were.
    #[arg(long)]
    any_status: bool,
    #[command(flatten)]
    limit: LimitArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl WhatIf {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        if let Some(both) = self.with.iter().find(|one| self.without.contains(one)) {
            return Err(NotUnderstood(format!(
                "`{both}` is given with `--with` and with `--without`; give it with one of them"
            ))
            .into());
        }
        let caller = self.source.open(output).await?;
        let sync = Lookup::syncs(&caller).uuid(&self.sync).await?;
        let body = self.body(&caller, sync).await?;
        let limit = self.limit.limit(output);
        let pages = Pages::new(&caller, ("audit.what-if", "items"), body, limit);
        let (reply, damage) = pages.whole().await?;
        show(output, &caller, sync, &reply).await?;
        let exit = caller.source().exit(output);
        Ok(damage.map_or(exit, |damage| failure::explain(output, &damage.into())))
    }

    async fn body(&self, caller: &Caller, sync: Uuid) -> anyhow::Result<Value> {
        let mut body = json!({ "sync": sync });
        if let Some(given) = &self.judged_as {
            // Whoever may ask this may list all administrators.
            let nobody = async || Ok(BTreeSet::new());
            body["judged_as"] = json!(administrator(caller, given, nobody).await?);
        }
        for (field, permissions) in [("with", &self.with), ("without", &self.without)] {
            if !permissions.is_empty() {
                body[field] = json!(permissions);
            }
        }
        if self.any_status || !self.status.is_empty() {
            body["statuses"] = json!(self.status);
        }
        Ok(body)
    }
}

async fn show(output: Output, caller: &Caller, sync: Uuid, reply: &Value) -> anyhow::Result<()> {
    if output.is_json() {
        return Ok(output.value(reply)?);
    }
    let page: AuditWhatIfPage = typed(reply)?;
    if output.is_for_people() && page.items.is_empty() {
        return Ok(told(&page)?);
    }
    let names = names_in(caller, sync, &page).await?;
    Ok(output.list(reply, |_| table(&page, &names), |_| told(&page))?)
}

/// The names of learners, as far as the actor may read them.
async fn names_in(caller: &Caller, sync: Uuid, page: &AuditWhatIfPage) -> anyhow::Result<Names> {
    let mut names = Names::default();
    if page.items.is_empty() {
        return Ok(names);
    }
    let replayed = Lookup::replayed(caller, sync).all().await?;
    names.learn(&replayed, Kind::Component);
    let learners = page.items.iter().map(|item| item.learner.to_string());
    let learners = Lookup::learners(caller).only(learners.collect());
    names.learn(&learners.all().await?, Kind::Learner);
    Ok(names)
}

fn table(page: &AuditWhatIfPage, names: &Names) -> Table {
    let columns = [
        Column::text("Learner", "learner_name", 100).at_least(14),
        Column::text("Component", "component_name", 95).at_least(14),
        Column::whole("Recorded", "recorded", 80),
        Column::text("Reason", "recorded_reason", 60).at_least(16),
        Column::whole("What if", "hypothetical", 90),
        Column::text("Reason", "hypothetical_reason", 85).at_least(16),
        Column::for_programs("recorded_action"),
        Column::for_programs("hypothetical_action"),
        Column::for_programs("missing_permissions"),
        Column::for_programs("position"),
        Column::for_programs("judged_at"),
        Column::for_programs("learner"),
        Column::for_programs("component"),
    ];
    let rows = page.items.iter().map(|item| row(names, item));
    Table::new(columns, rows)
}

fn row(names: &Names, item: &WhatIfDifference) -> Vec<Cell> {
    let learner = item.learner.to_string();
    let reason = |decision: &ComponentDecision| {
        Cell::new(why(
            Whose::Anybodys,
            decision.reason,
            &decision.warnings,
            None,
        ))
        .exact(decision.reason.map_or("", Reason::as_str))
    };
    let (recorded, hypothetical) = (&item.recorded, &item.hypothetical);
    vec![
        Cell::new(names.of(&learner)),
        Cell::new(&item.name),
        outcome(Some(recorded.outcome)),
        reason(recorded),
        outcome(Some(hypothetical.outcome)),
        reason(hypothetical),
        Cell::new(recorded.action.as_str()),
        Cell::new(hypothetical.action.as_str()),
        Cell::new(json!(hypothetical.missing_permissions)),
        Cell::new(item.position.0),
        Cell::new(item.judged_at.0),
        Cell::new(&learner),
        Cell::new(item.component.to_string()),
    ]
}

fn told(page: &AuditWhatIfPage) -> std::io::Result<()> {
    match u64::try_from(page.items.len()).unwrap_or(u64::MAX) {
        0 => output::line("Nothing would have been decided otherwise.")?,
        1 => output::line("\n1 pair differs.")?,
        count => output::line(&format!("\n{} differ.", counted(count, "pair")))?,
    }
    if page.next.is_some() {
        output::line("There may be more; `--limit all` shows them.")?;
    }
    match page.state {
        SyncState::Completed => Ok(()),
        SyncState::Running => {
            output::line("The synchronisation is running: it has not reached every learner yet.")
        }
        SyncState::Cancelled => output::line(
            "The synchronisation was cancelled: learners whom it did not reach are left out.",
        ),
    }
}
