//! The two `JetStream` streams: created if they are missing, and checked if they exist.
//!
//! Harmful settings of an existing stream are defined in [`settings`](crate::settings); others
//! (ages and sizes of events, placement) are the operator's choice.

use std::time::Duration;

use async_nats::jetstream::context::{RequestError, RequestErrorKind};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use serde::Deserialize;
use serde_json::Value;

use crate::command_queue::SENT_SUBJECTS;
use crate::port::LogName;
use crate::replication;
use crate::settings::{COMMAND_BYTES_MAX, EVENT_BYTES_MAX, Settings, Unfit, tell_unknown, unfit};
use crate::stream_use::StreamUse;

/// The stream of durable commands, a work queue.
pub const COMMANDS: &str = "PLANSYNC_COMMANDS";
/// The stream of events.
pub const EVENTS: &str = "PLANSYNC_EVENTS";

const EVENT_SUBJECTS: &str = "plansync.v1.evt.>";
/// How long the server remembers a command by its `Nats-Msg-Id`: the shortest time that it accepts.
/// The engine remembers ids itself, separately for each tenant; the server would drop the command
/// of a second tenant with the same id.
const COMMAND_IDS_KNOWN_FOR: Duration = Duration::from_millis(100);
/// How long the server remembers an event by its id. The expected sequence prevents an event from
/// being stored twice at any later time, and remembering millions of ids costs the server as much
/// as the events.
const EVENT_IDS_KNOWN_FOR: Duration = Duration::from_secs(10);
/// The key in the metadata of a stream that names its log.
pub(crate) const LOG_KEY: &str = "plansync-log";

/// Why a stream cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The server has no `JetStream`, or none for this account.
    #[error("JetStream is not enabled for this account; start nats-server with `--jetstream`")]
    NoJetStream,
    /// A setting is not what the engine needs.
    #[error("the stream {stream} has {setting} = {found}, but needs {needed}: {advice}")]
    Configuration {
        /// The stream.
        stream: &'static str,
        /// The server's name for the setting.
        setting: &'static str,
        /// Its value.
        found: String,
        /// The value that is needed.
        needed: String,
        /// The effect, and what to do.
        advice: String,
    },
    /// The account requires a size for every stream.
    #[error(
        "this account demands a size of every stream, and {stream} would have none: give one with \
         {setting} BYTES (and see that the account has as much), or make the stream beforehand"
    )]
    SizeNeeded {
        /// The stream.
        stream: &'static str,
        /// The option that gives it a size.
        setting: &'static str,
    },
    /// Another consumer takes messages from the stream.
    #[error(
        "{consumers} on {stream} takes commands away from the engine, whose own consumer the server \
         therefore refuses; {cure}"
    )]
    OtherConsumers {
        /// The stream.
        stream: &'static str,
        /// The consumers, in words.
        consumers: String,
        /// What to do.
        cure: String,
    },
    /// The server does not accept messages as large as ours can be.
    #[error(
        "the nats-server takes messages of at most {bytes} bytes, but the largest events have \
         {EVENT_BYTES_MAX}; set `max_payload: 1MB` or more in its configuration"
    )]
    Payload {
        /// The largest message that it accepts, in bytes.
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
        /// The id of the log in its metadata.
        theirs: String,
        /// The id of this engine's log.
        ours: String,
    },
    /// Several nodes share the log of this account.
    #[error(
        "this NATS account has the stream {stream}, which is a log that several nodes share, so a single engine must not \
         decide here; start it as a node (`plansync serve --log jetstream`), or use another NATS account"
    )]
    Replicated {
        /// The stream.
        stream: String,
    },
    /// The server did not answer, or refused.
    #[error("the stream {stream} cannot be made ready")]
    Server {
        /// The stream.
        stream: &'static str,
        /// The message of the server or the client library.
        source: async_nats::Error,
    },
}

impl StreamError {
    pub(crate) fn configuration(stream: &'static str, unfit: Unfit) -> Self {
        Self::Configuration {
            stream,
            setting: unfit.setting,
            advice: unfit.advice(),
            found: unfit.found,
            needed: unfit.needed,
        }
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Server { .. })
    }

    /// Whether trying again may help an engine that already serves: somebody has changed the stream
    /// and may change it back. Before the engine serves, the error is reported instead.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Server { .. }
            | Self::NoJetStream
            | Self::Configuration { .. }
            | Self::SizeNeeded { .. }
            | Self::OtherConsumers { .. } => true,
            Self::Payload { .. } | Self::OtherLog { .. } | Self::Replicated { .. } => false,
        }
    }
}

/// The maximum sizes, in bytes, of the streams that the engine creates; none for no bound. Existing
/// streams keep their sizes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    /// Of the commands: a full stream refuses further commands.
    pub commands_bytes_max: Option<i64>,
    /// Of the events: a full stream drops the oldest.
    pub events_bytes_max: Option<i64>,
}

/// Both streams, created or checked whenever they are requested.
#[derive(Clone)]
pub struct Streams {
    context: Context,
    name: LogName,
    sizes: Sizes,
    used: StreamUse,
    /// Both were there before, so that one that is missing was removed.
    were_there: bool,
}

/// Prepares both streams for this log, without bounds.
pub async fn prepare(client: async_nats::Client, name: LogName) -> Result<Streams, StreamError> {
    prepare_sized(client, name, Sizes::default()).await
}

/// Prepares both streams for this log, which one engine has.
///
/// # Errors
///
/// [`StreamError::Replicated`] if several nodes share the log of this account.
pub async fn prepare_sized(
    client: async_nats::Client,
    name: LogName,
    sizes: Sizes,
) -> Result<Streams, StreamError> {
    let streams = Streams::new(client, name, sizes, StreamUse::Alone)?;
    refuse_replicated(&streams.context).await?;
    streams.prepared().await
}

/// Prepares both streams for a log that several nodes share, with this many replicas: those of an engine that had the log
/// alone are changed, and keep what is in them. The nodes put commands into their stream
/// ([`CommandIntake`](crate::CommandIntake)), and clients cannot any more.
pub async fn prepare_for_nodes(
    client: async_nats::Client,
    name: LogName,
    sizes: Sizes,
    replicas: usize,
) -> Result<Streams, StreamError> {
    let streams = Streams::new(client, name, sizes, StreamUse::Shared { replicas })?;
    streams.prepared().await
}

/// Refuses to decide where several nodes do. A user who may not list streams is one of an account without nodes, as far
/// as can be told.
async fn refuse_replicated(context: &Context) -> Result<(), StreamError> {
    match replication::newest(context).await {
        Ok(Some(incarnation)) => Err(StreamError::Replicated {
            stream: replication::log_stream(incarnation),
        }),
        Ok(None) => Ok(()),
        Err(error) => {
            tracing::warn!(
                %error,
                "whether several nodes share a log in this account is not known; let the engine's user publish to \
                 $JS.API.STREAM.NAMES"
            );
            Ok(())
        }
    }
}

impl Streams {
    fn new(
        client: async_nats::Client,
        name: LogName,
        sizes: Sizes,
        used: StreamUse,
    ) -> Result<Self, StreamError> {
        let bytes = client.server_info().max_payload;
        if bytes < EVENT_BYTES_MAX {
            return Err(StreamError::Payload { bytes });
        }
        Ok(Self {
            context: jetstream::new(client),
            name,
            sizes,
            used,
            were_there: false,
        })
    }

    async fn prepared(self) -> Result<Self, StreamError> {
        self.commands(Demand::Fit).await?;
        self.events().await?;
        Ok(Self {
            were_there: true,
            ..self
        })
    }

    /// The same streams over another connection.
    pub(crate) fn over(&self, client: async_nats::Client) -> Self {
        Self {
            context: jetstream::new(client),
            ..self.clone()
        }
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn used(&self) -> StreamUse {
        self.used
    }

    pub(crate) fn name(&self) -> &LogName {
        &self.name
    }

    /// The command stream. An engine that already serves takes commands whatever else was changed
    /// about the stream: waiting would only lose them sooner.
    pub(crate) async fn commands(&self, demand: Demand) -> Result<Stream, StreamError> {
        let needed = Config {
            max_bytes: self.sizes.commands_bytes_max.unwrap_or(-1),
            ..self.used.on(commands_config(&self.name))
        };
        self.ready(COMMANDS, needed, demand).await
    }

    /// The event stream.
    pub(crate) async fn events(&self) -> Result<Stream, StreamError> {
        let needed = Config {
            max_bytes: self.sizes.events_bytes_max.unwrap_or(-1),
            ..self.used.on(events_config(&self.name))
        };
        self.ready(EVENTS, needed, Demand::Fit).await
    }

    async fn ready(
        &self,
        stream: &'static str,
        needed: Config,
        demand: Demand,
    ) -> Result<Stream, StreamError> {
        let (context, name) = (&self.context, &self.name);
        let settings = match settings(context, stream).await? {
            Some(settings) => settings,
            None => self.made(stream, needed).await?,
        };
        let mut mended = mended(stream, &settings, name);
        self.used.mend(stream, &mut mended);
        if demand == Demand::Fit {
            check(stream, &mended)?;
            if let Some(unfit) = self.used.unfit(stream, &mended) {
                return Err(StreamError::configuration(stream, unfit));
            }
        }
        match owner(&settings) {
            Some(log) if *log != *name.log => return Err(other_log(stream, log, name)),
            Some(_) | None => {}
        }
        if mended != settings {
            update(context, stream, &mended).await?;
        }
        let found = context.get_stream(stream).await;
        found.map_err(|error| server(stream, error))
    }

    async fn made(&self, stream: &'static str, needed: Config) -> Result<Settings, StreamError> {
        let create = format!("STREAM.CREATE.{stream}");
        let asked = self.context.request(create, &needed);
        let told: Response<Told> = asked.await.map_err(|error| unanswered(stream, error))?;
        match told {
            Response::Ok(told) if self.were_there => {
                tracing::error!(
                    stream,
                    "the stream was removed by another client, and the messages in it are lost; it was made again"
                );
                Ok(told.config)
            }
            Response::Ok(told) => {
                tracing::info!(stream, log = %self.name.log, "the stream was made");
                Ok(told.config)
            }
            Response::Err { error } => Err(refused(stream, error)),
        }
    }
}

/// When a stream was created, in nanoseconds since 1970: this distinguishes two streams with the
/// same name.
pub(crate) fn created_ns(stream: &Stream) -> i128 {
    stream.cached_info().created.unix_timestamp_nanos()
}

fn commands_config(name: &LogName) -> Config {
    Config {
        description: Some("Durable commands for plansync; removed once decided".to_owned()),
        subjects: vec![SENT_SUBJECTS.to_owned()],
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

/// The server's description of a stream.
#[derive(Deserialize)]
struct Told {
    config: Settings,
}

/// How much of a stream's configuration is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Everything: before anything is served.
    Fit,
    /// Only the log that it belongs to. Other changes are reported by the
    /// [`StreamMonitor`](crate::StreamMonitor).
    Ours,
}

/// A stream's configuration as reported by the server; none if there is no such stream.
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

/// The configuration that a stream should have, with everything else that its operator chose: the
/// log that it belongs to, if none was named, and how long the server remembers a command by its
/// id.
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

/// The log that a stream belongs to, if it names one.
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
    tell_unknown(stream, settings);
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
