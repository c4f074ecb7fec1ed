//! The values of attributes: their types, their bounds, and the plain form in messages.
//!
//! Which attributes a component may have is defined in `attribute`.

mod stored;

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{AdministratorId, ExerciseId};
use crate::text::personal::Personal;
use crate::text::{self, TextError};
use crate::time::date::Date;
use crate::time::moment::Moment;
use crate::values::attribute::Attribute;
use crate::values::raw::Raw;

pub(crate) use stored::StoredValue;

/// The largest number of criteria of a component.
pub const CRITERIA_MAX: usize = 500;
/// The largest number of documents of a component.
pub const DOCUMENTS_MAX: usize = 200;
/// The largest value of `min_evidence`.
pub const MIN_EVIDENCE_MAX: u16 = 1000;

/// Who completes a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Their names are their documentation.
pub enum CompletionMode {
    Learner,
    Tutor,
    Employer,
    Automatic,
}

impl CompletionMode {
    /// All modes.
    pub const ALL: [Self; 4] = [Self::Learner, Self::Tutor, Self::Employer, Self::Automatic];

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Learner => "learner",
            Self::Tutor => "tutor",
            Self::Employer => "employer",
            Self::Automatic => "automatic",
        }
    }
}

/// The value of one attribute of one component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// No value.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, 0 to 1000.
    Number(u16),
    /// Who completes it.
    Mode(CompletionMode),
    /// A name, instructions, or the type of a review.
    Text(Personal),
    /// A date.
    Date(Date),
    /// A moment.
    Moment(Moment),
    /// A set of codes, sorted.
    Codes(Arc<[Arc<str>]>),
    /// An ordered list of document ids, without repetitions.
    Documents(Arc<[Arc<str>]>),
    /// A Marking Aid exercise.
    Exercise(ExerciseId),
    /// An owner.
    Administrator(AdministratorId),
}

/// Why a plain value is not a value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// It has another type, or another form than the attribute's.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The text is too long or too short, or contains a forbidden character.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The list has too many elements.
    #[error("expected at most {0} elements")]
    TooMany(usize),
    /// An ordered list names an element twice.
    #[error("the list contains an element twice; list each element once")]
    Repeated,
}

impl Value {
    /// The value of an attribute that a plain value of a command stands for.
    ///
    /// ```
    /// use plansync_domain::values::attribute::Attribute;
    /// use plansync_domain::values::raw::Raw;
    /// use plansync_domain::values::value::Value;
    ///
    /// let given = Raw::List(vec!["K2".to_owned(), "K1".to_owned(), "K2".to_owned()]);
    /// let codes = Value::parse(Attribute::Criteria, given)?;
    /// assert_eq!(codes, Value::codes(["K1", "K2"]));
    /// assert!(Value::parse(Attribute::DueDate, Raw::Text("soon".to_owned())).is_err());
    /// # Ok::<(), plansync_domain::values::value::ValueError>(())
    /// ```
    pub fn parse(attribute: Attribute, raw: Raw) -> Result<Self, ValueError> {
        match attribute {
            Attribute::Name | Attribute::Instructions => bounded_text(attribute, raw),
            Attribute::ReviewType => or_null(raw, |raw| bounded_text(attribute, raw)),
            Attribute::DueDate => or_null(raw, date),
            Attribute::ReviewAt => or_null(raw, moment),
            Attribute::MarkingAidExercise => or_null(raw, exercise),
            Attribute::Owner => or_null(raw, owner),
            Attribute::CompletionMode => mode(raw),
            Attribute::Criteria => codes(raw),
            Attribute::Documents => documents(raw),
            Attribute::MinEvidence => number(&raw),
            Attribute::EvidenceRequired
            | Attribute::DeliveryViaOrganisation
            | Attribute::DeliveryViaEmployer
            | Attribute::PlannedForQa => boolean(&raw),
        }
    }

    /// The plain form in messages and in the log.
    pub fn to_raw(&self) -> Raw {
        match self {
            Self::Null => Raw::Null,
            Self::Bool(value) => Raw::Bool(*value),
            Self::Number(number) => Raw::Integer(i64::from(*number)),
            Self::Mode(mode) => Raw::Text(mode.name().to_owned()),
            Self::Text(text) => Raw::Text(text.as_str().to_owned()),
            Self::Date(date) => Raw::Text(date.to_string()),
            Self::Moment(moment) => Raw::Text(moment.to_string()),
            Self::Codes(list) | Self::Documents(list) => {
                Raw::List(list.iter().map(|element| (**element).to_owned()).collect())
            }
            Self::Exercise(exercise) => Raw::Bytes(exercise.as_uuid().as_bytes().to_vec()),
            Self::Administrator(owner) => Raw::Text(owner.as_str().to_owned()),
        }
    }

    /// A set of codes: sorted, each once.
    pub fn codes<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let sorted: BTreeSet<&str> = codes.into_iter().collect();
        Self::Codes(sorted.into_iter().map(Arc::from).collect())
    }

    /// The text of a text; none for other values.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Mode(_)
            | Self::Date(_)
            | Self::Moment(_)
            | Self::Codes(_)
            | Self::Documents(_)
            | Self::Exercise(_)
            | Self::Administrator(_) => None,
        }
    }

    /// The elements of a set or list; empty for other values.
    pub fn elements(&self) -> &[Arc<str>] {
        match self {
            Self::Codes(list) | Self::Documents(list) => list,
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Mode(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::Moment(_)
            | Self::Exercise(_)
            | Self::Administrator(_) => &[],
        }
    }

    /// The bytes of text.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.as_str().len(),
            Self::Administrator(owner) => owner.as_str().len(),
            Self::Codes(list) | Self::Documents(list) => list.iter().map(|text| text.len()).sum(),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Mode(_)
            | Self::Date(_)
            | Self::Moment(_)
            | Self::Exercise(_) => 0,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Mode(mode) => f.write_str(mode.name()),
            Self::Text(text) => text.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Moment(moment) => moment.fmt(f),
            Self::Codes(list) | Self::Documents(list) => f.write_str(&list.join(", ")),
            Self::Exercise(exercise) => exercise.fmt(f),
            Self::Administrator(owner) => owner.fmt(f),
        }
    }
}

fn or_null(
    raw: Raw,
    parse: impl FnOnce(Raw) -> Result<Value, ValueError>,
) -> Result<Value, ValueError> {
    match raw {
        Raw::Null => Ok(Value::Null),
        Raw::Bool(_) | Raw::Integer(_) | Raw::Text(_) | Raw::List(_) | Raw::Bytes(_) => parse(raw),
    }
}

fn plain_text(raw: Raw, expected: &'static str) -> Result<String, ValueError> {
    match raw {
        Raw::Text(text) => Ok(text),
        Raw::Null | Raw::Bool(_) | Raw::Integer(_) | Raw::List(_) | Raw::Bytes(_) => {
            Err(ValueError::Expected(expected))
        }
    }
}

fn list(raw: Raw, expected: &'static str) -> Result<Vec<String>, ValueError> {
    match raw {
        Raw::List(list) => Ok(list),
        Raw::Null | Raw::Bool(_) | Raw::Integer(_) | Raw::Text(_) | Raw::Bytes(_) => {
            Err(ValueError::Expected(expected))
        }
    }
}

/// The smallest and the largest number of characters of an attribute with text.
const fn text_bounds(attribute: Attribute) -> Option<(usize, usize)> {
    match attribute {
        Attribute::Name => Some((1, 300)),
        Attribute::Instructions => Some((0, 20_000)),
        Attribute::ReviewType => Some((1, 100)),
        Attribute::DueDate
        | Attribute::CompletionMode
        | Attribute::Criteria
        | Attribute::EvidenceRequired
        | Attribute::MinEvidence
        | Attribute::Documents
        | Attribute::DeliveryViaOrganisation
        | Attribute::DeliveryViaEmployer
        | Attribute::MarkingAidExercise
        | Attribute::PlannedForQa
        | Attribute::ReviewAt
        | Attribute::Owner => None,
    }
}

fn bounded_text(attribute: Attribute, raw: Raw) -> Result<Value, ValueError> {
    let given = plain_text(raw, "a text")?;
    if let Some((least, most)) = text_bounds(attribute) {
        text::check(&given, least, most)?;
    }
    Ok(Value::Text(given.into()))
}

fn boolean(raw: &Raw) -> Result<Value, ValueError> {
    match raw {
        Raw::Bool(value) => Ok(Value::Bool(*value)),
        Raw::Null | Raw::Integer(_) | Raw::Text(_) | Raw::List(_) | Raw::Bytes(_) => {
            Err(ValueError::Expected("true or false"))
        }
    }
}

fn number(raw: &Raw) -> Result<Value, ValueError> {
    let expected = ValueError::Expected("a whole number from 0 to 1000");
    match raw {
        Raw::Integer(number) => match u16::try_from(*number) {
            Ok(number) if number <= MIN_EVIDENCE_MAX => Ok(Value::Number(number)),
            Ok(_) | Err(_) => Err(expected),
        },
        Raw::Null | Raw::Bool(_) | Raw::Text(_) | Raw::List(_) | Raw::Bytes(_) => Err(expected),
    }
}

fn mode(raw: Raw) -> Result<Value, ValueError> {
    const EXPECTED: &str = "one of learner, tutor, employer, automatic";
    let name = plain_text(raw, EXPECTED)?;
    CompletionMode::ALL
        .into_iter()
        .find(|mode| mode.name() == name)
        .map(Value::Mode)
        .ok_or(ValueError::Expected(EXPECTED))
}

const DATE: &str = "a date such as 2026-11-23, years 0001 to 9999, or null";
const MOMENT: &str = "a UTC time such as 2026-11-23T09:30:00Z, or null";

fn date(raw: Raw) -> Result<Value, ValueError> {
    plain_text(raw, DATE)?
        .parse()
        .map(Value::Date)
        .map_err(|_| ValueError::Expected(DATE))
}

fn moment(raw: Raw) -> Result<Value, ValueError> {
    plain_text(raw, MOMENT)?
        .parse()
        .map(Value::Moment)
        .map_err(|_| ValueError::Expected(MOMENT))
}

fn exercise(raw: Raw) -> Result<Value, ValueError> {
    const EXPECTED: &str = "a uuid, or null";
    let exercise = match raw {
        Raw::Text(text) => text.parse().ok(),
        Raw::Bytes(bytes) => uuid::Uuid::from_slice(&bytes)
            .ok()
            .map(ExerciseId::from_uuid),
        Raw::Null | Raw::Bool(_) | Raw::Integer(_) | Raw::List(_) => None,
    };
    exercise
        .map(Value::Exercise)
        .ok_or(ValueError::Expected(EXPECTED))
}

fn owner(raw: Raw) -> Result<Value, ValueError> {
    const EXPECTED: &str = "the name of an administrator, or null";
    plain_text(raw, EXPECTED)?
        .parse()
        .map(Value::Administrator)
        .map_err(|_| ValueError::Expected(EXPECTED))
}

/// Codes in any order, with repetitions, are the same value.
fn codes(raw: Raw) -> Result<Value, ValueError> {
    let given = list(raw, "a list of codes")?;
    for code in &given {
        text::check(code, 1, 64)?;
    }
    let sorted: BTreeSet<String> = given.into_iter().collect();
    if sorted.len() > CRITERIA_MAX {
        return Err(ValueError::TooMany(CRITERIA_MAX));
    }
    Ok(Value::Codes(sorted.into_iter().map(Arc::from).collect()))
}

fn documents(raw: Raw) -> Result<Value, ValueError> {
    let given = list(raw, "a list of document ids")?;
    for document in &given {
        text::check(document, 1, 200)?;
    }
    if given.len() > DOCUMENTS_MAX {
        return Err(ValueError::TooMany(DOCUMENTS_MAX));
    }
    let distinct: HashSet<&String> = given.iter().collect();
    if distinct.len() != given.len() {
        return Err(ValueError::Repeated);
    }
    Ok(Value::Documents(given.into_iter().map(Arc::from).collect()))
}

#[cfg(test)]
mod tests;
