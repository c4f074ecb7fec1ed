//! `plansync audit log`: what happened, commit by commit.

use std::time::Duration;

use clap::Args;
use plansync_protocol::audit::{AuditCommit, AuditKind, AuditLogPage};
use serde_json::{Value, json};

use crate::caller::{Caller, LimitArguments};
use crate::commands::audit::events::{about, learner_of, learners_in, sync_of, what};
use crate::commands::audit::listing::{self, AfterArguments, Listing, tell_more};
use crate::commands::audit::naming::{self, Cast};
use crate::commands::audit::origins::second;
use crate::commands::audit::point::{Moment, Place};
use crate::commands::sync::choice::words;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::prose;
use crate::reply::{items, number, typed};
use crate::signals::Signals;
use crate::source::{Source, SourceArguments};
use crate::table::{Cell, Column, Table};
use crate::terminal_width;

/// The columns of the terminal that the other columns take.
const OTHERS: usize = 74;
/// What a commit did has so many columns at least.
const WHAT_MIN: usize = 30;
/// How often a log that is followed is asked for more.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Show what happened, commit by commit: when, by whom, and what it changed.
#[derive(Debug, Args)]
#[command(after_help = "\
A commit must pass every filter that is given. Filters by learner,
synchronisation and command use indexes; for others, the log is read.

Examples:
  plansync audit log --newest-first
  plansync audit log --learner 'Ann Smith' --component 'Knowledge test'
  plansync audit log --by alice --kind plan.changed --from 2026-05-01 --until 2026-05-31
  plansync audit log --data DIR --tenant northgate --output csv > log.csv
  plansync audit log --follow --output jsonl")]
pub(crate) struct Log {
    /// Commits about this learner, by name or id: the plan, the learner's data, and results of synchronisations.
    #[arg(long, value_name = "NAME|ID")]
    learner: Option<String>,
    /// Commits that changed this component of the learner's plan, by name or id, or decided about it.
    #[arg(long, value_name = "NAME|ID", requires = "learner")]
    component: Option<String>,
    /// With `--learner`: commits of the learner's records, too.
    #[arg(long, requires = "learner")]
    records: bool,
    /// Commits of this synchronisation, by id or a unique prefix of it.
    #[arg(long, value_name = "ID")]
    sync: Option<String>,
    /// Commits to which this command led.
    #[arg(long, value_name = "UUID")]
    command: Option<String>,
    /// Commits that this actor asked for: `system`, or an administrator by name or id.
    #[arg(long, value_name = "NAME|ID")]
    by: Option<String>,
    /// Commits of this kind; several are separated by commas.
    #[arg(long = "kind", value_name = "KIND", value_delimiter = ',', value_parser = words::<AuditKind>())]
    kinds: Vec<String>,
    /// Commits from this position, time or day on.
    #[arg(long, value_name = "POSITION|TIME")]
    from: Option<Place>,
    /// Commits up to this position or day, or before this time.
    #[arg(long, alias = "to", value_name = "POSITION|TIME")]
    until: Option<Place>,
    /// The newest commit first.
    #[arg(long, conflicts_with = "follow")]
    newest_first: bool,
    /// Show further commits as they are recorded, until Ctrl-C. Without `--from`, only those.
    #[arg(long, conflicts_with_all = ["to", "limit", "data", "backup"])]
    follow: bool,
    #[command(flatten)]
    limit: LimitArguments,
    #[command(flatten)]
    after: AfterArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Log {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let body = self.body(&caller).await?;
        if self.follow {
            return follow(output, &caller, body).await;
        }
        let limit = self.limit.limit(output);
        let pages = self.after.of(&caller, ("audit.log", "items"), body, limit);
        listing::show(output, pages, &mut Commits::default()).await
    }

    async fn body(&self, caller: &Caller) -> anyhow::Result<Value> {
        let mut body = json!({});
        if let Some(learner) = &self.learner {
            let learner = naming::learner(caller, learner).await?;
            body["learner"] = json!(learner);
            if let Some(component) = &self.component {
                body["component"] = json!(naming::component(caller, learner, component).await?);
            }
        }
        if self.records {
            body["records"] = json!(true);
        }
        if let Some(sync) = &self.sync {
            body["sync"] = json!(naming::sync(caller, sync).await?);
        }
        if let Some(command) = &self.command {
            body["command_id"] = json!(command);
        }
        if let Some(by) = &self.by {
            body["by"] = json!(naming::actor(caller, by).await?);
        }
        if !self.kinds.is_empty() {
            body["kinds"] = json!(self.kinds);
        }
        self.range(&mut body);
        if self.newest_first {
            body["order"] = json!("newest_first");
        }
        Ok(body)
    }

    fn range(&self, body: &mut Value) {
        match self.from {
            Some(Place::Position(position)) => body["from_position"] = json!(position),
            Some(Place::Moment(moment)) => body["from_time"] = json!(moment.first()),
            None => {}
        }
        match self.until {
            Some(Place::Position(position)) => body["to_position"] = json!(position),
            Some(Place::Moment(moment)) => body["to_time"] = json!(Moment::end(moment)),
            None => {}
        }
    }
}

/// Refuses to follow a log that is only read.
pub(super) fn needs_engine(caller: &Caller) -> Result<(), NotUnderstood> {
    match caller.source() {
        Source::Service(_) => Ok(()),
        Source::View(_) => Err(NotUnderstood(
            "a data folder or a backup is read as it is now; `--follow` needs the running engine"
                .to_owned(),
        )),
    }
}

/// Shows commits until a signal comes. Those before are only shown from a place that was given.
async fn follow(output: Output, caller: &Caller, mut body: Value) -> anyhow::Result<Exit> {
    needs_engine(caller)?;
    let mut signals = Signals::listen()?;
    if ["after", "from_position", "from_time"]
        .iter()
        .all(|it| body[it].is_null())
    {
        let last = caller
            .ask("audit.log", &json!({ "order": "newest_first", "limit": 1 }))
            .await?;
        body["after"] = last["position"].clone();
    }
    body["limit"] = json!(500);
    let mut commits = Commits::default();
    if output.is_rows() {
        output.rows(&Table::new(commits.columns(), []))?;
    }
    while !output::is_unread() {
        let page = tokio::select! {
            page = caller.ask("audit.log", &body) => page?,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        commits.tell(output, caller, &page).await?;
        let next = page.get("next").filter(|next| !next.is_null());
        if let Some(next) = next {
            body["after"] = next.clone();
            continue;
        }
        // The place was searched up to the end: what comes is after it, whatever was given.
        body["after"] = json!(number(&page, "scanned_to").max(number(&body, "after")));
        tokio::select! {
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
            () = signals.asked_to_end() => return Ok(Exit::Done),
        }
    }
    Ok(Exit::Done)
}

/// Shows one commit as a row, as it is in the list.
pub(super) async fn show_row(
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
struct Commits {
    cast: Cast,
}

impl Commits {
    /// Shows commits of a log that is followed, one a line.
    async fn tell(&mut self, output: Output, caller: &Caller, page: &Value) -> anyhow::Result<()> {
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
