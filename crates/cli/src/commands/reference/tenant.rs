//! `plansync tenant`: the settings of a tenant.

use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};
use plansync_protocol::OwnerRule;
use plansync_protocol::reference::IdleHours;
use serde_json::json;

use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::open;
use crate::commands::reference::putting::{Kind, PutArguments, Putting};
use crate::commands::sync::choice::words;
use crate::desk::DeskArguments;
use crate::exit::Exit;
use crate::output::Output;

/// Show and put the settings of a tenant.
#[derive(Debug, Args)]
pub(crate) struct Tenant {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The settings.
    #[command(alias = "get")]
    Show(Show),
    /// Set up a tenant, or change its settings; what is not said stays as it is.
    Put(Put),
}

/// The settings.
#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    desk: DeskArguments,
}

/// Set up a tenant, or change its settings.
#[derive(Debug, Args)]
#[command(after_help = "\
A new tenant has no Marking Aid and the owner rule `keep` unless something else is said.")]
struct Put {
    #[command(flatten)]
    desk: DeskArguments,
    /// Whether Marking Aid exercises are offered.
    #[arg(long, value_name = "true|false")]
    marking_aid: Option<bool>,
    /// What becomes of owners who are the case owner.
    #[arg(long, value_parser = words::<OwnerRule>())]
    owner_rule: Option<String>,
    /// After how many hours without use an open record is closed.
    #[arg(long, value_name = "HOURS", value_parser = idle_hours())]
    record_idle_hours: Option<u64>,
    #[command(flatten)]
    record: PutArguments,
}

/// The hours that the service takes.
fn idle_hours() -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..=u64::from(IdleHours::MAX.get()))
}

impl Tenant {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.what {
            What::Show(show) => show.run(output).await,
            What::Put(put) => put.run(output).await,
        }
    }
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = open(&self.desk).await?;
        output.value(&desk.ask("tenant.get", &json!({})).await?)?;
        Ok(Exit::Done)
    }
}

impl Put {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let fields = self.record.fields()?;
        let desk = open(&self.desk).await?;
        let putting = Putting {
            desk: &desk,
            output,
            kind: Kind::Tenant,
            id: None,
            arguments: &self.record,
            names: ProgrammeNames::new(),
        };
        let said = [
            ("marking_aid", self.marking_aid.map(|it| json!(it))),
            ("owner_rule", self.owner_rule.as_ref().map(|it| json!(it))),
            (
                "record_idle_hours",
                self.record_idle_hours.map(|it| json!(it)),
            ),
        ];
        putting
            .put(fields, |record| {
                let said = said
                    .into_iter()
                    .filter_map(|(name, it)| Some((name.to_owned(), it?)));
                record.extend(said);
                Ok(())
            })
            .await
    }
}
