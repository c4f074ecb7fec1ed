//! Any reply, as a person would want to read it: what it says first, then its lists as tables.
//!
//! Knows no operation: a reply that is new tomorrow is shown as well.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use serde_json::{Map, Value};

/// Text of at most so many characters is shown in a cell whole.
const CELL_CHARACTERS_MAX: usize = 60;

/// A reply as lines and tables.
pub(crate) fn value(value: &Value) -> String {
    value.as_object().map_or_else(|| plain(value), object)
}

fn object(fields: &Map<String, Value>) -> String {
    let (lists, single): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|(_, value)| rows_of(value).is_some());
    let width = single
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (name, value) in single {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{name:width$}  {}", plain(value));
    }
    for (name, value) in lists {
        let rows = rows_of(value).unwrap_or_default();
        let _ = writeln!(text, "{name}:\n{}", rows_table(&rows));
    }
    if text.is_empty() {
        "done".to_owned()
    } else {
        text.trim_end().to_owned()
    }
}

/// A list of objects, which makes a table.
fn rows_of(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    let rows: Option<Vec<_>> = value.as_array()?.iter().map(Value::as_object).collect();
    rows.filter(|rows| !rows.is_empty())
}

fn rows_table(rows: &[&Map<String, Value>]) -> Table {
    let mut columns: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let cells = rows.iter().map(|row| {
        columns
            .iter()
            .map(|name| row.get(*name).map_or_else(String::new, cell))
            .collect()
    });
    table(columns.iter().map(|name| name.replace('_', " ")), cells)
}

/// A table with a heading, as wide as its contents.
pub(crate) fn table<H, R>(heading: H, rows: R) -> Table
where
    H: IntoIterator<Item = String>,
    R: IntoIterator<Item = Vec<String>>,
{
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heading.into_iter().collect::<Vec<_>>());
    table.add_rows(rows);
    table
}

fn cell(value: &Value) -> String {
    let text = plain(value);
    if text.chars().count() <= CELL_CHARACTERS_MAX {
        return text;
    }
    let start: String = text.chars().take(CELL_CHARACTERS_MAX - 1).collect();
    format!("{start}…")
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
    use serde_json::json;

    use super::value;

    #[test]
    fn single_values_are_lines_and_lists_of_objects_are_tables() {
        let shown = value(&json!({
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
    fn an_empty_reply_says_done() {
        assert_eq!(value(&json!({})), "done");
    }
}
