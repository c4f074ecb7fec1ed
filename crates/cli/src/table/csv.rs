//! Comma-separated values for spreadsheets: whatever a text contains, a spreadsheet shows it and calculates
//! nothing.

use std::borrow::Cow;
use std::io;

use csv::{Terminator, WriterBuilder};

/// Begins a file, so that spreadsheets read it as UTF-8.
pub(crate) const MARK: char = '\u{feff}';
/// Before a text that a spreadsheet would otherwise calculate.
const AS_TEXT: char = '\'';
/// Text that begins so is a formula to some spreadsheet; the last four are their full width forms.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// A spreadsheet keeps so many digits of a number.
const DIGITS_MAX: usize = 15;

/// A row, with its line break (RFC 4180).
pub(crate) fn row<'a>(values: impl Iterator<Item = Cow<'a, str>>) -> io::Result<String> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(values.map(|value| value.into_owned().into_bytes()))?;
    let written = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(written).map_err(io::Error::other)
}

/// A text that stays the text that it is. One that a spreadsheet would calculate, or would show as another
/// number, begins with an apostrophe.
pub(crate) fn text(value: &str) -> Cow<'_, str> {
    if value.starts_with(FORMULA) || is_renumbered(value) {
        Cow::Owned(format!("{AS_TEXT}{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// Whether a spreadsheet takes it for a number and does not show all of it: `007`, `1E5`, an id of many digits.
fn is_renumbered(value: &str) -> bool {
    let is_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits {
        return value.len() > DIGITS_MAX || (value.len() > 1 && value.starts_with('0'));
    }
    value.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && value.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{row, text};

    #[test]
    fn a_value_ends_neither_its_row_nor_itself() {
        let values = ["a,b", "c\nd", "say \"e\"", "", "李 雷"];
        let expected = "\"a,b\",\"c\nd\",\"say \"\"e\"\"\",,李 雷\r\n";
        assert_eq!(row(values.into_iter().map(Into::into)).unwrap(), expected);
    }

    #[test]
    fn nothing_is_calculated_and_ids_stay_as_they_are() {
        let kept = [
            "Ann",
            "7",
            "2026-12-01",
            "00000000-0000-0000-0000-000000000b00",
            "1e5a",
            "",
            "inf",
        ];
        for value in kept {
            assert_eq!(text(value), value);
        }
        let calculated = [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "＝1",
            "007",
            "1E5",
            "1.50",
            "1234567890123456",
        ];
        for value in calculated {
            assert_eq!(text(value), format!("'{value}"));
        }
    }
}
