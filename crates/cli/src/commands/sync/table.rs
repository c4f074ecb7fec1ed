//! Tables for people: text to the left, numbers to the right, and how many rows are not shown.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets};

use crate::commands::sync::paint::Paint;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text under this heading.
    Text(&'static str),
    /// Numbers under this heading.
    Number(&'static str),
}

/// A table as text, without blanks at the ends of its lines.
pub(crate) fn table(
    paint: Paint,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Cell>>,
) -> String {
    let mut table = Table::new();
    let heading = columns.iter().map(|column| match column {
        Column::Text(name) | Column::Number(name) => paint.heading(name),
    });
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heading.collect::<Vec<_>>());
    table.add_rows(rows);
    for (index, column) in columns.iter().enumerate() {
        if let (Column::Number(_), Some(column)) = (column, table.column_mut(index)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// What is left out of a list, if anything.
pub(super) fn more(shown: usize, total: u64, what: &str) -> Option<String> {
    let left = total.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
    (left > 0).then(|| format!("… and {left} more {what}; `--limit all` shows them"))
}

#[cfg(test)]
mod tests {
    use super::more;

    #[test]
    fn only_what_is_left_out_is_told() {
        assert_eq!(more(5, 5, "learners"), None);
        let expected = "… and 7 more learners; `--limit all` shows them";
        assert_eq!(more(5, 12, "learners").as_deref(), Some(expected));
    }
}
