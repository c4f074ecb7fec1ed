//! The table of attributes: which there are, their defaults, and which kind of sync takes them.

use serde::Serialize;

use crate::value::Value;

/// A configurable field of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the table's.
pub enum Attribute {
    Name,
    DueDate,
    CompletionMode,
    Criteria,
    Instructions,
    EvidenceRequired,
    MinEvidence,
    Documents,
    DeliveryViaOrganisation,
    DeliveryViaEmployer,
    MarkingAidExercise,
    PlannedForQa,
    ReviewType,
    ReviewAt,
    Owner,
}

use Attribute::{
    CompletionMode, Criteria, DeliveryViaEmployer, DeliveryViaOrganisation, Documents, DueDate,
    EvidenceRequired, Instructions, MarkingAidExercise, MinEvidence, Name, Owner, PlannedForQa,
    ReviewAt, ReviewType,
};

/// All of them, in the table's order. Every one is replayed by `changes_only`.
pub const ALL: [Attribute; 15] = [
    Name,
    DueDate,
    CompletionMode,
    Criteria,
    Instructions,
    EvidenceRequired,
    MinEvidence,
    Documents,
    DeliveryViaOrganisation,
    DeliveryViaEmployer,
    MarkingAidExercise,
    PlannedForQa,
    ReviewType,
    ReviewAt,
    Owner,
];

/// Those of `all_attributes`: every one but the state `planned_for_qa`.
pub fn in_all(attribute: Attribute) -> bool {
    attribute != PlannedForQa
}

/// Those that may be chosen for `selected_attributes`.
pub const SELECTABLE: [Attribute; 9] = [
    Name,
    CompletionMode,
    Criteria,
    Instructions,
    EvidenceRequired,
    MinEvidence,
    Documents,
    DeliveryViaOrganisation,
    MarkingAidExercise,
];

/// Those that no template holds.
pub const NOT_IN_TEMPLATE: [Attribute; 3] = [PlannedForQa, ReviewAt, Owner];

/// Whether a component of this type has it: a review's own are a review's only.
pub fn fits(attribute: Attribute, component_type: &str) -> bool {
    component_type == "review" || (attribute != ReviewType && attribute != ReviewAt)
}

/// C3: replayed element by element.
pub fn element_wise(attribute: Attribute) -> bool {
    attribute == Criteria || attribute == Documents
}

/// What it is where nothing was said. A name is always said.
pub fn default(attribute: Attribute) -> Value {
    match attribute {
        DueDate | MarkingAidExercise | ReviewType | ReviewAt | Owner => Value::Null,
        CompletionMode => Value::Text("learner".to_owned()),
        Criteria => Value::Set(std::collections::BTreeSet::new()),
        Documents => Value::List(Vec::new()),
        Name | Instructions => Value::Text(String::new()),
        EvidenceRequired | DeliveryViaOrganisation | DeliveryViaEmployer | PlannedForQa => {
            Value::Bool(false)
        }
        MinEvidence => Value::Number(0),
    }
}
