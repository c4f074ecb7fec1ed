//! Commits, as the log shows them.

use plansync_protocol::audit::{AuditCommit, AuditLogPage};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::events::{about, learner_of, learners_in, sync_of, what};
use crate::commands::audit::listing::{Listing, tell_more};
use crate::commands::audit::naming::Cast;
use crate::commands::audit::origins::second;
use crate::output::{self, Output};
use crate::reply::{items, typed};
use crate::table::{Cell, Column, Table};
use crate::{prose, terminal_width};

/// The columns of the terminal that the other columns take.
const OTHERS: usize = 74;
/// What a commit did has so many columns at least.
const WHAT_MIN: usize = 30;
/// Shows one commit as a row, as it is in the list.
pub(in crate::commands::audit) async fn show_row(
    output: Output,
    caller: &Caller,
    commit: &Value,
) -> anyhow::Result<()> {
    let position = &commit["position"];
    let page = json!({ "items": [commit], "scanned_to": position, "position": position });
    let mut commits = Commits::default();
    commits.learn(caller, &page).await?;
    Ok(output.rows(&Table::new(commits.columns(), commits.rows(&page)?))?)
}

/// Commits, with the names that they are shown with.
#[derive(Default)]
pub(super) struct Commits {
    cast: Cast,
}

impl Commits {
    /// Shows commits of a log that is followed, one a line.
    pub(super) async fn tell(
        &mut self,
        output: Output,
        caller: &Caller,
        page: &Value,
    ) -> anyhow::Result<()> {
        if output.is_json() {
            let lines = items(page, "items").iter().map(Value::to_string);
            return Ok(lines.into_iter().try_for_each(|line| output::line(&line))?);
        }
        self.learn(caller, page).await?;
        if output.is_rows() {
            let table = Table::new(self.columns(), self.rows(page)?);
            return Ok(output.further_rows(&table)?);
        }
        let page: AuditLogPage = typed(page)?;
        for commit in &page.items {
            let by = commit.by.to_string();
            output::line(&format!(
                "{}  {:>8}  {}  {}: {}",
                second(&commit.at.to_string()),
                commit.position.0,
                self.cast.person(&by),
                about(commit, &self.cast),
                what(commit, &self.cast).join("; ")
            ))?;
        }
        Ok(())
    }

    fn row(&self, commit: &AuditCommit) -> anyhow::Result<Vec<Cell>> {
        let (by, at) = (commit.by.to_string(), commit.at.to_string());
        let what = what(commit, &self.cast);
        let learner = learner_of(commit).unwrap_or_default();
        let kind = commit.events.first().map_or("", |event| event.name());
        Ok(vec![
            Cell::new(commit.position.0),
            Cell::new(second(&at)).exact(&at),
            Cell::new(self.cast.person(&by)).exact(&by),
            Cell::new(about(commit, &self.cast)),
            Cell::new(wrapped(&what)).exact(what.join("; ")),
            Cell::new(kind),
            Cell::new(commit.stream.kind.as_str()),
            Cell::new(&commit.stream.id),
            Cell::new(commit.version.0),
            Cell::new(&learner),
            Cell::new(if learner.is_empty() {
                ""
            } else {
                self.cast.learner(&learner)
            }),
            Cell::new(sync_of(commit).unwrap_or_default()),
            Cell::new(commit.command_id),
            Cell::new(commit.correlation_id),
            Cell::new(commit.judged_at.0),
            Cell::new(commit.chain),
            Cell::new(serde_json::to_string(&commit.events)?),
        ])
    }
}

/// What a commit did in lines that fit beside the other columns, so that nothing of it is left out.
fn wrapped(what: &[String]) -> String {
    let columns = terminal_width::of_stdout();
    let columns = columns.map(|columns| columns.saturating_sub(OTHERS).max(WHAT_MIN));
    prose::wrapped(&what.join("\n"), columns)
}

impl Listing for Commits {
    fn columns(&self) -> Vec<Column> {
        vec![
            Column::number("Position", "position", 90).brief("Pos."),
            Column::whole("When (UTC)", "at", 80),
            Column::text("By", "by", 70).between(8, 12),
            Column::text("About", "about", 85).between(14, 24),
            Column::text("What", "what", 100).between(20, 40),
            Column::for_programs("kind"),
            Column::for_programs("stream_kind"),
            Column::for_programs("stream"),
            Column::number_for_programs("version"),
            Column::for_programs("learner"),
            Column::for_programs("learner_name"),
            Column::for_programs("sync"),
            Column::for_programs("command_id"),
            Column::for_programs("correlation_id"),
            Column::number_for_programs("judged_at"),
            Column::for_programs("chain"),
            Column::for_programs("events"),
        ]
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        let page: AuditLogPage = typed(reply)?;
        let commits = || page.items.iter();
        let people = commits().map(|commit| commit.by.to_string());
        let administrators = commits().map(|commit| commit.stream.id.clone());
        let administrators = administrators.filter(|id| id.parse::<uuid::Uuid>().is_err());
        self.cast
            .add_people(caller, people.chain(administrators))
            .await?;
        self.cast
            .add_learners(caller, commits().flat_map(learners_in))
            .await?;
        let plans = commits().filter(|commit| commit.stream.kind.as_str() == "plan");
        self.cast
            .add_components(caller, plans.filter_map(learner_of))
            .await?;
        self.cast.add_programmes(caller).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditLogPage = typed(reply)?;
        page.items.iter().map(|commit| self.row(commit)).collect()
    }

    fn show(&self, output: Output, reply: &Value) -> anyhow::Result<()> {
        let rows = self.rows(reply)?;
        if rows.is_empty() {
            output::line("No commit passes.")?;
        } else {
            output.table(&Table::new(self.columns(), rows))?;
        }
        Ok(tell_more(reply)?)
    }
}
