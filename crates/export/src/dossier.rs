//! The dossier of a learner: an export of that learner without anything that names somebody else.
//!
//! It is a copy, row by row, so nothing of what is left out can be in free pages of the file. Other people are
//! *learner 1* and *administrator 1*, the same everywhere in one dossier. Columns say by their kind and by what they
//! refer to how they are copied, so a new column is copied with care without being named here.

mod event;
mod folded;
mod page;
mod people;

use std::collections::HashMap;

use crate::error::ExportError;
use crate::model::{Cell, Column, Insert, Kind, Table};
use crate::tables;
use crate::workspace::Workspace;
use crate::write::{CellRef, each_row};

pub use page::page;
pub use people::{Collecting, People};

/// Tables that are not about one learner, or that are made anew.
const LEFT_OUT: [&str; 5] = [
    "administrator_groups",
    "codes",
    "dictionary",
    "permissions",
    "templates",
];
/// Values of an attribute: these are the id of an administrator if the attribute is the owner.
const VALUES: [&str; 2] = ["before", "after"];

/// The pseudonyms of one dossier.
struct Pseudonyms<'a> {
    people: &'a People,
    learner: &'a str,
    given: HashMap<String, String>,
    counts: [u32; 2],
}

/// What somebody is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Learner,
    Administrator,
}

impl<'a> Pseudonyms<'a> {
    fn new(people: &'a People, learner: &'a str) -> Self {
        Self {
            people,
            learner,
            given: HashMap::new(),
            counts: [0, 0],
        }
    }

    /// The pseudonym of an id; the learner's own id, `system` and `learner` stay.
    fn of(&mut self, who: Who, id: &str) -> String {
        if id == self.learner || id == "system" || id == "learner" {
            return id.to_owned();
        }
        let (noun, place) = match who {
            Who::Learner => ("learner", 0),
            Who::Administrator => ("administrator", 1),
        };
        if let Some(given) = self.given.get(&format!("{noun} {id}")) {
            return given.clone();
        }
        self.counts[place] += 1;
        let pseudonym = format!("{noun} {}", self.counts[place]);
        self.given.insert(format!("{noun} {id}"), pseudonym.clone());
        pseudonym
    }

    /// A text in which somebody wrote about others.
    fn note(&mut self, text: &str) -> String {
        let people = self.people;
        people.replaced(text, true, |who, id| match id {
            Some(id) => self.of(who, id),
            None => "somebody".to_owned(),
        })
    }

    /// A text of the learner's own plan, in which only ids of other learners are replaced.
    fn content(&mut self, text: &str) -> String {
        let people = self.people;
        people.replaced(text, false, |who, id| self.of(who, id.unwrap_or_default()))
    }
}

/// Copies an export of one learner into a new one, and completes it.
///
/// # Errors
/// [`ExportError::Names`] if the copy names somebody else, which is a defect.
pub fn copy(
    from: &Workspace,
    to: &mut Workspace,
    learner: &str,
    people: &People,
) -> Result<(), ExportError> {
    let mut pseudonyms = Pseudonyms::new(people, learner);
    // Numbers are given in the order of the log, which says nothing of ids.
    for actor in from.texts("SELECT actor FROM commits ORDER BY position", &[])? {
        pseudonyms.of(Who::Administrator, &actor);
    }
    for table in tables::all() {
        if LEFT_OUT.contains(&table.name) {
            continue;
        }
        // What one learner has fits into memory.
        let mut rows = Vec::new();
        each_row(from, table, |values| {
            if table.name == "learners" || is_of(learner, table, values) {
                rows.push(row(&mut pseudonyms, table, values));
            }
            Ok(())
        })?;
        for row in rows {
            check(people, learner, table, &row)?;
            to.add_cells(Insert::Only, table, row)?;
        }
    }
    to.keep_unreferred("learners", learner)?;
    to.finish(true)
}

/// The text that a row has in a column.
fn text_in<'a>(table: &Table, values: &[CellRef<'a>], name: &str) -> Option<&'a str> {
    let place = table
        .columns
        .iter()
        .position(|column| column.name == name)?;
    match values.get(place)? {
        CellRef::Text(text) => Some(text),
        CellRef::Null | CellRef::Integer(_) => None,
    }
}

/// Whether a row is not about another learner, such as the groups of the learner whose plan was a source.
fn is_of(learner: &str, table: &Table, values: &[CellRef<'_>]) -> bool {
    text_in(table, values, "learner").is_none_or(|one| one == learner)
}

fn row(pseudonyms: &mut Pseudonyms<'_>, table: &Table, values: &[CellRef<'_>]) -> Vec<Cell> {
    let is_own = is_of(pseudonyms.learner, table, values);
    let is_of_owner = text_in(table, values, "attribute") == Some("owner");
    // What the plan of another learner was before is no part of what happened to this one.
    let is_of_other_source = table.name == "change_set_values";
    let kind = text_in(table, values, "kind").unwrap_or_default();
    let cell = |(column, value): (&Column, &CellRef<'_>)| {
        let text = match value {
            CellRef::Null => return Cell::Null,
            CellRef::Integer(number) => return Cell::Integer(*number),
            CellRef::Text(text) => *text,
        };
        let is_value = VALUES.contains(&column.name);
        let refers_to = match column.refers_to {
            Some(table) => table,
            // The key itself.
            None if table.key == [column.name] => table.name,
            None => "",
        };
        let text = match (refers_to, column.kind) {
            ("administrators", _) => pseudonyms.of(Who::Administrator, text),
            ("learners" | "plans", _) => pseudonyms.of(Who::Learner, text),
            _ if is_value && is_of_owner => pseudonyms.of(Who::Administrator, text),
            _ if column.name == "before" && is_of_other_source => return Cell::Null,
            (_, Kind::Name) if table.name == "learners" && is_own => text.to_owned(),
            (_, Kind::Name) => return Cell::Null,
            (_, Kind::Note) => pseudonyms.note(text),
            (_, Kind::Json) if table.name == "events" => event::data(pseudonyms, kind, text),
            (_, Kind::Json) if column.name == "request" => event::request(pseudonyms, text),
            (_, Kind::Text | Kind::Json) => pseudonyms.content(text),
            (
                _,
                Kind::Id
                | Kind::Word
                | Kind::Date
                | Kind::Time
                | Kind::Digest
                | Kind::Integer
                | Kind::Boolean,
            ) => text.to_owned(),
        };
        Cell::Text(text)
    };
    let mut cells: Vec<Cell> = table.columns.iter().zip(values).map(cell).collect();
    let is_other = match table.name {
        "learners" => !is_own,
        "administrators" => true,
        _ => false,
    };
    if is_other {
        // Nothing of somebody else but the pseudonym, and that there is somebody.
        for (column, cell) in table.columns.iter().zip(&mut cells) {
            if column.is_optional {
                *cell = Cell::Null;
            }
        }
    }
    cells
}

/// A copy that names somebody else is a defect, so it is looked for in every text.
fn check(people: &People, learner: &str, table: &Table, row: &[Cell]) -> Result<(), ExportError> {
    for (column, cell) in table.columns.iter().zip(row) {
        let Cell::Text(text) = cell else { continue };
        let is_of_person = matches!(
            column.refers_to,
            Some("administrators" | "learners" | "plans")
        );
        let is_pseudonym = text == learner
            || text == "system"
            || text.starts_with("learner ")
            || text.starts_with("administrator ");
        let is_named = people.names_somebody(text, column.kind == Kind::Note)
            || (is_of_person && !is_pseudonym);
        if is_named {
            let place = format!("`{}` of `{}`", column.name, table.name);
            return Err(ExportError::Names(place));
        }
    }
    Ok(())
}
