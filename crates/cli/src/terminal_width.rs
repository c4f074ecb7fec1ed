//! The width of the terminal.

use std::io::IsTerminal as _;

/// The smallest width that is used.
const COLUMNS_MIN: usize = 20;
/// The width of a terminal that does not state one.
const COLUMNS_UNKNOWN: usize = 80;

/// The width of standard output in columns: that of its terminal, or else the value of `COLUMNS`. `None` if
/// there is neither: then lines are not limited.
pub(crate) fn of_stdout() -> Option<usize> {
    let terminal = comfy_table::Table::new().width().map(usize::from);
    let variable = std::env::var("COLUMNS").ok();
    decide(terminal, variable.as_deref())
}

/// The width of standard error in columns: that of its terminal, or 80 if it is not known. `None` if it is not
/// a terminal: then a message is one line.
pub(crate) fn of_stderr() -> Option<usize> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let columns = crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    let variable = std::env::var("COLUMNS").ok();
    decide(Some(columns), variable.as_deref())
}

/// A terminal that reports 0 columns does not know its width.
fn decide(terminal: Option<usize>, variable: Option<&str>) -> Option<usize> {
    let said = variable.and_then(|text| text.trim().parse().ok());
    let said = said.filter(|columns| *columns > 0);
    let columns = match terminal {
        Some(0) => Some(said.unwrap_or(COLUMNS_UNKNOWN)),
        Some(columns) => Some(columns),
        None => said,
    };
    columns.map(|columns| columns.max(COLUMNS_MIN))
}

#[cfg(test)]
mod tests {
    use super::decide;

    #[test]
    fn a_terminal_counts_first_then_the_variable_then_nothing() {
        assert_eq!(decide(Some(120), Some("60")), Some(120));
        assert_eq!(decide(Some(3), None), Some(20));
        assert_eq!(decide(Some(0), None), Some(80));
        assert_eq!(decide(Some(0), Some("100")), Some(100));
        assert_eq!(decide(None, Some("40")), Some(40));
        for useless in [None, Some(""), Some("0"), Some("-4"), Some("wide")] {
            assert_eq!(decide(None, useless), None, "{useless:?}");
        }
    }
}
