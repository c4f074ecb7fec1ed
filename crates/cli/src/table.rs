//! Tables: fitted to the terminal for people, tab-separated for programs, comma-separated for spreadsheets.
//!
//! Each column states how important it is and how it may be shortened. If there is not enough room, columns are
//! left out and text is shortened; a row is never broken over several lines.

mod cell;
mod column;
mod csv;
mod fitting;
mod measure;
mod tsv;

use std::borrow::Cow;
use std::io;

use comfy_table::{
    Attribute, CellAlignment, ColumnConstraint, ContentArrangement, TableComponent, Width, presets,
};

pub(crate) use cell::Cell;
use clap::ValueEnum;
pub(crate) use column::Column;
use column::Holds;
pub(crate) use csv::{MARK as CSV_MARK, row as csv_row, text as csv_text};
use fitting::{GAP, Need, fit};
pub(crate) use measure::{shortened, width};
pub(crate) use tsv::row as tsv_row;

use crate::paint::Paint;

/// How people see ids in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Ids {
    /// In full if there is space, otherwise a prefix that is unique in the list.
    #[default]
    Auto,
    /// A prefix that is unique in the list.
    Short,
    /// In full.
    Full,
    /// Not at all, where rows are chosen by a cursor.
    #[value(skip)]
    Hidden,
}

/// Rows under headings.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A table as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FittedTable {
    /// Its lines, without blanks at their ends, and without a line break behind the last.
    pub(crate) text: String,
    /// The headings for which there was no room.
    pub(crate) left_out: Vec<String>,
}

impl Table {
    /// Each row has a cell for each column.
    pub(crate) fn new(
        columns: impl IntoIterator<Item = Column>,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: rows.into_iter().collect(),
        }
    }

    /// The columns and the rows.
    pub(crate) fn into_parts(self) -> (Vec<Column>, Vec<Vec<Cell>>) {
        (self.columns, self.rows)
    }

    /// Text only; columns further to the left are more important.
    pub(crate) fn of_text<const N: usize>(
        headings: [&'static str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Self {
        let importance = |place: usize| u8::MAX - u8::try_from(place).unwrap_or(u8::MAX);
        let columns = headings.iter().enumerate();
        let columns = columns.map(|(place, name)| Column::text(*name, *name, importance(place)));
        let rows = rows.into_iter();
        Self::new(columns, rows.map(|row| row.iter().map(Cell::new).collect()))
    }

    /// For people, in no more columns of a terminal than there are; without a bound, as wide as it is.
    pub(crate) fn shown(&self, paint: Paint, ids: Ids, room: Option<usize>) -> FittedTable {
        let is_shown = |column: &Column| {
            let is_hidden = ids == Ids::Hidden && matches!(column.holds, Holds::Id);
            column.is_for_people && !is_hidden
        };
        let indices = (0..self.columns.len()).filter(|&index| is_shown(&self.columns[index]));
        let measured = indices.map(|index| self.measured(index, ids));
        // A column that has neither heading nor contents would be drawn wider than it is.
        let measured: Vec<Measured> = measured.filter(|one| one.need.whole > 0).collect();
        let needs: Vec<Need> = measured.iter().map(|one| one.need).collect();
        let widths = fit(&needs, room);
        let all = || measured.iter().zip(&widths);
        let kept = all().filter_map(|(one, width)| Some((*one, (*width)?)));
        // An empty column can be hidden without loss.
        let left_out = all().filter(|(one, width)| width.is_none() && one.need.contents > 0);
        let headings = left_out.map(|(one, _)| self.columns[one.index].heading.to_string());
        FittedTable {
            left_out: headings.filter(|heading| !heading.is_empty()).collect(),
            text: self.drawn(paint, &kept.collect::<Vec<_>>()),
        }
    }

    /// For programs: a line of names, then one line a row, with a tab between two values.
    pub(crate) fn tsv(&self) -> String {
        let names = tsv_row(self.columns.iter().map(|column| &*column.key));
        if self.is_empty() {
            return names;
        }
        names + "\n" + &self.tsv_rows()
    }

    /// For spreadsheets: a line of names unless it continues another table, then one line a row.
    ///
    /// # Errors
    /// If a row cannot be written.
    pub(crate) fn csv(&self, continues: bool) -> io::Result<String> {
        let mut text = String::new();
        if !continues {
            let names = self
                .columns
                .iter()
                .map(|column| Cow::Borrowed(&*column.key));
            text += &csv_row(names)?;
        }
        for row in &self.rows {
            let values = row.iter().zip(&self.columns).map(|(cell, column)| {
                let value = cell.for_programs();
                if column.holds == Holds::Number {
                    Cow::Borrowed(value)
                } else {
                    csv_text(value)
                }
            });
            text += &csv_row(values)?;
        }
        Ok(text)
    }

    /// The rows of [`tsv`](Self::tsv) without the line of names.
    pub(crate) fn tsv_rows(&self) -> String {
        let rows = self.rows.iter();
        let rows = rows.map(|row| tsv_row(row.iter().map(Cell::for_programs)));
        rows.collect::<Vec<_>>().join("\n")
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn measured(&self, index: usize, ids: Ids) -> Measured {
        let column = &self.columns[index];
        let cells = || self.rows.iter().filter_map(|row| row.get(index));
        let lines = cells().flat_map(|cell| cell.text.lines());
        let contents = lines.map(width).max().unwrap_or(0);
        let prefix = match (column.holds, ids) {
            (Holds::Id, Ids::Auto | Ids::Short) => {
                measure::prefix_characters(cells().map(|cell| &*cell.text)).min(contents)
            }
            (Holds::Id, Ids::Full | Ids::Hidden)
            | (Holds::Text { .. } | Holds::Whole | Holds::Number, _) => contents,
        };
        let least = match column.holds {
            Holds::Text { least, .. } => least.min(contents),
            Holds::Whole | Holds::Number => contents,
            Holds::Id => prefix,
        };
        let ease = match column.holds {
            Holds::Text { ease, .. } => ease.min(contents),
            Holds::Whole | Holds::Number | Holds::Id => least,
        };
        let whole = if ids == Ids::Short { prefix } else { contents };
        let least = least.max(width(&column.brief));
        let need = Need {
            // A column without content is hidden first.
            importance: if contents == 0 { 0 } else { column.importance },
            least,
            ease: ease.max(least),
            contents: whole,
            whole: whole.max(width(&column.heading)).max(least),
            is_all_or_least: column.holds == Holds::Id,
        };
        Measured {
            index,
            need,
            prefix,
        }
    }

    fn drawn(&self, paint: Paint, kept: &[(Measured, usize)]) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_preset(presets::NOTHING)
            .remove_style(TableComponent::VerticalLines)
            .remove_style(TableComponent::LeftBorder)
            .remove_style(TableComponent::RightBorder)
            .remove_style(TableComponent::MiddleHeaderIntersections)
            .set_style(TableComponent::HeaderLines, '─')
            .set_content_arrangement(ContentArrangement::Disabled);
        if paint.is_coloured() {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(kept.iter().map(|&(one, width)| {
            let cell = comfy_table::Cell::new(self.heading(one.index, width));
            if paint.is_coloured() {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in &self.rows {
            table.add_row(kept.iter().map(|&(one, width)| {
                let empty = Cell::default();
                let cell = row.get(one.index).unwrap_or(&empty);
                self.cell(paint, cell, one, width)
            }));
        }
        self.arrange(&mut table, kept);
        table.trim_fmt()
    }

    fn arrange(&self, table: &mut comfy_table::Table, kept: &[(Measured, usize)]) {
        let last = kept.len().saturating_sub(1);
        for (place, (column, &(one, width))) in table.column_iter_mut().zip(kept).enumerate() {
            let gap = if place == last { 0 } else { GAP };
            // A terminal has no more columns than this can hold.
            let [padding, total] =
                [gap, width + gap].map(|it| u16::try_from(it).unwrap_or(u16::MAX));
            column.set_padding((0, padding));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(total)));
            if self.columns[one.index].holds == Holds::Number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }

    fn heading(&self, index: usize, columns: usize) -> String {
        let column = &self.columns[index];
        let fits = width(&column.heading) <= columns;
        let heading = if fits { &column.heading } else { &column.brief };
        shortened(heading, columns).into_owned()
    }

    fn cell(&self, paint: Paint, cell: &Cell, of: Measured, columns: usize) -> comfy_table::Cell {
        let is_id = self.columns[of.index].holds == Holds::Id;
        let text = if is_id && width(&cell.text) > columns {
            measure::prefix(&cell.text, of.prefix.min(columns)).to_owned()
        } else {
            let lines = cell.text.lines().map(|line| shortened(line, columns));
            lines.collect::<Vec<_>>().join("\n")
        };
        let shown = comfy_table::Cell::new(text);
        match cell.colour {
            Some(colour) if paint.is_coloured() => shown.fg(colour),
            Some(_) | None => shown,
        }
    }
}

/// A column of the table that is there, as it was measured.
#[derive(Debug, Clone, Copy)]
struct Measured {
    index: usize,
    need: Need,
    /// The number of characters of an id that are unique.
    prefix: usize,
}

#[cfg(test)]
mod tests {
    use super::{Cell, Column, Ids, Table, width};
    use crate::paint::Paint;

    const IDS: [&str; 2] = [
        "018f6d2e-7c1b-7000-8000-0123456789ab",
        "52b07a10-7c1b-7000-8000-0123456789ab",
    ];

    fn table() -> Table {
        let columns = [
            Column::whole("", "preselected", 50),
            Column::text("Component", "name", 100).at_least(18),
            Column::text("By", "last_updated_by", 10),
            Column::number("Not synchronised", "not_synchronised", 80).brief("Skip"),
            Column::id("Id", "component", 90),
            Column::for_programs("type"),
        ];
        let rows = [
            ("李雷 and the long name of an activity", 12, IDS[0]),
            ("Short", 7, IDS[1]),
        ];
        let rows = rows.map(|(name, count, id)| {
            vec![
                Cell::new("✓").good().exact(true),
                Cell::new(name),
                Cell::new("somebody"),
                Cell::new(count).notable(),
                Cell::new(id),
                Cell::new("exam"),
            ]
        });
        Table::new(columns, rows)
    }

    fn shown(ids: Ids, room: Option<usize>) -> String {
        table().shown(Paint::PLAIN, ids, room).text
    }

    #[test]
    fn with_room_for_everything_everything_is_whole() {
        let expected = "   Component                              By        Not synchronised  Id
──────────────────────────────────────────────────────────────────────────────────────────────────────────
✓  李雷 and the long name of an activity  somebody                12  018f6d2e-7c1b-7000-8000-0123456789ab
✓  Short                                  somebody                 7  52b07a10-7c1b-7000-8000-0123456789ab";
        assert_eq!(shown(Ids::Auto, None), expected);
        assert_eq!(shown(Ids::Auto, Some(200)), expected);
    }

    #[test]
    fn where_room_is_short_columns_ids_and_text_give_way_in_that_order_of_worth() {
        let expected = "   Component              Skip  Id
────────────────────────────────────────
✓  李雷 and the long na…    12  018f6d2e
✓  Short                     7  52b07a10";
        let table = table().shown(Paint::PLAIN, Ids::Auto, Some(40));
        assert_eq!(table.text, expected);
        assert_eq!(table.left_out, ["By"]);
        let full = shown(Ids::Full, Some(60));
        assert!(full.contains(IDS[0]) && full.contains(IDS[1]), "{full}");
        assert!(!shown(Ids::Short, None).contains(IDS[0]));
    }

    #[test]
    fn every_row_is_one_line_that_fits_at_every_width() {
        for room in 1..200 {
            let text = shown(Ids::Auto, Some(room));
            assert_eq!(text.lines().count(), 4, "{room}: {text}");
            for line in text.lines() {
                assert!(width(line) <= room, "{room}: {line}");
            }
        }
    }

    #[test]
    fn a_column_that_says_nothing_takes_no_room_and_hidden_ids_neither() {
        let mut table = table();
        for row in &mut table.rows {
            row[0] = Cell::new("").exact(false);
        }
        for room in 1..200 {
            let text = table.shown(Paint::PLAIN, Ids::Hidden, Some(room)).text;
            assert!(!text.contains(&IDS[0][..1]), "{text}");
            for line in text.lines() {
                assert!(!line.starts_with(' '), "{room}: {line}");
                assert!(width(line) <= room, "{room}: {line}");
            }
        }
    }

    #[test]
    fn programs_have_every_column_and_exact_values() {
        let expected = "preselected\tname\tlast_updated_by\tnot_synchronised\tcomponent\ttype";
        let tsv = table().tsv();
        let lines: Vec<_> = tsv.lines().collect();
        assert_eq!(lines[0], expected);
        assert_eq!(
            lines[2],
            format!("true\tShort\tsomebody\t7\t{}\texam", IDS[1])
        );
    }

    #[test]
    fn spreadsheets_have_every_column_and_formulas_as_text() {
        let mut table = table();
        table.rows[1][1] = Cell::new("=1+1");
        let csv = table.csv(false).unwrap();
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(
            lines[0],
            "preselected,name,last_updated_by,not_synchronised,component,type"
        );
        assert_eq!(lines[2], format!("true,'=1+1,somebody,7,{},exam", IDS[1]));
        assert_eq!(table.csv(true).unwrap(), lines[1..].join("\r\n"));
    }

    #[test]
    fn colours_take_no_room() {
        let plain = shown(Ids::Auto, Some(40));
        let coloured = table().shown(Paint::ALWAYS, Ids::Auto, Some(40)).text;
        assert!(coloured.contains("\u{1b}["), "{coloured}");
        let mut bare = String::new();
        let mut parts = coloured.split('\u{1b}');
        bare.extend(parts.next());
        bare.extend(parts.filter_map(|part| Some(part.split_once('m')?.1)));
        let lines = |text: &str| {
            text.lines()
                .map(|it| it.trim_end().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&bare), lines(&plain));
    }
}
