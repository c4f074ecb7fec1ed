//! `plansync sync learners`: the learners who can be synchronised to.

use clap::Args;
use plansync_protocol::sync::{SyncLearner, SyncLearnerPage};
use serde_json::{Value, json};

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::FilterArguments;
use crate::commands::sync::components::word;
use crate::commands::sync::source::SyncSourceArguments;
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::reply::{counted, more, typed};
use crate::table::{Cell, Column, Table};

/// List the learners who can be synchronised to, by name.
#[derive(Debug, Args)]
pub(super) struct ListLearners {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    source: SyncSourceArguments,
    #[command(flatten)]
    filter: FilterArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListLearners {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let source = self.source.find(&caller).await?;
        let mut body = self.filter.fields(&caller, source).await?;
        body.insert("session".to_owned(), json!(source.session));
        body.insert("programme".to_owned(), json!(source.programme));
        let body = Value::Object(body);
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.learners", &body, "items", limit).await?;
        let page: SyncLearnerPage = typed(&reply)?;
        let people = names::administrators(&caller, people(&page)).await?;
        output.list(&reply, |_| table(&page, &people), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

/// The administrators who are shown beside the learners.
pub(super) fn people(page: &SyncLearnerPage) -> Vec<String> {
    let of_one = |one: &SyncLearner| {
        let all: Vec<_> = one
            .tutors
            .iter()
            .chain(&one.case_owner)
            .map(ToString::to_string)
            .collect();
        all
    };
    page.items.iter().flat_map(of_one).collect()
}

pub(super) fn table(page: &SyncLearnerPage, people: &Names) -> Table {
    let columns = [
        Column::text("Learner", "name", 100).at_least(16),
        Column::whole("Programme status", "programme_status", 80).brief("Status"),
        Column::text("Groups", "groups", 60),
        Column::text("Tutors", "tutors", 50),
        Column::text("Case owner", "case_owner", 30),
        Column::id("Id", "learner", 70),
    ];
    Table::new(columns, page.items.iter().map(|one| row(one, people)))
}

fn told(page: &SyncLearnerPage) -> std::io::Result<()> {
    if let Some(more) = more(page.items.len(), page.total, "learner") {
        output::sentences(&more)?;
    }
    output::sentences(&format!("\n{}.", counted(page.total, "learner")))
}

fn row(one: &SyncLearner, people: &Names) -> Vec<Cell> {
    let groups: Vec<_> = one.groups.iter().map(ToString::to_string).collect();
    let tutors: Vec<_> = one.tutors.iter().map(ToString::to_string).collect();
    let names: Vec<_> = tutors.iter().map(|tutor| people.of(tutor)).collect();
    let case_owner = one
        .case_owner
        .as_ref()
        .map_or_else(String::new, ToString::to_string);
    vec![
        Cell::new(&one.name),
        word(one.programme_status.as_str()),
        Cell::new(groups.join(", ")).exact(groups.join(",")),
        Cell::new(names.join(", ")).exact(tutors.join(",")),
        people.cell(&case_owner),
        Cell::new(one.learner),
    ]
}
