//! What an export says about itself: the dictionary of its columns, the meanings of its words, and `docs/export.md`.

use std::fmt::Write as _;

use plansync_protocol::{
    Action, CloseReason, Outcome, PairWarning, Permission, ProgrammeStatus, Reason, Status, Word,
};

use crate::error::ExportError;
use crate::model::{Column, Table, one_line};
use crate::tables::{self, Code, DictionaryEntry};
use crate::views::VIEWS;
use crate::workspace::Workspace;

/// Adds the dictionary and the meanings of words.
pub(crate) fn add(workspace: &mut Workspace) -> Result<(), ExportError> {
    for table in tables::all() {
        for (number, column) in (1..).zip(&table.columns) {
            workspace.insert(entry(table, number, column))?;
        }
    }
    meanings::<Action>(workspace, "action")?;
    meanings::<CloseReason>(workspace, "close_reason")?;
    meanings::<Outcome>(workspace, "outcome")?;
    meanings::<Permission>(workspace, "permission")?;
    meanings::<ProgrammeStatus>(workspace, "enrolment_status")?;
    meanings::<Reason>(workspace, "reason")?;
    meanings::<Status>(workspace, "status")?;
    meanings::<PairWarning>(workspace, "warning")
}

fn entry(table: &Table, number: u64, column: &Column) -> DictionaryEntry {
    DictionaryEntry {
        table_name: table.name.to_owned(),
        number,
        column_name: column.name.to_owned(),
        kind: column.kind.as_str().to_owned(),
        is_optional: column.is_optional,
        is_key: table.key.contains(&column.name),
        refers_to: column.refers_to.map(str::to_owned),
        about: column.about.clone(),
    }
}

fn meanings<W: Word>(workspace: &mut Workspace, list: &str) -> Result<(), ExportError> {
    for word in W::VALUES {
        let meaning = word.documentation();
        // What the reader of an event does next comes after an empty line, and is no part of the meaning.
        let meaning = meaning.split("\n\n").next().unwrap_or(meaning);
        workspace.insert(Code {
            list: list.to_owned(),
            code: word.as_str().to_owned(),
            meaning: one_line(meaning),
        })?;
    }
    Ok(())
}

/// The part of `docs/export.md` that lists tables, columns and views.
pub fn markdown() -> String {
    let mut text = String::new();
    for table in tables::all() {
        let (name, key) = (table.name, table.key.join(", "));
        // Writing into a text cannot fail.
        let _ = write!(text, "### `{name}`\n\n{}\n\nKey: {key}.\n\n", table.about);
        text += "| column | holds | says |\n| --- | --- | --- |\n";
        for column in &table.columns {
            let null = if column.is_optional { ", or null" } else { "" };
            let refers = column.refers_to.map(|to| format!(" → `{to}`"));
            let _ = writeln!(
                text,
                "| `{}` | {}{null}{} | {} |",
                column.name,
                column.kind.as_str(),
                refers.unwrap_or_default(),
                column.about.replace('|', "\\|"),
            );
        }
        for reference in table.references {
            let columns = reference.columns.join(", ");
            let _ = write!(text, "\n({columns}) → `{}`\n", reference.table);
        }
        text.push('\n');
    }
    text += "## Views\n\nIn SQLite only.\n\n| view | says |\n| --- | --- |\n";
    for view in VIEWS {
        let _ = writeln!(text, "| `{}` | {} |", view.name, one_line(view.about));
    }
    text
}
