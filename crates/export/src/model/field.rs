//! What a field of a row holds: the types of fields, with their columns and cells.

use plansync_primitives::ids::{
    Actor, AdministratorId, CommandId, ComponentId, Group, LearnerId, ProgrammeId, ReviewId,
    SessionId, SyncId, TaskId,
};
use plansync_protocol::{AttributeValue, Digest, Position, Time, Version};

use super::{Cell, Column, Kind};

/// A column before it is known of which table, as its name, reference and comment say.
#[derive(Debug, Clone)]
pub struct Heading {
    /// The name of the field.
    pub name: &'static str,
    /// The table to which it refers.
    pub refers_to: Option<&'static str>,
    /// Its comment.
    pub about: &'static str,
}

/// A field of a row: one column, or several.
pub trait Field {
    /// Its columns.
    fn columns(heading: Heading) -> Vec<Column>;

    /// Adds what it says, one cell for each column.
    fn put(self, cells: &mut Vec<Cell>);
}

/// A comment in one line.
pub(crate) fn one_line(comment: &str) -> String {
    comment.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one(heading: &Heading, kind: Kind) -> Vec<Column> {
    vec![Column {
        name: heading.name,
        kind,
        is_optional: false,
        refers_to: heading.refers_to,
        about: one_line(heading.about),
    }]
}

/// An id of which only the text matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(pub String);

/// A word of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(pub &'static str);

/// The name of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(pub String);

/// A text that somebody wrote about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

/// JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl Json {
    /// A list of texts.
    pub(crate) fn list(texts: &[String]) -> Self {
        Self(serde_json::Value::from(texts).to_string())
    }
}

macro_rules! text_fields {
    ($($type:ty: $kind:ident = $text:expr,)+) => {
        $(
            impl Field for $type {
                fn columns(heading: Heading) -> Vec<Column> {
                    one(&heading, Kind::$kind)
                }

                fn put(self, cells: &mut Vec<Cell>) {
                    let text: fn($type) -> String = $text;
                    cells.push(Cell::Text(text(self)));
                }
            }
        )+
    };
}

text_fields! {
    String: Text = |text| text,
    Id: Id = |id| id.0,
    Word: Word = |word| word.0.to_owned(),
    PersonName: Name = |name| name.0,
    Note: Note = |note| note.0,
    Json: Json = |json| json.0,
    Time: Time = |time| time.to_string(),
    Digest: Digest = |digest| digest.to_string(),
    Actor: Id = |id| id.to_string(),
    AdministratorId: Id = |id| id.to_string(),
    CommandId: Id = |id| id.to_string(),
    ComponentId: Id = |id| id.to_string(),
    Group: Id = |id| id.to_string(),
    LearnerId: Id = |id| id.to_string(),
    ProgrammeId: Id = |id| id.to_string(),
    ReviewId: Id = |id| id.to_string(),
    SessionId: Id = |id| id.to_string(),
    SyncId: Id = |id| id.to_string(),
    TaskId: Id = |id| id.to_string(),
}

macro_rules! number_fields {
    ($($type:ty = $number:expr,)+) => {
        $(
            impl Field for $type {
                fn columns(heading: Heading) -> Vec<Column> {
                    one(&heading, Kind::Integer)
                }

                fn put(self, cells: &mut Vec<Cell>) {
                    let number: fn($type) -> u64 = $number;
                    cells.push(Cell::number(number(self)));
                }
            }
        )+
    };
}

number_fields! {
    u64 = |number| number,
    Position = |position| position.0,
    Version = |version| version.0,
}

impl Field for bool {
    fn columns(heading: Heading) -> Vec<Column> {
        one(&heading, Kind::Boolean)
    }

    fn put(self, cells: &mut Vec<Cell>) {
        cells.push(Cell::Integer(self.into()));
    }
}

impl<F: Field> Field for Option<F> {
    fn columns(heading: Heading) -> Vec<Column> {
        let mut columns = F::columns(heading);
        for column in &mut columns {
            column.is_optional = true;
        }
        columns
    }

    fn put(self, cells: &mut Vec<Cell>) {
        match self {
            Some(field) => field.put(cells),
            None => cells.push(Cell::Null),
        }
    }
}

/// The value of an attribute as one text, whatever the attribute is: `true` and `false`, numbers in digits, lists as
/// JSON.
pub(crate) fn value_text(value: &AttributeValue) -> Option<String> {
    match value {
        AttributeValue::Null => None,
        AttributeValue::Bool(value) => Some(value.to_string()),
        AttributeValue::Integer(value) => Some(value.to_string()),
        AttributeValue::Text(text) => Some(text.clone()),
        AttributeValue::List(items) => Some(Json::list(items).0),
        AttributeValue::Uuid(id) => Some(id.hyphenated().to_string()),
    }
}

/// Bytes as two hexadecimal digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
