//! Comma-separated values (RFC 4180) that spreadsheets open as they are meant.
//!
//! - A byte order mark, so that Excel reads UTF-8.
//! - Text is always in quotes, and null is an empty field without quotes, so that null and an empty text differ.
//! - A text that a spreadsheet would calculate, or show as another number, begins with `'`, and so does one that begins
//!   with `'` itself. A program that reads the file removes one `'` from the beginning of each text.

use std::io::{self, Write};

use super::{CellRef, pairs};
use crate::model::{Column, Kind};

/// What Excel needs to read UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Before a text that a spreadsheet would not leave as it is.
const MARK: char = '\'';
/// A spreadsheet keeps so many digits of a number.
const DIGITS_MAX: usize = 15;
/// The characters with which a formula can begin; the last four are wide forms of the first four. Tab, carriage return
/// and line feed come before one that a spreadsheet trims.
const BEGINS_FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

pub(super) fn begin(to: &mut impl Write, columns: &[Column]) -> io::Result<()> {
    to.write_all(BYTE_ORDER_MARK.as_bytes())?;
    for (place, column) in columns.iter().enumerate() {
        separator(to, place)?;
        to.write_all(column.name.as_bytes())?;
    }
    to.write_all(b"\r\n")
}

pub(super) fn row(
    to: &mut impl Write,
    columns: &[Column],
    values: &[CellRef<'_>],
) -> io::Result<()> {
    for (place, (column, value)) in pairs(columns, values).enumerate() {
        separator(to, place)?;
        match value {
            CellRef::Null => {}
            CellRef::Integer(number) if column.kind == Kind::Boolean => {
                write!(to, "{}", number != 0)?;
            }
            CellRef::Integer(number) => write!(to, "{number}")?,
            CellRef::Text(text) => quoted(to, text)?,
        }
    }
    to.write_all(b"\r\n")
}

fn separator(to: &mut impl Write, place: usize) -> io::Result<()> {
    if place > 0 {
        to.write_all(b",")?;
    }
    Ok(())
}

fn quoted(to: &mut impl Write, text: &str) -> io::Result<()> {
    let is_marked = text.starts_with(MARK) || is_formula(text) || is_renumbered(text);
    let mark = if is_marked { "'" } else { "" };
    write!(to, "\"{mark}{}\"", text.replace('"', "\"\""))
}

/// Whether a spreadsheet takes it for a number and does not show all of it, such as the id `007` or `1e5`.
fn is_renumbered(text: &str) -> bool {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits {
        return text.len() > DIGITS_MAX || (text.len() > 1 && text.starts_with('0'));
    }
    text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && text.parse::<f64>().is_ok()
}

/// Whether a spreadsheet would take a text for a formula. Blanks before one may be trimmed.
fn is_formula(text: &str) -> bool {
    let trimmed = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{3000}']);
    trimmed.starts_with(BEGINS_FORMULA)
}

#[cfg(test)]
mod tests {
    use super::{is_formula, row};
    use crate::model::{Column, Kind};
    use crate::write::CellRef;

    fn written(kind: Kind, value: CellRef<'_>) -> String {
        let column = Column {
            name: "one",
            kind,
            is_optional: true,
            refers_to: None,
            about: String::new(),
        };
        let mut bytes = Vec::new();
        row(
            &mut bytes,
            &[column.clone(), column],
            &[value, CellRef::Integer(7)],
        )
        .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn null_and_an_empty_text_differ() {
        assert_eq!(written(Kind::Text, CellRef::Null), ",7\r\n");
        assert_eq!(written(Kind::Text, CellRef::Text("")), "\"\",7\r\n");
    }

    #[test]
    fn quotes_and_line_breaks_stay_within_a_field() {
        let text = "a \"b\",\nc;\u{202e}d\u{1f600}";
        let expected = "\"a \"\"b\"\",\nc;\u{202e}d\u{1f600}\",7\r\n";
        assert_eq!(written(Kind::Text, CellRef::Text(text)), expected);
    }

    #[test]
    fn a_formula_is_a_text() {
        let formulas = [
            "=1+1",
            "+1",
            "-x",
            "@a",
            "\t=1",
            " =1",
            "\u{feff}=1",
            "\u{ff1d}1",
        ];
        for formula in formulas {
            assert!(is_formula(formula), "{formula:?}");
            let expected = format!("\"'{formula}\",7\r\n");
            assert_eq!(written(Kind::Text, CellRef::Text(formula)), expected);
        }
        for text in ["a=1", "", " ", "(=1)", "\u{1f600}"] {
            assert!(!is_formula(text), "{text:?}");
        }
    }

    #[test]
    fn an_id_stays_the_text_that_it_is() {
        for id in ["007", "1e5", ".5", "1234567890123456", "'x", "'=1"] {
            let expected = format!("\"'{id}\",7\r\n");
            assert_eq!(written(Kind::Id, CellRef::Text(id)), expected);
        }
        for id in [
            "7",
            "0",
            "1a5",
            "2026-11-23",
            "0190a1b2-0000-7000-8000-000000000001",
        ] {
            let expected = format!("\"{id}\",7\r\n");
            assert_eq!(written(Kind::Id, CellRef::Text(id)), expected);
        }
    }

    #[test]
    fn a_number_is_no_formula() {
        assert_eq!(written(Kind::Integer, CellRef::Integer(-1)), "-1,7\r\n");
    }
}
