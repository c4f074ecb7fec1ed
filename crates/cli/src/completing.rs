//! Completes commands, options and names for a shell.
//!
//! Completion never disturbs: names that the service does not send within a moment are left out, and no error is
//! shown. What is inserted is quoted, since names come from other people.

mod candidates;
mod line;
mod quoting;
mod registration;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Shells};
use plansync_protocol::OperationName;

use crate::completing::candidates::Nouns;
use crate::completing::line::TypedLine;
use crate::completing::quoting::Quoting;

pub(crate) use registration::{Shell, registration};

/// Holds the name of the shell that asks.
pub(crate) const VARIABLE: &str = "PLANSYNC_COMPLETE";
/// The word that is completed, counted from 0: a part of the library's protocol.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";
/// The argument of `plansync request` whose values are the names of operations.
const OPERATION: &str = "operation";

/// Prints completions if a shell started the process for that; `command` is the whole command line.
pub(crate) fn answer(command: impl Fn() -> Command) -> Option<ExitCode> {
    let asked = std::env::var(VARIABLE).ok().filter(|it| !it.is_empty())?;
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&asked) else {
        return Some(ExitCode::from(2));
    };
    let answered = write(shell, &command);
    Some(answered.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

fn write(shell: &dyn EnvCompleter, command: &impl Fn() -> Command) -> io::Result<()> {
    let arguments: Vec<_> = std::env::args_os().collect();
    let words = arguments.iter().position(|it| it == "--");
    let words = words.map_or(&[][..], |place| &arguments[place + 1..]);
    let index = std::env::var(INDEX).ok().and_then(|it| it.parse().ok());
    let index = index.unwrap_or(words.len().saturating_sub(1));
    let quoting = Quoting::of(shell.name(), words.get(index).map(OsString::as_os_str));
    let word = |(at, word): (usize, &OsString)| quoting.word(word, at == index);
    let mut words: Vec<_> = words.iter().enumerate().map(word).collect();
    if words.len() <= index {
        words.push(OsString::new());
    }
    let line = Arc::new(TypedLine::read(command(), &words[..index.min(words.len())]));
    let mut whole = with_names(command(), &line);
    let mut written = Vec::new();
    let here = std::env::current_dir().ok();
    if quoting.is_ours() {
        let all = clap_complete::engine::complete(&mut whole, words, index, here.as_deref())?;
        for candidate in all {
            quoting.write(&candidate, &mut written)?;
        }
    } else {
        shell.write_complete(&mut whole, words, here.as_deref(), &mut written)?;
    }
    io::stdout().lock().write_all(&written)
}

/// The command, with names for the values of its arguments.
fn with_names(command: Command, line: &Arc<TypedLine>) -> Command {
    let names = |arg: Arg| match Nouns::of(arg.get_id().as_str()) {
        None if arg.get_id() == OPERATION => arg.add(ArgValueCompleter::new(operations)),
        None => arg,
        Some(nouns) => {
            let line = Arc::clone(line);
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
                names_for(&line, nouns, typed)
            }))
        }
    };
    let command = command.mut_args(names);
    command.mut_subcommands(|command| with_names(command, line))
}

/// The operations whose names begin with this text, each with its summary.
fn operations(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_str().unwrap_or_default();
    let all = OperationName::ALL.iter();
    let fitting = all.filter(|operation| operation.as_str().starts_with(typed));
    let candidate = |operation: &OperationName| {
        CompletionCandidate::new(operation.as_str()).help(Some(operation.summary().into()))
    };
    fitting.map(candidate).collect()
}

fn names_for(line: &TypedLine, nouns: Nouns, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else {
        return Vec::new();
    };
    candidates::found(line, nouns, typed)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::operations;

    #[test]
    fn an_operation_is_completed_with_what_it_does() {
        let candidates = operations(OsStr::new("record.c"));
        let shown = candidates.iter().map(|candidate| {
            let help = candidate.get_help().unwrap().to_string();
            (candidate.get_value().to_str().unwrap(), help)
        });
        let expected = [
            (
                "record.close",
                "Closes an open record; the plan stays as it is.",
            ),
            (
                "record.changes",
                "Returns what was changed since a record was opened, component by component.",
            ),
        ];
        let expected = expected.map(|(name, help)| (name, help.to_owned()));
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }
}
