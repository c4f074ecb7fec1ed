//! `plansync administrator`: administrators and their permissions.

use clap::{Args, Subcommand};
use plansync_protocol::Permission;
use plansync_protocol::reference::{AdministratorRecord, GroupsViewed};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::caller::CallerArguments;
use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::find;
use crate::commands::reference::listing::{ListArguments, Listing};
use crate::commands::reference::putting::{PutArguments, Putting, RecordKind, adjusted};
use crate::commands::reference::{open, open_to_change};
use crate::commands::sync::choice::words;
use crate::commands::sync::labels::spaced;
use crate::confirmation::Confirmation;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::typed;
use crate::table::Column;
use crate::terminal;

/// List, show, create, change or remove administrators.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync administrator put alice --as system --name 'Alice Moreau' \\
      --groups north,south --permission advanced_delivery_edit
  plansync administrator remove alice --as system")]
pub(crate) struct Administrator {
    #[command(subcommand)]
    command: AdministratorCommand,
}

#[derive(Debug, Subcommand)]
enum AdministratorCommand {
    /// List administrators by name.
    List(List),
    /// Show an administrator.
    #[command(alias = "get")]
    Show(Show),
    /// Create or change an administrator.
    Put(Box<Put>),
    /// Remove an administrator, who loses all access; earlier changes stay.
    Remove(Remove),
}

/// List administrators by name.
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    narrowed: ListArguments,
}

/// Show an administrator.
#[derive(Debug, Args)]
struct Show {
    /// Administrator, by name or id (a unique part of the name is enough).
    administrator: String,
    #[command(flatten)]
    caller: CallerArguments,
}

/// Create or change an administrator; fields that are not given stay unchanged.
#[derive(Debug, Args)]
struct Put {
    /// Id of a new or existing administrator: 1 to 64 letters, digits, `_` or `-`.
    administrator: String,
    #[command(flatten)]
    caller: CallerArguments,
    /// Name of the person; required for a new administrator.
    #[arg(long)]
    name: Option<String>,
    /// Permission to add; separate several with commas.
    #[arg(long, value_delimiter = ',', value_parser = words::<Permission>())]
    permission: Vec<String>,
    /// Permission to remove; separate several with commas.
    #[arg(long, value_delimiter = ',', value_name = "PERMISSION", value_parser = words::<Permission>())]
    remove_permission: Vec<String>,
    /// Groups whose learners the administrator may see; replaces the present groups [default for a new
    /// administrator: none, which means only learners without a group].
    #[arg(long, value_name = "all|none|GROUP,…")]
    groups: Option<String>,
    #[command(flatten)]
    record: PutArguments,
}

/// Remove an administrator, who loses all access; earlier changes stay.
#[derive(Debug, Args)]
struct Remove {
    /// Administrator, by name or id (a unique part of the name is enough).
    administrator: String,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Administrator {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            AdministratorCommand::List(list) => list.run(output).await,
            AdministratorCommand::Show(show) => show.run(output).await,
            AdministratorCommand::Put(put) => put.run(output).await,
            AdministratorCommand::Remove(remove) => remove.run(output).await,
        }
    }
}

impl List {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let columns = [
            Column::text("Administrator", "name", 100),
            Column::text("Permissions", "permissions", 60),
            Column::text("Groups", "groups", 50),
            // A name that was chosen, of which no part will do.
            Column::text("Id", "administrator", 90).between(12, 64),
        ];
        let listing = Listing {
            list: "items",
            what: "administrator",
            columns: columns.into(),
            row: &row,
        };
        let (body, limit) = (self.narrowed.body(), self.narrowed.limit);
        listing
            .show(&caller, output, "administrator.list", body, limit)
            .await
    }
}

fn row(one: &Value) -> Result<Vec<String>, AskError> {
    let one: AdministratorRecord = typed(one)?;
    let permissions = one.permissions.iter().map(|it| spaced(it.as_str()));
    let groups = match &one.groups {
        GroupsViewed::All => "all".to_owned(),
        GroupsViewed::Listed(groups) => {
            let groups = groups.iter().map(ToString::to_string);
            groups.collect::<Vec<_>>().join(", ")
        }
    };
    Ok(vec![
        one.name,
        permissions.collect::<Vec<_>>().join(", "),
        groups,
        one.administrator.to_string(),
    ])
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let id = find::administrator(&caller, &self.administrator).await?;
        let body = json!({ "administrator": id });
        output.value(&caller.ask("administrator.get", &body).await?)?;
        Ok(Exit::Done)
    }
}

impl Put {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut fields = self.record.fields()?;
        fields.remove("administrator");
        let caller = open_to_change(&self.caller).await?;
        let putting = Putting {
            caller: &caller,
            output,
            kind: RecordKind::Administrator,
            id: Some(self.administrator.clone()),
            arguments: &self.record,
            names: ProgrammeNames::new(),
        };
        putting
            .put(fields, |record| {
                self.apply(record);
                Ok(())
            })
            .await
    }

    fn apply(&self, record: &mut Map<String, Value>) {
        if let Some(name) = &self.name {
            record.insert("name".to_owned(), json!(name));
        }
        let permissions = &record["permissions"];
        record["permissions"] = adjusted(permissions, &self.permission, &self.remove_permission);
        if let Some(groups) = &self.groups {
            record["groups"] = match groups.as_str() {
                "all" => json!("all"),
                "none" => json!([]),
                some => json!(some.split(',').map(str::trim).collect::<Vec<_>>()),
            };
        }
    }
}

impl Remove {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open_to_change(&self.caller).await?;
        let id = find::administrator(&caller, &self.administrator).await?;
        let body = json!({ "administrator": id });
        let record: AdministratorRecord = typed(&caller.ask("administrator.get", &body).await?)?;
        let name = terminal::line(&record.name);
        if !self
            .confirmation
            .given(output, &format!("Remove the administrator {name} ({id})?"))
            .await?
        {
            output::line("Nothing was changed.")?;
            return Ok(Exit::Declined);
        }
        let body = json!({ "administrator": id, "command_id": Uuid::new_v4() });
        let reply = caller.ask("administrator.remove", &body).await?;
        output.reply(&reply, |_| output::line(&format!("Removed {name} ({id}).")))?;
        Ok(Exit::Done)
    }
}
