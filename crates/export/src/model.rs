//! What a table, a column and a row are.
//!
//! A row is a struct; its fields are the columns. The type of a field says what the column holds, and its comment is
//! what `docs/export.md` and the table `dictionary` say of it. So a new column is a new field.

mod field;

pub use field::{Field, Heading, Id, Json, Note, PersonName, Word, hexadecimal};
pub(crate) use field::{one_line, value_text};

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
    /// The statements that add a row, by [`Insert`].
    pub(crate) inserts: [String; 3],
}

/// How a row is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Insert {
    /// There is none with its key.
    Only,
    /// Unless there is one with its key.
    OrIgnore,
    /// In place of one with its key.
    OrReplace,
}

impl Table {
    /// A table of this name, with these columns and this key.
    pub(crate) fn new(
        name: &'static str,
        about: &str,
        columns: Vec<Column>,
        key: &'static [&'static str],
    ) -> Self {
        let places = vec!["?"; columns.len()].join(", ");
        let insert = |verb| format!("{verb} INTO \"{name}\" VALUES ({places})");
        Self {
            name,
            about: one_line(about),
            columns,
            key,
            references: &[],
            indexes: &[],
            inserts: ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"].map(insert),
        }
    }

    /// The statement that adds a row.
    pub(crate) fn insert(&self, how: Insert) -> &str {
        let [only, or_ignore, or_replace] = &self.inserts;
        match how {
            Insert::Only => only,
            Insert::OrIgnore => or_ignore,
            Insert::OrReplace => or_replace,
        }
    }

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

impl Cell {
    /// A number. No log has so many commits, and nothing is counted so far, that it would be too large.
    pub(crate) fn number(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
