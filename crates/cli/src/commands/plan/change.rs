//! `plansync plan change`: what one commit changed in a plan, attribute by attribute, whether it was made by hand
//! or by a synchronisation.

use std::iter::once;

use clap::Args;
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
use crate::reply::{counted, items, minute, more, number, text};
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
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        let people = names::administrators(&caller, people(&reply)).await?;
        let told = |reply: &Value| told(reply, &people, caller.printed());
        if output.is_for_people() && items(&reply, "changes").is_empty() {
            output::line("This version changed no component.")?;
            told(&reply)?;
            return Ok(Exit::Done);
        }
        output.list(
            &reply,
            |reply| table(reply, &people, output.is_for_people()),
            told,
        )?;
        Ok(Exit::Done)
    }
}

/// The administrators who made the change, or own or owned a changed component.
fn people(reply: &Value) -> Vec<&str> {
    let changes = items(reply, "changes").iter();
    let attributes = changes.flat_map(|one| items(one, "attributes"));
    let owners = attributes.filter(|one| text(one, "attribute") == "owner");
    let owners = owners.flat_map(|one| [text(one, "before"), text(one, "after")]);
    owners.chain(once(text(reply, "by"))).collect()
}

fn table(reply: &Value, people: &Names, is_for_people: bool) -> Table {
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
    let changes = items(reply, "changes").iter();
    Table::new(
        columns,
        changes
            .flat_map(|one| rows(reply, one, people, is_for_people))
            .collect::<Vec<_>>(),
    )
}

/// A row for each difference; for people, only the first row of a component names it.
fn rows(reply: &Value, one: &Value, people: &Names, is_for_people: bool) -> Vec<Vec<Cell>> {
    let (name, change) = (text(one, "name"), text(one, "change"));
    let row = |(index, difference): (usize, ChangedDetail)| {
        let of_first = |cell: Cell| if index == 0 { cell } else { Cell::default() };
        let [what, before, after] = difference.shown;
        let [what_exactly, before_exactly, after_exactly] = difference.exact;
        vec![
            of_first(Cell::new(name)).exact(name),
            of_first(changed(change)).exact(change),
            Cell::new(what).exact(what_exactly),
            Cell::new(before).exact(before_exactly),
            Cell::new(after).exact(after_exactly),
            Cell::new(text(one, "component")),
            Cell::new(text(one, "reason")),
            Cell::new(number(reply, "version")),
            Cell::new(text(reply, "at")),
            Cell::new(text(reply, "by")),
            Cell::new(text(reply, "sync")),
        ]
    };
    differences(reply, one, people, is_for_people)
        .into_iter()
        .enumerate()
        .map(row)
        .collect()
}

/// All that differs of a component: its attributes, its progress, its review and its tasks.
fn differences(
    reply: &Value,
    one: &Value,
    people: &Names,
    is_for_people: bool,
) -> Vec<ChangedDetail> {
    let attributes = items(one, "attributes").iter();
    let attributes = attributes.filter(|it| !is_for_people || is_telling(it));
    let mut all: Vec<_> = attributes.map(|it| of_attribute(it, people)).collect();
    for (field, name) in [("status", "status"), ("evidence", "evidence_submitted")] {
        if !one[field].is_null() {
            all.push(of_sides(name, &one[field], value_of_word));
        }
    }
    if !one["review"].is_null() {
        all.push(of_sides("review", &one["review"], review));
    }
    for (field, name) in [("made", "tasks_made"), ("cancelled", "tasks_cancelled")] {
        let tasks = items(&one["tasks"], field);
        if !tasks.is_empty() {
            let count = counted(u64::try_from(tasks.len()).unwrap_or(u64::MAX), "task");
            all.push(ChangedDetail {
                shown: [spaced(name), String::new(), count],
                exact: [
                    name.to_owned(),
                    String::new(),
                    exactly(&one["tasks"][field]),
                ],
            });
        }
    }
    // If one reason applies to all changes, it is printed below the table.
    if reply["reason"].is_null()
        && let Some(reason) = one["reason"].as_str()
    {
        all.push(ChangedDetail {
            shown: ["reason".to_owned(), String::new(), value(&json!(reason))],
            exact: ["reason".to_owned(), String::new(), reason.to_owned()],
        });
    }
    if all.is_empty() {
        all.push(ChangedDetail {
            shown: Default::default(),
            exact: Default::default(),
        });
    }
    all
}

/// Whether an attribute says anything on one side at least: a component that was created or deleted has
/// all attributes of its type, most of them empty.
fn is_telling(attribute: &Value) -> bool {
    let is_empty = |side: &str| match &attribute[side] {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Object(_) => false,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
    };
    !(is_empty("before") && is_empty("after"))
}

fn of_attribute(attribute: &Value, people: &Names) -> ChangedDetail {
    let mut shown = before_and_after(attribute);
    if text(attribute, "attribute") == "owner" {
        for (side, field) in shown.iter_mut().skip(1).zip(["before", "after"]) {
            if let Some(owner) = attribute[field].as_str() {
                *side = value(&json!(people.of(owner)));
            }
        }
    }
    ChangedDetail {
        shown,
        exact: [
            text(attribute, "attribute").to_owned(),
            exactly(&attribute["before"]),
            exactly(&attribute["after"]),
        ],
    }
}

fn of_sides(name: &str, sides: &Value, shown: impl Fn(&Value) -> String) -> ChangedDetail {
    let [before, after] = [&sides["before"], &sides["after"]];
    ChangedDetail {
        shown: [spaced(name), shown(before), shown(after)],
        exact: [name.to_owned(), exactly(before), exactly(after)],
    }
}

fn value_of_word(side: &Value) -> String {
    side.as_str().map_or_else(|| value(side), spaced)
}

/// A review on one side: how far it is, and when its meeting is.
fn review(side: &Value) -> String {
    match (text(side, "status"), text(side, "review_at")) {
        ("", _) => value(&Value::Null),
        (status, "") => spaced(status),
        (status, at) => format!("{}, {} UTC", spaced(status), minute(at)),
    }
}

/// Who did it, when, why, and the synchronisation that it was part of.
fn told(reply: &Value, people: &Names, printed: &PrintedCommand) -> std::io::Result<()> {
    let shown = items(reply, "changes").len();
    if let Some(more) = more(shown, number(reply, "total"), "component") {
        output::line(&more)?;
    }
    output::line(&format!(
        "\nVersion {} of the plan, {} UTC, by {}.",
        number(reply, "version"),
        minute(text(reply, "at")),
        people.of(text(reply, "by"))
    ))?;
    if let Some(reason) = reply["reason"].as_str() {
        let reason: Vec<_> = reason.split_whitespace().collect();
        output::line(&format!("Reason: {}", reason.join(" ")))?;
    }
    let Some(sync) = reply["sync"].as_str() else {
        return Ok(());
    };
    let command = printed.command("sync changes", sync);
    output::line(&format!(
        "The change was made by a synchronisation. To see everything that it synchronised:\n  {command}"
    ))
}
