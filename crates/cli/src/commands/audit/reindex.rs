//! `plansync audit reindex`: what is derived is made again.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::backend;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::progress::CommitsBar;

/// Make again everything that is derived from the commits.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine must not run meanwhile. No commit is touched, and no answer changes. It can be interrupted
anywhere and started again. What was kept of the state that was folded from the commits is removed: the
next start folds all of them, and keeps it again.")]
pub(crate) struct Reindex {
    /// The data folder of the engine.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER")]
    data: PathBuf,
}

impl Reindex {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let bar = CommitsBar::new(output, "reading");
        let done = backend::of_folder(&self.data).reindex(&mut |progress| bar.show(progress))?;
        drop(bar);
        if output.is_for_people() {
            output::line(&format!(
                "{} commits in {} sealed volumes were read; the indexes of {} volumes were not what \
                 the commits give, and are now",
                done.commits, done.volumes, done.rewritten
            ))?;
        } else {
            output.value(&json!({
                "log": done.log,
                "commits": done.commits,
                "volumes": done.volumes,
                "rewritten": done.rewritten,
            }))?;
        }
        Ok(Exit::Done)
    }
}
