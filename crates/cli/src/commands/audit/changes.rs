//! `plansync audit changes`: the report of a period.

mod report;

use clap::Args;
use serde_json::json;

use self::report::Report;
use crate::commands::audit::listing::{self, PartArguments};
use crate::commands::audit::naming;
use crate::commands::audit::origins::second;
use crate::commands::audit::point::Moment;
use crate::exit::{Exit, NotUnderstood};
use crate::names::Lookup;
use crate::output::Output;
use crate::source::SourceArguments;

/// Report what changed in the plans in a period: content added and removed, due dates moved and why.
#[derive(Debug, Args)]
#[command(after_help = "\
The period is from the beginning of the first day to the end of the last one
(UTC); `--until` a time ends before it. Progress is not in the report.

Examples:
  plansync audit changes --from 2026-05-01 --until 2026-05-31
  plansync audit changes --from 2026-05-01 --until 2026-05-31 --programme 'Business Administrator'
  plansync audit changes --from 2026-05-01 --until 2026-05-31 --data DIR --output csv > may.csv")]
pub(crate) struct Changes {
    /// First day of the period, or the time at which it begins.
    #[arg(long, value_name = "TIME")]
    from: Moment,
    /// Last day of the period, or the time at which it ends.
    #[arg(long, alias = "to", value_name = "TIME")]
    until: Moment,
    /// Only changes of this learner's plan, by name or id.
    #[arg(long, value_name = "NAME|ID")]
    learner: Option<String>,
    /// Only changes of components of this programme, by name or id.
    #[arg(long, value_name = "NAME|ID")]
    programme: Option<String>,
    /// Only changes of this component, by id; with `--learner` or `--programme` by name, too.
    #[arg(long, value_name = "NAME|ID")]
    component: Option<String>,
    #[command(flatten)]
    part: PartArguments,
    #[command(flatten)]
    source: SourceArguments,
}

impl Changes {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.source.open(output).await?;
        let mut body = json!({ "from_time": self.from.first(), "to_time": self.until.end() });
        let mut learner = None;
        if let Some(given) = &self.learner {
            let found = naming::learner(&caller, given).await?;
            learner = Some(found);
            body["learner"] = json!(found);
        }
        let mut programme = None;
        if let Some(given) = &self.programme {
            let found = Lookup::programmes(&caller).one(given).await?;
            body["programme"] = json!(found);
            programme = Some(found);
        }
        if let Some(given) = &self.component {
            let component = match (learner, programme) {
                (Some(learner), _) => naming::component(&caller, learner, given).await?,
                (None, Some(programme)) => {
                    Lookup::of_template(&caller, &programme).one(given).await?
                }
                (None, None) => only_id(given)?,
            };
            body["component"] = json!(component);
        }
        let period = format!(
            "from {} to before {}",
            shown(self.from.first()),
            shown(self.until.end())
        );
        let pages = self.part.of(&caller, ("audit.changes", "items"), body);
        listing::show(output, pages, &mut Report::new(period)).await
    }
}

fn shown(time: plansync_protocol::Time) -> String {
    format!("{} UTC", second(&time.to_string()))
}

fn only_id(given: &str) -> Result<String, NotUnderstood> {
    match uuid::Uuid::try_parse(given) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Err(NotUnderstood(
            "give the id of the component, or add `--learner` or `--programme`, whose components have names"
                .to_owned(),
        )),
    }
}
