//! The first line of a file: which column holds what.

use crate::exit::NotUnderstood;
use crate::terminal;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Reference,
    Name,
    FirstName,
    LastName,
    Groups,
    Tutors,
    CaseOwner,
    Programmes,
    Status,
}

/// Every column, and how else it may be called.
const COLUMNS: [(Column, &[&str]); 10] = [
    (Column::Id, &["id", "learner", "learner id"]),
    (
        Column::Reference,
        &[
            "reference",
            "external reference",
            "external id",
            "learner reference",
        ],
    ),
    (Column::Name, &["name", "full name", "learner name"]),
    (Column::FirstName, &["first name", "given name", "forename"]),
    (Column::LastName, &["last name", "family name", "surname"]),
    (Column::Groups, &["groups", "group"]),
    (Column::Tutors, &["tutors", "tutor"]),
    (Column::CaseOwner, &["case owner"]),
    (
        Column::Programmes,
        &["programmes", "programme", "programs", "program"],
    ),
    (
        Column::Status,
        &["status", "programme status", "program status"],
    ),
];

/// Which columns a file has, in its order; none for those that are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    columns: Vec<Option<Column>>,
    names: Vec<String>,
}

impl Header {
    /// Reads the first line.
    ///
    /// # Errors
    ///
    /// A column is unknown or there twice, or those are missing that say whom a line is of.
    pub(super) fn read<'a>(
        cells: impl Iterator<Item = &'a str>,
        ignored: &[String],
    ) -> Result<Self, NotUnderstood> {
        let names: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
        let ignored: Vec<_> = ignored.iter().map(|name| plain(name)).collect();
        let mut columns: Vec<Option<Column>> = Vec::new();
        let mut unknown = Vec::new();
        for name in &names {
            let column = column(name);
            let is_passed_over = name.is_empty() || ignored.contains(&plain(name));
            if is_passed_over {
                columns.push(None);
            } else if column.is_none() {
                unknown.push(format!("“{}”", terminal::line(name)));
            } else if columns.contains(&column) {
                return Err(refused(&format!(
                    "has two columns for the same, the second is “{}”",
                    terminal::line(name)
                )));
            } else {
                columns.push(column);
            }
        }
        if !unknown.is_empty() {
            return Err(refused(&format!(
                "has columns that are not known: {}; rename them, or pass over them with `--ignore`; \
                 known are {}",
                unknown.join(", "),
                COLUMNS
                    .map(|(_, names)| names[0].replace(' ', "_"))
                    .join(", ")
            )));
        }
        let header = Self { columns, names };
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> Result<(), NotUnderstood> {
        if !self.has(Column::Id) && !self.has(Column::Reference) {
            return Err(refused(
                "needs a column `id` or `reference`, so that the same learner is known again; \
                 `plansync import --template` writes an example",
            ));
        }
        if self.has(Column::Name) && (self.has(Column::FirstName) || self.has(Column::LastName)) {
            return Err(refused(
                "has `name` and parts of it; leave one out with `--ignore`",
            ));
        }
        if self.has(Column::Status) && !self.has(Column::Programmes) {
            return Err(refused("has `status` without `programme`"));
        }
        Ok(())
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// How many cells a line has.
    pub(super) fn cells(&self) -> usize {
        self.columns.len()
    }

    /// The place of a column among the cells.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|one| *one == Some(column))
    }

    /// As the file calls it.
    pub(super) fn name(&self, column: Column) -> &str {
        let place = self.place(column);
        place.map_or("", |place| self.names[place].as_str())
    }
}

fn column(name: &str) -> Option<Column> {
    let name = plain(name);
    let found = COLUMNS
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()));
    found.map(|(column, _)| *column)
}

/// In small letters, with single blanks.
fn plain(name: &str) -> String {
    let words: Vec<_> = name
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").to_lowercase()
}

fn refused(why: &str) -> NotUnderstood {
    NotUnderstood(format!("nothing was sent: the first line {why}"))
}

#[cfg(test)]
mod tests {
    use super::{Column, Header};

    fn read(line: &str, ignored: &[&str]) -> Result<Header, String> {
        let ignored: Vec<_> = ignored.iter().map(|name| (*name).to_owned()).collect();
        Header::read(line.split(','), &ignored).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_known_however_they_are_written() {
        let header = read(" External_Reference ,NAME,Case Owner,,Notes", &["notes"]).unwrap();
        assert_eq!(header.place(Column::Reference), Some(0));
        assert_eq!(header.place(Column::CaseOwner), Some(2));
        assert_eq!((header.cells(), header.has(Column::Id)), (5, false));
        assert_eq!(header.name(Column::Reference), "External_Reference");
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let cases = [
            ("id,goups,name,hobby", "“goups”, “hobby”"),
            ("id,name,full name", "two columns for the same"),
            ("name,groups", "needs a column `id` or `reference`"),
            ("id,name,first_name", "`name` and parts of it"),
            ("id,name,status", "`status` without `programme`"),
        ];
        for (line, expected) in cases {
            let told = read(line, &[]).unwrap_err();
            assert!(told.contains(expected), "{line}: {told}");
        }
    }
}
