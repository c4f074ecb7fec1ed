//! Events of a dossier: what they say of the learner, without what they say of others.
//!
//! Every field that is copied is listed here with what becomes of it, kind by kind. A field that is not listed is not
//! copied, so what a later version adds stays out until somebody decides about it; a test finds it.

use plansync_protocol::Word as _;
use plansync_protocol::audit::AuditKind;
use serde_json::{Map, Value, json};

use super::{Pseudonyms, Who};

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A number, a word, a time, an id of a thing, or content of the learner's own plan: it stays, but for ids of other
    /// learners.
    Content,
    /// A text that somebody wrote about others.
    Note,
    /// The id of a learner.
    Learner,
    /// The ids of administrators.
    Administrator,
    /// The value of an attribute: the id of an administrator, if the attribute is the owner.
    Value,
    /// Numbers by words.
    Counts,
    /// The learners of a request.
    Chosen,
    /// An object with these fields, or a list of such.
    Fields(Fields),
}

type Fields = &'static [(&'static str, Rule)];

use Rule::{Administrator, Chosen, Content, Counts, Learner, Note, Value as OfAttribute};

const LEARNER: Fields = &[("learner", Learner)];
const LEARNER_PUT: Fields = &[
    ("learner", Learner),
    // That of another learner would be replaced.
    ("name", Note),
    ("erased", Content),
    ("case_owner", Administrator),
    ("groups", Content),
    ("tutors", Administrator),
    (
        "enrolments",
        Rule::Fields(&[("programme", Content), ("status", Content)]),
    ),
];
const LEARNER_ERASED: Fields = &[("learner", Learner), ("searches", Content)];
const PLAN_CHANGED: Fields = &[
    ("learner", Learner),
    ("version", Content),
    ("changes", Rule::Fields(PLAN_CHANGE)),
];
/// The three forms of a change.
const PLAN_CHANGE: Fields = &[
    ("component", Content),
    ("change", Content),
    (
        "attributes",
        Rule::Fields(&[("attribute", Content), ("after", OfAttribute)]),
    ),
    ("status", Content),
    ("evidence", Content),
    ("review_status", Content),
    ("reason", Note),
    ("template_version", Content),
    (
        "instantiated",
        Rule::Fields(&[
            ("programme", Content),
            ("template_version", Content),
            ("added", Content),
        ]),
    ),
    (
        "synchronised",
        Rule::Fields(&[
            ("applied", Content),
            ("unchanged", Content),
            ("skipped", Content),
            ("created", Content),
            ("updated", Content),
            ("deleted", Content),
        ]),
    ),
];
const RECORD_OPENED: Fields = &[
    ("session", Content),
    ("learner", Learner),
    ("administrator", Administrator),
    ("replaced", Content),
];
const RECORD_RESUMED: Fields = &[
    ("session", Content),
    ("learner", Learner),
    ("administrator", Administrator),
];
const RECORD_CLOSED: Fields = &[
    ("session", Content),
    ("learner", Learner),
    ("administrator", Administrator),
    ("reason", Content),
];
const SOURCE: Fields = &[("learner", Learner), ("session", Content)];
const REQUEST: Fields = &[
    ("session", Content),
    ("programme", Content),
    ("components", Content),
    ("learners", Chosen),
    ("type", Content),
    ("attributes", Content),
    ("statuses", Content),
    (
        "confirm",
        Rule::Fields(&[("position", Content), ("digest", Content)]),
    ),
];
const SYNC_STARTED: Fields = &[
    ("sync", Content),
    ("request", Rule::Fields(REQUEST)),
    ("source", Rule::Fields(SOURCE)),
    ("digest", Content),
    ("components", Content),
    ("learners", Content),
    ("search_left_out", Content),
];
const SYNC_TARGET: Fields = &[
    ("sync", Content),
    ("learner", Learner),
    ("version", Content),
    ("applied", Content),
    ("unchanged", Content),
    ("skipped", Counts),
    ("warnings", Counts),
    ("created", Content),
    ("updated", Content),
    ("deleted", Content),
    (
        "tasks",
        Rule::Fields(&[("made", Content), ("cancelled", Content)]),
    ),
    ("truncated", Content),
];
const SYNC_ENDED: Fields = &[
    ("sync", Content),
    ("state", Content),
    ("type", Content),
    ("source", Rule::Fields(SOURCE)),
    ("programme", Content),
    ("requested_by", Administrator),
    ("started_at", Content),
    ("finished_at", Content),
    ("components", Content),
    ("learners", Content),
    ("done", Content),
    (
        "pairs",
        Rule::Fields(&[
            ("applied", Content),
            ("unchanged", Content),
            ("skipped", Content),
        ]),
    ),
    ("created", Content),
    ("updated", Content),
    ("deleted", Content),
];

/// The fields of a kind of event. Those about commands have no data in a dossier, because they may be about anybody, and
/// neither have those that are not about a learner.
fn fields_of(kind: AuditKind) -> Fields {
    match kind {
        AuditKind::LearnerPut => LEARNER_PUT,
        AuditKind::LearnerHeld
        | AuditKind::LearnerReleased
        | AuditKind::LearnerErasureRequested => LEARNER,
        AuditKind::LearnerErased => LEARNER_ERASED,
        AuditKind::PlanChanged => PLAN_CHANGED,
        AuditKind::RecordOpened => RECORD_OPENED,
        AuditKind::RecordResumed => RECORD_RESUMED,
        AuditKind::RecordClosed => RECORD_CLOSED,
        AuditKind::SyncStarted => SYNC_STARTED,
        AuditKind::SyncTarget => SYNC_TARGET,
        AuditKind::SyncCompleted | AuditKind::SyncCancelled => SYNC_ENDED,
        AuditKind::TenantPut
        | AuditKind::AdministratorPut
        | AuditKind::AdministratorRemoved
        | AuditKind::ProgrammePut
        | AuditKind::TemplatePut
        | AuditKind::TemplateRemoved
        | AuditKind::SyncChunk
        | AuditKind::CommandUnchanged
        | AuditKind::CommandAccepted
        | AuditKind::CommandRejected
        | AuditKind::EngineStarted => &[],
    }
}

/// The data of an event. Those of a later version have none in a dossier.
pub(super) fn data(pseudonyms: &mut Pseudonyms<'_>, kind: &str, text: &str) -> String {
    let fields = AuditKind::from_word(kind).map_or(&[][..], fields_of);
    object(pseudonyms, fields, text)
}

/// The request of a synchronisation.
pub(super) fn request(pseudonyms: &mut Pseudonyms<'_>, text: &str) -> String {
    object(pseudonyms, REQUEST, text)
}

fn object(pseudonyms: &mut Pseudonyms<'_>, fields: Fields, text: &str) -> String {
    let read: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    Value::Object(copied(pseudonyms, fields, read)).to_string()
}

fn copied(
    pseudonyms: &mut Pseudonyms<'_>,
    fields: Fields,
    read: Map<String, Value>,
) -> Map<String, Value> {
    let is_of_owner = read.get("attribute") == Some(&json!("owner"));
    let mut copy = Map::new();
    for (name, value) in read {
        let mut listed = fields.iter();
        let Some((_, rule)) = listed.find(|(field, _)| *field == name) else {
            continue;
        };
        let is_owner = *rule == OfAttribute && is_of_owner;
        let rule = if is_owner { Administrator } else { *rule };
        copy.insert(name, by_rule(pseudonyms, rule, value));
    }
    copy
}

fn by_rule(pseudonyms: &mut Pseudonyms<'_>, rule: Rule, value: Value) -> Value {
    match (rule, value) {
        (Chosen, value) => chosen(pseudonyms, &value),
        (rule, Value::Array(items)) => {
            let items = items.into_iter();
            items.map(|item| by_rule(pseudonyms, rule, item)).collect()
        }
        (Rule::Fields(fields), Value::Object(read)) => {
            Value::Object(copied(pseudonyms, fields, read))
        }
        (Counts, Value::Object(counts)) => {
            let counts = counts.into_iter();
            counts.filter(|(_, count)| count.is_number()).collect()
        }
        // What it says is not known.
        (_, Value::Object(_)) | (Counts | Rule::Fields(_), Value::String(_)) => Value::Null,
        (Administrator, Value::String(id)) => json!(pseudonyms.of(Who::Administrator, &id)),
        (Learner, Value::String(id)) => json!(pseudonyms.of(Who::Learner, &id)),
        (Note, Value::String(text)) => json!(pseudonyms.note(&text)),
        (Content | OfAttribute, Value::String(text)) => json!(pseudonyms.content(&text)),
        (_, value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
    }
}

/// Which learners a synchronisation was for: `all`, or whether the learner was listed. A filter may have the names of
/// others.
fn chosen(pseudonyms: &Pseudonyms<'_>, learners: &Value) -> Value {
    match learners {
        Value::String(all) if all == "all" => json!(all),
        Value::Array(listed) => {
            let own = json!(pseudonyms.learner);
            json!(listed.iter().filter(|one| **one == own).collect::<Vec<_>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            json!("filtered")
        }
    }
}

#[cfg(test)]
mod tests;
