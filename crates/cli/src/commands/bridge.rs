//! `plansync bridge`: publishes events again as JSON.

use std::time::Duration;

use clap::{Args, ValueEnum};
use plansync_nats::{ClientConnection, Event, JSON_EVENTS};

use crate::connecting::EngineConnectionArguments;
use crate::exit::Exit;
use crate::logging::{self, LogArguments};
use crate::plain;
use crate::signals::Signals;

/// How long an answer of the server is awaited.
const PATIENCE: Duration = Duration::from_secs(10);

/// Publish the events again as JSON, for subscribers that read no MessagePack.
#[derive(Debug, Args)]
#[command(after_help = "\
The bridge reads PLANSYNC_EVENTS and publishes every event once into the stream
PLANSYNC_EVENTS_JSON, under plansync.v1.evtjson.<tenant>.> instead of
plansync.v1.evt.<tenant>.>. It continues after the last event of that stream, so
it can be stopped, killed and started at any time, also before the NATS server,
and two can run at once.
`plansync subscriber add --events json` adds a subscriber to that stream.

It needs the NATS user that docs/nats.md describes, which can do nothing else, or
one of the engine's account. Only the latter can make the stream: if it does not
exist, make it once with `--make-stream`.

An engine that runs with `--events json` needs no bridge.")]
pub(crate) struct Bridge {
    /// Encoding of the events that are published again.
    #[arg(long, value_enum, default_value_t = BridgedEvents::Json)]
    events: BridgedEvents,
    /// Make the stream of JSON events if it is missing, and end.
    #[arg(long)]
    make_stream: bool,
    #[command(flatten)]
    connection: EngineConnectionArguments,
    #[command(flatten)]
    log: LogArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BridgedEvents {
    /// JSON.
    Json,
}

impl Bridge {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        logging::start(&self.log);
        let mut signals = Signals::listen()?;
        let destination = self.connection.destination()?;
        let connected = tokio::select! {
            connected = ClientConnection::open_patiently(&destination.connection, PATIENCE) => connected,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        let connection = connected.map_err(|error| destination.explained(error.into()))?;
        let bridge = connection.bridge(Box::new(match self.events {
            BridgedEvents::Json => json,
        }));
        let bridging = async {
            if self.make_stream {
                bridge.make_stream().await?;
                tracing::info!(stream = JSON_EVENTS, "the stream is there");
                return Ok(());
            }
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
