//! The two `JetStream` streams: made if they are missing, checked if they are not.
//!
//! Owns how they are made, and whose they are. Which settings of a stream that was made beforehand do
//! harm is said in [`settings`](crate::settings); the rest (ages and sizes of events, placement) is left to
//! whoever runs the server.

use std::time::Duration;

use async_nats::jetstream::context::{RequestError, RequestErrorKind};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use serde::Deserialize;
use serde_json::Value;

use crate::port::LogName;
use crate::settings::{COMMAND_BYTES_MAX, EVENT_BYTES_MAX, Settings, Unfit, unfit, unknown};

/// The stream of durable commands, a work queue.
pub const COMMANDS: &str = "PLANSYNC_COMMANDS";
/// The stream of events.
pub const EVENTS: &str = "PLANSYNC_EVENTS";

const COMMAND_SUBJECTS: &str = "plansync.v1.cmd.>";
const EVENT_SUBJECTS: &str = "plansync.v1.evt.>";
/// How long the server knows a command by its `Nats-Msg-Id`: the shortest that it takes. The engine
/// remembers ids itself, each tenant's apart, where the server drops a second tenant's command of that id.
const COMMAND_IDS_KNOWN_FOR: Duration = Duration::from_millis(100);
/// How long the server knows an event by its id. The place that an event expects keeps it from being
/// stored twice, however late; what the server knows of millions of ids costs it as much as the events.
const EVENT_IDS_KNOWN_FOR: Duration = Duration::from_secs(10);
/// Where a stream says whose it is.
const LOG_KEY: &str = "plansync-log";

/// Why a stream cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The server has no `JetStream`, or not for this account.
    #[error("JetStream is not enabled for this account; start nats-server with `--jetstream`")]
    NoJetStream,
    /// Its configuration is not what the engine needs.
    #[error("the stream {stream} has {setting} = {found}, but needs {needed}: {advice}")]
    Configuration {
        /// The stream.
        stream: &'static str,
        /// The setting, as the server names it.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        needed: String,
        /// What comes of it, and what to do.
        advice: String,
    },
    /// The account must say how large its streams are.
    #[error(
        "this account demands a size of every stream, and {stream} would have none: give one with \
         {setting} BYTES (and see that the account has as much), or make the stream beforehand"
    )]
    SizeNeeded {
        /// The stream.
        stream: &'static str,
        /// What gives it a size.
        setting: &'static str,
    },
    /// Somebody else takes from the stream.
    #[error(
        "{consumers} on {stream} takes commands away from the engine, whose own consumer the server \
         therefore refuses; remove it with `nats consumer rm {stream} NAME`: what it has not acknowledged \
         stays in the stream"
    )]
    OtherConsumers {
        /// The stream.
        stream: &'static str,
        /// Which they are, in words.
        consumers: String,
    },
    /// The server does not take messages as large as ours can be.
    #[error(
        "the nats-server takes messages of at most {bytes} bytes, but the largest events have \
         {EVENT_BYTES_MAX}; set `max_payload: 1MB` or more in its configuration"
    )]
    Payload {
        /// What it takes.
        bytes: usize,
    },
    /// It belongs to another log.
    #[error(
        "the stream {stream} belongs to the log {theirs}, and this data folder holds {ours}; \
         start the engine on the data folder of that log, or use another NATS account"
    )]
    OtherLog {
        /// The stream.
        stream: &'static str,
        /// The log id in its metadata.
        theirs: String,
        /// The log id of this engine.
        ours: String,
    },
    /// The server did not answer, or refused.
    #[error("the stream {stream} cannot be made ready")]
    Server {
        /// The stream.
        stream: &'static str,
        /// What the server or the client library said.
        source: async_nats::Error,
    },
}

impl StreamError {
    pub(crate) fn configuration(stream: &'static str, unfit: Unfit) -> Self {
        let Unfit {
            setting,
            found,
            needed,
            advice,
        } = unfit;
        Self::Configuration {
            stream,
            setting,
            found,
            needed,
            advice,
        }
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Server { .. })
    }

    /// Whether trying again may help an engine that serves already: somebody changes the stream under it,
    /// and may change it back. Before it serves, whoever starts it is to be told.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Server { .. }
            | Self::NoJetStream
            | Self::Configuration { .. }
            | Self::SizeNeeded { .. }
            | Self::OtherConsumers { .. } => true,
            Self::Payload { .. } | Self::OtherLog { .. } => false,
        }
    }
}

/// How large the streams may become that the engine makes, in bytes; without a bound where there is none.
/// Streams that are there keep the size that they have.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    /// Of the commands: a full stream refuses further ones.
    pub commands_bytes_max: Option<i64>,
    /// Of the events: a full stream forgets the oldest.
    pub events_bytes_max: Option<i64>,
}

/// Both streams, made or checked whenever they are asked for.
#[derive(Clone)]
pub struct Streams {
    context: Context,
    name: LogName,
    sizes: Sizes,
}

/// Makes both streams ready for this log, without bounds.
pub async fn prepare(client: async_nats::Client, name: LogName) -> Result<Streams, StreamError> {
    prepare_sized(client, name, Sizes::default()).await
}

/// Makes both streams ready for this log.
pub async fn prepare_sized(
    client: async_nats::Client,
    name: LogName,
    sizes: Sizes,
) -> Result<Streams, StreamError> {
    let bytes = client.server_info().max_payload;
    if bytes < EVENT_BYTES_MAX {
        return Err(StreamError::Payload { bytes });
    }
    let streams = Streams {
        context: jetstream::new(client),
        name,
        sizes,
    };
    streams.commands(Demand::Fit).await?;
    streams.events().await?;
    Ok(streams)
}

impl Streams {
    /// The same streams, over another connection.
    pub(crate) fn over(&self, client: async_nats::Client) -> Self {
        Self {
            context: jetstream::new(client),
            name: self.name.clone(),
            sizes: self.sizes,
        }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn name(&self) -> &LogName {
        &self.name
    }

    /// The commands. An engine that serves already takes them whatever else was changed about the stream:
    /// those that wait would only be lost the sooner.
    pub(crate) async fn commands(&self, demand: Demand) -> Result<Stream, StreamError> {
        let needed = Config {
            max_bytes: self.sizes.commands_bytes_max.unwrap_or(-1),
            ..commands_config(&self.name)
        };
        ready(&self.context, COMMANDS, needed, &self.name, demand).await
    }

    /// The events.
    pub(crate) async fn events(&self) -> Result<Stream, StreamError> {
        let needed = Config {
            max_bytes: self.sizes.events_bytes_max.unwrap_or(-1),
            ..events_config(&self.name)
        };
        ready(&self.context, EVENTS, needed, &self.name, Demand::Fit).await
    }
}

/// When a stream was created, in nanoseconds since 1970: two of one name are told apart by it.
pub(crate) fn created_ns(stream: &Stream) -> i128 {
    stream.cached_info().created.unix_timestamp_nanos()
}

fn commands_config(name: &LogName) -> Config {
    Config {
        description: Some("Durable commands for plansync; removed once decided".to_owned()),
        subjects: vec![COMMAND_SUBJECTS.to_owned()],
        retention: RetentionPolicy::WorkQueue,
        discard: DiscardPolicy::New,
        max_message_size: COMMAND_BYTES_MAX,
        duplicate_window: COMMAND_IDS_KNOWN_FOR,
        ..config(COMMANDS, name)
    }
}

fn events_config(name: &LogName) -> Config {
    Config {
        description: Some("What plansync did, in the order of its log".to_owned()),
        subjects: vec![EVENT_SUBJECTS.to_owned()],
        retention: RetentionPolicy::Limits,
        duplicate_window: EVENT_IDS_KNOWN_FOR,
        ..config(EVENTS, name)
    }
}

fn config(stream: &str, name: &LogName) -> Config {
    Config {
        name: stream.to_owned(),
        storage: StorageType::File,
        metadata: [(LOG_KEY.to_owned(), name.log.to_string())].into(),
        ..Config::default()
    }
}

/// What the server says of a stream.
#[derive(Deserialize)]
struct Told {
    config: Settings,
}

/// How much of a stream's configuration must hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Everything: before anything is served.
    Fit,
    /// Whose it is: what else was changed since is for the [`Watchman`](crate::Watchman) to say.
    Ours,
}

async fn ready(
    context: &Context,
    stream: &'static str,
    needed: Config,
    name: &LogName,
    demand: Demand,
) -> Result<Stream, StreamError> {
    let settings = match settings(context, stream).await? {
        Some(settings) => settings,
        None => made(context, stream, needed, name).await?,
    };
    if demand == Demand::Fit {
        check(stream, &settings)?;
    }
    match owner(&settings) {
        Some(log) if *log != *name.log => return Err(other_log(stream, log, name)),
        Some(_) | None => {}
    }
    let mended = mended(stream, &settings, name);
    if mended != settings {
        update(context, stream, &mended).await?;
    }
    let found = context.get_stream(stream).await;
    found.map_err(|error| server(stream, error))
}

/// A stream's configuration as the server has it; nothing if there is no such stream.
pub(crate) async fn settings(
    context: &Context,
    stream: &'static str,
) -> Result<Option<Settings>, StreamError> {
    let asked = context.request(format!("STREAM.INFO.{stream}"), &());
    let told: Response<Told> = asked.await.map_err(|error| unanswered(stream, error))?;
    match told {
        Response::Ok(told) => Ok(Some(told.config)),
        Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(None),
        Response::Err { error } => Err(refused(stream, error)),
    }
}

async fn made(
    context: &Context,
    stream: &'static str,
    needed: Config,
    name: &LogName,
) -> Result<Settings, StreamError> {
    let asked = context.request(format!("STREAM.CREATE.{stream}"), &needed);
    let told: Response<Told> = asked.await.map_err(|error| unanswered(stream, error))?;
    match told {
        Response::Ok(told) => {
            tracing::info!(stream, log = %name.log, "the stream was made");
            Ok(told.config)
        }
        Response::Err { error } => Err(refused(stream, error)),
    }
}

/// What a stream's configuration is to be, with everything else that its operator chose: whose it is, where
/// that was left open, and how long the server knows a command by its id.
fn mended(stream: &'static str, settings: &Settings, name: &LogName) -> Settings {
    let mut mended = settings.clone();
    if owner(settings).is_none() {
        let mut metadata = match settings.get("metadata") {
            Some(Value::Object(metadata)) => metadata.clone(),
            Some(_) | None => Settings::new(),
        };
        metadata.insert(LOG_KEY.to_owned(), name.log.to_string().into());
        mended.insert("metadata".to_owned(), metadata.into());
    }
    if stream == COMMANDS {
        let window_ns = u64::try_from(COMMAND_IDS_KNOWN_FOR.as_nanos()).unwrap_or(u64::MAX);
        mended.insert("duplicate_window".to_owned(), window_ns.into());
    }
    mended
}

async fn update(
    context: &Context,
    stream: &'static str,
    settings: &Settings,
) -> Result<(), StreamError> {
    let asked = context.request(format!("STREAM.UPDATE.{stream}"), settings);
    let told: Response<Told> = asked.await.map_err(|error| unanswered(stream, error))?;
    match told {
        Response::Ok(_) => Ok(()),
        Response::Err { error } => Err(refused(stream, error)),
    }
}

/// The log that a stream belongs to, if it says so.
pub(crate) fn owner(settings: &Settings) -> Option<&str> {
    settings.get("metadata")?.get(LOG_KEY)?.as_str()
}

fn other_log(stream: &'static str, theirs: &str, name: &LogName) -> StreamError {
    StreamError::OtherLog {
        stream,
        theirs: theirs.to_owned(),
        ours: name.log.to_string(),
    }
}

fn check(stream: &'static str, settings: &Settings) -> Result<(), StreamError> {
    let unknown = unknown(stream, settings);
    if !unknown.is_empty() {
        tracing::warn!(
            stream,
            settings = unknown.join(", "),
            "the stream has settings that this version does not know; see that they neither remove nor \
             change messages"
        );
    }
    match unfit(stream, settings).into_iter().next() {
        Some(unfit) => Err(StreamError::configuration(stream, unfit)),
        None => Ok(()),
    }
}

fn server(stream: &'static str, error: impl Into<async_nats::Error>) -> StreamError {
    StreamError::Server {
        stream,
        source: error.into(),
    }
}

fn unanswered(stream: &'static str, error: RequestError) -> StreamError {
    if error.kind() == RequestErrorKind::NoResponders {
        StreamError::NoJetStream
    } else {
        server(stream, error)
    }
}

fn refused(stream: &'static str, error: jetstream::Error) -> StreamError {
    match error.error_code() {
        ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => {
            StreamError::NoJetStream
        }
        ErrorCode::STREAM_MAX_BYTES_REQUIRED => StreamError::SizeNeeded {
            stream,
            setting: size_setting(stream),
        },
        _ => server(stream, error),
    }
}

fn size_setting(stream: &str) -> &'static str {
    if stream == COMMANDS {
        "--commands-max-bytes"
    } else {
        "--events-max-bytes"
    }
}
