//! `plansync demo`: runs a complete synchronisation with demo data, shows what happens, and verifies it.
//!
//! The demo uses public operations only. It does not trust the replies: the expected result of each activity on
//! each plan is computed here, in a simple and slow way, and compared.

mod activities;
mod check;
mod college;
mod context;
mod edits;
mod expected;
mod explaining;
mod history;
mod loading;
mod outcomes;
mod summary;
mod synchronising;

use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use uuid::Uuid;

use crate::commands::demo::context::DemoContext;
use crate::exit::Exit;
use crate::host::{Host, HostOptions};
use crate::nats_process::NatsProcess;
use crate::nats_server;
use crate::output::{self, Output};
use crate::paths;
use crate::signals::Signals;

/// Run and verify a synchronisation with demo data in a temporary folder.
#[derive(Debug, Args)]
pub(crate) struct Demo {}

/// What every id of the demo is derived from.
const NAMESPACE: Uuid = Uuid::from_u128(0x2d1c_88b0_9c55_4f0e_8a17_04de_3b6f_7c21);

/// The id of the thing with this name, the same in every run.
fn id(name: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.join("/").as_bytes())
}

impl Demo {
    /// Runs the demo, and cleans up however it ends.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        // Before anything is there that an interrupted start would leave behind.
        let mut signals = Signals::listen()?;
        let folder = tempfile::tempdir().with_context(no_folder)?;
        let binary = tokio::select! {
            binary = tokio::task::spawn_blocking(nats_server::find_or_install) => binary??,
            () = signals.asked_to_end() => return Err(interrupted()),
        };
        let started = Instant::now();
        let store = folder.path().join("nats");
        let nats = tokio::select! {
            nats = NatsProcess::start(&binary, &store, None, Some(folder.path())) => nats?,
            () = signals.asked_to_end() => return Err(interrupted()),
        };
        let options = HostOptions::local(folder.path().join("log"), nats.url());
        let mut host = tokio::select! {
            host = Host::start(options) => host?,
            () = signals.asked_to_end() => return Err(interrupted()),
        };
        let shown = tokio::select! {
            shown = show(output, nats.url()) => shown,
            failure = host.failure() => return Err(failure),
            () = signals.asked_to_end() => Err(interrupted()),
        };
        host.stop().await?;
        nats.stop();
        folder
            .close()
            .context("the temporary folder cannot be removed")?;
        let counts = shown?;
        let seconds = started.elapsed().as_secs_f64();
        if output.is_for_people() {
            output::sentences(&format!(
                "\nAll results above were verified. The demo took {seconds:.1} s and left no files behind."
            ))?;
        } else {
            output.value(&json!({ "so": true, "seconds": seconds, "pairs": counts }))?;
        }
        Ok(Exit::Done)
    }
}

fn no_folder() -> String {
    format!(
        "no folder can be created in {}; free up space there, or set TMPDIR to another folder for \
         temporary files",
        paths::shown(&std::env::temp_dir())
    )
}

fn interrupted() -> anyhow::Error {
    anyhow::anyhow!("the demo was interrupted")
}

async fn show(output: Output, url: &str) -> anyhow::Result<serde_json::Value> {
    let context = DemoContext::open(output, url).await?;
    loading::load(&context).await?;
    let session = edits::open_and_edit(&context).await?;
    let shown = summary::preview(&context, session).await?;
    explaining::explain(&context, session, &shown).await?;
    let sync = synchronising::synchronise(&context, session, &shown).await?;
    outcomes::show(&context, sync).await?;
    history::show(&context, sync).await
}
