//! Reads the first line of a file: which column holds which field.

use crate::exit::NotUnderstood;
use crate::terminal;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderColumn {
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
const COLUMNS: [(HeaderColumn, &[&str]); 10] = [
    (HeaderColumn::Id, &["id", "learner", "learner id"]),
    (
        HeaderColumn::Reference,
        &[
            "reference",
            "external reference",
            "external id",
            "learner reference",
        ],
    ),
    (HeaderColumn::Name, &["name", "full name", "learner name"]),
    (
        HeaderColumn::FirstName,
        &["first name", "given name", "forename"],
    ),
    (
        HeaderColumn::LastName,
        &["last name", "family name", "surname"],
    ),
    (HeaderColumn::Groups, &["groups", "group"]),
    (HeaderColumn::Tutors, &["tutors", "tutor"]),
    (HeaderColumn::CaseOwner, &["case owner"]),
    (
        HeaderColumn::Programmes,
        &["programmes", "programme", "programs", "program"],
    ),
    (
        HeaderColumn::Status,
        &["status", "programme status", "program status"],
    ),
];

/// Which columns a file has, in its order; none for those that are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    columns: Vec<Option<HeaderColumn>>,
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
        let mut columns: Vec<Option<HeaderColumn>> = Vec::new();
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
                    "has two columns with the same meaning; the second is “{}”",
                    terminal::line(name)
                )));
            } else {
                columns.push(column);
            }
        }
        if !unknown.is_empty() {
            return Err(refused(&format!(
                "has unknown columns: {}; rename them, or ignore them with `--ignore`; the known columns \
                 are {}",
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
        if !self.has(HeaderColumn::Id) && !self.has(HeaderColumn::Reference) {
            return Err(refused(
                "has no column `id` or `reference`, by which learners are recognised; `plansync import \
                 --template` writes an example",
            ));
        }
        if self.has(HeaderColumn::Name)
            && (self.has(HeaderColumn::FirstName) || self.has(HeaderColumn::LastName))
        {
            return Err(refused(
                "has `name` as well as parts of the name; ignore one of them with `--ignore`",
            ));
        }
        if self.has(HeaderColumn::Status) && !self.has(HeaderColumn::Programmes) {
            return Err(refused("has `status` without `programme`"));
        }
        Ok(())
    }

    pub(super) fn has(&self, column: HeaderColumn) -> bool {
        self.columns.contains(&Some(column))
    }

    /// How many cells a line has.
    pub(super) fn cells(&self) -> usize {
        self.columns.len()
    }

    /// The place of a column among the cells.
    pub(super) fn place(&self, column: HeaderColumn) -> Option<usize> {
        self.columns.iter().position(|one| *one == Some(column))
    }

    /// As the file calls it.
    pub(super) fn name(&self, column: HeaderColumn) -> &str {
        let place = self.place(column);
        place.map_or("", |place| self.names[place].as_str())
    }
}

fn column(name: &str) -> Option<HeaderColumn> {
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
    use super::{Header, HeaderColumn};

    fn read(line: &str, ignored: &[&str]) -> Result<Header, String> {
        let ignored: Vec<_> = ignored.iter().map(|name| (*name).to_owned()).collect();
        Header::read(line.split(','), &ignored).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_known_however_they_are_written() {
        let header = read(" External_Reference ,NAME,Case Owner,,Notes", &["notes"]).unwrap();
        assert_eq!(header.place(HeaderColumn::Reference), Some(0));
        assert_eq!(header.place(HeaderColumn::CaseOwner), Some(2));
        assert_eq!((header.cells(), header.has(HeaderColumn::Id)), (5, false));
        assert_eq!(header.name(HeaderColumn::Reference), "External_Reference");
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let cases = [
            ("id,goups,name,hobby", "“goups”, “hobby”"),
            ("id,name,full name", "two columns with the same meaning"),
            ("name,groups", "has no column `id` or `reference`"),
            ("id,name,first_name", "`name` as well as parts of the name"),
            ("id,name,status", "`status` without `programme`"),
        ];
        for (line, expected) in cases {
            let told = read(line, &[]).unwrap_err();
            assert!(told.contains(expected), "{line}: {told}");
        }
    }
}
