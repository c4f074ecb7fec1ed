//! Parses the part of a line that is typed already.

use std::ffi::OsString;

use clap::{ArgMatches, Command, FromArgMatches as _};

use crate::connecting::ConnectionArguments;
use crate::settings;

/// The words before the one that is completed, understood as far as they can be.
#[derive(Debug, Clone)]
pub(super) struct TypedLine {
    matches: Option<ArgMatches>,
    /// The names of the subcommands.
    commands: Vec<String>,
}

impl TypedLine {
    /// Reads the words, the program's own first.
    pub(super) fn read(command: Command, words: &[OsString]) -> Self {
        let command = settings::filled_quietly(command, words).ignore_errors(true);
        let read = command.try_get_matches_from(words);
        let mut line = Self {
            matches: read.ok(),
            commands: Vec::new(),
        };
        while let Some((name, inner)) = line
            .matches
            .as_ref()
            .and_then(|matches| matches.subcommand())
            .map(|(name, inner)| (name.to_owned(), inner.clone()))
        {
            line.commands.push(name);
            line.matches = Some(inner);
        }
        line
    }

    /// The last value of an argument, or of its environment variable.
    pub(super) fn value(&self, arg: &str) -> Option<String> {
        let matches = self.matches.as_ref()?;
        let mut values = matches.try_get_raw(arg).ok()??;
        values.next_back()?.to_str().map(str::to_owned)
    }

    /// Whether it is of this command.
    pub(super) fn is_of(&self, command: &str) -> bool {
        self.commands.iter().any(|name| name == command)
    }

    pub(super) fn connection(&self) -> Option<ConnectionArguments> {
        ConnectionArguments::from_arg_matches(self.matches.as_ref()?).ok()
    }
}
