//! `plansync plan change`: what one commit changed in a plan, attribute by attribute, whether it was made by hand
//! or by a synchronisation.

use std::iter::once;

use clap::Args;
use plansync_protocol::plan::{ComponentDifference, PlanChangePage, ReviewSide};
use plansync_protocol::record::AttributeChange;
use plansync_protocol::{AttributeName, AttributeValue};
use serde_json::{Value, json};

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::plan::editing::{WhoseOrArguments, version};
use crate::commands::record::changes::exactly;
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::{before_and_after, spaced, value};
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;
use crate::reply::{counted, minute, more, typed};
use crate::table::{Cell, Column, Table};

/// Show what one version of a plan changed, with values before and after.
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  plansync plan history 'Ann Smith'      # list the versions of the plan
  plansync plan change 'Ann Smith' 7     # show what version 7 changed
  plansync plan change 7                 # the same for your only open record"
)]
pub(super) struct Change {
    #[command(flatten)]
    whose: WhoseOrArguments,
    /// Version of the plan that the change created, from 1; `plan history` lists the versions.
    #[arg(value_name = "VERSION", value_parser = version)]
    version: u64,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

/// One thing of a component that differs, as it is called for people and for programs.
struct ChangedDetail {
    shown: [String; 3],
    exact: [String; 3],
}

impl Change {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let body = json!({ "learner": learner, "version": self.version });
        let limit = self.limit.limit(output);
        let reply = caller.read("plan.change", &body, "changes", limit).await?;
        if output.is_json() {
            output.json_list(&reply)?;
            return Ok(Exit::Done);
        }
        let page: PlanChangePage = typed(&reply)?;
        let people = names::administrators(&caller, people(&page)).await?;
        if output.is_for_people() && page.changes.is_empty() {
            output::line("This version changed no component.")?;
            told(&page, &people, caller.printed())?;
            return Ok(Exit::Done);
        }
        output.list(
            &reply,
            |_| table(&page, &people, output.is_for_people()),
            |_| told(&page, &people, caller.printed()),
        )?;
        Ok(Exit::Done)
    }
}

/// The administrators who made the change, or own or owned a changed component.
fn people(page: &PlanChangePage) -> Vec<String> {
    let attributes = page.changes.iter().flat_map(|one| &one.attributes);
    let owners = attributes.filter(|one| one.attribute == AttributeName::Owner);
    let owners = owners.flat_map(|one| [&one.before, &one.after]);
    let owners = owners.filter_map(|owner| match owner {
        AttributeValue::Text(id) => Some(id.clone()),
        AttributeValue::Null
        | AttributeValue::Bool(_)
        | AttributeValue::Integer(_)
        | AttributeValue::List(_)
        | AttributeValue::Uuid(_) => None,
    });
    owners.chain(once(page.by.to_string())).collect()
}

fn table(page: &PlanChangePage, people: &Names, is_for_people: bool) -> Table {
    let columns = [
        Column::text("Component", "name", 100).between(10, 20),
        Column::whole("Change", "change", 75),
        Column::text("Attribute", "attribute", 95).between(9, 15),
        Column::text("Before", "before", 80).between(12, 16),
        Column::text("After", "after", 92).between(12, 16),
        Column::for_programs("component"),
        Column::for_programs("reason"),
        Column::for_programs("version"),
        Column::for_programs("at"),
        Column::for_programs("by"),
        Column::for_programs("sync"),
    ];
    let rows = |one| rows(page, one, people, is_for_people);
    Table::new(columns, page.changes.iter().flat_map(rows))
}

/// A row for each difference; for people, only the first row of a component names it.
fn rows(
    page: &PlanChangePage,
    one: &ComponentDifference,
    people: &Names,
    is_for_people: bool,
) -> Vec<Vec<Cell>> {
    let sync = page.sync.map_or_else(String::new, |sync| sync.to_string());
    let row = |(index, difference): (usize, ChangedDetail)| {
        let of_first = |cell: Cell| if index == 0 { cell } else { Cell::default() };
        let [what, before, after] = difference.shown;
        let [what_exactly, before_exactly, after_exactly] = difference.exact;
        vec![
            of_first(Cell::new(&one.name)).exact(&one.name),
            of_first(changed(one.change.as_str())).exact(one.change),
            Cell::new(what).exact(what_exactly),
            Cell::new(before).exact(before_exactly),
            Cell::new(after).exact(after_exactly),
            Cell::new(one.component),
            Cell::new(one.reason.as_deref().unwrap_or_default()),
            Cell::new(page.version.0),
            Cell::new(page.at),
            Cell::new(&page.by),
            Cell::new(&sync),
        ]
    };
    differences(page, one, people, is_for_people)
        .into_iter()
        .enumerate()
        .map(row)
        .collect()
}

/// All differences of a component: its attributes, its progress, its review and its tasks.
fn differences(
    page: &PlanChangePage,
    one: &ComponentDifference,
    people: &Names,
    is_for_people: bool,
) -> Vec<ChangedDetail> {
    let attributes = one.attributes.iter();
    let attributes = attributes.filter(|it| !is_for_people || is_telling(it));
    let mut all: Vec<_> = attributes.map(|it| of_attribute(it, people)).collect();
    if let Some(status) = one.status {
        let sides = [status.before, status.after];
        let shown = sides.map(|side| side.map_or_else(nothing, |side| spaced(side.as_str())));
        all.push(of_sides("status", shown, sides.map(|side| json!(side))));
    }
    if let Some(evidence) = one.evidence {
        let sides = [evidence.before, evidence.after];
        let exact = sides.map(|side| json!(side));
        all.push(of_sides(
            "evidence_submitted",
            sides.map(|it| it.to_string()),
            exact,
        ));
    }
    if let Some(review) = &one.review {
        let sides = [&review.before, &review.after].map(Option::as_ref);
        let exact = sides.map(|side| json!(side));
        all.push(of_sides("review", sides.map(review_side), exact));
    }
    for (tasks, name) in [
        (&one.tasks.made, "tasks_made"),
        (&one.tasks.cancelled, "tasks_cancelled"),
    ] {
        if !tasks.is_empty() {
            let count = counted(u64::try_from(tasks.len()).unwrap_or(u64::MAX), "task");
            let shown = [String::new(), count];
            all.push(of_sides(name, shown, [Value::Null, json!(tasks)]));
        }
    }
    // If one reason applies to all changes, it is printed below the table.
    if page.reason.is_none()
        && let Some(reason) = &one.reason
    {
        let shown = [String::new(), value(&json!(reason))];
        all.push(of_sides("reason", shown, [Value::Null, json!(reason)]));
    }
    if all.is_empty() {
        all.push(ChangedDetail {
            shown: Default::default(),
            exact: Default::default(),
        });
    }
    all
}

/// Whether an attribute has a value before or after: a component that was created or deleted has all
/// attributes of its type, most of them empty.
fn is_telling(attribute: &AttributeChange) -> bool {
    let is_empty = |side: &AttributeValue| match side {
        AttributeValue::Null | AttributeValue::Bool(false) | AttributeValue::Integer(0) => true,
        AttributeValue::Bool(true) | AttributeValue::Integer(_) | AttributeValue::Uuid(_) => false,
        AttributeValue::Text(text) => text.is_empty(),
        AttributeValue::List(elements) => elements.is_empty(),
    };
    !(is_empty(&attribute.before) && is_empty(&attribute.after))
}

fn of_attribute(attribute: &AttributeChange, people: &Names) -> ChangedDetail {
    let mut shown = before_and_after(attribute);
    let sides = [&attribute.before, &attribute.after];
    if attribute.attribute == AttributeName::Owner {
        for (shown, side) in shown.iter_mut().skip(1).zip(sides) {
            if let AttributeValue::Text(owner) = side {
                *shown = value(&json!(people.of(owner)));
            }
        }
    }
    let [before, after] = sides.map(|side| exactly(&json!(side)));
    ChangedDetail {
        shown,
        exact: [attribute.attribute.to_string(), before, after],
    }
}

fn of_sides(name: &str, shown: [String; 2], exact: [Value; 2]) -> ChangedDetail {
    let ([before, after], exact) = (shown, exact.map(|side| exactly(&side)));
    let [before_exactly, after_exactly] = exact;
    ChangedDetail {
        shown: [spaced(name), before, after],
        exact: [name.to_owned(), before_exactly, after_exactly],
    }
}

/// A missing value as it is shown.
fn nothing() -> String {
    value(&Value::Null)
}

/// A review before or after: its status, and the time of its meeting.
fn review_side(side: Option<&ReviewSide>) -> String {
    let Some(side) = side else { return nothing() };
    let status = spaced(side.status.as_str());
    match side.review_at {
        None => status,
        Some(at) => format!("{status}, {} UTC", minute(&at.to_string())),
    }
}

/// Who made the change, when and why, and the synchronisation that it was part of.
fn told(page: &PlanChangePage, people: &Names, printed: &PrintedCommand) -> std::io::Result<()> {
    if let Some(more) = more(page.changes.len(), page.total, "component") {
        output::line(&more)?;
    }
    output::line(&format!(
        "\nVersion {} of the plan, {} UTC, by {}.",
        page.version.0,
        minute(&page.at.to_string()),
        people.of(&page.by.to_string())
    ))?;
    if let Some(reason) = &page.reason {
        let reason: Vec<_> = reason.split_whitespace().collect();
        output::line(&format!(
            "Reason: {}",
            crate::reply::or_erased(&reason.join(" "))
        ))?;
    }
    let Some(sync) = page.sync else {
        return Ok(());
    };
    let command = printed.command("sync changes", &sync.to_string());
    output::line(&format!(
        "The change was made by a synchronisation. To see everything that it synchronised:\n  {command}"
    ))
}
