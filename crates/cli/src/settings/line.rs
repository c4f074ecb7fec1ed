//! What the command line and the environment say, before any file is read: which file is named, and which
//! settings need none.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::definition::Setting;
use super::replacing::Stronger;

/// The option for the settings file.
const FILE: &str = "config";

/// A command line, understood as far as it can be.
#[derive(Debug, Default)]
pub(crate) struct Line {
    file: Option<PathBuf>,
    commands: Vec<String>,
    stronger: Stronger,
}

impl Line {
    /// Reads the words, the program's own first.
    ///
    /// # Errors
    /// Help or the version, if that is asked for.
    pub(crate) fn read(command: Command, words: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = command.ignore_errors(true);
        let matches = command.try_get_matches_from_mut(words)?;
        let mut line = Self {
            file: named(&command, &matches),
            ..Self::default()
        };
        let (mut of, mut at) = (&command, &matches);
        line.add(of, at);
        while let Some((name, inner)) = at.subcommand() {
            let Some(next) = of.find_subcommand(name) else {
                break;
            };
            (of, at) = (next, inner);
            line.commands.push(name.to_owned());
            line.add(of, at);
        }
        Ok(line)
    }

    /// Adds the settings that are given without a file.
    fn add(&mut self, command: &Command, matches: &ArgMatches) {
        for arg in command.get_arguments() {
            if let Some(setting) = arg.get::<Setting>()
                && let Some(value) = given(arg, matches)
            {
                self.stronger.add(setting.key(), &value.to_string_lossy());
            }
        }
    }

    /// The settings file, if one is named.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The command, of several words the first.
    pub(crate) fn command(&self) -> Option<&str> {
        self.commands.first().map(String::as_str)
    }

    /// The settings that the line and the environment give.
    pub(crate) fn stronger(&self) -> &Stronger {
        &self.stronger
    }

    /// The command and its subcommands, as they are called.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }
}

/// The file that is named by the option, or else by its variable.
fn named(command: &Command, matches: &ArgMatches) -> Option<PathBuf> {
    let mut all = command.get_arguments();
    let arg = all.find(|arg| arg.get_id() == FILE)?;
    given(arg, matches).map(PathBuf::from)
}

/// What is typed, or else what its variable contains. A variable is read here, since clap stops at the first one
/// that is wrong.
fn given(arg: &Arg, matches: &ArgMatches) -> Option<OsString> {
    let id = arg.get_id().as_str();
    if matches.try_contains_id(id).is_ok()
        && matches.value_source(id) == Some(ValueSource::CommandLine)
    {
        return matches.get_raw(id)?.next_back().map(OsStr::to_owned);
    }
    variable(arg)
}

/// The value of its variable; an empty one counts as not set.
pub(super) fn variable(arg: &Arg) -> Option<OsString> {
    std::env::var_os(arg.get_env()?).filter(|value| !value.is_empty())
}

/// Whether the words have the option.
pub(super) fn is_typed(arg: &Arg, words: &[OsString]) -> bool {
    let names = arg.get_long_and_visible_aliases().unwrap_or_default();
    let words = words.iter().take_while(|word| *word != "--");
    let mut words = words.filter_map(|word| word.to_str());
    words.any(|word| {
        let is_long = word.strip_prefix("--").is_some_and(|word| {
            names.contains(&word.split_once('=').map_or(word, |(name, _)| name))
        });
        let is_short = |short| {
            word.strip_prefix('-')
                .is_some_and(|it| it.starts_with(short))
        };
        is_long || arg.get_short().is_some_and(is_short)
    })
}

/// The command without variables that are empty: they count as not set.
pub(crate) fn without_empty_variables(command: Command) -> Command {
    let unset = |arg: Arg| {
        let is_set = arg.get_env().and_then(std::env::var_os);
        if is_set.is_some_and(|value| value.is_empty()) {
            arg.env(Resettable::Reset)
        } else {
            arg
        }
    };
    command
        .mut_args(unset)
        .mut_subcommands(without_empty_variables)
}

/// Why a value cannot be used, without naming the option.
pub(crate) fn reason(error: &clap::Error) -> String {
    if let Some(ContextValue::String(why)) = error.get(ContextKind::Custom) {
        return why.clone();
    }
    if let Some(source) = error.source() {
        return source.to_string();
    }
    if error.kind() == ErrorKind::InvalidUtf8 {
        return "it is not UTF-8".to_owned();
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            format!("give one of {}", values.join(", "))
        }
        Some(_) | None => "it is empty".to_owned(),
    }
}
