//! Colours: on a terminal only, and not where somebody asked for none.

use std::io::IsTerminal as _;

use comfy_table::{Attribute, Cell, Color};

/// Whether what is written may have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint(bool);

impl Paint {
    /// As the standard output and the environment have it.
    pub(crate) fn of_stdout() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let [no_color, term] = ["NO_COLOR", "TERM"].map(|name| std::env::var(name).ok());
        Self::decide(is_terminal, no_color.as_deref(), term.as_deref())
    }

    /// `NO_COLOR` counts unless it is empty (<https://no-color.org>).
    fn decide(is_terminal: bool, no_color: Option<&str>, term: Option<&str>) -> Self {
        let unwanted = no_color.is_some_and(|value| !value.is_empty());
        Self(is_terminal && !unwanted && term != Some("dumb"))
    }

    /// A cell in a colour.
    pub(crate) fn cell(self, text: impl Into<String>, colour: Color) -> Cell {
        let cell = Cell::new(text.into());
        if self.0 { cell.fg(colour) } else { cell }
    }

    /// A cell of a heading.
    pub(crate) fn heading(self, text: &str) -> Cell {
        let cell = Cell::new(text);
        if self.0 {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    }

    /// Something to be careful about.
    pub(crate) fn warning(self, text: &str) -> String {
        self.wrapped(text, "33")
    }

    /// Something to look at first.
    pub(crate) fn strong(self, text: &str) -> String {
        self.wrapped(text, "1")
    }

    fn wrapped(self, text: &str, code: &str) -> String {
        if self.0 {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Paint;

    #[test]
    fn colours_need_a_terminal_that_takes_them_and_nobody_against_them() {
        let decide = Paint::decide;
        assert_eq!(decide(true, None, Some("xterm")), Paint(true));
        assert_eq!(decide(true, Some(""), Some("xterm")), Paint(true));
        assert_eq!(decide(true, None, None), Paint(true));
        assert_eq!(decide(false, None, Some("xterm")), Paint(false));
        assert_eq!(decide(true, Some("1"), Some("xterm")), Paint(false));
        assert_eq!(decide(true, None, Some("dumb")), Paint(false));
    }

    #[test]
    fn text_is_left_alone_without_colours() {
        assert_eq!(Paint(false).warning("careful"), "careful");
        assert_eq!(Paint(true).warning("careful"), "\u{1b}[33mcareful\u{1b}[0m");
        assert_eq!(Paint(true).strong("look"), "\u{1b}[1mlook\u{1b}[0m");
    }
}
