//! The settings: options that can also be given by a variable or in a settings file.
//!
//! An option is a setting if it carries a [`Setting`], which names its place in the file:
//! `#[arg(long, env = "PLANSYNC_…", add = setting("table.key"))]`. Everything else is derived from the option: its
//! meaning, type, bounds and default, the file that `plansync config init` writes, and `docs/settings.md`.
//!
//! From the strongest to the weakest: option, variable, the user's file, the system's file, default. Files are
//! merged by the crate `config`; what they say becomes the default of the option, so that clap has it checked and
//! overridden in the same way as its own defaults.

mod checking;
mod definition;
mod document;
mod file;
mod layers;
mod line;
mod notes;
mod places;
mod problem;
mod replacing;
mod suggestion;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::builder::Resettable;
use clap::{Arg, Command};

use file::{Failure, Text};
use places::Place;

pub(crate) use checking::CheckedFile;
pub(crate) use definition::{Definition, Setting, definitions, setting};
pub(crate) use document::sample;
pub(crate) use layers::Values;
#[cfg(test)]
pub(crate) use line::reason;
pub(crate) use line::{Line, without_empty_variables};
pub(crate) use places::{Places, home, user_file, user_folder};
pub(crate) use problem::{Problem, WrongSettings};

/// Commands that do without settings, so that they work whatever the file contains.
const WITHOUT_SETTINGS: [&str; 3] = ["config", "completions", "man"];
/// Commands that run for long and serve others. They do not start without a file that they cannot read.
const SERVING: [&str; 3] = ["serve", "dev", "bridge"];

/// The command that tells what is wrong with the files, and works with what is right in them.
const EXAMINING: &str = "doctor";

/// What the files say.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// From the weakest to the strongest.
    pub(crate) files: Vec<CheckedFile>,
    /// Files of the default places that do not exist.
    pub(crate) absent: Vec<PathBuf>,
    /// What is not as it should be, and does not keep a command from running.
    pub(crate) warnings: Vec<Problem>,
}

/// Reads the files that count for a command line.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn load(definitions: &[Definition], places: &Places) -> Result<Loaded, Vec<Problem>> {
    load_by(definitions, places, file::read)
}

fn load_by(
    definitions: &[Definition],
    places: &Places,
    read: impl Fn(&Path) -> Result<Text, Failure>,
) -> Result<Loaded, Vec<Problem>> {
    let mut loaded = Loaded::default();
    let mut problems = Vec::new();
    for place in places.all() {
        match read(&place.path) {
            Ok(text) => {
                let checked = checking::checked(definitions, &place.path, &text);
                problems.extend(checked.problems.iter().cloned());
                loaded.warnings.extend(checked.warnings.iter().cloned());
                loaded.files.push(checked);
            }
            Err(failure) if failure.is_absent() && !place.is_named => {
                loaded.absent.push(place.path.clone());
            }
            Err(failure) if failure.is_denied() && place.may_be_denied => {
                loaded.warnings.push(failure.problem(place).ignored());
            }
            Err(failure) => problems.push(failure.problem(place)),
        }
    }
    if problems.is_empty() {
        Ok(loaded)
    } else {
        Err(problems)
    }
}

/// Reads what is right in the files that count for a command line, without a word about what is not.
fn what_is_right(definitions: &[Definition], places: &Places) -> Loaded {
    let read = |place: &Place| {
        let text = file::read(&place.path).ok()?;
        Some(checking::checked(definitions, &place.path, &text))
    };
    Loaded {
        files: places.all().iter().filter_map(read).collect(),
        ..Loaded::default()
    }
}

/// The command with what the files say as defaults, for what its line and the environment do not say.
///
/// # Errors
/// Everything that is wrong with the files.
pub(crate) fn filled(command: Command, line: &Line) -> anyhow::Result<(Command, Loaded)> {
    let name = line.command().unwrap_or_default();
    if WITHOUT_SETTINGS.contains(&name) {
        return Ok((command, Loaded::default()));
    }
    let definitions = definitions(&command);
    let places = Places::of(line.file(), !SERVING.contains(&name));
    let loaded = if name == EXAMINING {
        what_is_right(&definitions, &places)
    } else {
        load(&definitions, &places).map_err(WrongSettings)?
    };
    let values = Values::of(&loaded.files, line.stronger())?;
    Ok((with_defaults(command, &values), loaded))
}

/// The same for completion, which is never disturbed by a file.
pub(crate) fn filled_quietly(command: Command, words: &[OsString]) -> Command {
    let Ok(line) = Line::read(command.clone(), words) else {
        return command;
    };
    match filled(command.clone(), &line) {
        Ok((filled, _)) => filled,
        Err(_) => command,
    }
}

/// The command and its subcommands, with these values as defaults.
pub(crate) fn with_defaults(command: Command, values: &Values) -> Command {
    let filled = |arg: Arg| match arg.get::<Setting>().and_then(|it| values.get(it.key())) {
        Some(value) => arg
            .default_value(value.raw.clone())
            .required(false)
            .required_unless_present(Resettable::<clap::Id>::Reset),
        None => arg,
    };
    command
        .mut_args(filled)
        .mut_subcommands(|command| with_defaults(command, values))
}

/// Warnings that wait for the log to be started.
static WARNINGS: OnceLock<Vec<Problem>> = OnceLock::new();

/// Tells what is not as it should be: now, or in the log of a command that has one.
pub(crate) fn warn(line: &Line, warnings: Vec<Problem>, tell: impl Fn(&Problem)) {
    if line.command().is_some_and(|name| SERVING.contains(&name)) {
        // Once for the process: it has one command line.
        let _ = WARNINGS.set(warnings);
    } else {
        warnings.iter().for_each(tell);
    }
}

/// Logs the warnings about the files.
pub(crate) fn log_warnings() {
    for warning in WARNINGS.get().into_iter().flatten() {
        tracing::warn!("{warning}");
    }
}

#[cfg(test)]
mod tests;
