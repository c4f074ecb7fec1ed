//! `plansync programme`: programmes and parts of programmes.

use clap::{Args, Subcommand};
use plansync_protocol::reference::ProgrammeRecord;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::CallerArguments;
use crate::commands::reference::find;
use crate::commands::reference::listing::{ListArguments, Listing};
use crate::commands::reference::putting::{PutArguments, Putting, RecordKind};
use crate::commands::reference::{open, open_to_change};
use crate::exit::Exit;
use crate::output::Output;
use crate::reply::typed;
use crate::table::Column;

/// List, show, create or change programmes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync programme put --as system --name 'Business Administrator'
  plansync programme put --as system --name 'Functional Skills' \\
      --parent 'Business Administrator'
The components of new plans of a programme are set with `plansync template`.")]
pub(crate) struct Programme {
    #[command(subcommand)]
    command: ProgrammeCommand,
}

#[derive(Debug, Subcommand)]
enum ProgrammeCommand {
    /// List programmes by name.
    List(List),
    /// Show a programme.
    #[command(alias = "get")]
    Show(Show),
    /// Create or change a programme.
    Put(Put),
}

/// List programmes by name.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    narrowed: ListArguments,
}

/// Show a programme.
#[derive(Debug, Args)]
struct Show {
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough).
    programme: String,
    #[command(flatten)]
    caller: CallerArguments,
}

/// Create or change a programme.
#[derive(Debug, Args)]
#[command(after_help = "\
Without PROGRAMME and `--id`, a new programme is created and its id printed.
Fields that are not given stay unchanged.")]
struct Put {
    /// Existing programme, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(conflicts_with = "id")]
    programme: Option<String>,
    #[command(flatten)]
    caller: CallerArguments,
    /// Id of an existing or a new programme.
    #[arg(long)]
    id: Option<Uuid>,
    /// Name of the programme; required for a new programme.
    #[arg(long)]
    name: Option<String>,
    /// Programme of which this one is a part, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "ID|NAME", conflicts_with = "no_parent")]
    parent: Option<String>,
    /// The programme is not part of another one.
    #[arg(long)]
    no_parent: bool,
    #[command(flatten)]
    record: PutArguments,
}

impl Programme {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            ProgrammeCommand::List(list) => list.run(output).await,
            ProgrammeCommand::Show(show) => show.run(output).await,
            ProgrammeCommand::Put(put) => put.run(output).await,
        }
    }
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let columns = [
            Column::text("Programme", "name", 100),
            Column::text("Part of", "parent", 60),
            Column::number("Components", "template_components", 50).brief("Comp."),
            Column::id("Id", "programme", 90),
        ];
        let names = find::programme_names(&caller).await?;
        let row = |one: &Value| {
            let one: ProgrammeRecord = typed(one)?;
            let parent = one.parent.map_or_else(String::new, |it| it.to_string());
            Ok(vec![
                one.name,
                names.get(&parent).unwrap_or(&parent).clone(),
                one.template_components.to_string(),
                one.programme.to_string(),
            ])
        };
        let listing = Listing {
            list: "items",
            what: "programme",
            columns: columns.into(),
            row: &row,
        };
        let (body, limit) = (self.narrowed.body(), self.narrowed.limit);
        listing
            .show(&caller, output, "programme.list", body, limit)
            .await
    }
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let id = find::programme(&caller, &self.programme).await?;
        let body = json!({ "programme": id });
        output.value(&caller.ask("programme.get", &body).await?)?;
        Ok(Exit::Done)
    }
}

impl Put {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut fields = self.record.fields()?;
        let caller = open_to_change(&self.caller).await?;
        let in_file = fields.remove("programme");
        let id = match (&self.programme, self.id, in_file) {
            (Some(programme), _, _) => find::programme(&caller, programme).await?,
            (None, Some(id), _) => id.to_string(),
            (None, None, Some(Value::String(id))) => id,
            (None, None, _) => Uuid::new_v4().to_string(),
        };
        let parent = match &self.parent {
            Some(parent) => Some(json!(find::programme(&caller, parent).await?)),
            None => self.no_parent.then_some(Value::Null),
        };
        let putting = Putting {
            caller: &caller,
            output,
            kind: RecordKind::Programme,
            id: Some(id),
            arguments: &self.record,
            names: find::programme_names(&caller).await?,
        };
        putting
            .put(fields, |record| {
                let name = self.name.as_ref().map(|name| json!(name));
                let said = [("name", name), ("parent", parent)];
                record.extend(
                    said.into_iter()
                        .filter_map(|(it, to)| Some((it.to_owned(), to?))),
                );
                Ok(())
            })
            .await
    }
}
