//! A component of a plan, with everything that there is of it.

use std::collections::BTreeMap;

use plansync_domain::ids::{ComponentId, ProgrammeId};
use serde::Serialize;

use crate::attribute::{self, Attribute};
use crate::review::Review;
use crate::value::Value;

/// Attributes and their values.
pub type Attributes = BTreeMap<Attribute, Value>;

/// Progress; any may follow any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the table's.
pub enum Status {
    NotStarted,
    InProgress,
    Submitted,
    Returned,
    Completed,
}

/// One activity of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The same on every plan that has it.
    pub id: ComponentId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Set when it is added, and never changed.
    pub component_type: String,
    /// Whether a template gave it.
    pub from_template: bool,
    /// How far it is.
    pub status: Status,
    /// How many pieces of evidence were submitted.
    pub evidence: u32,
    /// All that its type has.
    pub attributes: Attributes,
    /// The review of a component of type `review`.
    pub review: Option<Review>,
    /// Who changed anything of it last.
    pub last_by: String,
    /// The world's step of that change.
    pub last_at: u64,
}

impl Component {
    /// A new one: not started, no evidence, defaults where nothing is given.
    pub fn new(
        id: ComponentId,
        programme: ProgrammeId,
        component_type: &str,
        given: &Attributes,
    ) -> Self {
        Self {
            id,
            programme,
            component_type: component_type.to_owned(),
            from_template: false,
            status: Status::NotStarted,
            evidence: 0,
            attributes: completed(component_type, given),
            review: None,
            last_by: String::new(),
            last_at: 0,
        }
    }

    /// Whether it is completed.
    pub fn finished(&self) -> bool {
        self.status == Status::Completed
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.attributes[&Attribute::Name].text().to_owned()
    }

    /// The value of an attribute that its type may lack.
    pub fn value(&self, attribute: Attribute) -> Value {
        let value = self.attributes.get(&attribute);
        value.cloned().unwrap_or(Value::Null)
    }

    /// Its owner.
    pub fn owner(&self) -> Option<String> {
        if let Value::Text(owner) = self.value(Attribute::Owner) {
            Some(owner)
        } else {
            None
        }
    }

    /// Whether it is planned for QA.
    pub fn planned_for_qa(&self) -> bool {
        self.value(Attribute::PlannedForQa) == Value::Bool(true)
    }
}

/// Everything that a type has: what is given, and defaults.
pub fn completed(component_type: &str, given: &Attributes) -> Attributes {
    let mut all = Attributes::new();
    for attribute in attribute::ALL {
        if attribute::fits(attribute, component_type) {
            let value = given.get(&attribute).cloned();
            all.insert(
                attribute,
                value.unwrap_or_else(|| attribute::default(attribute)),
            );
        }
    }
    all
}

/// An owner as a value.
pub fn owner_value(owner: Option<&String>) -> Value {
    owner.map_or(Value::Null, |owner| Value::Text(owner.clone()))
}

/// Whether all of it together passes what a component may hold (criteria, documents, 96 KiB).
pub fn passes_limits(attributes: &Attributes) -> bool {
    let count = |attribute| {
        attributes
            .get(&attribute)
            .map_or(0, |value: &Value| value.elements().len())
    };
    let bytes: usize = attributes.values().map(bytes).sum();
    count(Attribute::Criteria) > 500 || count(Attribute::Documents) > 200 || bytes > 96 * 1024
}

fn bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Set(_) | Value::List(_) => value.elements().iter().map(String::len).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
