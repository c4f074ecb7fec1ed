//! What is wrong with a settings file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::paths;

/// Something that is wrong with a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) file: PathBuf,
    /// `None` if it concerns the whole file.
    pub(crate) at: Option<Position>,
    /// What is wrong, and what to do.
    pub(crate) what: String,
    /// Whether the file can be used all the same.
    pub(crate) is_warning: bool,
}

/// A place in a text, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// The place of a byte.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl Problem {
    /// Of a whole file.
    pub(super) fn of(file: &Path, what: String) -> Self {
        Self {
            file: file.to_owned(),
            at: None,
            what,
            is_warning: false,
        }
    }

    /// At a place in it.
    pub(super) fn at(file: &Path, at: Position, what: String) -> Self {
        Self {
            at: Some(at),
            ..Self::of(file, what)
        }
    }

    pub(super) fn warning(self) -> Self {
        Self {
            is_warning: true,
            ..self
        }
    }

    /// The same for a command that does without the file.
    pub(super) fn ignored(self) -> Self {
        Self {
            what: format!("{}; the file is ignored", self.what),
            ..self.warning()
        }
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "file": paths::exact(&self.file),
            "line": self.at.map(|at| at.line),
            "column": self.at.map(|at| at.column),
            "severity": if self.is_warning { "warning" } else { "error" },
            "message": self.what,
        })
    }
}

/// Settings files that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) struct WrongSettings(pub(crate) Vec<Problem>);

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the settings file cannot be used; correct it, or name another one with `--config` (/dev/null for none)",
        )?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", paths::shown(&self.file))?;
        if let Some(Position { line, column }) = self.at {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        let text = "é = 1\n\nab";
        for (byte, line, column) in [
            (0, 1, 1),
            (1, 1, 1),
            (2, 1, 2),
            (7, 2, 1),
            (9, 3, 2),
            (99, 3, 3),
        ] {
            assert_eq!(
                Position::of(text, byte),
                Position { line, column },
                "{byte}"
            );
        }
    }
}
