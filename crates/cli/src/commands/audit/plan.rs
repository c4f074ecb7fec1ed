//! `plansync audit plan`: a plan as it was.

use clap::Args;
use plansync_protocol::audit::{AuditPlanPage, PointReached};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::commands::audit::listing::{self, Listing, PartArguments, tell_more};
use crate::commands::audit::naming::{self, Cast};
use crate::commands::audit::origins::second;
use crate::commands::audit::point::Point;
use crate::commands::plan::show::{has_several_programmes, people, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::typed;
use crate::source::SourceArguments;
use crate::table::{Cell, Column};

/// Show a plan as it was at a version, a position or a time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync audit plan 'Ann Smith'                          # as it is now
  plansync audit plan 'Ann Smith' --at v12                 # its version 12
  plansync audit plan 'Ann Smith' --at 2026-05-01 --data DIR   # at the end of that day, UTC")]
pub(crate) struct Plan {
    /// Learner whose plan it is, by name or id.
    #[arg(value_name = "LEARNER")]
    learner: String,
    /// Point to show: a version of the plan such as `v12`, a position in the log such as `4711`, a time, or a
    /// day (its end, UTC) [default: now].
    #[arg(long, value_name = "VERSION|POSITION|TIME")]
    at: Option<Point>,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Plan {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let learner = naming::learner(&caller, &self.learner).await?;
        let mut body = json!({ "learner": learner });
        if let Some(at) = self.at {
            body["at"] = at.at_last();
        }
        let pages = self.part.of(&caller, ("audit.plan", "components"), body);
        listing::show(output, pages, &mut Planned::default()).await
    }
}

/// The components of a plan, with the names that they are shown with.
#[derive(Default)]
struct Planned {
    cast: Cast,
}

impl Listing for Planned {
    fn columns(&self) -> Vec<Column> {
        table(&[], self.cast.people(), None).into_parts().0
    }

    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()> {
        let page: AuditPlanPage = typed(reply)?;
        let people = page.components.iter().flat_map(people);
        self.cast.add_people(caller, people).await?;
        self.cast.add_programmes(caller).await
    }

    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>> {
        let page: AuditPlanPage = typed(reply)?;
        Ok(table(&page.components, self.cast.people(), None)
            .into_parts()
            .1)
    }

    fn show(&self, output: Output, reply: &Value) -> anyhow::Result<()> {
        let page: AuditPlanPage = typed(reply)?;
        let components = &page.components;
        if components.is_empty() {
            output::line("The plan has no components.")?;
        } else {
            let programmes = has_several_programmes(components).then(|| self.cast.programmes());
            output.table(&table(components, self.cast.people(), programmes))?;
        }
        tell_more(reply)?;
        Ok(output::sentences(&format!("\n{}.", reached(&page.point)))?)
    }
}

/// A point in words.
pub(super) fn reached(point: &PointReached) -> String {
    match point.at {
        None => "Version 0 of the plan: before its first commit".to_owned(),
        Some(at) => format!(
            "Version {} of the plan: position {}, {} UTC",
            point.version.0,
            point.position.0,
            second(&at.to_string())
        ),
    }
}
