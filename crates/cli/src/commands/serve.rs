//! `plansync serve`: runs the engine with an existing NATS server.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use plansync_engine::Config;
use plansync_nats::{NewStream, Sizes};
use plansync_protocol::Encoding;

use crate::backend::LogOptions;
use crate::connecting::EngineConnectionArguments;
use crate::erasure_key::ErasureKeyArguments;
use crate::exit::{Exit, NotUnderstood};
use crate::host::{Host, HostOptions};
use crate::logging::{LogArguments, Logging};
use crate::observing::address::HttpArguments;
use crate::settings::setting;
use crate::signals::Signals;
use crate::supervisor;
use crate::traces::TraceArguments;
use crate::whole;

/// No `--components-max` is larger.
const COMPONENTS_MAX: usize = 100_000;
/// No `--learners-max` is larger.
const LEARNERS_MAX: usize = 1_000_000;

/// Run the engine with an existing NATS server.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine is ready when `plansync ping` succeeds. It tells systemd, too
(`Type=notify`).

SIGTERM, SIGHUP, SIGQUIT and Ctrl-C end the engine after it has answered all
received messages. A second signal, a second or more later, ends it immediately
with exit code 130; no acknowledged command is lost.

Every option can also be set in a settings file: see `plansync config`.")]
pub(crate) struct Serve {
    /// Data folder, which holds the log and nothing else; only one engine can use it at a time. A new engine makes it, or
    /// begins its log in an empty one.
    #[arg(
        long,
        env = "PLANSYNC_DATA",
        value_name = "FOLDER",
        add = setting("engine.data").such_as("/var/lib/plansync")
    )]
    data: PathBuf,
    #[command(flatten)]
    connection: EngineConnectionArguments,
    #[command(flatten)]
    engine: EngineArguments,
}

/// How the engine behaves.
#[derive(Debug, Clone, Args)]
pub(crate) struct EngineArguments {
    /// Encoding of published events.
    #[arg(
        long,
        env = "PLANSYNC_EVENTS",
        value_enum,
        default_value_t = EventFormat::Msgpack,
        add = setting("engine.events")
    )]
    events: EventFormat,
    /// Events to publish to an event stream that has no event of this log yet.
    #[arg(
        long,
        env = "PLANSYNC_NEW_STREAM",
        value_enum,
        default_value_t = Replay::Everything,
        add = setting("engine.new_stream")
    )]
    new_stream: Replay,
    /// Maximum size of the command stream in bytes, if the engine creates it; a full stream refuses
    /// commands. Some NATS accounts require a maximum size [default: no maximum].
    #[arg(
        long,
        env = "PLANSYNC_COMMANDS_MAX_BYTES",
        value_parser = whole::at_least(1_i64),
        value_name = "BYTES",
        add = setting("engine.commands_max_bytes").such_as("1073741824")
    )]
    commands_max_bytes: Option<i64>,
    /// Maximum size of the event stream in bytes, if the engine creates it; a full stream discards its
    /// oldest events [default: no maximum].
    #[arg(
        long,
        env = "PLANSYNC_EVENTS_MAX_BYTES",
        value_parser = whole::at_least(1_i64),
        value_name = "BYTES",
        add = setting("engine.events_max_bytes").such_as("10737418240")
    )]
    events_max_bytes: Option<i64>,
    /// Maximum number of components in one synchronisation, up to 100,000.
    #[arg(
        long,
        env = "PLANSYNC_COMPONENTS_MAX",
        default_value_t = Config::default().limits.components,
        value_parser = whole::within(1..=COMPONENTS_MAX),
        value_name = "COUNT",
        add = setting("engine.components_max")
    )]
    components_max: usize,
    /// Maximum number of learners in one synchronisation, up to 1,000,000.
    #[arg(
        long,
        env = "PLANSYNC_LEARNERS_MAX",
        default_value_t = Config::default().limits.learners,
        value_parser = whole::within(1..=LEARNERS_MAX),
        value_name = "COUNT",
        add = setting("engine.learners_max")
    )]
    learners_max: usize,
    /// Size of a log volume in MiB, 1 to 1,024. The disk needs free space for about three volumes. A change
    /// applies to new volumes only.
    #[arg(
        long,
        env = "PLANSYNC_VOLUME_MIB",
        default_value_t = 64,
        value_parser = whole::within(1..=1_024_u16),
        value_name = "MIB",
        add = setting("engine.volume_mib")
    )]
    volume_mib: u16,
    #[command(flatten)]
    pub(crate) log: LogArguments,
    #[command(flatten)]
    pub(crate) traces: TraceArguments,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    #[command(flatten)]
    http: HttpArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EventFormat {
    /// MessagePack.
    Msgpack,
    /// JSON.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Replay {
    /// All events since the start of the log.
    Everything,
    /// Only new events.
    FromNow,
}

impl EngineArguments {
    /// The same engine, wherever it runs.
    ///
    /// # Errors
    ///
    /// What is wrong with the file of the erasure key.
    pub(crate) fn apply(&self, options: HostOptions) -> Result<HostOptions, NotUnderstood> {
        let erasure_key = self.erasure_key.read_for(&options.data)?;
        let mut config = options.config;
        config.limits.components = self.components_max;
        config.limits.learners = self.learners_max;
        Ok(HostOptions {
            config,
            events: match self.events {
                EventFormat::Msgpack => Encoding::MessagePack,
                EventFormat::Json => Encoding::Json,
            },
            new_stream: match self.new_stream {
                Replay::Everything => NewStream::Everything,
                Replay::FromNow => NewStream::FromNow,
            },
            sizes: Sizes {
                commands_bytes_max: self.commands_max_bytes,
                events_bytes_max: self.events_max_bytes,
            },
            log: options
                .log
                .with_volume_bytes(u64::from(self.volume_mib) << 20)
                .with_erasure_key(erasure_key),
            http: self.http.http,
            ..options
        })
    }
}

impl Serve {
    pub(crate) async fn run(self, log: LogOptions) -> anyhow::Result<Exit> {
        let logging = Logging::start(&self.engine.log, &self.engine.traces)?;
        let ended = self.serve(log).await;
        logging.end().await;
        ended
    }

    async fn serve(self, log: LogOptions) -> anyhow::Result<Exit> {
        let destination = self.connection.destination()?;
        let connection = destination.connection.clone();
        let local = HostOptions::local(self.data, &connection.url);
        let options = self.engine.apply(HostOptions {
            connection,
            log,
            ..local
        })?;
        let mut signals = Signals::listen()?;
        let host = tokio::select! {
            host = Host::start(options) => host.map_err(|error| destination.explained(error))?,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        tracing::info!("plansync is ready");
        supervisor::ready();
        until_asked(host, &mut signals).await
    }
}

/// Serves until a signal asks the process to end, or a part fails.
pub(crate) async fn until_asked(mut host: Host, signals: &mut Signals) -> anyhow::Result<Exit> {
    tokio::select! {
        failure = host.failure() => return Err(failure),
        () = signals.asked_to_end() => {}
    }
    supervisor::stopping();
    tracing::info!("shutting down after answering all received messages");
    host.stop().await?;
    tracing::info!("shut down");
    Ok(Exit::Done)
}
