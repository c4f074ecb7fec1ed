//! `plansync bridge`: publishes events again as JSON.

use std::time::Duration;

use clap::{Args, ValueEnum};
use plansync_nats::{ClientConnection, Event, JSON_EVENTS};

use crate::connecting::EngineConnectionArguments;
use crate::exit::Exit;
use crate::logging::{self, LogFormat};
use crate::plain;
use crate::signals::Signals;

/// How long an answer of the server is awaited.
const PATIENCE: Duration = Duration::from_secs(30);

/// Publish the events again as JSON, for subscribers that read no MessagePack.
#[derive(Debug, Args)]
#[command(after_help = "\
The bridge reads PLANSYNC_EVENTS and publishes every event once into the stream
PLANSYNC_EVENTS_JSON, under plansync.v1.evtjson.<tenant>.> instead of
plansync.v1.evt.<tenant>.>. It continues after the last event of that stream, so
it can be stopped, killed and started at any time, and two can run at once.
`plansync subscriber add --events json` adds a subscriber to that stream.

It needs a NATS user of the engine's account; docs/nats.md lists the permissions
that are enough. An engine that runs with `--events json` needs no bridge.")]
pub(crate) struct Bridge {
    /// Encoding of the events that are published again.
    #[arg(long, value_enum, default_value_t = BridgedEvents::Json)]
    events: BridgedEvents,
    #[command(flatten)]
    connection: EngineConnectionArguments,
    /// Log format.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BridgedEvents {
    /// JSON.
    Json,
}

impl Bridge {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        logging::start(self.log_format);
        let mut signals = Signals::listen()?;
        let destination = self.connection.destination()?;
        let connected = ClientConnection::open(&destination.connection, PATIENCE).await;
        let connection = connected.map_err(|error| destination.explained(error.into()))?;
        let bridge = connection.bridge(Box::new(match self.events {
            BridgedEvents::Json => json,
        }));
        let bridging = async {
            bridge.prepare().await?;
            tracing::info!(stream = JSON_EVENTS, "the bridge is ready");
            bridge.run().await
        };
        tokio::select! {
            ended = bridging => ended?,
            () = signals.asked_to_end() => tracing::info!("the bridge ends"),
        }
        Ok(Exit::Done)
    }
}

/// The body of an event in JSON, with ids and bytes as text.
fn json(event: &Event) -> Option<Vec<u8>> {
    match plain::decode(event.header("content-type"), &event.body) {
        Ok(value) => serde_json::to_vec(&value).ok(),
        Err(error) => {
            tracing::debug!(%error, "an event cannot be decoded");
            None
        }
    }
}
