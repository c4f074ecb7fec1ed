//! `plansync plan set`: sets attributes of one component.

use clap::Args;
use plansync_protocol::AttributeName;
use serde_json::{Map, Value, json};

use crate::caller::{Caller, CallerArguments, Limit};
use crate::commands::plan::assignment::{Assignment, How};
use crate::commands::plan::editing::{WhoseArguments, edit};
use crate::commands::plan::owners;
use crate::commands::plan::programme::ProgrammeArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::output::Output;
use crate::reply::{items, number, text};

/// Set attributes of a component.
#[derive(Debug, Args)]
#[command(after_help = "\
Values:
  due_date=                          clears the attribute
  criteria=K1,K2                     replaces the list; separate items with commas,
                                     or write a JSON array
  criteria+=K3  criteria-=K1         adds and removes items (criteria, documents)
  evidence_required=yes              `yes` or `no`
  review_at='2026-12-01 10:00'       date and time in UTC
  owner='Sam Okafor'                 administrator, by name or id

Administrators must give a `--reason` to set, change or clear a due date;
`system` does not need one.")]
pub(super) struct Set {
    #[command(flatten)]
    whose: WhoseArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    /// Component to change, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    component: String,
    /// Attribute and its new value; give several to set several attributes.
    #[arg(required = true, value_name = "ATTRIBUTE=VALUE")]
    assignments: Vec<Assignment>,
    /// Reason for the change, up to 1,000 characters; required for administrators who change a due date.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Set {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let component = self
            .programme
            .component(&caller, learner, &self.component)
            .await?;
        let plan = caller
            .exactly()
            .read(
                "plan.get",
                &json!({ "learner": learner }),
                "components",
                Limit::All,
            )
            .await?;
        let found = items(&plan, "components").iter();
        let mut found = found.filter(|one| text(one, "component") == component);
        let present = found
            .next()
            .map_or(Value::Null, |one| one["attributes"].clone());
        let plan_now = items(&plan, "components");
        let set = values(&caller, &self.assignments, present, plan_now).await?;
        let mut change = json!({ "op": "change", "component": component, "set": set });
        if let Some(reason) = &self.reason {
            change["reason"] = json!(reason);
        }
        // An addition to a list, or a removal from it, applies to the version of the list that was read.
        let is_relative = self.assignments.iter().any(|one| one.how != How::Is);
        let version = is_relative.then(|| number(&plan, "version"));
        edit(&caller, output, learner, (vec![change], version), "Changed").await
    }
}

/// The values that assignments give to attributes that have values already; owners are looked up.
pub(super) async fn values(
    caller: &Caller,
    assignments: &[Assignment],
    mut present: Value,
    plan: &[Value],
) -> anyhow::Result<Map<String, Value>> {
    let mut set = Map::new();
    for assignment in assignments {
        let name = assignment.attribute.as_str();
        if set.contains_key(name) && assignment.how == How::Is {
            let message = format!("nothing was changed: `{name}` is given twice");
            return Err(NotUnderstood(message).into());
        }
        let mut value = assignment.value(&present)?;
        if assignment.attribute == AttributeName::Owner
            && let Some(owner) = value.as_str()
        {
            value = json!(owners::find(caller, owner, plan).await?);
        }
        present[name] = value.clone();
        set.insert(name.to_owned(), value);
    }
    Ok(set)
}
