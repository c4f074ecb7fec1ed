//! `plansync audit log`: what happened, commit by commit.

mod commits;

use std::time::Duration;

use clap::Args;
use plansync_protocol::audit::AuditKind;
use serde_json::{Value, json};

use self::commits::Commits;
pub(super) use self::commits::show_row;
use crate::caller::{Caller, LimitArguments};
use crate::commands::audit::listing::{self, AfterArguments, Listing as _};
use crate::commands::audit::naming;
use crate::commands::audit::point::{Moment, Place};
use crate::commands::sync::choice::words;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::reply::number;
use crate::signals::Signals;
use crate::source::{Source, SourceArguments};
use crate::table::Table;

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
    #[arg(long, conflicts_with_all = ["until", "limit", "data", "backup"])]
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
