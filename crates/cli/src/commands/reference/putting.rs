//! Writes one record: reads the present one, applies the options, shows the differences, and sends the result.

use clap::Args;
use plansync_domain::text::search::folded;
use plansync_protocol::reference::{PutAdministrator, PutLearner, PutProgramme, PutTenant};
use plansync_protocol::{DecodeError, Encoding, ErrorCode, decode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::caller::Caller;
use crate::commands::reference::difference::{Difference, ProgrammeNames, differences};
use crate::commands::reference::is;
use crate::commands::request::read_body;
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::reply::{items, text};
use crate::terminal;

/// Of so many with a name like that of a new one, it is found out whether they have the same.
const NAMESAKES_ASKED: usize = 50;

/// What every `put` has.
#[derive(Debug, Clone, Args)]
pub(super) struct PutArguments {
    /// Show what would change, without sending anything.
    #[arg(long)]
    dry_run: bool,
    /// Replace the whole record: fields that are not given get their default values.
    #[arg(long)]
    replace: bool,
    /// Fields in the JSON format of the service: `@` and a file name, or `-` for standard input. Options
    /// override these fields.
    #[arg(long, value_name = "@FILE|-", value_parser = from_where)]
    json: Option<String>,
}

/// A file or standard input; JSON as an argument is not accepted, because a shell would change it.
fn from_where(given: &str) -> Result<String, &'static str> {
    if given == "-" || given.starts_with('@') {
        Ok(given.to_owned())
    } else {
        Err("give `@` and a file name, or `-` for standard input")
    }
}

/// Whose record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Tenant,
    Administrator,
    Learner,
    Programme,
}

impl RecordKind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Administrator => "administrator",
            Self::Learner => "learner",
            Self::Programme => "programme",
        }
    }

    /// The defaults of the optional fields of a new record.
    pub(crate) fn defaults(self) -> Value {
        match self {
            Self::Tenant => json!({ "marking_aid": false, "owner_rule": "keep" }),
            Self::Administrator => json!({ "permissions": [], "groups": [] }),
            Self::Learner => {
                json!({ "case_owner": null, "groups": [], "tutors": [], "enrolments": [] })
            }
            Self::Programme => json!({ "parent": null }),
        }
    }

    /// Fields of a reply that are no part of the record.
    const fn counted(self) -> &'static [&'static str] {
        match self {
            Self::Programme => &["template_components"],
            Self::Tenant | Self::Administrator | Self::Learner => &[],
        }
    }

    pub(crate) const fn unknown(self) -> ErrorCode {
        match self {
            Self::Tenant => ErrorCode::TenantNotFound,
            Self::Administrator => ErrorCode::AdministratorNotFound,
            Self::Learner => ErrorCode::LearnerNotAvailable,
            Self::Programme => ErrorCode::ProgrammeNotFound,
        }
    }

    pub(crate) fn check(self, body: &Value) -> Result<(), DecodeError> {
        let body = body.to_string();
        let (json, body) = (Encoding::Json, body.as_bytes());
        match self {
            Self::Tenant => decode::<PutTenant>(json, body).map(drop),
            Self::Administrator => decode::<PutAdministrator>(json, body).map(drop),
            Self::Learner => decode::<PutLearner>(json, body).map(drop),
            Self::Programme => decode::<PutProgramme>(json, body).map(drop),
        }
    }

    /// The current record, if there is one.
    pub(super) async fn read(
        self,
        caller: &Caller,
        id: Option<&str>,
    ) -> anyhow::Result<Option<Value>> {
        let body = id.map_or_else(|| json!({}), |id| json!({ self.word(): id }));
        match caller.ask(&format!("{}.get", self.word()), &body).await {
            Ok(record) => Ok(Some(record)),
            Err(error) if is(&error, self.unknown()) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A record to be put.
pub(super) struct Putting<'a> {
    pub(super) caller: &'a Caller,
    pub(super) output: Output,
    pub(super) kind: RecordKind,
    /// Whose; nothing for the tenant.
    pub(super) id: Option<String>,
    pub(super) arguments: &'a PutArguments,
    /// To show enrolments and parents by.
    pub(super) names: ProgrammeNames,
}

impl PutArguments {
    /// The fields of the file, if one is named.
    pub(super) fn fields(&self) -> anyhow::Result<Map<String, Value>> {
        let Some(from) = &self.json else {
            return Ok(Map::new());
        };
        // It has been read as an object.
        let record = read_body(from)?;
        Ok(record.as_object().cloned().unwrap_or_default())
    }
}

impl Putting<'_> {
    /// Applies a change to the current record, and writes the result.
    pub(super) async fn put(
        self,
        fields: Map<String, Value>,
        change: impl FnOnce(&mut Map<String, Value>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Exit> {
        let word = self.kind.word();
        let present = self.kind.read(self.caller, self.id.as_deref()).await?;
        let mut wanted = self.begin(present.as_ref());
        wanted.extend(fields);
        change(&mut wanted)?;
        if self.kind != RecordKind::Tenant && !wanted.contains_key("name") {
            let told = format!(
                "nothing was sent: this {word} does not exist yet, and a new one requires `--name`"
            );
            return Err(NotUnderstood(told).into());
        }
        let name = wanted.get("name").and_then(Value::as_str).unwrap_or("");
        let mut shown = PutResult {
            is_new: present.is_none(),
            name: name.to_owned(),
            namesake: None,
            changes: differences(present.as_ref(), &wanted),
        };
        let mut body = Value::Object(wanted);
        if let Some(id) = &self.id {
            body[word] = json!(id);
        }
        self.kind
            .check(&body)
            .map_err(|error| not_understood(&error))?;
        if shown.is_new {
            shown.namesake = self.namesake(&shown.name).await?;
        }
        let is_to_be_sent = !self.arguments.dry_run && (shown.is_new || !shown.changes.is_empty());
        let mut position = Value::Null;
        if is_to_be_sent {
            body["command_id"] = json!(Uuid::new_v4());
            let reply = self.caller.ask(&format!("{word}.put"), &body).await?;
            position = reply["position"].clone();
        }
        self.show(&shown, &position)?;
        Ok(Exit::Done)
    }

    /// The id of one that has the name of a new one already, where ids are made: whoever puts the same
    /// again without its id makes a second one. The first whose names have it as a part are looked at.
    async fn namesake(&self, name: &str) -> anyhow::Result<Option<String>> {
        if !matches!(self.kind, RecordKind::Learner | RecordKind::Programme) || name.is_empty() {
            return Ok(None);
        }
        let word = self.kind.word();
        let body = json!({ "search": name, "page_size": NAMESAKES_ASKED });
        let found = self.caller.ask(&format!("{word}.list"), &body).await?;
        let wanted = folded(name);
        let mut all = items(&found, "items").iter();
        let namesake = all.find(|one| folded(text(one, "name")) == wanted);
        Ok(namesake.map(|one| text(one, word).to_owned()))
    }

    /// The fields that stay unchanged unless an option changes them.
    fn begin(&self, present: Option<&Value>) -> Map<String, Value> {
        let kept = present.filter(|_| !self.arguments.replace);
        let record = kept.cloned().unwrap_or_else(|| self.kind.defaults());
        let Value::Object(mut fields) = record else {
            return Map::new();
        };
        let counted = self.kind.counted();
        fields.retain(|name, _| name != self.kind.word() && !counted.contains(&&**name));
        fields
    }

    fn show(&self, shown: &PutResult, position: &Value) -> std::io::Result<()> {
        let word = self.kind.word();
        let is_sent = !position.is_null();
        if !self.output.is_for_people() {
            let changes: Vec<_> = shown.changes.iter().map(Difference::json).collect();
            let mut said = json!({ "change": shown.word(), "fields": changes, "sent": is_sent });
            if let Some(id) = &self.id {
                said[word] = json!(id);
            }
            if let Some(namesake) = &shown.namesake {
                said["namesake"] = json!(namesake);
            }
            if is_sent {
                said["position"] = position.clone();
            }
            return self.output.value(&said);
        }
        let id = self.id.as_deref().unwrap_or_default();
        let name = terminal::line(&shown.name);
        let head: Vec<_> = [shown.word(), word, &name, id]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        output::line(&head.join("  "))?;
        for change in &shown.changes {
            output::line(&format!("  {}", change.line(&self.names)))?;
        }
        if let Some(namesake) = &shown.namesake {
            let put = self
                .caller
                .printed()
                .command(&format!("{word} put"), namesake);
            output::sentences(&told_of_namesake(word, namesake, &put))?;
        }
        match (self.arguments.dry_run, is_sent) {
            (true, _) => output::line("Nothing was sent."),
            (false, true) => output::line("Done."),
            (false, false) => output::line("Nothing to do."),
        }
    }
}

/// Tells of another record that has the name of a new one, and how to change that one instead.
pub(super) fn told_of_namesake(word: &str, namesake: &str, put: &str) -> String {
    format!(
        "Another {word} has this name: {namesake}. If you meant that one, change it with this command and \
         your options:\n  {put}"
    )
}

/// What comes of a put.
struct PutResult {
    is_new: bool,
    name: String,
    /// Another one that has this name.
    namesake: Option<String>,
    changes: Vec<Difference>,
}

impl PutResult {
    fn word(&self) -> &'static str {
        match (self.is_new, self.changes.is_empty()) {
            (true, _) => "new",
            (false, false) => "changed",
            (false, true) => "unchanged",
        }
    }
}

/// What the service would say to it.
pub(super) fn not_understood(error: &DecodeError) -> NotUnderstood {
    let message = &error.message;
    NotUnderstood(match &error.path {
        Some(path) => format!("nothing was sent: at {path}: {message}"),
        None => format!("nothing was sent: {message}"),
    })
}

/// A list of texts with some more in it and others no longer.
pub(super) fn adjusted(list: &Value, add: &[String], remove: &[String]) -> Value {
    if add.is_empty() && remove.is_empty() {
        return list.clone();
    }
    let present = super::texts(list).into_iter().map(str::to_owned);
    let mut all: Vec<String> = present.filter(|one| !remove.contains(one)).collect();
    for one in add {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    json!(all)
}
