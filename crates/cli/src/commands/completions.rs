//! `plansync completions`: prints a shell completion script.

use std::path::PathBuf;

use clap::Args;

use crate::completing::{Shell, registration};
use crate::exit::Exit;
use crate::output;

/// Print a script that completes commands, options and names in a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
To install it:
  bash        plansync completions bash >> ~/.bashrc
  zsh         plansync completions zsh >> ~/.zshrc              (after compinit)
  fish        plansync completions fish > ~/.config/fish/completions/plansync.fish
  powershell  plansync completions powershell >> $PROFILE
  elvish      plansync completions elvish >> ~/.config/elvish/rc.elv

Names of learners, programmes, components and administrators, and ids of
synchronisations, are requested from the service as the tenant and actor of the
line, or of PLANSYNC_TENANT and PLANSYNC_ACTOR. Tenants are taken from the
latest events, if the NATS user may read them. If there is no reply within a
second, only commands and options are completed.")]
pub(crate) struct Completions {
    /// Shell.
    shell: Shell,
    /// Path or name of the plansync program that the shell runs.
    #[arg(long, value_name = "FILE", default_value = "plansync")]
    program: PathBuf,
}

impl Completions {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let script = registration(self.shell, &self.program)?;
        output::line(script.trim_end())?;
        Ok(Exit::Done)
    }
}
