//! `plansync sync outcomes`: the recorded outcome for each component and learner.

use clap::Args;
use plansync_protocol::sync::{PairOutcome, SyncOutcomePage};
use plansync_protocol::{Outcome, Reason};
use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::sync::choice::words;
use crate::commands::sync::components::changed;
use crate::commands::sync::explain::{outcome, why};
use crate::commands::sync::labels::Whose;
use crate::exit::Exit;
use crate::names::{Kind, Lookup, Names};
use crate::output::{self, Output};
use crate::reply::{counted, more, typed};
use crate::table::{Cell, Column, Table};

/// List the outcome for each component and learner.
#[derive(Debug, Args)]
pub(super) struct Outcomes {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    caller: CallerArguments,
    /// Learner to list, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    learner: Option<String>,
    /// Component to list, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    component: Option<String>,
    /// Outcome to list.
    #[arg(long, value_parser = words::<Outcome>())]
    outcome: Option<String>,
    /// List only the components that were skipped for this reason.
    #[arg(long, value_parser = words::<Reason>())]
    reason: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Outcomes {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let sync = Lookup::syncs(&caller).uuid(&self.sync).await?;
        let learner = match &self.learner {
            Some(learner) => Some(Lookup::learners(&caller).one(learner).await?),
            None => None,
        };
        let component = match &self.component {
            Some(component) => Some(Lookup::replayed(&caller, sync).one(component).await?),
            None => None,
        };
        let filters = [
            ("learner", learner),
            ("component", component),
            ("outcome", self.outcome.clone()),
            ("reason", self.reason.clone()),
        ];
        let mut body = json!({ "sync": sync });
        for (name, value) in filters {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.outcomes", &body, "items", limit).await?;
        if output.is_json() {
            output.json_list(&reply)?;
            return Ok(Exit::Done);
        }
        let page: SyncOutcomePage = typed(&reply)?;
        let names = names_in(&caller, sync, &page).await?;
        output.list(&reply, |_| table(&page, &names), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

/// The names of components and learners, as far as the actor may read them.
async fn names_in(caller: &Caller, sync: Uuid, page: &SyncOutcomePage) -> anyhow::Result<Names> {
    let mut names = Names::default();
    let replayed = Lookup::replayed(caller, sync).all().await?;
    names.learn(&replayed, Kind::Component);
    let learners = page.items.iter().map(|pair| pair.learner.to_string());
    let learners = Lookup::learners(caller).only(learners.collect());
    names.learn(&learners.all().await?, Kind::Learner);
    Ok(names)
}

fn table(page: &SyncOutcomePage, names: &Names) -> Table {
    let columns = [
        Column::text("Learner", "learner_name", 100).at_least(14),
        Column::text("Component", "component_name", 90).at_least(14),
        Column::whole("Action", "action", 50),
        Column::whole("Outcome", "outcome", 80),
        Column::text("Reason and warnings", "reason", 85)
            .at_least(20)
            .brief("Reason"),
        Column::for_programs("cause"),
        Column::for_programs("warnings"),
        Column::for_programs("source"),
        Column::for_programs("learner"),
        Column::for_programs("component"),
    ];
    let rows = page.items.iter().map(|pair| row(names, pair));
    Table::new(columns, rows)
}

fn told(page: &SyncOutcomePage) -> std::io::Result<()> {
    match more(page.items.len(), page.total, "pair") {
        Some(more) => output::line(&more),
        None => output::line(&format!("\n{}.", counted(page.total, "pair"))),
    }
}

fn row(names: &Names, pair: &PairOutcome) -> Vec<Cell> {
    let (learner, component) = (pair.learner.to_string(), pair.component.to_string());
    let name = names.of(&learner);
    let shown = if pair.source {
        format!("{name} (the source)")
    } else {
        name.to_owned()
    };
    let cause = pair.cause.as_deref();
    vec![
        Cell::new(shown).exact(name),
        Cell::new(names.of(&component)),
        changed(pair.action.as_str()),
        outcome(Some(pair.outcome)),
        Cell::new(why(Whose::Yours, pair.reason, &pair.warnings, cause))
            .exact(pair.reason.map_or("", Reason::as_str)),
        Cell::new(cause.unwrap_or_default()),
        Cell::new(json!(pair.warnings)),
        Cell::new(pair.source),
        Cell::new(&learner),
        Cell::new(&component),
    ]
}
