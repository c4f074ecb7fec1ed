//! Second part of the demo: an administrator opens a learner's record and changes the plan, with every kind of
//! change that can be synchronised.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::activities::{ACTIVITIES, index_of};
use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::{DemoLearner, learners};
use crate::commands::demo::context::{DemoContext, items, number, text};
use crate::commands::demo::expected::CHANGED;
use crate::commands::demo::id;
use crate::commands::demo::loading::programme;
use crate::table::Table;

/// Its due date is moved.
pub(super) const MOVED: &str = "Process improvement proposal";
/// It is mapped to one more criterion.
pub(super) const MAPPED: &str = "Stakeholder map and communication plan";
pub(super) const EXTRA_CRITERION: &str = "S4";
/// Its name, its instructions and its place of delivery are changed.
pub(super) const REWRITTEN: &str = "Workplace observation: dealing with people";
pub(super) const NEW_NAME: &str = "Workplace observation: customers and colleagues";
/// Its meeting gets a date, and its type changes.
pub(super) const REVIEWED: &str = "Progress review 3";
pub(super) const REVIEW_TYPE: &str = "Halfway review with the employer";
pub(super) const REVIEW_AT: &str = "2027-02-15T10:00:00.000000Z";
/// It is put up for quality assurance.
pub(super) const QUALITY_ASSURED: &str = "Reflective account: professionalism";
/// The activity that is removed from the plan.
pub(super) const DELETED: &str = "External factors: markets, politics, technology";
/// It is new.
pub(super) const ADDED: &str = "Workshop: using AI tools responsibly at work";
pub(super) const DUE_DATE: &str = "2027-03-31";

/// The activity of this name.
pub(super) fn component(name: &str) -> Uuid {
    index_of(name).map_or_else(
        || id(&["activity", name]),
        |index| ACTIVITIES[index].component(),
    )
}

/// The learner whose plan is changed.
pub(super) fn source() -> DemoLearner {
    learners().swap_remove(0)
}

fn edits() -> Value {
    json!([
        { "op": "change", "component": component(MOVED), "set": { "due_date": DUE_DATE },
          "reason": "The employer closes its books in March" },
        { "op": "change", "component": component(MAPPED),
          "set": { "criteria": ["K3", "S5", EXTRA_CRITERION] } },
        { "op": "change", "component": component(REWRITTEN), "set": {
            "name": NEW_NAME,
            "instructions": "Your tutor watches you for an hour at work: agree a busy time.",
            "delivery_via_employer": true } },
        { "op": "change", "component": component(REVIEWED),
          "set": { "review_type": REVIEW_TYPE, "review_at": REVIEW_AT } },
        { "op": "change", "component": component(QUALITY_ASSURED),
          "set": { "planned_for_qa": true } },
        { "op": "remove", "component": component(DELETED) },
        { "op": "add", "component": component(ADDED), "programme": programme(),
          "type": "workshop", "attributes": {
            "name": ADDED, "criteria": ["K4", "S1"], "delivery_via_organisation": true } },
    ])
}

/// Opens the record and makes the edits; the session they belong to.
pub(super) async fn open_and_edit(context: &DemoContext) -> anyhow::Result<Uuid> {
    let source = source();
    context.scene("Priya Nair opens one record and edits the plan")?;
    let opened = context
        .manage("record.open", json!({ "learner": source.id() }))
        .await?;
    check_equal(
        "that she may synchronise",
        &opened["can_sync"],
        &Value::Bool(true),
    )?;
    check_equal(
        "the preselected programme",
        &opened["programmes"][0]["preselected"],
        &Value::Bool(true),
    )?;
    let session: Uuid = text(&opened, "session").parse()?;
    let edited = context
        .manage(
            "plan.edit",
            json!({ "learner": source.id(), "edits": edits() }),
        )
        .await?;
    check_equal(
        "that the plan changed",
        &edited["changed"],
        &Value::Bool(true),
    )?;
    let changes = context
        .manage("record.changes", json!({ "session": session }))
        .await?;
    let of_them = u64::try_from(CHANGED.len())?;
    check_equal(
        "the number of recent changes",
        number(&changes, "total"),
        of_them,
    )?;
    context.say(&format!(
        "{}, plan version {}:",
        source.name,
        number(&edited, "version")
    ))?;
    let rows = items(&changes, "changes").iter().map(row);
    let heading = ["Activity", "Change", "What"];
    context.table(&Table::of_text(heading, rows))?;
    Ok(session)
}

fn row(change: &Value) -> [String; 3] {
    let what = items(change, "attributes").iter().map(|attribute| {
        let name = text(attribute, "attribute").replace('_', " ");
        match (&attribute["added"], &attribute["removed"]) {
            (Value::Array(added), _) if !added.is_empty() => format!("{name} + {}", list(added)),
            (_, Value::Array(removed)) if !removed.is_empty() => {
                format!("{name} − {}", list(removed))
            }
            _ => format!("{name} → {}", short(&attribute["after"])),
        }
    });
    let change_kind = text(change, "change");
    // Of what was created or deleted, everything differs: that is no news.
    let what = if change_kind == "updated" {
        what.collect::<Vec<_>>().join("\n")
    } else {
        String::new()
    };
    [
        text(change, "name").to_owned(),
        change_kind.to_owned(),
        what,
    ]
}

fn list(items: &[Value]) -> String {
    items.iter().map(short).collect::<Vec<_>>().join(", ")
}

fn short(value: &Value) -> String {
    match value.as_str() {
        Some(text) if text.chars().count() > 32 => {
            format!("“{}…”", text.chars().take(31).collect::<String>())
        }
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}
