//! `plansync template`: the components that new plans of a programme have.

mod put;

use clap::{Args, Subcommand};
use plansync_protocol::reference::TemplateComponent;
use plansync_protocol::{AttributeName, AttributeValue};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::caller::{Caller, CallerArguments, Limit, LimitArguments};
use crate::commands::reference::find;
use crate::commands::reference::listing::Listing;
use crate::commands::reference::{open, open_to_change, programme};
use crate::confirmation::Confirmation;
use crate::exit::{Exit, NotUnderstood};
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::reply::{items, text, typed};
use crate::table::Column;
use crate::terminal;

/// List, show, add, change or remove the components of a programme's template.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync template show 'Business Administrator'
  plansync template put 'Business Administrator' --as system --type exam \\
      --name 'Knowledge test' --set criteria='[\"K1\"]'
  plansync template put 'Business Administrator' --as system \\
      --component 'Knowledge test' --set due_date=2027-03-31
  plansync template remove 'Business Administrator' --as system \\
      --component 'Knowledge test'")]
pub(crate) struct Template {
    #[command(subcommand)]
    command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
enum TemplateCommand {
    /// List programmes with the number of components in their templates.
    List(programme::List),
    /// Show the components of a programme's template, in order.
    #[command(alias = "get")]
    Show(Show),
    /// Add or change a component of a template; applies to new plans.
    Put(Box<put::Put>),
    /// Remove components from a template; existing plans keep them.
    Remove(Remove),
}

/// Show the components of a programme's template, in order.
#[derive(Debug, Args)]
struct Show {
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough).
    programme: String,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

/// Remove components from a template; existing plans keep them.
#[derive(Debug, Args)]
struct Remove {
    /// Programme, by name or id (a unique part of the name or prefix of the id is enough).
    programme: String,
    #[command(flatten)]
    caller: CallerArguments,
    /// Component to remove, by name or id (a unique part of the name or prefix of the id is enough); repeat for several.
    #[arg(long, required = true, value_name = "ID|NAME")]
    component: Vec<String>,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Template {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            TemplateCommand::List(list) => list.run(output).await,
            TemplateCommand::Show(show) => show.run(output).await,
            TemplateCommand::Put(put) => put.run(output).await,
            TemplateCommand::Remove(remove) => remove.run(output).await,
        }
    }
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let programme = find::programme(&caller, &self.programme).await?;
        let columns = [
            Column::text("Component", "name", 100),
            Column::whole("Type", "type", 80),
            Column::text("Criteria", "criteria", 60),
            Column::whole("Due date", "due_date", 50),
            Column::id("Id", "component", 90),
        ];
        let listing = Listing {
            list: "components",
            what: "component",
            columns: columns.into(),
            row: &row,
        };
        let body = Map::from_iter([("programme".to_owned(), json!(programme))]);
        listing
            .show(&caller, output, "template.get", body, self.limit)
            .await
    }
}

fn row(one: &Value) -> Result<Vec<String>, AskError> {
    let one: TemplateComponent = typed(one)?;
    let attribute = |name| match one.attributes.get(name) {
        Some(AttributeValue::Text(text)) => text.clone(),
        Some(AttributeValue::List(texts)) => texts.join(", "),
        Some(_) | None => String::new(),
    };
    Ok(vec![
        attribute(AttributeName::Name),
        one.component_type.to_string(),
        attribute(AttributeName::Criteria),
        attribute(AttributeName::DueDate),
        one.component.to_string(),
    ])
}

impl Remove {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open_to_change(&self.caller).await?;
        let programme = find::programme(&caller, &self.programme).await?;
        let present = components(&caller, &programme).await?;
        let mut meant = Vec::new();
        for given in &self.component {
            let id = Lookup::of_template(&caller, &programme).one(given).await?;
            let component = with_id(&present, &id).ok_or_else(|| unknown(given))?;
            meant.push(component);
        }
        let names: Vec<_> = meant.iter().map(|one| name(one)).collect();
        let names = terminal::line(&names.join(", ")).into_owned();
        if !self
            .confirmation
            .given(output, &format!("Remove {names} from the template?"))
            .await?
        {
            output::line("Nothing was changed.")?;
            return Ok(Exit::Declined);
        }
        let ids: Vec<_> = meant.iter().map(|one| text(one, "component")).collect();
        let command = Uuid::new_v4();
        let body = json!({ "programme": programme, "components": ids, "command_id": command });
        let reply = caller.ask("template.remove", &body).await?;
        output.reply(&reply, |_| {
            output::line(&format!(
                "Removed from the template: {names}. Existing plans keep them."
            ))
        })?;
        Ok(Exit::Done)
    }
}

/// All components of a template, of which there are at most some thousands.
async fn components(caller: &Caller, programme: &str) -> anyhow::Result<Vec<Value>> {
    let body = json!({ "programme": programme });
    let reply = caller
        .read("template.get", &body, "components", Limit::All)
        .await?;
    Ok(items(&reply, "components").to_vec())
}

/// The one with this id.
fn with_id<'a>(present: &'a [Value], id: &str) -> Option<&'a Value> {
    present.iter().find(|one| text(one, "component") == id)
}

fn name(component: &Value) -> &str {
    text(&component["attributes"], "name")
}

fn unknown(given: &str) -> NotUnderstood {
    NotUnderstood(format!(
        "the template has no component “{}”; `plansync template show` lists them",
        terminal::line(given)
    ))
}
