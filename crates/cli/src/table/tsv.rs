//! Tab-separated values: one row is one line, whatever the values contain.

use crate::terminal;

/// A row. A tab, a line break and every other control character in a value is an escape, such as
/// `\t`, `\n` and `\u{1b}`; a backslash is `\\`.
pub(crate) fn row<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<_> = values.map(escaped).collect();
    values.join("\t")
}

fn escaped(value: &str) -> String {
    terminal::line(&value.replace('\\', "\\\\")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_value_ends_neither_its_row_nor_itself() {
        let values = ["a\tb", "c\nd", "e\\n", "", "李 雷", "\u{1b}[2J\r"];
        let expected = "a\\tb\tc\\nd\te\\\\n\t\t李 雷\t\\u{1b}[2J\\r";
        assert_eq!(row(values.into_iter()), expected);
    }
}
