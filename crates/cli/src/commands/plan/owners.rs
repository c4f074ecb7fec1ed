//! Resolves owners by name.
//!
//! Administrators who may not list all administrators can still name those who occur in a plan that they see.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::caller::Caller;
use crate::names;
use crate::reply::{items, text};

/// Resolves an id or a name to the id of an administrator.
pub(super) async fn find(caller: &Caller, given: &str, plan: &[Value]) -> anyhow::Result<String> {
    let known = async || -> anyhow::Result<BTreeSet<String>> {
        Ok(plan.iter().flat_map(of_component).collect())
    };
    names::administrator(caller, given, known).await
}

/// The administrators who own a component or changed it.
fn of_component(component: &Value) -> Vec<String> {
    let [attributes, updated] = ["attributes", "last_updated"].map(|field| &component[field]);
    let tasks = items(&component["review"], "tasks").iter();
    let assignees = tasks.map(|task| text(task, "assignee"));
    let all = assignees.chain([text(attributes, "owner"), text(updated, "by")]);
    let people = all.filter(|id| !["", "learner", "system"].contains(id));
    people.map(str::to_owned).collect()
}
