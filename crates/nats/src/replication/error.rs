//! Why the streams of a replicated log cannot be used.

use plansync_log::{Incarnation, LogId};

use super::ServersError;
use crate::connection::ConnectError;
use crate::settings::Unfit;

/// Why the streams of a replicated log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReplicationError {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The servers must not hold a log.
    #[error(transparent)]
    Servers(#[from] ServersError),
    /// The server has no `JetStream`, or none for this account.
    #[error(
        "JetStream is not enabled for this account; enable it in the configuration of the nats-servers"
    )]
    NoJetStream,
    /// There is no stream of records.
    #[error(
        "this NATS account has no stream of a replicated log; begin one with `plansync cluster seed` on the data folder of \
         one node"
    )]
    NoLog,
    /// There is one already.
    #[error(
        "the stream {stream} exists already, so nothing was changed; a node follows it with `plansync serve --log \
         jetstream`, and a restored log has an incarnation of its own"
    )]
    Exists {
        /// The stream.
        stream: String,
    },
    /// The log of a later incarnation is there.
    #[error(
        "this data folder has incarnation {ours} of its log, and the stream {stream} has a later one; restore a backup of a \
         node that follows that stream"
    )]
    Superseded {
        /// The stream.
        stream: String,
        /// The incarnation of the data folder.
        ours: Incarnation,
    },
    /// It has another log.
    #[error(
        "the stream {stream} belongs to the log {theirs}, and this data folder holds {ours}; start the node on a data \
         folder of that log, or use another NATS account"
    )]
    OtherLog {
        /// The stream.
        stream: String,
        /// The id of the log in its metadata.
        theirs: String,
        /// The id of this node's log.
        ours: LogId,
    },
    /// Its metadata do not say where it begins.
    #[error(
        "the metadata of the stream {stream} do not say which log it continues, and from where ({key}); somebody edited \
         them: put them back as `plansync cluster seed` has printed them"
    )]
    Metadata {
        /// The stream.
        stream: String,
        /// The key whose value is missing or malformed.
        key: &'static str,
    },
    /// A setting is not what a replicated log needs.
    #[error("the stream {stream} has {setting} = {found}, but needs {needed}: {advice}")]
    Configuration {
        /// The stream.
        stream: String,
        /// The server's name for the setting.
        setting: &'static str,
        /// Its value.
        found: String,
        /// The value that is needed.
        needed: String,
        /// The effect, and what to do.
        advice: String,
    },
    /// This user may not ask for it.
    #[error(
        "this NATS user may not use the streams of a replicated log ({why}); see docs/nats.md for its permissions"
    )]
    Denied {
        /// The server's message.
        why: String,
    },
    /// The server did not answer, or refused.
    #[error("the stream {stream} cannot be made ready")]
    Server {
        /// The stream.
        stream: String,
        /// The message of the server or the client library.
        source: async_nats::Error,
    },
}

impl ReplicationError {
    pub(super) fn configuration(stream: &str, unfit: Unfit) -> Self {
        Self::Configuration {
            stream: stream.to_owned(),
            setting: unfit.setting,
            advice: unfit.advice(),
            found: unfit.found,
            needed: unfit.needed,
        }
    }

    /// Whether trying again later may help, without anybody doing something about it.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Server { .. } => true,
            Self::Servers(error) => error.is_transient(),
            Self::Connect(_)
            | Self::NoJetStream
            | Self::NoLog
            | Self::Exists { .. }
            | Self::Superseded { .. }
            | Self::OtherLog { .. }
            | Self::Metadata { .. }
            | Self::Configuration { .. }
            | Self::Denied { .. } => false,
        }
    }
}
