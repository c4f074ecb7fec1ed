//! Asks for confirmation on a terminal, or requires `--yes` where there is none.

use clap::Args;

use crate::exit::NotUnderstood;
use crate::output::Output;
use crate::prompt::{can_be_asked, is_answered_yes};

/// Whether it is meant.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Confirmation {
    /// Do not ask for confirmation; required if there is no terminal.
    #[arg(long, short = 'y')]
    yes: bool,
}

impl Confirmation {
    /// Whether the user confirms, by the option or by an answer.
    ///
    /// # Errors
    ///
    /// There is no terminal to ask on.
    pub(crate) async fn given(self, output: Output, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !can_be_asked(output) {
            let told =
                "nothing was done: without a terminal to ask for confirmation, `--yes` is required";
            return Err(NotUnderstood(told.to_owned()).into());
        }
        Ok(is_answered_yes(question).await?)
    }
}
