//! A cell of a table: text and colour for people, and the exact value for programs.

use std::fmt::Display;

use comfy_table::Color;

/// A cell. A line break in its text begins a new line within the row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(super) text: String,
    pub(super) colour: Option<Color>,
    exact: Option<String>,
}

impl Cell {
    /// Text, or whatever reads as text.
    pub(crate) fn new(text: impl Display) -> Self {
        Self {
            text: text.to_string(),
            ..Self::default()
        }
    }

    /// In the colour of what went well, or is new.
    pub(crate) fn good(self) -> Self {
        self.in_colour(Color::Green)
    }

    /// In the colour of what is gone.
    pub(crate) fn bad(self) -> Self {
        self.in_colour(Color::Red)
    }

    /// In the colour of what to look at.
    pub(crate) fn notable(self) -> Self {
        self.in_colour(Color::Yellow)
    }

    /// For programs, this in place of the text.
    pub(crate) fn exact(mut self, value: impl Display) -> Self {
        self.exact = Some(value.to_string());
        self
    }

    fn in_colour(mut self, colour: Color) -> Self {
        self.colour = Some(colour);
        self
    }

    /// What programs read.
    pub(super) fn for_programs(&self) -> &str {
        self.exact.as_deref().unwrap_or(&self.text)
    }
}
