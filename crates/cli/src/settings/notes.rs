//! What there is to add to a command line that is refused: which values are those of variables, and where a value that
//! is missing can be given once for all commands.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::definition::Setting;
use super::line::{Line, is_typed, variable};

impl Line {
    /// What there is to add to an error, in sentences.
    pub(crate) fn notes(
        &self,
        command: &Command,
        words: &[OsString],
        error: &clap::Error,
    ) -> Vec<String> {
        let args = self.called(command, &names_in(error));
        let kind = error.kind();
        if [ErrorKind::InvalidValue, ErrorKind::ValueValidation].contains(&kind) {
            let variables = of_variables(&args, words);
            let told =
                variables.map(|(_, name)| format!("The value is that of the variable {name}."));
            told.collect()
        } else if kind == ErrorKind::ArgumentConflict {
            let variables: Vec<_> = of_variables(&args, words).collect();
            let given = variables
                .iter()
                .map(|(arg, name)| format!("The variable {name} gives `{}`.", option(arg)));
            let remedy = variables
                .first()
                .map(|(_, name)| format!("To do without a variable, unset it (`unset {name}`)."));
            given.chain(remedy).collect()
        } else if kind == ErrorKind::MissingRequiredArgument {
            elsewhere(&args)
        } else {
            Vec::new()
        }
    }

    /// The options and arguments of the command that are called so in an error.
    fn called(&self, command: &Command, names: &[String]) -> Vec<Arg> {
        let mut path = vec![command];
        for name in self.commands() {
            let inner = path.last().and_then(|of| of.find_subcommand(name));
            path.extend(inner);
        }
        let all = || path.iter().flat_map(|command| command.get_arguments());
        let find = |name: &String| all().find(|arg| arg.to_string() == *name).cloned();
        names.iter().filter_map(find).collect()
    }
}

/// The options and arguments that an error names.
fn names_in(error: &clap::Error) -> Vec<String> {
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        Some(_) | None => Vec::new(),
    };
    let mut all = of(ContextKind::InvalidArg);
    all.extend(of(ContextKind::PriorArg));
    all
}

/// Those whose value is that of a variable, with its name.
fn of_variables<'a>(
    args: &'a [Arg],
    words: &[OsString],
) -> impl Iterator<Item = (&'a Arg, String)> {
    args.iter().filter_map(|arg| {
        let name = arg.get_env()?.to_string_lossy().into_owned();
        (variable(arg).is_some() && !is_typed(arg, words)).then_some((arg, name))
    })
}

fn option(arg: &Arg) -> String {
    format!("--{}", arg.get_long().unwrap_or_default())
}

/// Where else what is missing can be given: by variables, and in a settings file.
fn elsewhere(missing: &[Arg]) -> Vec<String> {
    let place = |arg: &Arg| {
        let (table, name) = arg.get::<Setting>()?.key().split_once('.')?;
        let variable = arg.get_env()?.to_string_lossy().into_owned();
        Some((table, (option(arg), variable, name)))
    };
    let mut tables: Vec<(&str, Vec<_>)> = Vec::new();
    for (table, one) in missing.iter().filter_map(place) {
        match tables.iter_mut().find(|(known, _)| *known == table) {
            Some((_, all)) => all.push(one),
            None => tables.push((table, vec![one])),
        }
    }
    let told = tables.into_iter().map(|(table, all)| {
        let joined = |of: &dyn Fn(&(String, String, &str)) -> String| {
            let all: Vec<_> = all.iter().map(of).collect();
            all.join(" and ")
        };
        format!(
            "To omit {}, set {}, or {} in [{table}] of a settings file.",
            joined(&|(option, _, _)| format!("`{option}`")),
            joined(&|(_, variable, _)| variable.clone()),
            joined(&|(_, _, name)| format!("`{name}`"))
        )
    });
    told.collect()
}
