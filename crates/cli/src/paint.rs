//! Colours, on a terminal only, unless the environment says otherwise.

use std::io::IsTerminal as _;

/// Whether what is written may have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint(bool);

impl Paint {
    /// No colours, wherever it is written.
    pub(crate) const PLAIN: Self = Self(false);
    /// Colours, wherever it is written.
    #[cfg(test)]
    pub(crate) const ALWAYS: Self = Self(true);

    /// As the standard output and the environment have it.
    pub(crate) fn of_stdout() -> Self {
        Self::of(std::io::stdout().is_terminal())
    }

    /// As the error stream and the environment have it.
    pub(crate) fn of_stderr() -> Self {
        Self::of(std::io::stderr().is_terminal())
    }

    /// Whether there are colours at all.
    pub(crate) const fn is_coloured(self) -> bool {
        self.0
    }

    fn of(is_terminal: bool) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::decide(is_terminal, variable)
    }

    /// A variable counts unless it is empty. `NO_COLOR` (<https://no-color.org>) and `CLICOLOR=0` are
    /// against colours, `CLICOLOR_FORCE` is for them without a terminal too
    /// (<https://bixense.com/clicolors>).
    fn decide(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, value: &str| variable(name).as_deref() == Some(value);
        if variable("NO_COLOR").is_some() {
            return Self(false);
        }
        if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
            return Self(true);
        }
        Self(is_terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"))
    }

    /// Something to be careful about.
    pub(crate) fn warning(self, text: &str) -> String {
        self.wrapped(text, "33")
    }

    /// Something to look at first.
    pub(crate) fn strong(self, text: &str) -> String {
        self.wrapped(text, "1")
    }

    /// What is new or went well.
    pub(crate) fn good(self, text: &str) -> String {
        self.wrapped(text, "32")
    }

    /// What is gone.
    pub(crate) fn bad(self, text: &str) -> String {
        self.wrapped(text, "31")
    }

    /// What matters less.
    pub(crate) fn faint(self, text: &str) -> String {
        self.wrapped(text, "2")
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

    type Variables = &'static [(&'static str, &'static str)];

    #[test]
    fn colours_need_a_terminal_that_takes_them_and_nobody_against_them() {
        let decide = |is_terminal: bool, set: &[(&str, &str)]| {
            Paint::decide(is_terminal, |name| {
                let found = set.iter().find(|(set, _)| *set == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let cases: [(bool, Variables, bool); 11] = [
            (true, &[], true),
            (true, &[("TERM", "xterm")], true),
            (false, &[("TERM", "xterm")], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "0")], false),
            (true, &[("TERM", "dumb")], false),
            (true, &[("CLICOLOR", "0")], false),
            (true, &[("CLICOLOR", "1")], true),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ];
        for (is_terminal, set, expected) in cases {
            assert_eq!(decide(is_terminal, set), Paint(expected), "{set:?}");
        }
    }

    #[test]
    fn text_is_left_alone_without_colours() {
        assert_eq!(Paint(false).warning("careful"), "careful");
        assert_eq!(Paint(true).warning("careful"), "\u{1b}[33mcareful\u{1b}[0m");
        assert_eq!(Paint(true).strong("look"), "\u{1b}[1mlook\u{1b}[0m");
    }
}
