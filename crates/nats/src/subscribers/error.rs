//! Why a subscriber was not added, listed, removed or reset.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};

use super::EventSource;

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
    /// It was removed to be reset, but could not be made again.
    #[error(
        "the subscriber {name} was removed to be reset, but could not be made again; no event was \
         lost: make it with `plansync subscriber add` and the same `--from`"
    )]
    NotRemade {
        /// The name.
        name: String,
        /// The server's message.
        source: async_nats::Error,
    },
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

pub(super) fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error)
        if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

pub(super) fn server(source: EventSource, error: impl Into<async_nats::Error>) -> SubscriberError {
    SubscriberError::Server {
        stream: source.stream(),
        source: error.into(),
    }
}
