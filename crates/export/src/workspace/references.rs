//! Learners, programmes and administrators: rows refer to them, and each to which one does is there, and no other.

use super::Workspace;
use crate::error::ExportError;
use crate::model::Table;
use crate::tables;

/// A table to which others refer by an id.
struct Referred {
    name: &'static str,
    /// The column with the id.
    key: &'static str,
    /// The tables that are parts of its rows.
    parts: &'static [&'static str],
    /// What a row says that is there only because another one refers to its id: a column, and the value in SQL.
    named_only: (&'static str, &'static str),
}

/// All of them.
const REFERRED: [Referred; 3] = [
    Referred {
        name: "learners",
        key: "learner",
        parts: &["learner_groups", "tutors", "enrolments"],
        named_only: ("is_known", "0"),
    },
    Referred {
        name: "programmes",
        key: "programme",
        parts: &["templates"],
        named_only: ("is_known", "0"),
    },
    Referred {
        name: "administrators",
        key: "administrator",
        parts: &["permissions", "administrator_groups"],
        named_only: (
            "standing",
            "CASE id WHEN 'system' THEN 'system' ELSE 'unknown' END",
        ),
    },
];

impl Workspace {
    /// Adds everybody and everything that is only named.
    pub(super) fn add_named_only(&mut self) -> Result<(), ExportError> {
        for Referred {
            name,
            key,
            named_only: (column, value),
            ..
        } in REFERRED
        {
            for (from, by) in referring(name) {
                let ids = format!("SELECT \"{by}\" AS id FROM \"{}\"", from.name);
                self.connection.execute_batch(&format!(
                    "INSERT OR IGNORE INTO {name} ({key}, {column}) SELECT DISTINCT id, {value} FROM ({ids}) WHERE id \
                     IS NOT NULL"
                ))?;
            }
        }
        Ok(())
    }

    /// Removes everybody and everything to which no row refers, and which is not to be kept.
    pub(super) fn remove_unnamed(&mut self) -> Result<(), ExportError> {
        for Referred {
            name, key, parts, ..
        } in REFERRED
        {
            let mut named = vec![format!("SELECT id FROM kept WHERE table_name = '{name}'")];
            let others = referring(name)
                .filter(|(from, _)| !parts.contains(&from.name) && from.name != name);
            named.extend(others.map(|(from, by)| {
                format!(
                    "SELECT \"{by}\" FROM \"{}\" WHERE \"{by}\" IS NOT NULL",
                    from.name
                )
            }));
            let mut named = named.join(" UNION ");
            if name == "programmes" {
                // A programme keeps those of which it is a part.
                named = format!(
                    "WITH RECURSIVE named(id) AS ({named} UNION SELECT parent FROM programmes JOIN named ON \
                     programme = id WHERE parent IS NOT NULL) SELECT id FROM named"
                );
            }
            let sql = format!("DELETE FROM {name} WHERE {key} NOT IN ({named})");
            self.connection.execute_batch(&sql)?;
            for part in parts {
                let sql =
                    format!("DELETE FROM {part} WHERE {key} NOT IN (SELECT {key} FROM {name})");
                self.connection.execute_batch(&sql)?;
            }
        }
        Ok(())
    }

    pub(super) fn check_references(&self) -> Result<(), ExportError> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        match rows.next()? {
            None => Ok(()),
            Some(row) => {
                let (from, to): (String, String) = (row.get(0)?, row.get(2)?);
                Err(ExportError::Inconsistent(format!(
                    "a row of `{from}` refers to one of `{to}` that is not there"
                )))
            }
        }
    }
}

/// The columns that refer to a table.
fn referring(table: &str) -> impl Iterator<Item = (&'static Table, &'static str)> + use<'_> {
    let columns = tables::all()
        .iter()
        .flat_map(|from| from.columns.iter().map(move |column| (*from, column)));
    columns
        .filter(move |(_, column)| column.refers_to == Some(table))
        .map(|(from, column)| (from, column.name))
}
