//! The two `JetStream` streams: made if they are missing, checked if they are not.
//!
//! Owns what must hold of their configuration. Leaves the rest (replicas, ages, sizes) to whoever
//! runs the server, so that a stream made beforehand is taken as it is.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};

use crate::port::LogName;

/// The stream of durable commands, a work queue.
pub const COMMANDS: &str = "PLANSYNC_COMMANDS";
/// The stream of events.
pub const EVENTS: &str = "PLANSYNC_EVENTS";

const COMMAND_SUBJECTS: &str = "plansync.v1.cmd.>";
const EVENT_SUBJECTS: &str = "plansync.v1.evt.>";
/// 320 KiB: the largest body and its headers.
const COMMAND_BYTES_MAX: i32 = 320 * 1024;
/// 1 MiB: the largest event and its headers, and what a nats-server takes unless told otherwise.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
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
    #[error(
        "the stream {stream} has {setting} = {found}, but needs {needed}; \
         change it, or move it out of the way and let the engine make its own"
    )]
    Configuration {
        /// The stream.
        stream: &'static str,
        /// The setting, as the server names it.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        needed: String,
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
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Server { .. })
    }
}

/// Both streams, made or checked whenever they are asked for.
#[derive(Clone)]
pub struct Streams {
    context: Context,
    name: LogName,
}

/// Makes both streams ready for this log.
pub async fn prepare(client: async_nats::Client, name: LogName) -> Result<Streams, StreamError> {
    let bytes = client.server_info().max_payload;
    if bytes < EVENT_BYTES_MAX {
        return Err(StreamError::Payload { bytes });
    }
    let streams = Streams {
        context: jetstream::new(client),
        name,
    };
    streams.commands().await?;
    streams.events().await?;
    Ok(streams)
}

impl Streams {
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) async fn commands(&self) -> Result<Stream, StreamError> {
        ready(
            &self.context,
            COMMANDS,
            commands_config(&self.name),
            &self.name,
        )
        .await
    }

    pub(crate) async fn events(&self) -> Result<Stream, StreamError> {
        ready(&self.context, EVENTS, events_config(&self.name), &self.name).await
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

async fn ready(
    context: &Context,
    stream: &'static str,
    needed: Config,
    name: &LogName,
) -> Result<Stream, StreamError> {
    let found = context
        .get_or_create_stream(needed.clone())
        .await
        .map_err(|source| refused(stream, source))?;
    let config = &found.cached_info().config;
    check(stream, config, &needed)?;
    match config.metadata.get(LOG_KEY) {
        Some(log) if **log == *name.log => Ok(found),
        Some(log) => Err(StreamError::OtherLog {
            stream,
            theirs: log.clone(),
            ours: name.log.to_string(),
        }),
        None => adopt(context, stream, config.clone(), name).await,
    }
}

fn refused(stream: &'static str, error: CreateStreamError) -> StreamError {
    if is_without_jetstream(&error.kind()) {
        StreamError::NoJetStream
    } else {
        StreamError::Server {
            stream,
            source: error.into(),
        }
    }
}

fn is_without_jetstream(kind: &CreateStreamErrorKind) -> bool {
    if let CreateStreamErrorKind::JetStream(error) = kind {
        let code = error.error_code();
        code == ErrorCode::JETSTREAM_NOT_ENABLED
            || code == ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT
    } else {
        *kind == CreateStreamErrorKind::JetStreamUnavailable
    }
}

/// Says whose a stream is that an operator made and left without a name.
async fn adopt(
    context: &Context,
    stream: &'static str,
    mut config: Config,
    name: &LogName,
) -> Result<Stream, StreamError> {
    config
        .metadata
        .insert(LOG_KEY.to_owned(), name.log.to_string());
    let server = |source| StreamError::Server { stream, source };
    context
        .update_stream(config)
        .await
        .map_err(|error| server(error.into()))?;
    context
        .get_stream(stream)
        .await
        .map_err(|error| server(error.into()))
}

fn check(stream: &'static str, found: &Config, needed: &Config) -> Result<(), StreamError> {
    let same = |setting, found: String, needed: String| {
        if found == needed {
            Ok(())
        } else {
            Err(StreamError::Configuration {
                stream,
                setting,
                found,
                needed,
            })
        }
    };
    let text = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    same("subjects", text(&found.subjects), text(&needed.subjects))?;
    same("retention", text(&found.retention), text(&needed.retention))?;
    same("storage", text(&found.storage), text(&needed.storage))?;
    same("no_ack", text(&found.no_ack), text(&false))?;
    same("sealed", text(&found.sealed), text(&false))?;
    same("mirror", text(&found.mirror.is_some()), text(&false))?;
    same("sources", text(&sourced(found)), text(&false))?;
    same(
        "subject_transform",
        text(&found.subject_transform.is_some()),
        text(&false),
    )?;
    if needed.retention == RetentionPolicy::WorkQueue {
        same(
            "max_msg_size",
            text(&found.max_message_size),
            text(&needed.max_message_size),
        )?;
        same("discard", text(&found.discard), text(&needed.discard))?;
    } else if takes_too_little(found) {
        let needed = format!("{EVENT_BYTES_MAX} or more, or -1");
        same("max_msg_size", text(&found.max_message_size), needed)?;
    }
    Ok(())
}

/// Whether the largest event would be refused; a stream without a bound has none above zero.
fn takes_too_little(found: &Config) -> bool {
    usize::try_from(found.max_message_size).is_ok_and(|bytes| (1..EVENT_BYTES_MAX).contains(&bytes))
}

fn sourced(config: &Config) -> bool {
    config
        .sources
        .as_ref()
        .is_some_and(|sources| !sources.is_empty())
}

#[cfg(test)]
mod tests {
    use async_nats::jetstream::stream::RetentionPolicy;

    use super::{COMMANDS, check, commands_config, events_config};
    use crate::port::LogName;

    fn name() -> LogName {
        LogName {
            log: "0a".into(),
            incarnation: 1,
        }
    }

    #[test]
    fn what_the_engine_makes_passes_its_own_check() {
        check(
            COMMANDS,
            &commands_config(&name()),
            &commands_config(&name()),
        )
        .unwrap();
        let mut replicated = events_config(&name());
        replicated.num_replicas = 3;
        check(super::EVENTS, &replicated, &events_config(&name())).unwrap();
    }

    #[test]
    fn a_stream_that_does_not_take_the_largest_event_is_refused() {
        let mut found = events_config(&name());
        for fitting in [-1, 0, 1024 * 1024] {
            found.max_message_size = fitting;
            check(super::EVENTS, &found, &events_config(&name())).unwrap();
        }
        found.max_message_size = 1024 * 1024 - 1;
        let refused = check(super::EVENTS, &found, &events_config(&name())).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the stream PLANSYNC_EVENTS has max_msg_size = 1048575, but needs 1048576 or more, or \
             -1; change it, or move it out of the way and let the engine make its own"
        );
    }

    #[test]
    fn another_configuration_is_named_with_what_is_needed() {
        let mut found = commands_config(&name());
        found.retention = RetentionPolicy::Limits;
        let refused = check(COMMANDS, &found, &commands_config(&name())).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the stream PLANSYNC_COMMANDS has retention = limits, but needs workqueue; \
             change it, or move it out of the way and let the engine make its own"
        );
    }
}
