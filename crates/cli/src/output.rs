//! Output in the chosen format, and messages on standard error.
//!
//! A closed pipe is not an error: a command continues with what it has to do, and its exit code does not change.
//! Any other failure to write is an error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use serde_json::Value;

use crate::paint::Paint;
use crate::table::{CSV_MARK, Ids, Table, csv_row, csv_text, tsv_row};
use crate::{prose, show, terminal, terminal_width};

/// The names that the list of a reply may have.
const LISTS: [&str; 4] = ["items", "components", "changes", "checks"];
/// Whether the reader of standard output has closed it.
static IS_UNREAD: AtomicBool = AtomicBool::new(false);

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text and tables for people.
    Human,
    /// JSON for programs, one value per line.
    Json,
    /// JSON for programs; of a list, one item per line.
    Jsonl,
    /// Comma-separated tables for spreadsheets, in UTF-8 with a byte order mark; formulas are shown as text.
    Csv,
    /// Tab-separated tables for programs: one line with the column names, then one line per row.
    Tsv,
}

/// The standard output, in one of the formats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    ids: Ids,
}

impl Output {
    pub(crate) fn new(format: Format, ids: Ids) -> Self {
        Self { format, ids }
    }

    pub(crate) fn is_for_people(self) -> bool {
        self.format == Format::Human
    }

    /// Whether it is JSON, as one value or in lines.
    pub(crate) fn is_json(self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    /// Whether the items of a list are lines of JSON.
    pub(crate) fn is_json_lines(self) -> bool {
        self.format == Format::Jsonl
    }

    /// Whether it is a table for programs or spreadsheets.
    pub(crate) fn is_rows(self) -> bool {
        matches!(self.format, Format::Csv | Format::Tsv)
    }

    /// Whether a progress bar would be visible and would not disturb other output.
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

    /// A reply with a list: for people as a table and what `after` says below it, for programs as it
    /// came, or as the rows of the table.
    pub(crate) fn list(
        self,
        reply: &Value,
        table: impl FnOnce(&Value) -> Table,
        after: impl FnOnce(&Value) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.format {
            Format::Json | Format::Jsonl => self.json_list(reply),
            Format::Csv | Format::Tsv => self.rows(&table(reply)),
            Format::Human => {
                self.table(&table(reply))?;
                after(reply)
            }
        }
    }

    /// A reply with a list as JSON: as it came, or its items, one a line.
    pub(crate) fn json_list(self, reply: &Value) -> io::Result<()> {
        let lists = LISTS.iter().filter_map(|list| reply[list].as_array());
        match lists.into_iter().next() {
            Some(items) if self.is_json_lines() => {
                items.iter().try_for_each(|item| line(&item.to_string()))
            }
            Some(_) | None => line(&reply.to_string()),
        }
    }

    /// A whole table for programs or spreadsheets.
    pub(crate) fn rows(self, table: &Table) -> io::Result<()> {
        if self.format == Format::Csv {
            text(&format!("{CSV_MARK}{}", table.csv(false)?))
        } else {
            line(&table.tsv())
        }
    }

    /// Further rows of a table for programs or spreadsheets.
    pub(crate) fn further_rows(self, table: &Table) -> io::Result<()> {
        if table.is_empty() {
            Ok(())
        } else if self.format == Format::Csv {
            text(&table.csv(true)?)
        } else {
            line(&table.tsv_rows())
        }
    }

    /// One row of a table of text for programs or spreadsheets; the first one is that of the names.
    pub(crate) fn row<'a>(
        self,
        values: impl Iterator<Item = &'a str>,
        is_first: bool,
    ) -> io::Result<()> {
        if self.format != Format::Csv {
            return line(&tsv_row(values));
        }
        let row = csv_row(values.map(csv_text))?;
        let mark = if is_first {
            CSV_MARK.to_string()
        } else {
            String::new()
        };
        text(&(mark + &row))
    }

    /// A table for people that fits the terminal, and a note about hidden columns.
    pub(crate) fn table(self, table: &Table) -> io::Result<()> {
        let shown = table.shown(Paint::of_stdout(), self.ids, terminal_width::of_stdout());
        line(&shown.text)?;
        if shown.left_out.is_empty() {
            return Ok(());
        }
        sentences(&format!(
            "No room for: {}. `--output tsv` and `csv` show all columns.",
            shown.left_out.join(", ")
        ))
    }

    /// The same without the note, for tables that are only illustrations.
    pub(crate) fn drawn(self, table: &Table) -> String {
        table
            .shown(Paint::of_stdout(), self.ids, terminal_width::of_stdout())
            .text
    }

    /// A value: JSON or a table for programs, and whatever reads best for people.
    pub(crate) fn value(self, value: &Value) -> io::Result<()> {
        match self.format {
            Format::Json | Format::Jsonl => line(&value.to_string()),
            Format::Csv | Format::Tsv => self.rows(&show::table(value)),
            Format::Human => line(&self.for_people(value)),
        }
    }

    /// A value as whatever reads best.
    pub(crate) fn for_people(self, value: &Value) -> String {
        let value = terminal::value(value.clone());
        show::value(&value, |table| self.drawn(table))
    }
}

/// Prints one line unchanged. Nothing is printed after the reader has closed the output.
pub(crate) fn line(line: &str) -> io::Result<()> {
    if is_unread() {
        return Ok(());
    }
    read_or_unread(writeln!(io::stdout().lock(), "{line}"))
}

/// Prints text that has its line breaks.
fn text(text: &str) -> io::Result<()> {
    if is_unread() {
        return Ok(());
    }
    read_or_unread(write!(io::stdout().lock(), "{text}"))
}

/// Prints sentences, wrapped between words to fit the terminal; commands in them are not broken.
pub(crate) fn sentences(text: &str) -> io::Result<()> {
    line(&prose::wrapped(text, terminal_width::of_stdout()))
}

/// Prints an indented line; what does not fit the terminal is indented as well.
pub(crate) fn facts(text: &str) -> io::Result<()> {
    line(&prose::indented(text, terminal_width::of_stdout()))
}

/// Whether standard output is closed, so that a command that only prints may end.
pub(crate) fn is_unread() -> bool {
    IS_UNREAD.load(Ordering::Relaxed)
}

/// Ignores the error that standard output is closed, and records it.
pub(crate) fn read_or_unread(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            IS_UNREAD.store(true, Ordering::Relaxed);
            Ok(())
        }
        written => written,
    }
}

/// An error, a hint or a note on the error stream, wrapped on a terminal. Its own line breaks stay, and control
/// characters in it are escaped. A failure to write it is ignored: it must not change how the command ends.
pub(crate) fn aside(text: &str) {
    let text = terminal::lines(text);
    let text = prose::wrapped(&text, terminal_width::of_stderr());
    let _ = writeln!(io::stderr(), "{text}");
}

/// An error for programs: one line of JSON on the error stream, never wrapped.
pub(crate) fn failure(value: &Value) {
    let _ = writeln!(io::stderr(), "{}", terminal::lines(&value.to_string()));
}

/// An error of the argument parser on the error stream, wrapped on a terminal.
pub(crate) fn misuse(error: &clap::Error) -> io::Result<()> {
    let text = rendered(error, Paint::of_stderr());
    let text = prose::indented(&text, terminal_width::of_stderr());
    write!(io::stderr(), "{text}")
}

/// Help on the standard output, wrapped where the width is known.
pub(crate) fn help(help: &clap::Error) -> io::Result<()> {
    let text = rendered(help, Paint::of_stdout());
    let text = prose::indented(&text, terminal_width::of_stdout());
    read_or_unread(write!(io::stdout().lock(), "{text}"))
}

/// A message of the argument parser, in its own colours if colours are allowed.
fn rendered(said: &clap::Error, paint: Paint) -> String {
    let text = said.render();
    if paint.is_coloured() {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}
