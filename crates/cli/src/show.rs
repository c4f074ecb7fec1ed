//! Shows any reply to people: single values first, then lists as tables.
//!
//! It knows no operation, so that it works for new operations as well.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::table::{Cell, Column, Table, shortened, width};

/// Text of at most so many columns is shown in a cell whole.
const CELL_COLUMNS_MAX: usize = 60;
/// The importance of the first column, and of columns whose names identify a row.
const IMPORTANCE_MAX: u8 = 200;
const NAMES: [&str; 3] = ["name", "code", "message"];

/// A reply as lines and tables; `draw` makes text of a table.
pub(crate) fn value(value: &Value, draw: impl Fn(&Table) -> String) -> String {
    match value.as_object() {
        None => plain(value),
        Some(fields) => object(fields, draw),
    }
}

fn object(fields: &Map<String, Value>, draw: impl Fn(&Table) -> String) -> String {
    let (lists, single): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|(_, value)| rows_of(value).is_some());
    let widest = single.iter().map(|(name, _)| width(name)).max();
    let mut text = String::new();
    for (name, value) in single {
        let blanks = " ".repeat(widest.unwrap_or(0) - width(name));
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{name}{blanks}  {}", plain(value));
    }
    for (name, value) in lists {
        let rows = rows_of(value).unwrap_or_default();
        let _ = writeln!(text, "{name}:\n{}", draw(&table_of(&rows)));
    }
    if text.is_empty() {
        "done".to_owned()
    } else {
        text.trim_end().to_owned()
    }
}

/// A reply as one table: its list of objects if it has one, or else itself as the only row. The
/// columns are the fields, in the order of the alphabet.
pub(crate) fn table(value: &Value) -> Table {
    let fields = value.as_object();
    let list = fields.and_then(|fields| fields.values().find_map(rows_of));
    match (list, fields) {
        (Some(rows), _) => table_of(&rows),
        (None, Some(fields)) => table_of(&[fields]),
        (None, None) => Table::new(
            [Column::text("value", "value", IMPORTANCE_MAX)],
            [vec![cell(value)]],
        ),
    }
}

/// A list of objects, which makes a table.
fn rows_of(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    let rows: Option<Vec<_>> = value.as_array()?.iter().map(Value::as_object).collect();
    rows.filter(|rows| !rows.is_empty())
}

fn table_of(rows: &[&Map<String, Value>]) -> Table {
    let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.keys()).collect();
    let columns = names.iter().enumerate().map(|(place, name)| {
        let values = || rows.iter().filter_map(|row| row.get(*name));
        column(name, place, values)
    });
    let cells = rows.iter().map(|row| {
        let cells = names.iter().map(|name| row.get(*name));
        cells
            .map(|value| value.map_or_else(Cell::default, cell))
            .collect()
    });
    Table::new(columns.collect::<Vec<_>>(), cells)
}

fn column<'a, V>(name: &str, place: usize, values: impl Fn() -> V) -> Column
where
    V: Iterator<Item = &'a Value>,
{
    let place = u8::try_from(place).unwrap_or(u8::MAX);
    let importance = if NAMES.contains(&name) {
        IMPORTANCE_MAX
    } else {
        (IMPORTANCE_MAX - 1).saturating_sub(place)
    };
    let (heading, key) = (name.replace('_', " "), name.to_owned());
    let is_id = |value: &Value| {
        let text = value.as_str();
        text.is_some_and(|text| text.len() == 36 && Uuid::try_parse(text).is_ok())
    };
    if values().all(Value::is_number) {
        Column::number(heading, key, importance)
    } else if values().all(is_id) {
        Column::id(heading, key, importance)
    } else {
        Column::text(heading, key, importance)
    }
}

fn cell(value: &Value) -> Cell {
    let exact = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    };
    Cell::new(shortened(&plain(value), CELL_COLUMNS_MAX)).exact(exact)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", plain(value)))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{table, value};
    use crate::paint::Paint;
    use crate::table::Ids;

    fn shown(reply: &Value) -> String {
        value(reply, |table| {
            table.shown(Paint::PLAIN, Ids::Auto, None).text
        })
    }

    #[test]
    fn single_values_are_lines_and_lists_of_objects_are_tables() {
        let shown = shown(&json!({
            "total": 2,
            "items": [{"name": "Ann", "groups": ["a", "b"]}, {"name": "Bob", "tutor": null}],
        }));
        let lines: Vec<_> = shown.lines().map(str::trim).collect();
        assert_eq!(lines[0], "total  2");
        assert_eq!(lines[1], "items:");
        assert_eq!(lines.iter().filter(|line| line.contains("Ann")).count(), 1);
        assert!(shown.contains("a, b"), "{shown}");
        assert!(shown.contains('–'), "{shown}");
    }

    #[test]
    fn a_reply_is_one_table_for_programs() {
        let list = json!({ "total": 1, "items": [{ "name": "a\tb", "of": ["x"], "no": null }] });
        assert_eq!(table(&list).tsv(), "name\tno\tof\na\\tb\t\t[\"x\"]");
        let single = json!({ "position": 3, "sync": "s", "items": [] });
        assert_eq!(table(&single).tsv(), "items\tposition\tsync\n[]\t3\ts");
    }

    #[test]
    fn an_empty_reply_says_done() {
        assert_eq!(shown(&json!({})), "done");
    }
}
