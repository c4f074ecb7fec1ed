//! `plansync sync learners`: the learners who can be synchronised to.

use clap::Args;
use serde_json::{Value, json};

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::FilterArguments;
use crate::commands::sync::components::word;
use crate::commands::sync::source::SyncSourceArguments;
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::reply::{counted, items, more, number, text};
use crate::table::{Cell, Column, Table};

/// List the learners who can be synchronised to, by name.
#[derive(Debug, Args)]
pub(super) struct ListLearners {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    place: SyncSourceArguments,
    #[command(flatten)]
    filter: FilterArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListLearners {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let place = self.place.find(&caller).await?;
        let mut body = self.filter.fields(&caller, place).await?;
        body.insert("session".to_owned(), json!(place.session));
        body.insert("programme".to_owned(), json!(place.programme));
        let body = Value::Object(body);
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.learners", &body, "items", limit).await?;
        let people = names::administrators(&caller, people(&reply)).await?;
        output.list(&reply, |reply| table(reply, &people), told)?;
        Ok(Exit::Done)
    }
}

/// The administrators who are shown beside the learners.
pub(super) fn people(reply: &Value) -> Vec<&str> {
    items(reply, "items").iter().flat_map(people_of).collect()
}

/// The administrators who are shown beside a learner.
fn people_of(learner: &Value) -> impl Iterator<Item = &str> {
    let tutors = items(learner, "tutors").iter().filter_map(Value::as_str);
    tutors.chain([text(learner, "case_owner")])
}

pub(super) fn table(reply: &Value, people: &Names) -> Table {
    let columns = [
        Column::text("Learner", "name", 100).at_least(16),
        Column::whole("Programme status", "programme_status", 80).brief("Status"),
        Column::text("Groups", "groups", 60),
        Column::text("Tutors", "tutors", 50),
        Column::text("Case owner", "case_owner", 30),
        Column::id("Id", "learner", 70),
    ];
    let learners = items(reply, "items").iter();
    Table::new(columns, learners.map(|one| row(one, people)))
}

fn told(reply: &Value) -> std::io::Result<()> {
    let total = number(reply, "total");
    if let Some(more) = more(items(reply, "items").len(), total, "learner") {
        output::sentences(&more)?;
    }
    output::sentences(&format!("\n{}.", counted(total, "learner")))
}

fn row(one: &Value, people: &Names) -> Vec<Cell> {
    vec![
        Cell::new(text(one, "name")),
        word(text(one, "programme_status")),
        list(one, "groups", |group| group),
        list(one, "tutors", |tutor| people.of(tutor)),
        people.cell(text(one, "case_owner")),
        Cell::new(text(one, "learner")),
    ]
}

/// Words with commas in between.
fn list<'a>(one: &'a Value, field: &str, shown: impl Fn(&'a str) -> &'a str) -> Cell {
    let all: Vec<_> = items(one, field).iter().filter_map(Value::as_str).collect();
    let names: Vec<_> = all.iter().map(|one| shown(one)).collect();
    Cell::new(names.join(", ")).exact(all.join(","))
}
