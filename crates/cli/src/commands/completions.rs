//! `plansync completions`: what makes a shell complete commands, options and names.

use std::path::PathBuf;

use clap::Args;

use crate::completing::{Shell, registration};
use crate::exit::Exit;
use crate::output;

/// Write what makes a shell complete commands, options and names.
#[derive(Debug, Args)]
#[command(after_help = "\
To install it:
  bash        plansync completions bash >> ~/.bashrc
  zsh         plansync completions zsh >> ~/.zshrc              (behind compinit)
  fish        plansync completions fish > ~/.config/fish/completions/plansync.fish
  powershell  plansync completions powershell >> $PROFILE
  elvish      plansync completions elvish >> ~/.config/elvish/rc.elv

Learners, programmes, components, administrators and syncs are asked of the service, as whoever is named
on the line or by PLANSYNC_TENANT and PLANSYNC_ACTOR, at NATS_URL; tenants are those of the latest events,
for whoever may read these. Where nobody answers within a second, only commands and options are completed.")]
pub(crate) struct Completions {
    /// Which shell.
    shell: Shell,
    /// The program that the shell asks.
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
