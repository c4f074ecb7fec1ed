//! Tables for people: text to the left, numbers to the right, and how many rows are not shown.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width,
    presets,
};

use crate::commands::sync::paint::Paint;

/// Text is not broken into lines of fewer characters than this, however little room there is.
const TEXT_WIDTH_MIN: u16 = 16;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text under this heading.
    Text(&'static str),
    /// Text that is copied or read at a glance, never broken over lines.
    Whole(&'static str),
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
        Column::Text(name) | Column::Whole(name) | Column::Number(name) => paint.heading(name),
    });
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heading.collect::<Vec<_>>());
    table.add_rows(rows);
    let widths = table.column_max_content_widths();
    for ((shown, column), width) in table.column_iter_mut().zip(columns).zip(widths) {
        shown.set_constraint(match column {
            Column::Text(_) => {
                let readable = width.min(TEXT_WIDTH_MIN) + shown.padding_width();
                ColumnConstraint::LowerBoundary(Width::Fixed(readable))
            }
            Column::Whole(_) | Column::Number(_) => ColumnConstraint::ContentWidth,
        });
        if let Column::Number(_) = column {
            shown.set_cell_alignment(CellAlignment::Right);
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
