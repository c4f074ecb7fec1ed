//! `plansync plan show`: the components of a plan, or all details of some components.

use clap::Args;
use plansync_protocol::{AttributeName, Word as _};
use serde_json::{Value, json};

use crate::caller::{CallerArguments, Limit, LimitArguments};
use crate::commands::plan::editing::{WhoseOrArguments, version};
use crate::commands::plan::programme::{self, ProgrammeArguments};
use crate::commands::sync::components::word;
use crate::commands::sync::labels::{spaced, value};
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{items, minute, more, number, text};
use crate::table::{Cell, Column, Table};

/// Show the components of a plan, or all details of some components.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    whose: WhoseOrArguments,
    #[command(flatten)]
    programme: ProgrammeArguments,
    /// Component to show in detail, by name or id (a unique part of the name or prefix of the id is enough); separate several with commas, or repeat the option.
    #[arg(long, value_name = "NAME|ID")]
    component: Vec<String>,
    /// Version of the plan to show [default: the current version].
    #[arg(long, value_name = "VERSION", value_parser = version)]
    at_version: Option<u64>,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Show {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let wanted = self.programme.components(&caller, learner, &self.component);
        let wanted = wanted.await?;
        let programme = self.programme.programme(&caller, learner).await?;
        let mut body = json!({ "learner": learner });
        if let Some(version) = self.at_version {
            body["at_version"] = json!(version);
        }
        let wanted: Vec<_> = wanted.iter().map(ToString::to_string).collect();
        let limit = if wanted.is_empty() && programme.is_none() {
            self.limit.limit(output)
        } else {
            Limit::All
        };
        let is_wanted = |one: &Value| {
            let programme = programme.as_deref();
            programme.is_none_or(|it| it == text(one, "programme"))
                && (wanted.is_empty() || wanted.iter().any(|id| id == text(one, "component")))
        };
        let plan = caller
            .read_where("plan.get", &body, "components", limit, is_wanted)
            .await?;
        if output.is_json() {
            output.value(&plan)?;
            return Ok(Exit::Done);
        }
        let people = items(&plan, "components").iter().flat_map(people);
        let people = names::administrators(&caller, people).await?;
        let programmes = if has_several_programmes(&plan) && output.is_for_people() {
            Some(programme::programmes(&caller, learner).await?)
        } else {
            None
        };
        if output.is_for_people() && !wanted.is_empty() {
            show_each(&plan, &people)?;
        } else if programme.is_some() {
            output.list(
                &plan,
                |plan| table(plan, &people, programmes.as_ref()),
                version_told,
            )?;
        } else {
            output.list(
                &plan,
                |plan| table(plan, &people, programmes.as_ref()),
                told,
            )?;
        }
        Ok(Exit::Done)
    }
}

/// The administrators who are shown with a component.
fn people(component: &Value) -> Vec<&str> {
    let tasks = items(&component["review"], "tasks").iter();
    let assignees = tasks.map(|task| text(task, "assignee"));
    let owner = text(&component["attributes"], "owner");
    let by = text(&component["last_updated"], "by");
    assignees.chain([owner, by]).collect()
}

fn has_several_programmes(plan: &Value) -> bool {
    let mut programmes = items(plan, "components").iter();
    let first = programmes.next().map(|one| text(one, "programme"));
    programmes.any(|one| Some(text(one, "programme")) != first)
}

/// With the names of the programmes where they tell components apart.
fn table(plan: &Value, people: &Names, programmes: Option<&Names>) -> Table {
    let columns = [
        Column::text("Component", "name", 100).between(16, 20),
        Column::whole("Type", "type", 40),
        Column::whole("Status", "status", 70),
        Column::whole("Due", "due_date", 80),
        Column::text("Owner", "owner", 45),
        Column::id("Id", "component", 60),
        if programmes.is_some() {
            Column::text("Programme", "programme", 75)
        } else {
            Column::for_programs("programme")
        },
    ];
    let rows = items(plan, "components").iter().map(|one| {
        let attributes = &one["attributes"];
        let owner = text(attributes, "owner");
        vec![
            Cell::new(text(attributes, "name")),
            word(text(one, "type")),
            word(text(one, "status")),
            Cell::new(text(attributes, "due_date")),
            Cell::new(people.of(owner)).exact(owner),
            Cell::new(text(one, "component")),
            programmes
                .map_or_else(Cell::default, |names| names.cell(text(one, "programme")))
                .exact(text(one, "programme")),
        ]
    });
    Table::new(columns, rows)
}

fn told(plan: &Value) -> std::io::Result<()> {
    let shown = items(plan, "components").len();
    if let Some(more) = more(shown, number(plan, "total"), "component") {
        output::sentences(&more)?;
    }
    version_told(plan)
}

fn version_told(plan: &Value) -> std::io::Result<()> {
    output::line(&format!(
        "\nVersion {} of the plan.",
        number(plan, "version")
    ))
}

/// Everything of each component, a line each.
fn show_each(plan: &Value, people: &Names) -> std::io::Result<()> {
    for component in items(plan, "components") {
        let name = text(&component["attributes"], "name");
        output::line(&Paint::of_stdout().strong(name))?;
        for (what, value) in lines_of(component, people) {
            output::line(&format!("  {what:26} {value}"))?;
        }
        output::line("")?;
    }
    output::line(&format!("Version {} of the plan.", number(plan, "version")))
}

fn lines_of(component: &Value, people: &Names) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = ["component", "type", "status"]
        .map(|field| (field.to_owned(), spaced_unless_id(field, component)))
        .into();
    lines.push((
        "evidence submitted".to_owned(),
        number(component, "evidence_submitted").to_string(),
    ));
    let attributes = &component["attributes"];
    let names = AttributeName::WORDS.iter();
    let present = names.filter(|name| **name != "name" && attributes.get(**name).is_some());
    lines.extend(present.map(|name| {
        let shown = match attributes[*name].as_str() {
            Some(owner) if *name == "owner" => people.of(owner).to_owned(),
            Some(_) | None => value(&attributes[*name]),
        };
        (spaced(name), shown)
    }));
    let review = &component["review"];
    if !review.is_null() {
        let at = match text(review, "review_at") {
            "" => String::new(),
            at => format!(", {} UTC", minute(at)),
        };
        lines.push(("review".to_owned(), spaced(text(review, "status")) + &at));
        lines.extend(items(review, "tasks").iter().map(|task| {
            let whose = people.of(text(task, "assignee"));
            let said = format!(
                "{whose}, {} UTC, {}",
                minute(text(task, "at")),
                text(task, "status")
            );
            ("review task".to_owned(), said)
        }));
    }
    let updated = &component["last_updated"];
    let by = people.of(text(updated, "by"));
    lines.push((
        "last updated".to_owned(),
        format!("{} UTC by {by}", minute(text(updated, "at"))),
    ));
    lines
}

fn spaced_unless_id(field: &str, component: &Value) -> String {
    let text = text(component, field);
    if field == "component" {
        text.to_owned()
    } else {
        spaced(text)
    }
}
