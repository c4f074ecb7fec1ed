//! Compares each line of a file with the present record of the learner.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use plansync_protocol::ErrorCode;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::commands::import::reading::{ImportRow, Problem};
use crate::commands::reference::difference::{Difference, differences};
use crate::commands::reference::is;
use crate::commands::reference::putting::RecordKind;
use crate::output::Output;
use crate::progress::LearnersBar;
use crate::reply::{items, text};

/// The number of learners that are searched for one with the same name.
const NAMESAKES_ASKED: usize = 20;

/// How lines are compared.
pub(super) struct Comparing<'a> {
    /// Who waits for a service that is away or overloaded.
    pub(super) caller: &'a Caller,
    /// The number of learners that are requested at the same time.
    pub(super) in_flight: usize,
    /// Whether list entries are only added and never removed.
    pub(super) is_adding: bool,
}

/// A line, and what it would change.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) line: u64,
    pub(super) is_new: bool,
    pub(super) changes: Vec<Difference>,
    /// The body of `learner.put`.
    pub(super) body: Value,
    /// Somebody else of the same name, where the learner would be new.
    pub(super) namesake: Option<String>,
}

/// What would come of a whole file.
#[derive(Debug)]
pub(super) struct ImportPlan {
    pub(super) lines: Vec<Planned>,
    /// In the order of lines.
    pub(super) problems: Vec<Problem>,
}

impl Planned {
    pub(super) fn is_to_be_sent(&self) -> bool {
        self.is_new || !self.changes.is_empty()
    }

    pub(super) fn word(&self) -> &'static str {
        match (self.is_new, self.changes.is_empty()) {
            (true, _) => "new",
            (false, false) => "changed",
            (false, true) => "unchanged",
        }
    }

    pub(super) fn learner(&self) -> &str {
        text(&self.body, "learner")
    }

    pub(super) fn name(&self) -> &str {
        text(&self.body, "name")
    }
}

impl Comparing<'_> {
    /// Reads the learners as they are, and compares.
    pub(super) async fn compare(
        &self,
        rows: Vec<ImportRow>,
        mut problems: Vec<Problem>,
        output: Output,
    ) -> anyhow::Result<ImportPlan> {
        let bar = LearnersBar::new(output, u64::try_from(rows.len()).unwrap_or(u64::MAX));
        let mut present = stream::iter(rows)
            .map(|row| async {
                let learner = json!({ "learner": row.learner });
                let present = self
                    .asked(RecordKind::Learner.unknown(), "learner.get", learner)
                    .await?;
                let namesake = match &present {
                    Some(_) => None,
                    None => self.namesake(&row).await?,
                };
                anyhow::Ok((row, present, namesake))
            })
            .buffered(self.in_flight);
        let (mut lines, mut done) = (Vec::new(), 0);
        while let Some((row, present, namesake)) = present.try_next().await? {
            match self.planned(row, present.as_ref()) {
                Ok(planned) => lines.push(Planned {
                    namesake,
                    ..planned
                }),
                Err(problem) => problems.push(problem),
            }
            done += 1;
            bar.at(done);
        }
        problems.sort_by_key(|problem| problem.line);
        Ok(ImportPlan { lines, problems })
    }

    /// A reply; `None` if the record does not exist.
    async fn asked(
        &self,
        unknown: ErrorCode,
        operation: &str,
        body: Value,
    ) -> anyhow::Result<Option<Value>> {
        match self.caller.ask(operation, &body).await {
            Ok(reply) => Ok(Some(reply)),
            Err(error) if is(&error, unknown) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The id of somebody who has the name of a row already, as far as the first whose names have it as a
    /// part are looked at.
    async fn namesake(&self, row: &ImportRow) -> anyhow::Result<Option<String>> {
        let Some(name) = row.fields.get("name").and_then(Value::as_str) else {
            return Ok(None);
        };
        let body = json!({ "search": name, "page_size": NAMESAKES_ASKED });
        let unknown = RecordKind::Learner.unknown();
        let found = self
            .asked(unknown, "learner.list", body)
            .await?
            .unwrap_or_default();
        let wanted = name.to_lowercase();
        let namesake = items(&found, "items")
            .iter()
            .find(|one| text(one, "name").to_lowercase() == wanted);
        Ok(namesake.map(|one| text(one, "learner").to_owned()))
    }

    fn planned(&self, row: ImportRow, present: Option<&Value>) -> Result<Planned, Problem> {
        let line = row.line;
        let problem = |column: &str, what: String| Problem {
            line,
            column: column.to_owned(),
            what,
        };
        let wanted = self.wanted(row.fields, present);
        if !wanted.contains_key("name") {
            let told = "the learner does not exist yet, and a new learner requires a name: add a column `name`";
            return Err(problem("", told.to_owned()));
        }
        let changes = differences(present, &wanted);
        let mut body = Value::Object(wanted);
        body["learner"] = json!(row.learner);
        RecordKind::Learner.check(&body).map_err(|error| {
            problem(
                error.path.as_deref().unwrap_or_default(),
                error.message.clone(),
            )
        })?;
        Ok(Planned {
            line,
            is_new: present.is_none(),
            changes,
            body,
            namesake: None,
        })
    }

    /// The record that a line wants: what it does not say stays.
    fn wanted(&self, said: Map<String, Value>, present: Option<&Value>) -> Map<String, Value> {
        let record = present
            .cloned()
            .unwrap_or_else(|| RecordKind::Learner.defaults());
        let Value::Object(mut wanted) = record else {
            return said;
        };
        wanted.remove("learner");
        for (field, said) in said {
            let before = wanted.remove(&field).unwrap_or_default();
            let value = if self.is_adding {
                joined(before, said)
            } else {
                said
            };
            wanted.insert(field, value);
        }
        wanted
    }
}

/// A list with some more in it; of two enrolments on one programme the one that is said. What is said to be
/// empty leaves what there is.
fn joined(before: Value, said: Value) -> Value {
    match (before, said) {
        (before, Value::Null) => before,
        (Value::Array(before), Value::Array(said)) => {
            let is_said = |one: &Value| {
                said.iter()
                    .any(|it| it == one || (one.is_object() && it["programme"] == one["programme"]))
            };
            let mut all: Vec<_> = before.into_iter().filter(|one| !is_said(one)).collect();
            all.extend(said);
            Value::Array(all)
        }
        (_, said) => said,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::joined;

    #[test]
    fn what_is_added_takes_nothing_away() {
        assert_eq!(
            joined(json!(["a", "b"]), json!(["b", "c"])),
            json!(["a", "b", "c"])
        );
        let before = json!([{ "programme": "p", "status": "active" },
            { "programme": "q", "status": "active" }]);
        let said = json!([{ "programme": "p", "status": "on_break" }]);
        let expected = json!([{ "programme": "q", "status": "active" },
            { "programme": "p", "status": "on_break" }]);
        assert_eq!(joined(before, said), expected);
        assert_eq!(joined(json!("sam"), json!(null)), json!("sam"));
        assert_eq!(joined(json!("sam"), json!("tom")), json!("tom"));
    }
}
