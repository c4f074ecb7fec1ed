//! `plansync audit reindex`: rebuilds everything that is derived from the commits.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::backend;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::progress::Watch;
use crate::settings::setting;

/// Rebuild everything that is derived from the commits.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine must not be running. Commits are not changed. If the command was
interrupted, start it again. Saved checkpoints of the engine's state are
removed; the next start of the engine reads all commits and saves a new one.")]
pub(crate) struct Reindex {
    /// Data folder of the engine.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        add = setting("engine.data")
    )]
    data: PathBuf,
}

impl Reindex {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<Exit> {
        let watch = Watch::begin(output, "reading")?;
        let log = backend::of_folder(&self.data, None);
        let done = log.reindex(&mut |progress| watch.show(progress))?;
        drop(watch);
        if output.is_for_people() {
            output::line(&format!(
                "Read {} commits in {} sealed volumes; rebuilt the indexes of {} volumes that did not match \
                 their commits.",
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
