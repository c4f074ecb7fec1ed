//! Comma-separated values (RFC 4180) that spreadsheets open as they are meant.
//!
//! - A byte order mark, so that Excel reads UTF-8.
//! - Text is always in quotes, and null is an empty field without quotes, so that null and an empty text differ.
//! - A text that a spreadsheet would take for a formula begins with `'`. Whoever reads the file by program removes it.

use std::io::{self, Write};

use super::{Said, pairs};
use crate::model::{Column, Kind};

/// What Excel needs to read UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

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

pub(super) fn row(to: &mut impl Write, columns: &[Column], values: &[Said<'_>]) -> io::Result<()> {
    for (place, (column, value)) in pairs(columns, values).enumerate() {
        separator(to, place)?;
        match value {
            Said::Null => {}
            Said::Integer(number) if column.kind == Kind::Boolean => write!(to, "{}", number != 0)?,
            Said::Integer(number) => write!(to, "{number}")?,
            Said::Text(text) => quoted(to, text)?,
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
    let mark = if is_formula(text) { "'" } else { "" };
    write!(to, "\"{mark}{}\"", text.replace('"', "\"\""))
}

/// Whether a spreadsheet would take a text for a formula. Blanks before one may be trimmed.
pub(super) fn is_formula(text: &str) -> bool {
    let trimmed = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{3000}']);
    trimmed.starts_with(BEGINS_FORMULA)
}

#[cfg(test)]
mod tests {
    use super::{is_formula, row};
    use crate::model::{Column, Kind};
    use crate::write::Said;

    fn written(kind: Kind, value: Said<'_>) -> String {
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
            &[value, Said::Integer(7)],
        )
        .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn null_and_an_empty_text_differ() {
        assert_eq!(written(Kind::Text, Said::Null), ",7\r\n");
        assert_eq!(written(Kind::Text, Said::Text("")), "\"\",7\r\n");
    }

    #[test]
    fn quotes_and_line_breaks_stay_within_a_field() {
        let text = "a \"b\",\nc;\u{202e}d\u{1f600}";
        let expected = "\"a \"\"b\"\",\nc;\u{202e}d\u{1f600}\",7\r\n";
        assert_eq!(written(Kind::Text, Said::Text(text)), expected);
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
            assert_eq!(written(Kind::Text, Said::Text(formula)), expected);
        }
        for text in ["a=1", "", " ", "(=1)", "\u{1f600}"] {
            assert!(!is_formula(text), "{text:?}");
        }
    }

    #[test]
    fn a_number_is_no_formula() {
        assert_eq!(written(Kind::Integer, Said::Integer(-1)), "-1,7\r\n");
    }
}
