//! The width of the terminal.

use std::io::IsTerminal as _;

/// No terminal is taken to be narrower.
const COLUMNS_MIN: usize = 20;
/// So many columns has a terminal that does not know how many it has.
const COLUMNS_UNKNOWN: usize = 80;

/// The columns for the standard output: those of its terminal, or else those that `COLUMNS` says. None
/// where neither says anything: then there is no bound.
pub(crate) fn of_stdout() -> Option<usize> {
    let terminal = comfy_table::Table::new().width().map(usize::from);
    let variable = std::env::var("COLUMNS").ok();
    decide(terminal, variable.as_deref())
}

/// The columns for the error stream: those of its terminal, or 80 if they are not known. None where it is no
/// terminal: then a message stays in one line.
pub(crate) fn of_stderr() -> Option<usize> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let columns = crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    let variable = std::env::var("COLUMNS").ok();
    decide(Some(columns), variable.as_deref())
}

/// A terminal without columns is one that does not know how many it has.
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
