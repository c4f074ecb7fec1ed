//! Where output goes, and for whom it is written.

use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use serde_json::Value;

use crate::show;

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// People: lines and tables.
    Human,
    /// Programs: one JSON value a line.
    Json,
}

/// The standard output, in one of the formats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    pub(crate) fn is_for_people(self) -> bool {
        self.format == Format::Human
    }

    /// Whether a progress bar would be seen, and would be in nobody's way.
    pub(crate) fn shows_progress(self) -> bool {
        self.is_for_people() && io::stderr().is_terminal()
    }

    /// A reply: as it came for programs, and by `show` for people.
    pub(crate) fn reply(
        self,
        reply: &Value,
        show: impl FnOnce(&Value) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.is_for_people() {
            show(reply)
        } else {
            self.value(reply)
        }
    }

    /// A value: JSON for programs, and whatever reads best for people.
    pub(crate) fn value(self, value: &Value) -> io::Result<()> {
        match self.format {
            Format::Json => line(&value.to_string()),
            Format::Human => line(&show::value(value)),
        }
    }
}

/// One line, as it is.
pub(crate) fn line(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}

/// Whether all that happened is that nobody reads the output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
