//! `plansync plan history`: what was changed in a plan, when and by whom.

use clap::Args;
use plansync_protocol::plan::{ComponentChange, PlanChange, PlanCommit, PlanHistoryPage};
use plansync_protocol::{AttributeName, AttributeValue, Change};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::plan::editing::{WhoseOrArguments, version};
use crate::commands::sync::components::time;
use crate::commands::sync::labels::{change, spaced};
use crate::exit::Exit;
use crate::names::{self, Kind, Lookup, Names};
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;
use crate::reply::{counted, more, text, typed};
use crate::table::{Cell, Column, Table};

/// Show the history of a plan: what was changed, when and by whom, oldest first.
#[derive(Debug, Args)]
pub(super) struct History {
    #[command(flatten)]
    whose: WhoseOrArguments,
    /// First version to show [default: 1].
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from_version: Option<u64>,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

/// The names that a history is shown with.
struct Told {
    people: Names,
    components: Names,
}

impl History {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let learner = self.whose.find(&caller).await?;
        let mut body = json!({ "learner": learner });
        if let Some(version) = self.from_version {
            body["from_version"] = json!(version);
        }
        let limit = self.limit.limit(output);
        let reply = caller.read("plan.history", &body, "items", limit).await?;
        if output.is_json() {
            output.json_list(&reply)?;
            return Ok(Exit::Done);
        }
        let page: PlanHistoryPage = typed(&reply)?;
        let commits = &page.items;
        let people = commits.iter().map(|commit| commit.by.to_string());
        let told = Told {
            people: names::administrators(&caller, people).await?,
            components: components(&caller, learner, commits).await?,
        };
        if output.is_for_people() && commits.is_empty() {
            output::line("This plan has no changes.")?;
            return Ok(Exit::Done);
        }
        let told_more = |_: &Value| left_out(&page, learner, caller.printed());
        output.list(&reply, |_| table(&page, &told), told_more)?;
        Ok(Exit::Done)
    }
}

/// The names of components: those that they have now, or were given in the history, or had before it.
async fn components(
    caller: &Caller,
    learner: Uuid,
    commits: &[PlanCommit],
) -> anyhow::Result<Names> {
    let mut names = Names::default();
    let first = commits.first().map_or(0, |commit| commit.version.0);
    if first > 1 {
        let before = Lookup::of_plan_at(caller, learner, first - 1);
        learn_planned(&mut names, before.all().await?);
    }
    learn_given(&mut names, commits);
    learn_planned(&mut names, Lookup::of_plan(caller, learner).all().await?);
    // A component that was deleted, and whose name is not in the history, has a name in the version before.
    for commit in commits {
        let is_nameless = |change: &PlanChange| match change {
            PlanChange::Component(one) => {
                one.change == Change::Deleted && !names.knows(&one.component.to_string())
            }
            PlanChange::Instantiated { .. } | PlanChange::Synchronised { .. } => false,
        };
        let version = commit.version.0;
        if version > 1 && commit.changes.iter().any(is_nameless) {
            let mut before = Lookup::of_plan_at(caller, learner, version - 1)
                .all()
                .await?;
            before.retain(|one| !names.knows(text(one, "component")));
            learn_planned(&mut names, before);
        }
    }
    Ok(names)
}

fn learn_planned(names: &mut Names, mut components: Vec<Value>) {
    for component in &mut components {
        component["name"] = component["attributes"]["name"].take();
    }
    names.learn(&components, Kind::Component);
}

/// Adds the names of components that the history contains, including those that the plan no longer has.
fn learn_given(names: &mut Names, commits: &[PlanCommit]) {
    for change in commits.iter().flat_map(|commit| &commit.changes) {
        let PlanChange::Component(change) = change else {
            continue;
        };
        for attribute in &change.attributes {
            if let (AttributeName::Name, AttributeValue::Text(name)) =
                (attribute.attribute, &attribute.after)
            {
                names.add(change.component, name);
            }
        }
    }
}

fn table(page: &PlanHistoryPage, told: &Told) -> Table {
    let columns = [
        Column::number("Version", "version", 90).brief("V."),
        Column::whole("When (UTC)", "at", 60),
        Column::text("By", "by", 70).between(8, 12),
        Column::text("Component", "component_name", 85).between(14, 20),
        Column::text("What", "what", 100).between(20, 30),
        Column::for_programs("component"),
        Column::for_programs("sync"),
        Column::for_programs("changes"),
    ];
    Table::new(
        columns,
        page.items.iter().flat_map(|commit| rows(commit, told)),
    )
}

/// A note about further commits, and the command that shows what a commit changed, with the last
/// synchronisation, or else the last commit, as the example.
fn left_out(
    page: &PlanHistoryPage,
    learner: Uuid,
    printed: &PrintedCommand,
) -> std::io::Result<()> {
    let commits = &page.items;
    if let Some(more) = more(commits.len(), page.total, "commit") {
        output::sentences(&more)?;
    }
    let synchronised = commits.iter().rev().find(|commit| commit.sync.is_some());
    let Some(example) = synchronised.or(commits.last()) else {
        return Ok(());
    };
    let given = format!("{learner} {}", example.version.0);
    output::line(&format!(
        "\nTo see what a version changed, before and after:\n  {}",
        printed.command("plan change", &given)
    ))
}

/// A row for each change of a commit; for people, only the first row names the commit.
fn rows(commit: &PlanCommit, told: &Told) -> Vec<Vec<Cell>> {
    let (version, by) = (commit.version.0, commit.by.to_string());
    let at = commit.at.to_string();
    let sync = commit
        .sync
        .map_or_else(String::new, |sync| sync.to_string());
    let row = |(index, change): (usize, &PlanChange)| {
        let [version_shown, when, by_shown] = if index == 0 {
            [
                Cell::new(version),
                time(&at),
                Cell::new(told.people.of(&by)),
            ]
        } else {
            Default::default()
        };
        let component = match change {
            PlanChange::Component(one) => one.component.to_string(),
            PlanChange::Instantiated { .. } | PlanChange::Synchronised { .. } => String::new(),
        };
        vec![
            version_shown.exact(version),
            when.exact(&at),
            by_shown.exact(&by),
            Cell::new(told.components.of(&component)),
            Cell::new(what(&sync, change)),
            Cell::new(&component),
            Cell::new(&sync),
            Cell::new(json!(change)),
        ]
    };
    commit.changes.iter().enumerate().map(row).collect()
}

/// One change, in a line or a few.
fn what(sync: &str, change: &PlanChange) -> String {
    match change {
        PlanChange::Component(one) => component_change(one),
        PlanChange::Instantiated { instantiated } => {
            format!(
                "{} of the template added",
                counted(instantiated.added, "component")
            )
        }
        PlanChange::Synchronised { synchronised } => format!(
            "synchronised: {} applied, {} unchanged, {} skipped\nby {sync}",
            synchronised.applied, synchronised.unchanged, synchronised.skipped,
        ),
    }
}

/// A change by hand, in a line or a few.
pub(crate) fn component_change(one: &ComponentChange) -> String {
    let mut lines: Vec<String> = one.attributes.iter().map(change).collect();
    if let Some(status) = one.status {
        lines.push(format!("status → {}", spaced(status.as_str())));
    }
    if let Some(status) = one.review_status {
        lines.push(format!("review → {}", spaced(status.as_str())));
    }
    if let Some(evidence) = one.evidence {
        lines.push(format!("evidence submitted → {evidence}"));
    }
    if let Some(reason) = &one.reason {
        lines.push(format!("reason: {}", crate::reply::or_erased(reason)));
    }
    if lines.is_empty() || one.change != Change::Updated {
        lines.insert(0, one.change.to_string());
    }
    lines.join("\n")
}
