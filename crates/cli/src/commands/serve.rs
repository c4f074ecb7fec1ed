//! `plansync serve`: the engine, against a NATS of the user's.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use plansync_engine::Config;
use plansync_nats::{NewStream, Sizes};
use plansync_protocol::Encoding;

use crate::backend::LogOptions;
use crate::connecting::ConnectionArguments;
use crate::exit::Exit;
use crate::host::{Host, HostOptions};
use crate::logging::{self, LogFormat};
use crate::signals::Signals;

/// No `--components-max` is larger.
const COMPONENTS_MAX: u64 = 100_000;
/// No `--learners-max` is larger.
const LEARNERS_MAX: u64 = 1_000_000;

/// Run the engine against a NATS of yours.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine is ready once `nats req '$SRV.PING.plansync' ''` is answered. It ends on SIGTERM, SIGHUP,
SIGQUIT or Ctrl-C, after what has arrived is answered; asked a second time, a second or more later, at
once and with exit code 130, which loses nothing that was acknowledged. PLANSYNC_LOG says how much it tells, as in `warn`.")]
pub(crate) struct Serve {
    /// Where the log is kept; one engine at a time.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER")]
    data: PathBuf,
    #[command(flatten)]
    connection: ConnectionArguments,
    #[command(flatten)]
    engine: EngineArguments,
}

/// How the engine behaves.
#[derive(Debug, Clone, Args)]
pub(crate) struct EngineArguments {
    /// How events are written.
    #[arg(long, value_enum, default_value_t = EventFormat::Msgpack)]
    events: EventFormat,
    /// What an event stream is given that holds nothing of this log.
    #[arg(long, value_enum, default_value_t = Replay::Everything)]
    new_stream: Replay,
    /// The size of the stream of commands, if the engine makes it: a full one refuses commands. Some
    /// accounts demand a size of every stream.
    #[arg(
        long,
        env = "PLANSYNC_COMMANDS_MAX_BYTES",
        value_parser = clap::value_parser!(i64).range(1..),
        value_name = "BYTES"
    )]
    commands_max_bytes: Option<i64>,
    /// The size of the stream of events, if the engine makes it: a full one forgets the oldest.
    #[arg(
        long,
        env = "PLANSYNC_EVENTS_MAX_BYTES",
        value_parser = clap::value_parser!(i64).range(1..),
        value_name = "BYTES"
    )]
    events_max_bytes: Option<i64>,
    /// The most components of one synchronisation.
    #[arg(
        long,
        default_value_t = Config::default().limits.components,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=COMPONENTS_MAX),
        value_name = "COUNT"
    )]
    components_max: usize,
    /// The most learners of one synchronisation.
    #[arg(
        long,
        default_value_t = Config::default().limits.learners,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=LEARNERS_MAX),
        value_name = "COUNT"
    )]
    learners_max: usize,
    /// The size of a volume of the log, in MiB: the disk needs room for about three. Changing it
    /// affects later volumes only.
    #[arg(
        long,
        default_value_t = 64,
        value_parser = clap::value_parser!(u16).range(1..=1024),
        value_name = "COUNT"
    )]
    volume_mib: u16,
    /// Who reads what the engine says of itself.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EventFormat {
    Msgpack,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Replay {
    /// Every event since the log began.
    Everything,
    /// Only what happens from now on.
    FromNow,
}

impl EngineArguments {
    /// The same engine, wherever it runs.
    pub(crate) fn apply(&self, options: HostOptions) -> HostOptions {
        let mut config = options.config;
        config.limits.components = self.components_max;
        config.limits.learners = self.learners_max;
        HostOptions {
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
                .with_volume_bytes(u64::from(self.volume_mib) << 20),
            ..options
        }
    }
}

impl Serve {
    pub(crate) async fn run(self, log: LogOptions) -> anyhow::Result<Exit> {
        logging::start(self.engine.log_format);
        let connection = self.connection.connection();
        let local = HostOptions::local(self.data, &connection.url);
        let options = self.engine.apply(HostOptions {
            connection,
            log,
            ..local
        });
        let mut signals = Signals::listen()?;
        let host = tokio::select! {
            host = Host::start(options) => host?,
            () = signals.asked_to_end() => return Ok(Exit::Done),
        };
        tracing::info!("plansync serves");
        until_asked(host, &mut signals).await
    }
}

/// Serves until somebody asks the process to end, or a part fails.
pub(crate) async fn until_asked(mut host: Host, signals: &mut Signals) -> anyhow::Result<Exit> {
    tokio::select! {
        failure = host.failure() => return Err(failure),
        () = signals.asked_to_end() => {}
    }
    tracing::info!("asked to end: answering what has arrived");
    host.stop().await?;
    tracing::info!("ended");
    Ok(Exit::Done)
}
