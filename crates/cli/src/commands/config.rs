//! `plansync config`: shows the settings in use, and checks and writes settings files.

mod check;
mod init;
mod show;

use std::path::Path;

use clap::builder::Resettable;
use clap::{Args, Id, Subcommand};

use crate::exit::Exit;
use crate::output::Output;
use crate::settings::definitions;

/// Show the settings in use and where each comes from; check or write a settings file.
#[derive(Debug, Args)]
#[command(after_help = "\
A setting is an option that can also be given by an environment variable or in a
settings file. From the strongest to the weakest:

  1. the option
  2. the variable; an empty one counts as not set
  3. the user's file: plansync/plansync.toml in $XDG_CONFIG_HOME or ~/.config
  4. the system's file: /etc/plansync/plansync.toml
  5. the default

If `--config` or PLANSYNC_CONFIG names a file, only that file is read;
`--config /dev/null` reads none.

A file with an unknown key or a wrong value is refused by every command, and so
is a file that every user of the machine can change.

Examples:
  plansync config init
  plansync config check
  plansync config show
  plansync config show --config /etc/plansync/plansync.toml --output json")]
pub(crate) struct Config {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show each setting in use, and whether an option, a variable, a file or the default gave it.
    Show(show::Show),
    /// Check a settings file, and show everything that is wrong with it.
    Check(check::Check),
    /// Write a settings file with every setting, its default and its meaning, that changes nothing.
    Init(init::Init),
}

impl Config {
    /// `file` is the settings file that is named.
    pub(crate) fn run(self, output: Output, file: Option<&Path>) -> anyhow::Result<Exit> {
        match self.command {
            ConfigCommand::Show(show) => show.run(output, file),
            ConfigCommand::Check(check) => check.run(output, file),
            ConfigCommand::Init(init) => init.run(output, file),
        }
    }
}

/// The command line, in which `config show` has the options of all settings.
pub(crate) fn with_options_of_settings(command: clap::Command) -> clap::Command {
    let global = |id: &str| {
        let mut all = command.get_arguments();
        all.any(|arg| arg.is_global_set() && arg.get_id() == id)
    };
    let mut options = Vec::<clap::Arg>::new();
    for definition in definitions(&command) {
        let is_there = options.iter().any(|arg| arg.get_id() == definition.id());
        if !is_there && !global(definition.id()) {
            let option = definition.arg().clone().required(false);
            options.push(option.required_unless_present(Resettable::<Id>::Reset));
        }
    }
    command.mut_subcommand("config", |config| {
        config.mut_subcommand("show", |show| show.args(options))
    })
}
