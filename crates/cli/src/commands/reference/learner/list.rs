//! `plansync learner list`: full records for actors who may read them, names and programmes for all others.

use std::collections::BTreeSet;

use clap::Args;
use plansync_protocol::ProgrammeStatus;
use plansync_protocol::reference::FoundLearner;
use serde_json::{Map, Value, json};

use super::{enrolment, joined, name_people, people};
use crate::ask_error::AskError;
use crate::caller::{Caller, CallerArguments, Limit};
use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::find;
use crate::commands::reference::listing::{ListArguments, Listing};
use crate::commands::reference::{open, texts};
use crate::commands::sync::choice::words;
use crate::commands::sync::labels::spaced;
use crate::exit::{Exit, NotUnderstood};
use crate::names::{self, Names};
use crate::output::Output;
use crate::reply::{items, text, typed};
use crate::table::Column;

/// List the learners whom you may see, by name.
#[derive(Debug, Args)]
#[command(after_help = "\
Groups, tutors and case owners are shown to `system` and to administrators with
the permission `supervisor` or `compliance_qa`. Only they can filter by status,
group and tutor. Other administrators see names and programmes.")]
pub(super) struct List {
    #[command(flatten)]
    caller: CallerArguments,
    /// Programme on which the learners are enrolled, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    programme: Option<String>,
    /// Status of the enrolment; separate several with commas.
    #[arg(long, value_delimiter = ',', value_parser = words::<ProgrammeStatus>())]
    programme_status: Vec<String>,
    /// Group of the learners; separate several with commas.
    #[arg(long, value_delimiter = ',')]
    group: Vec<String>,
    /// Tutor of the learners, by name or id (a unique part of the name is enough); separate several with
    /// commas.
    #[arg(long, value_name = "NAME|ID", value_delimiter = ',')]
    tutor: Vec<String>,
    #[command(flatten)]
    narrowed: ListArguments,
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let mut body = self.narrowed.body();
        if let Some(programme) = &self.programme {
            let programme = find::programme(&caller, programme).await?;
            body.insert("programme".to_owned(), json!(programme));
        }
        let filters = self.filters(&caller).await?;
        let for_all = body.clone();
        body.extend(filters.clone());
        let limit = self.narrowed.limit.limit(output);
        let read = caller
            .read("learner.list", &Value::Object(body), "items", limit)
            .await;
        match read {
            Ok(reply) => {
                let names = find::programme_names(&caller).await?;
                let row = |one: &Value| Ok(record(one, &names));
                let reply = if output.is_for_people() {
                    let people = items(&reply, "items").iter().flat_map(people);
                    let people = names::administrators(&caller, people).await?;
                    with_people(reply, &people)
                } else {
                    reply
                };
                listing(record_columns(), &row).shown(output, &reply)?;
            }
            Err(error) if find::is_not_permitted(&error) && filters.is_empty() => {
                let body = Value::Object(for_all);
                let reply = caller.read("learner.find", &body, "items", limit).await?;
                listing(seen_columns(), &|one| Ok(seen(&typed(one)?))).shown(output, &reply)?;
            }
            Err(error) if find::is_not_permitted(&error) => {
                return Err(not_permitted().into());
            }
            Err(error) => return Err(error),
        }
        Ok(Exit::Done)
    }

    async fn filters(&self, caller: &Caller) -> anyhow::Result<Map<String, Value>> {
        let mut tutors = Vec::new();
        for given in &self.tutor {
            tutors.push(tutor(caller, given).await?);
        }
        let lists = [
            ("programme_statuses", &self.programme_status),
            ("groups", &self.group),
            ("tutors", &tutors),
        ];
        let given = lists.into_iter().filter(|(_, values)| !values.is_empty());
        Ok(given
            .map(|(name, values)| (name.to_owned(), json!(values)))
            .collect())
    }
}

/// The id of a tutor: of any administrator, for actors who may list administrators, or else of the tutors
/// of the learners whom the actor may list. Those include administrators who were removed.
async fn tutor(caller: &Caller, given: &str) -> anyhow::Result<String> {
    let error = match find::administrator(caller, given).await {
        Ok(id) => return Ok(id),
        Err(error) if find::is_not_permitted(&error) || names::is_unknown(&error) => error,
        Err(error) => return Err(error),
    };
    match find::administrator_among(caller, given, tutors(caller).await?).await {
        // Of all administrators, more similar names are known.
        Err(other) if names::is_unknown(&other) && names::is_unknown(&error) => Err(error),
        found => found,
    }
}

/// The ids of the tutors of all learners whom the actor may list.
async fn tutors(caller: &Caller) -> anyhow::Result<BTreeSet<String>> {
    let read = caller
        .read("learner.list", &json!({}), "items", Limit::All)
        .await;
    match read {
        Ok(all) => {
            let tutors = items(&all, "items")
                .iter()
                .flat_map(|one| texts(&one["tutors"]));
            Ok(tutors.map(str::to_owned).collect())
        }
        Err(error) if find::is_not_permitted(&error) => Err(not_permitted().into()),
        Err(error) => Err(error),
    }
}

/// The same list with the names of administrators instead of their ids.
fn with_people(mut list: Value, people: &Names) -> Value {
    for one in list["items"].as_array_mut().into_iter().flatten() {
        name_people(one, people);
    }
    list
}

fn not_permitted() -> NotUnderstood {
    NotUnderstood(
        "only `system` and holders of `supervisor` or `compliance_qa` may filter by group, tutor or \
         status; `--search` and `--programme` are available to everyone"
            .to_owned(),
    )
}

fn listing(
    columns: Vec<Column>,
    row: &dyn Fn(&Value) -> Result<Vec<String>, AskError>,
) -> Listing<'_> {
    Listing {
        list: "items",
        what: "learner",
        columns,
        row,
    }
}

fn record_columns() -> Vec<Column> {
    vec![
        Column::text("Learner", "name", 100),
        Column::text("Programmes", "programmes", 80),
        Column::text("Groups", "groups", 60),
        Column::text("Tutors", "tutors", 50),
        Column::text("Case owner", "case_owner", 40),
        Column::id("Id", "learner", 90),
    ]
}

fn record(one: &Value, names: &ProgrammeNames) -> Vec<String> {
    let programmes = items(one, "enrolments").iter().map(|it| {
        let mut it = it.clone();
        if let Some(name) = names.get(text(&it, "programme")) {
            it["name"] = json!(name);
        }
        enrolment(&it)
    });
    vec![
        text(one, "name").to_owned(),
        programmes.collect::<Vec<_>>().join(", "),
        joined(one, "groups"),
        joined(one, "tutors"),
        text(one, "case_owner").to_owned(),
        text(one, "learner").to_owned(),
    ]
}

fn seen_columns() -> Vec<Column> {
    vec![
        Column::text("Learner", "name", 100),
        Column::text("Programmes", "programmes", 80),
        Column::id("Id", "learner", 90),
    ]
}

fn seen(one: &FoundLearner) -> Vec<String> {
    let programmes = one.programmes.iter().map(|it| {
        let status = spaced(it.status.as_str());
        format!("{} ({status})", it.name)
    });
    vec![
        one.name.clone(),
        programmes.collect::<Vec<_>>().join(", "),
        one.learner.to_string(),
    ]
}
