//! `plansync learner put`: creates or changes a learner.

use std::collections::BTreeSet;

use clap::Args;
use plansync_protocol::{ProgrammeStatus, Word as _};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments};
use crate::commands::reference::find;
use crate::commands::reference::putting::{PutArguments, Putting, RecordKind, adjusted};
use crate::commands::reference::{open_to_change, texts};
use crate::commands::sync::option_values::as_word;
use crate::exit::{Exit, NotUnderstood};
use crate::learner_id;
use crate::names;
use crate::output::Output;
use crate::reply::text;

/// Create or change a learner.
#[derive(Debug, Args)]
#[command(after_help = "\
Without LEARNER, `--id` and `--reference`, a new learner is created and the id
printed.

Fields that are not given stay unchanged. `--group`, `--tutor` and `--enrol`
add to the present values; `--remove-group`, `--remove-tutor` and `--unenrol`
remove from them. With `--replace`, the record has exactly the given values. If
two people change the same record at the same time, the later change overwrites
the earlier.")]
pub(super) struct Put {
    /// Existing learner, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(conflicts_with_all = ["id", "reference"])]
    learner: Option<String>,
    #[command(flatten)]
    caller: CallerArguments,
    /// Id of an existing or a new learner.
    #[arg(long)]
    id: Option<Uuid>,
    /// Key of the learner in another system, from which the id is derived, as in `plansync import`.
    #[arg(long, conflicts_with = "id")]
    reference: Option<String>,
    /// Name of the learner; required for a new learner.
    #[arg(long)]
    name: Option<String>,
    /// Group to add; separate several with commas.
    #[arg(long, value_delimiter = ',')]
    group: Vec<String>,
    /// Group to remove; separate several with commas.
    #[arg(long, value_name = "GROUP", value_delimiter = ',')]
    remove_group: Vec<String>,
    /// Tutor to add, an administrator by name or id (a unique part of the name is enough); separate several
    /// with commas.
    #[arg(long, value_name = "NAME|ID", value_delimiter = ',')]
    tutor: Vec<String>,
    /// Tutor to remove, by name or id (a unique part of the name is enough); separate several with commas.
    #[arg(long, value_name = "NAME|ID", value_delimiter = ',')]
    remove_tutor: Vec<String>,
    /// Programme to enrol on, by name or id (a unique part of the name or prefix of the id is enough), with the status of
    /// the enrolment [default status: active]; repeat for several.
    #[arg(long, value_name = "PROGRAMME[=STATUS]")]
    enrol: Vec<String>,
    /// Programme whose enrolment is removed, by name or id (a unique part of the name or prefix of the id is enough); repeat
    /// for several.
    #[arg(long, value_name = "PROGRAMME")]
    unenrol: Vec<String>,
    /// Case owner of the learner, an administrator by name or id (a unique part of the name is enough).
    #[arg(long, value_name = "NAME|ID", conflicts_with = "no_case_owner")]
    case_owner: Option<String>,
    /// Remove the case owner.
    #[arg(long)]
    no_case_owner: bool,
    #[command(flatten)]
    record: PutArguments,
}

/// The administrators of a learner, by id.
struct People {
    /// Tutors to add.
    add: Vec<String>,
    /// Tutors to remove.
    remove: Vec<String>,
    case_owner: Option<String>,
}

impl Put {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let mut fields = self.record.fields()?;
        let caller = open_to_change(&self.caller).await?;
        let id = self.id(&caller, fields.remove("learner")).await?;
        let people = self.people(&caller, &id).await?;
        let enrol = self.enrolments(&caller).await?;
        let mut unenrol = Vec::new();
        for programme in &self.unenrol {
            unenrol.push(find::programme(&caller, programme).await?);
        }
        let putting = Putting {
            caller: &caller,
            output,
            kind: RecordKind::Learner,
            id: Some(id),
            arguments: &self.record,
            names: find::programme_names(&caller).await?,
        };
        putting
            .put(fields, |record| {
                self.apply(record, &people);
                record["enrolments"] = enrolled(&record["enrolments"], &enrol, &unenrol);
                Ok(())
            })
            .await
    }

    async fn id(&self, caller: &Caller, in_file: Option<Value>) -> anyhow::Result<String> {
        let said = match (&self.learner, self.id, &self.reference) {
            (Some(learner), _, _) => Some(find::learner(caller, learner).await?),
            (None, Some(id), _) => Some(id.to_string()),
            (None, None, Some(reference)) => {
                Some(learner_id::of_reference(&self.caller.tenant, reference)?.to_string())
            }
            (None, None, None) => None,
        };
        match (said, in_file) {
            (Some(said), Some(file)) if file != json!(said) => Err(NotUnderstood(format!(
                "nothing was sent: the options give the learner {said}, but the file gives {file}"
            ))
            .into()),
            (Some(said), _) => Ok(said),
            (None, Some(Value::String(file))) => Ok(file),
            (None, _) => Ok(Uuid::new_v4().to_string()),
        }
    }

    /// The programmes by id, and the status on each.
    async fn enrolments(&self, caller: &Caller) -> anyhow::Result<Vec<(String, ProgrammeStatus)>> {
        let mut all = Vec::new();
        for given in &self.enrol {
            let (programme, status) = match given.rsplit_once('=') {
                None => (given.as_str(), ProgrammeStatus::Active),
                Some((programme, word)) => {
                    let status = ProgrammeStatus::from_word(&as_word(word));
                    (programme, status.ok_or_else(|| no_status(word))?)
                }
            };
            all.push((find::programme(caller, programme).await?, status));
        }
        Ok(all)
    }

    /// The ids of the administrators who are named.
    async fn people(&self, caller: &Caller, learner: &str) -> anyhow::Result<People> {
        let case_owner = match &self.case_owner {
            Some(given) => Some(find::administrator(caller, given).await?),
            None => None,
        };
        Ok(People {
            add: find::administrators(caller, &self.tutor).await?,
            remove: self.former_tutors(caller, learner).await?,
            case_owner,
        })
    }

    /// The ids of the tutors to remove: of the learner's own tutors if one matches, who include
    /// administrators who were removed.
    async fn former_tutors(&self, caller: &Caller, learner: &str) -> anyhow::Result<Vec<String>> {
        if self.remove_tutor.is_empty() {
            return Ok(Vec::new());
        }
        let record = RecordKind::Learner.read(caller, Some(learner)).await?;
        let own: BTreeSet<String> = match &record {
            Some(record) => texts(&record["tutors"])
                .into_iter()
                .map(str::to_owned)
                .collect(),
            None => BTreeSet::new(),
        };
        let mut ids = Vec::new();
        for given in &self.remove_tutor {
            ids.push(
                match find::administrator_among(caller, given, own.clone()).await {
                    Err(error) if names::is_unknown(&error) => {
                        find::administrator(caller, given).await?
                    }
                    found => found?,
                },
            );
        }
        Ok(ids)
    }

    fn apply(&self, record: &mut Map<String, Value>, people: &People) {
        if let Some(name) = &self.name {
            record.insert("name".to_owned(), json!(name));
        }
        if self.no_case_owner {
            record.insert("case_owner".to_owned(), Value::Null);
        }
        if let Some(case_owner) = &people.case_owner {
            record.insert("case_owner".to_owned(), json!(case_owner));
        }
        record["groups"] = adjusted(&record["groups"], &self.group, &self.remove_group);
        record["tutors"] = adjusted(&record["tutors"], &people.add, &people.remove);
    }
}

fn no_status(word: &str) -> NotUnderstood {
    NotUnderstood(format!(
        "nothing was sent: “{}” is not a status; possible values: {}",
        crate::terminal::line(word),
        ProgrammeStatus::WORDS.join(", ")
    ))
}

/// Enrolments with some more or otherwise, and without others; each programme is there once.
fn enrolled(present: &Value, enrol: &[(String, ProgrammeStatus)], unenrol: &[String]) -> Value {
    if enrol.is_empty() && unenrol.is_empty() {
        return present.clone();
    }
    let mut all: Vec<Value> = present.as_array().cloned().unwrap_or_default();
    all.retain(|one| !unenrol.iter().any(|it| it == text(one, "programme")));
    for (programme, status) in enrol {
        let wanted = json!({ "programme": programme, "status": status.as_str() });
        match all
            .iter_mut()
            .find(|one| text(one, "programme") == programme)
        {
            Some(one) => *one = wanted,
            None => all.push(wanted),
        }
    }
    json!(all)
}
