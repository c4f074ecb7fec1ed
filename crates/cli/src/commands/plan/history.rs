//! `plansync plan history`: what was changed in a plan, when and by whom.

use clap::Args;
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
use crate::reply::{counted, items, more, number, text};
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
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        let commits = items(&reply, "items");
        let people = commits.iter().map(|commit| text(commit, "by"));
        let told = Told {
            people: names::administrators(&caller, people).await?,
            components: components(&caller, learner, commits).await?,
        };
        if output.is_for_people() && commits.is_empty() {
            output::line("This plan has no changes.")?;
            return Ok(Exit::Done);
        }
        let told_more = |reply: &Value| left_out(reply, learner, caller.printed());
        output.list(&reply, |reply| table(reply, &told), told_more)?;
        Ok(Exit::Done)
    }
}

/// What components are called: as they are now, or were named in the history, or were before it.
async fn components(caller: &Caller, learner: Uuid, commits: &[Value]) -> anyhow::Result<Names> {
    let mut names = Names::default();
    let first = commits
        .first()
        .map_or(0, |commit| number(commit, "version"));
    if first > 1 {
        let before = Lookup::of_plan_at(caller, learner, first - 1);
        learn_planned(&mut names, before.all().await?);
    }
    names.learn(&named_in(commits), Kind::Component);
    learn_planned(&mut names, Lookup::of_plan(caller, learner).all().await?);
    // What was deleted, and was never named by hand, is named by the plan right before.
    for commit in commits {
        let is_nameless = |change: &Value| {
            text(change, "change") == "deleted" && !names.knows(text(change, "component"))
        };
        let version = number(commit, "version");
        if version > 1 && items(commit, "changes").iter().any(is_nameless) {
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

/// The names of components that the history contains, including those that the plan no longer has.
fn named_in(commits: &[Value]) -> Vec<Value> {
    let changes = commits.iter().flat_map(|commit| items(commit, "changes"));
    let name = |change: &Value| {
        let attributes = items(change, "attributes").iter();
        let name = attributes
            .rev()
            .find(|one| text(one, "attribute") == "name")?;
        Some(json!({ "component": change["component"], "name": name["after"] }))
    };
    changes.filter_map(name).collect()
}

fn table(reply: &Value, told: &Told) -> Table {
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
    let commits = items(reply, "items").iter();
    Table::new(columns, commits.flat_map(|commit| rows(commit, told)))
}

/// What is not shown here: further commits, and what a commit changed, of which the last
/// synchronisation, or else the last commit, is the example.
fn left_out(reply: &Value, learner: Uuid, printed: &PrintedCommand) -> std::io::Result<()> {
    let commits = items(reply, "items");
    if let Some(more) = more(commits.len(), number(reply, "total"), "commit") {
        output::sentences(&more)?;
    }
    let mut backwards = commits.iter().rev();
    let synchronised = backwards.find(|commit| commit["sync"].is_string());
    let Some(example) = synchronised.or(commits.last()) else {
        return Ok(());
    };
    let given = format!("{learner} {}", number(example, "version"));
    output::line(&format!(
        "\nTo see what a version changed, before and after:\n  {}",
        printed.command("plan change", &given)
    ))
}

/// A row for each change of a commit; for people, only the first row names the commit.
fn rows(commit: &Value, told: &Told) -> Vec<Vec<Cell>> {
    let (version, by) = (number(commit, "version"), text(commit, "by"));
    let changes = items(commit, "changes").iter().enumerate();
    let row = |(index, change): (usize, &Value)| {
        let [version_shown, when, by_shown] = if index == 0 {
            [
                Cell::new(version),
                time(text(commit, "at")),
                Cell::new(told.people.of(by)),
            ]
        } else {
            Default::default()
        };
        let component = text(change, "component");
        vec![
            version_shown.exact(version),
            when.exact(text(commit, "at")),
            by_shown.exact(by),
            Cell::new(told.components.of(component)),
            Cell::new(what(commit, change)),
            Cell::new(component),
            Cell::new(text(commit, "sync")),
            Cell::new(change),
        ]
    };
    changes.map(row).collect()
}

/// One change, in a line or a few.
fn what(commit: &Value, one: &Value) -> String {
    let instantiated = &one["instantiated"];
    if instantiated.is_object() {
        let added = items(instantiated, "added").len();
        let added = instantiated["added"]
            .as_u64()
            .unwrap_or(u64::try_from(added).unwrap_or(0));
        return format!("{} of the template added", counted(added, "component"));
    }
    let synchronised = &one["synchronised"];
    if synchronised.is_object() {
        return format!(
            "synchronised: {} applied, {} unchanged, {} skipped\nby {}",
            number(synchronised, "applied"),
            number(synchronised, "unchanged"),
            number(synchronised, "skipped"),
            text(commit, "sync"),
        );
    }
    let mut lines: Vec<String> = items(one, "attributes").iter().map(change).collect();
    let others = [("status", "status"), ("review_status", "review")];
    for (field, name) in others {
        if let Some(word) = one[field].as_str() {
            lines.push(format!("{name} → {}", spaced(word)));
        }
    }
    if let Some(evidence) = one["evidence"].as_u64() {
        lines.push(format!("evidence submitted → {evidence}"));
    }
    if let Some(reason) = one["reason"].as_str() {
        lines.push(format!("reason: {reason}"));
    }
    if lines.is_empty() || text(one, "change") != "updated" {
        lines.insert(0, text(one, "change").to_owned());
    }
    lines.join("\n")
}
