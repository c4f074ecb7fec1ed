//! `plansync tenant`: the settings of a tenant.

use clap::{Args, Subcommand};
use plansync_protocol::OwnerRule;
use plansync_protocol::reference::IdleHours;
use serde_json::json;

use crate::caller::CallerArguments;
use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::putting::{PutArguments, Putting, RecordKind};
use crate::commands::reference::{open, open_to_change};
use crate::commands::sync::choice::words;
use crate::exit::Exit;
use crate::output::Output;
use crate::whole;

/// Show the settings of a tenant, or create or change a tenant.
#[derive(Debug, Args)]
pub(crate) struct Tenant {
    #[command(subcommand)]
    command: TenantCommand,
}

#[derive(Debug, Subcommand)]
enum TenantCommand {
    /// Show the settings of a tenant.
    #[command(alias = "get")]
    Show(Show),
    /// Create a tenant or change its settings.
    Put(Put),
}

/// Show the settings of a tenant.
#[derive(Debug, Args)]
struct Show {
    #[command(flatten)]
    caller: CallerArguments,
}

/// Create a tenant or change its settings; settings that are not given stay unchanged.
#[derive(Debug, Args)]
#[command(after_help = "\
Defaults of a new tenant:
`--marking-aid false --owner-rule keep --record-idle-hours 24`.")]
struct Put {
    #[command(flatten)]
    caller: CallerArguments,
    /// Whether components may have Marking Aid exercises.
    #[arg(long, value_name = "true|false")]
    marking_aid: Option<bool>,
    /// Rule for owners of synchronised components: `keep` copies owners other than the source learner's case
    /// owner; `follow_case_owner` replaces the source learner's case owner with that of the target learner.
    #[arg(long, value_parser = words::<OwnerRule>())]
    owner_rule: Option<String>,
    /// Hours without use after which an open record is closed, 1 to 720.
    #[arg(long, value_name = "HOURS", value_parser = idle_hours())]
    record_idle_hours: Option<u64>,
    #[command(flatten)]
    record: PutArguments,
}

/// The hours that the service takes.
fn idle_hours() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    whole::within(u64::from(IdleHours::MIN.get())..=u64::from(IdleHours::MAX.get()))
}

impl Tenant {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            TenantCommand::Show(show) => show.run(output).await,
            TenantCommand::Put(put) => put.run(output).await,
        }
    }
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        output.value(&caller.ask("tenant.get", &json!({})).await?)?;
        Ok(Exit::Done)
    }
}

impl Put {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let fields = self.record.fields()?;
        let caller = open_to_change(&self.caller).await?;
        let putting = Putting {
            caller: &caller,
            output,
            kind: RecordKind::Tenant,
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
