//! What a table, a column and a row are.
//!
//! A row is a struct; its fields are the columns. The type of a field says what the column holds, and its comment is
//! what `docs/export.md` and the table `dictionary` say of it. So a new column is a new field.

use plansync_primitives::ids::{
    Actor, AdministratorId, CommandId, ComponentId, Group, LearnerId, ProgrammeId, ReviewId,
    SessionId, SyncId, TaskId,
};
use plansync_protocol::{AttributeValue, Digest, Position, Time, Version};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An id: a uuid, or the id of an administrator or a group.
    Id,
    /// A word of a closed list.
    Word,
    /// The name of a person.
    Name,
    /// A text that somebody wrote about a change, such as a reason.
    Note,
    /// Any other text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A day: `2026-11-23`.
    Date,
    /// A time in UTC, in RFC 3339 with six digits of a second.
    Time,
    /// JSON.
    Json,
    /// A hash in hexadecimal digits.
    Digest,
}

impl Kind {
    /// Its name in the dictionary.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Word => "word",
            Self::Name => "name",
            Self::Note => "note",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Time => "time",
            Self::Json => "json",
            Self::Digest => "digest",
        }
    }

    /// The type of such a column in SQLite.
    pub const fn sqlite(self) -> &'static str {
        match self {
            Self::Integer | Self::Boolean => "INTEGER",
            Self::Id
            | Self::Word
            | Self::Name
            | Self::Note
            | Self::Text
            | Self::Date
            | Self::Time
            | Self::Json
            | Self::Digest => "TEXT",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub is_optional: bool,
    /// The table to whose key it refers.
    pub refers_to: Option<&'static str>,
    /// What it says, in one line.
    pub about: String,
}

/// Several columns that refer to the key of another table together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The columns.
    pub columns: &'static [&'static str],
    /// The table, whose key has columns of the same names.
    pub table: &'static str,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What its rows are, in one line.
    pub about: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns of its key, which is also the order of its rows in files.
    pub key: &'static [&'static str],
    /// References of several columns.
    pub references: &'static [Reference],
    /// Further indexes.
    pub indexes: &'static [&'static [&'static str]],
}

impl Table {
    /// The names of its columns, quoted for SQL, with commas between them.
    pub fn column_list(&self) -> String {
        listed(self.columns.iter().map(|column| column.name))
    }

    /// The same for its key.
    pub fn key_list(&self) -> String {
        listed(self.key.iter().copied())
    }
}

/// Names quoted for SQL, with commas between them.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

/// A row of one table.
pub trait Row {
    /// The table.
    fn table() -> &'static Table;

    /// What it says, in the order of the columns.
    fn cells(self) -> Vec<Cell>;
}

/// What a row says in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number; also true (1) and false (0).
    Integer(i64),
    /// Everything else.
    Text(String),
}

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
                    // No log has so many commits, and nothing is counted so far.
                    cells.push(Cell::Integer(i64::try_from(number(self)).unwrap_or(i64::MAX)));
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
