//! `plansync plan add`: adds one component to a plan, with attributes or from the template.

use clap::Args;
use serde_json::{Value, json};

use crate::caller::{CallerArguments, Limit};
use crate::commands::plan::assignment::Assignment;
use crate::commands::plan::editing::{WhoseArguments, edit};
use crate::commands::plan::programme::ProgrammeArguments;
use crate::commands::plan::set::values;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::Output;
use crate::reply::items;

/// Add a component to a plan.
#[derive(Debug, Args)]
#[command(after_help = "\
The values of attributes are written as for `plansync plan set`.

Examples:
  plansync plan add --learner 'Ann Smith' --type assignment \\
      --name 'Portfolio review' due_date=2026-12-01
  plansync plan add --learner 'Ann Smith' --from-template 'Knowledge test'")]
pub(super) struct Add {
    #[command(flatten)]
    whose: WhoseArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    /// Type of the component, such as `assignment`; it cannot be changed later.
    #[arg(
        long = "type",
        value_name = "TYPE",
        required_unless_present = "template"
    )]
    component_type: Option<String>,
    /// Name of the component.
    #[arg(long, required_unless_present = "template")]
    name: Option<String>,
    /// Component of the programme's template to add, or to add again after it was removed, by name or id; a name requires permission to read the template.
    #[arg(
        id = "template",
        long = "from-template",
        value_name = "NAME|ID",
        conflicts_with = "component_type"
    )]
    template: Option<String>,
    /// Further attributes and their values.
    #[arg(value_name = "ATTRIBUTE=VALUE")]
    assignments: Vec<Assignment>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Add {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let programme = self.programme.one_programme(&caller, learner).await?;
        let body = json!({ "learner": learner });
        let plan = caller
            .exactly()
            .read("plan.get", &body, "components", Limit::All)
            .await?;
        let plan = items(&plan, "components");
        let mut attributes = values(&caller, &self.assignments, Value::Null, plan).await?;
        if let Some(name) = &self.name {
            attributes.insert("name".to_owned(), json!(name));
        }
        let mut add = json!({ "op": "add", "programme": programme, "attributes": attributes });
        if let Some(given) = &self.template {
            let template = Lookup::of_template(&caller, &programme).one(given).await?;
            add["template"] = json!(template);
        } else {
            add["type"] = json!(self.component_type);
        }
        edit(
            &caller,
            output,
            learner,
            (vec![add], None),
            "Added 1 component",
        )
        .await
    }
}
