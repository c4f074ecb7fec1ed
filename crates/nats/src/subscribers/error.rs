//! Why a subscriber was not added, listed, removed or reset.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};

use super::EventSource;
use crate::permitted::NotPermitted;

/// Why a subscriber was not added, listed, removed or reset.
#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    /// The stream does not exist in this account.
    #[error(
        "this NATS account has no stream {stream}; connect as the user of the engine's account{made_by}"
    )]
    NoStream {
        /// The stream.
        stream: &'static str,
        /// What creates it.
        made_by: &'static str,
    },
    /// There is no such subscriber.
    #[error("there is no subscriber {name}; `plansync subscriber list` shows all of them")]
    NotFound {
        /// The name.
        name: String,
    },
    /// It exists, but differs from what was requested.
    #[error(
        "the subscriber {name} exists and has {differences}; nothing was changed. Remove it first \
         (`plansync subscriber remove {name}`), which loses its place, or choose another name"
    )]
    Different {
        /// The name.
        name: String,
        /// What differs, in words.
        differences: String,
    },
    /// A consumer of this name was not made by plansync.
    #[error(
        "the stream {stream} has a consumer {name} that plansync did not make; it was not changed. \
         Choose another name, or remove it with `nats consumer rm {stream} {name}`"
    )]
    OfOthers {
        /// The stream.
        stream: &'static str,
        /// The name.
        name: String,
    },
    /// The stream holds events of several incarnations, so that a position may occur twice in it.
    #[error(
        "the stream {stream} holds events of a log before and after it was restored, so position \
         {position} may occur twice in it; start at a sequence or a time instead"
    )]
    Ambiguous {
        /// The stream.
        stream: &'static str,
        /// The position that was requested.
        position: u64,
    },
    /// An account or a user has the name, or one that differs only in case, `-` and `_`.
    #[error(
        "the name {name} belongs to {by}; a subscriber has an account and a password of its own in the NATS \
         configuration, and names that differ only in case, `-` and `_` share a password: choose another name"
    )]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it, in words.
        by: String,
    },
    /// Somebody else removed it meanwhile.
    #[error("the subscriber {name} was removed by somebody else meanwhile; nothing was done to it")]
    Gone {
        /// The name.
        name: String,
    },
    /// Somebody else moved it to another place meanwhile.
    #[error(
        "somebody else moved the subscriber {name} to another place meanwhile, so that it is at one place or the \
         other; run `plansync subscriber reset {name}` again"
    )]
    Overtaken {
        /// The name.
        name: String,
    },
    /// The server refused to move it.
    #[error(
        "the server did not move the subscriber {name}, which stays where it is: somebody made its consumer in another \
         way than plansync does. Remove it and add it again, with `--from`"
    )]
    NotMoved {
        /// The name.
        name: String,
        /// The server's message.
        source: async_nats::Error,
    },
    /// The server cannot move consumers.
    #[error(
        "the nats-server has the version {version}; to move a subscriber, or to add one with another start than \
         `beginning`, it needs 2.14 or later. Nothing was changed"
    )]
    OldServer {
        /// The version of the server.
        version: String,
    },
    /// The server refuses something to this user.
    #[error(
        "{0}; subscribers are managed by a user of the engine's account that may use its JetStream"
    )]
    NotPermitted(#[from] NotPermitted),
    /// The server did not answer, or refused.
    #[error(
        "the consumers of the stream {stream} could not be read or changed; this needs a user of the \
         engine's account that may use its JetStream"
    )]
    Server {
        /// The stream.
        stream: &'static str,
        /// The message of the server or the client library.
        source: async_nats::Error,
    },
}

pub(crate) fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error)
        if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

pub(super) fn server(source: EventSource, error: impl Into<async_nats::Error>) -> SubscriberError {
    SubscriberError::Server {
        stream: source.stream(),
        source: error.into(),
    }
}
