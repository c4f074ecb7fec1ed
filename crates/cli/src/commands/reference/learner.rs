//! `plansync learner`: the learners of a tenant.

mod hold;
mod list;
mod put;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::caller::{Caller, CallerArguments};
use crate::commands::reference::find;
use crate::commands::reference::{open, texts};
use crate::commands::sync::labels::spaced;
use crate::exit::{Exit, NotUnderstood};
use crate::names::{self, Names};
use crate::output::Output;
use crate::reply::{items, text};
use crate::show;
use crate::terminal;

/// List, show, create, change or hold learners.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plansync learner list --search lee
  plansync learner put --as system --name 'Ann Lee' --group north \\
      --tutor 'Tom Reed' --case-owner 'Sam Okafor' \\
      --enrol 'Business Administrator=active'
  plansync learner put 'Ann Lee' --as system --dry-run \\
      --enrol 'Business Administrator=on_break'
To create or change many learners from a CSV file, use `plansync import`.")]
pub(crate) struct Learner {
    #[command(subcommand)]
    command: LearnerCommand,
}

#[derive(Debug, Subcommand)]
enum LearnerCommand {
    /// List the learners whom you may see, by name.
    List(list::List),
    /// Show a learner.
    #[command(alias = "get")]
    Show(Show),
    /// Create or change a learner.
    Put(Box<put::Put>),
    /// Put a legal hold on a learner, who cannot be erased while it stands.
    Hold(hold::Hold),
    /// Lift the legal hold on a learner.
    Release(hold::Hold),
}

/// Show a learner.
#[derive(Debug, Args)]
struct Show {
    /// Learner, by name or id (a unique part of the name or prefix of the id is enough).
    learner: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Learner {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        match self.command {
            LearnerCommand::List(list) => list.run(output).await,
            LearnerCommand::Show(show) => show.run(output).await,
            LearnerCommand::Put(put) => put.run(output).await,
            LearnerCommand::Hold(hold) => hold.put(output).await,
            LearnerCommand::Release(hold) => hold.release(output).await,
        }
    }
}

impl Show {
    async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = open(&self.caller).await?;
        let learner = find::learner(&caller, &self.learner).await?;
        let body = json!({ "learner": learner });
        let reply = match caller.ask("learner.get", &body).await {
            Ok(reply) => with_names(&caller, reply).await?,
            Err(error) => {
                let error = error.into();
                if !find::is_not_permitted(&error) {
                    return Err(error);
                }
                seen(&caller, &self.learner, &learner).await?
            }
        };
        let people = names::administrators(&caller, people(&reply)).await?;
        output.reply(&reply, |reply| {
            let mut reply = in_words(reply);
            name_people(&mut reply, &people);
            crate::output::line(&show::value(&terminal::value(reply), |table| {
                output.drawn(table)
            }))
        })?;
        Ok(Exit::Done)
    }
}

/// The part of a learner that every actor may see; the learner is found by name only.
async fn seen(caller: &Caller, name: &str, learner: &str) -> anyhow::Result<Value> {
    let body = json!({ "search": if name == learner { "" } else { name } });
    let all = crate::caller::Limit::All;
    let found = caller.read("learner.find", &body, "items", all).await?;
    let one = items(&found, "items")
        .iter()
        .find(|one| text(one, "learner") == learner);
    one.cloned().ok_or_else(|| {
        NotUnderstood(format!(
            "there is no learner {learner}, or you may not see this learner"
        ))
        .into()
    })
}

/// A learner's record with the names of the programmes.
async fn with_names(caller: &Caller, mut record: Value) -> anyhow::Result<Value> {
    let names = find::programme_names(caller).await?;
    for enrolment in record["enrolments"].as_array_mut().into_iter().flatten() {
        if let Some(name) = names.get(text(enrolment, "programme")) {
            enrolment["name"] = json!(name);
        }
    }
    Ok(record)
}

/// The administrators of a learner, by id.
fn people(record: &Value) -> Vec<&str> {
    let mut all = texts(&record["tutors"]);
    all.push(text(record, "case_owner"));
    all
}

/// Puts the names of a learner's administrators in place of their ids.
fn name_people(record: &mut Value, people: &Names) {
    // Who sees less of a learner has neither field, and gets none by this.
    let tutors = record.get_mut("tutors").and_then(Value::as_array_mut);
    for tutor in tutors.into_iter().flatten() {
        *tutor = json!(people.of(tutor.as_str().unwrap_or_default()));
    }
    if let Some(owner) = record["case_owner"].as_str() {
        record["case_owner"] = json!(people.of(owner));
    }
}

/// Enrolments in a line each.
fn in_words(record: &Value) -> Value {
    let mut shown = record.clone();
    for list in ["enrolments", "programmes"] {
        let all = record[list].as_array();
        if let Some(all) = all {
            shown[list] = json!(all.iter().map(enrolment).collect::<Vec<_>>());
        }
    }
    shown
}

/// An enrolment as people read it.
fn enrolment(one: &Value) -> String {
    let name = match text(one, "name") {
        "" => text(one, "programme"),
        name => name,
    };
    format!("{name} ({})", spaced(text(one, "status")))
}

/// The texts of a field in one line.
fn joined(record: &Value, field: &str) -> String {
    texts(&record[field]).join(", ")
}
