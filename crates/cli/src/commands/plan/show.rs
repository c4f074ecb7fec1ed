//! `plansync plan show`: the components of a plan, or all details of some components.

use clap::Args;
use plansync_protocol::plan::{Assignee, Component, PlanPage};
use plansync_protocol::{AttributeName, AttributeValue};
use serde_json::{Value, json};

use crate::caller::{CallerArguments, Limit, LimitArguments};
use crate::commands::plan::editing::{WhoseOrArguments, version};
use crate::commands::plan::programme::{self, ProgrammeArguments};
use crate::commands::sync::components::word;
use crate::commands::sync::labels::{of_attribute, spaced};
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{minute, more, text, typed};
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
        let reply = caller
            .read_where("plan.get", &body, "components", limit, is_wanted)
            .await?;
        if output.is_json() {
            output.json_list(&reply)?;
            return Ok(Exit::Done);
        }
        let plan: PlanPage = typed(&reply)?;
        let people = plan.components.iter().flat_map(people);
        let people = names::administrators(&caller, people).await?;
        let programmes = if has_several_programmes(&plan.components) && output.is_for_people() {
            Some(programme::programmes(&caller, learner).await?)
        } else {
            None
        };
        if output.is_for_people() && !wanted.is_empty() {
            show_each(&plan, &people)?;
        } else {
            let told = if programme.is_some() {
                version_told
            } else {
                told
            };
            output.list(
                &reply,
                |_| table(&plan.components, &people, programmes.as_ref()),
                |_| told(&plan),
            )?;
        }
        Ok(Exit::Done)
    }
}

/// The administrators who are shown with a component.
pub(crate) fn people(component: &Component) -> Vec<String> {
    let tasks = component.review.iter().flat_map(|review| &review.tasks);
    let assignees = tasks.map(|task| assignee(&task.assignee));
    let others = [
        attribute(component, AttributeName::Owner),
        component.last_updated.by.to_string(),
    ];
    assignees.chain(others).collect()
}

/// The id of an assignee, or `learner`.
fn assignee(assignee: &Assignee) -> String {
    match assignee {
        Assignee::Learner => "learner".to_owned(),
        Assignee::Administrator(administrator) => administrator.to_string(),
    }
}

/// An attribute whose value is text; empty if it has no value.
fn attribute(component: &Component, name: AttributeName) -> String {
    match component.attributes.get(name) {
        Some(AttributeValue::Text(text)) => text.clone(),
        Some(_) | None => String::new(),
    }
}

/// Whether the programmes of components distinguish them.
pub(crate) fn has_several_programmes(components: &[Component]) -> bool {
    let mut programmes = components.iter().map(|one| one.programme);
    let first = programmes.next();
    programmes.any(|one| Some(one) != first)
}

/// With the names of the programmes if they distinguish components.
pub(crate) fn table(components: &[Component], people: &Names, programmes: Option<&Names>) -> Table {
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
    let rows = components.iter().map(|one| {
        let owner = attribute(one, AttributeName::Owner);
        let programme = one.programme.to_string();
        vec![
            Cell::new(attribute(one, AttributeName::Name)),
            word(one.component_type.as_str()),
            word(one.status.as_str()),
            Cell::new(attribute(one, AttributeName::DueDate)),
            people.cell(&owner),
            Cell::new(one.component),
            programmes
                .map_or_else(Cell::default, |names| names.cell(&programme))
                .exact(&programme),
        ]
    });
    Table::new(columns, rows)
}

fn told(plan: &PlanPage) -> std::io::Result<()> {
    if let Some(more) = more(plan.components.len(), plan.total, "component") {
        output::sentences(&more)?;
    }
    version_told(plan)
}

fn version_told(plan: &PlanPage) -> std::io::Result<()> {
    output::line(&format!("\nVersion {} of the plan.", plan.version.0))
}

/// All details of each component, one in a line.
fn show_each(plan: &PlanPage, people: &Names) -> std::io::Result<()> {
    for component in &plan.components {
        let name = attribute(component, AttributeName::Name);
        output::line(&Paint::of_stdout().strong(&name))?;
        for (what, value) in lines_of(component, people) {
            output::line(&format!("  {what:26} {value}"))?;
        }
        output::line("")?;
    }
    output::line(&format!("Version {} of the plan.", plan.version.0))
}

fn lines_of(component: &Component, people: &Names) -> Vec<(String, String)> {
    let evidence = component.evidence_submitted.to_string();
    let mut lines = vec![
        ("component".to_owned(), component.component.to_string()),
        ("type".to_owned(), spaced(component.component_type.as_str())),
        ("status".to_owned(), spaced(component.status.as_str())),
        ("evidence submitted".to_owned(), evidence),
    ];
    let names = AttributeName::ALL.iter();
    lines.extend(
        names
            .filter(|name| **name != AttributeName::Name)
            .filter_map(|name| {
                let value = component.attributes.get(*name)?;
                let shown =
                    if let (AttributeName::Owner, AttributeValue::Text(owner)) = (*name, value) {
                        people.of(owner).to_owned()
                    } else {
                        of_attribute(value)
                    };
                Some((spaced(name.as_str()), shown))
            }),
    );
    lines.extend(review_lines(component, people));
    let at = component.last_updated.at.to_string();
    let by = component.last_updated.by.to_string();
    let updated = format!("{} UTC by {}", minute(&at), people.of(&by));
    lines.push(("last updated".to_owned(), updated));
    lines
}

fn review_lines(component: &Component, people: &Names) -> Vec<(String, String)> {
    let Some(review) = &component.review else {
        return Vec::new();
    };
    let at = review.review_at.map(|at| minute(&at.to_string()));
    let at = at.map_or_else(String::new, |at| format!(", {at} UTC"));
    let mut lines = vec![("review".to_owned(), spaced(review.status.as_str()) + &at)];
    lines.extend(review.tasks.iter().map(|task| {
        let whose = assignee(&task.assignee);
        let at = minute(&task.at.to_string());
        let said = format!("{}, {at} UTC, {}", people.of(&whose), task.status);
        ("review task".to_owned(), said)
    }));
    lines
}
