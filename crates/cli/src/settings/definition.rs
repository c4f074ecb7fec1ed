//! What a setting is: derived from the option that carries its mark.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::ArgExt;
use clap::{Arg, ArgAction, Command};

use super::line::reason;

/// The mark of an option that is a setting: its place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    key: &'static str,
    example: Option<&'static str>,
}

impl ArgExt for Setting {}

/// The setting with this key, `table.name`.
pub(crate) const fn setting(key: &'static str) -> Setting {
    Setting { key, example: None }
}

impl Setting {
    /// With a valid value, for a setting without a default. If several options are the same setting, this marks
    /// the one whose help describes it.
    pub(crate) const fn such_as(self, example: &'static str) -> Self {
        Self {
            example: Some(example),
            ..self
        }
    }

    pub(crate) const fn key(self) -> &'static str {
        self.key
    }
}

/// The tables of the file in their order, and what they are for.
pub(crate) const TABLES: [(&str, &str); 6] = [
    ("engine", "The engine, `plansync serve`."),
    (
        "nats",
        "The connection to NATS, of the engine and of every command that asks it. The variables that begin with \
         `NATS_` are those of the `nats` tool.",
    ),
    (
        "logging",
        "The log output of `plansync serve`, `dev` and `bridge`, on standard error.",
    ),
    (
        "traces",
        "Spans of requests, durable commands and synchronisations, for an OpenTelemetry collector.",
    ),
    ("client", "Commands that ask the engine."),
    ("dev", "`plansync dev`, for development."),
];

/// The form of a value in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A text that names a file or folder.
    Path,
    Number,
    Fraction,
    Switch,
}

/// A setting.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) key: &'static str,
    example: Option<&'static str>,
    arg: Arg,
    /// Commands that have the option and ignore the variable.
    pub(crate) without_variable: Vec<String>,
}

/// All settings of a command and its subcommands, in the order of the file.
pub(crate) fn definitions(command: &Command) -> Vec<Definition> {
    let mut found = Vec::new();
    collect(command, &mut found);
    let mut all: Vec<Definition> = Vec::new();
    for (setting, arg, of) in found {
        let at = all.iter().position(|it| it.key == setting.key);
        let at = at.unwrap_or_else(|| {
            all.push(Definition::new(setting, &arg));
            all.len() - 1
        });
        let known = &mut all[at];
        if known.example.is_none() && setting.example.is_some() {
            *known = Definition {
                without_variable: std::mem::take(&mut known.without_variable),
                ..Definition::new(setting, &arg)
            };
        }
        if arg.get_env().is_none() {
            known.without_variable.push(of);
        }
    }
    let table = |it: &Definition| TABLES.iter().position(|(name, _)| *name == it.table());
    all.sort_by_key(table);
    all
}

/// The marked options of the subcommands first, so that those of every command come last.
fn collect(command: &Command, found: &mut Vec<(Setting, Arg, String)>) {
    for inner in command.get_subcommands() {
        collect(inner, found);
    }
    for arg in command.get_arguments() {
        if let Some(setting) = arg.get::<Setting>() {
            found.push((*setting, arg.clone(), command.get_name().to_owned()));
        }
    }
}

/// What ends the help of an option that has a default without a value.
const DEFAULT: &str = "[default: ";

impl Definition {
    fn new(setting: Setting, arg: &Arg) -> Self {
        Self {
            key: setting.key,
            example: setting.example,
            arg: arg.clone(),
            without_variable: Vec::new(),
        }
    }

    /// The option itself.
    pub(crate) fn arg(&self) -> &Arg {
        &self.arg
    }

    /// The id of the option in parsed arguments.
    pub(crate) fn id(&self) -> &str {
        self.arg.get_id().as_str()
    }

    /// The table of the file in which it is.
    pub(crate) fn table(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(table, _)| table)
    }

    /// Its name in that table.
    pub(crate) fn name(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, name)| name)
    }

    /// The option as it is typed.
    pub(crate) fn option(&self) -> String {
        format!("--{}", self.arg.get_long().unwrap_or_default())
    }

    /// The environment variable.
    pub(crate) fn variable(&self) -> Option<&str> {
        self.arg.get_env()?.to_str()
    }

    /// Whether its value is never shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.arg.is_hide_env_values_set()
    }

    pub(crate) fn kind(&self) -> Kind {
        let parsed = self.arg.get_value_parser().type_id();
        let is_one_of = |types: &[TypeId]| types.iter().any(|it| parsed == *it);
        if is_one_of(&[TypeId::of::<PathBuf>()]) {
            Kind::Path
        } else if is_one_of(&[TypeId::of::<bool>()]) {
            Kind::Switch
        } else if is_one_of(&[
            TypeId::of::<u16>(),
            TypeId::of::<u32>(),
            TypeId::of::<u64>(),
            TypeId::of::<usize>(),
            TypeId::of::<i64>(),
        ]) {
            Kind::Number
        } else if is_one_of(&[TypeId::of::<f64>()]) {
            Kind::Fraction
        } else {
            Kind::Text
        }
    }

    /// The values to choose from, if they are a few words.
    pub(crate) fn choices(&self) -> Vec<String> {
        if self.kind() == Kind::Switch {
            return Vec::new();
        }
        let values = self.arg.get_possible_values();
        values.iter().map(|it| it.get_name().to_owned()).collect()
    }

    /// The default value.
    pub(crate) fn default(&self) -> Option<String> {
        let value = self.arg.get_default_values().first()?;
        Some(value.to_string_lossy().into_owned())
    }

    /// What holds without a value, in words.
    pub(crate) fn default_in_words(&self) -> Option<String> {
        let (_, rest) = self.help().split_once(DEFAULT).map(owned)?;
        Some(rest.trim_end_matches('.').trim_end_matches(']').to_owned())
    }

    /// Its meaning, without the default.
    pub(crate) fn meaning(&self) -> String {
        let help = self.help();
        let meaning = help
            .split_once(DEFAULT)
            .map_or(&*help, |(before, _)| before);
        format!("{}.", meaning.trim_end().trim_end_matches('.'))
    }

    /// A value that is valid: the default, or else an example.
    pub(crate) fn sample(&self) -> Option<String> {
        self.default().or_else(|| Some(self.example?.to_owned()))
    }

    /// A value as it is written in the file.
    pub(crate) fn written(&self, value: &str) -> String {
        match self.kind() {
            Kind::Number | Kind::Fraction | Kind::Switch => value.to_owned(),
            Kind::Text | Kind::Path => quoted(value),
        }
    }

    fn help(&self) -> String {
        let help = self.arg.get_long_help().or_else(|| self.arg.get_help());
        help.map(ToString::to_string).unwrap_or_default()
    }

    /// Whether the option takes this value; otherwise, why not.
    pub(crate) fn check(&self, value: &OsStr) -> Result<(), String> {
        let only = Arg::new("value")
            .long("value")
            .action(ArgAction::Set)
            .value_parser(self.arg.get_value_parser().clone());
        let parser = Command::new("plansync")
            .no_binary_name(true)
            .disable_help_flag(true)
            .arg(only);
        let mut word = OsString::from("--value=");
        word.push(value);
        match parser.try_get_matches_from([word]) {
            Ok(_) => Ok(()),
            Err(error) => Err(reason(&error)),
        }
    }
}

fn owned((before, after): (&str, &str)) -> (String, String) {
    (before.to_owned(), after.to_owned())
}

/// A text in quotes; the escapes of TOML are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
