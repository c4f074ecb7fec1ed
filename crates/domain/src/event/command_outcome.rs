//! What the log keeps of a command that changed nothing, and of a durable command: enough to give its
//! first answer again.
//!
//! Events hold what an answer is made of. How it is encoded for its sender is decided where it is sent:
//! events of earlier versions hold encoded answers, which are only read.

use serde::{Deserialize, Serialize};

use crate::event::refusal::RecordedRefusal;
use crate::ids::digest::Digest;
use crate::ids::position::Position;
use crate::ids::version::Version;
use crate::sync::status::SyncStatus;

/// A command was accepted and changed nothing: what its answer is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// A record already had the content that was put.
    Put,
    /// A plan already had the content that the edits lead to, at this version.
    Plan {
        /// The plan's version.
        version: Version,
    },
    /// A plan already had every component of the template, at this version.
    Instantiated {
        /// The plan's version.
        version: Version,
    },
    /// A sync had ended before it was cancelled.
    Cancel {
        /// How it had ended.
        state: SyncStatus,
    },
}

/// A durable command was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AcceptedBody", into = "AcceptedBody")]
pub struct CommandAccepted {
    /// The operation, such as `plan.edit`.
    pub operation: String,
    /// Where its answer comes from.
    pub answer: AcceptedAnswer,
}

/// Where the answer to an accepted durable command comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcceptedAnswer {
    /// It follows from the commit at this position, which is earlier than that of the event: the one
    /// that the command led to. A repeat of the command is answered from the same commit.
    Commit(Position),
    /// The reply, encoded in MessagePack: written by earlier versions only.
    Encoded(Vec<u8>),
}

/// A durable command was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RejectedBody", into = "RejectedBody")]
pub struct CommandRejected {
    /// The operation, as the subject of the message names it.
    pub operation: String,
    /// Why it was rejected.
    pub error: RejectedError,
    /// The command's own bytes, if they could not be decoded.
    pub bytes: KeptBytes,
    /// Length and digest of these bytes, if they are not kept.
    pub not_kept: Option<NotKept>,
}

impl CommandRejected {
    /// Whether the command could not be decoded: then its refusal may repeat parts of it.
    pub fn is_undecoded(&self) -> bool {
        !self.bytes.is_empty() || self.not_kept.is_some()
    }
}

/// The bytes of a rejected command. They may be about anybody, so the log holds them sealed, and nobody can read
/// them any more once any learner was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptBytes {
    /// The bytes; none if the command could be decoded, or if they are not kept. Earlier versions stored them so.
    Plain(Vec<u8>),
    /// The bytes as the log seals them.
    Sealed {
        /// How many they are.
        length: u64,
        /// What is stored in place of them.
        sealed: Vec<u8>,
    },
    /// Nobody can read them any more.
    Erased {
        /// How many they were.
        length: u64,
    },
}

impl KeptBytes {
    /// How many bytes they are, or were.
    pub fn length(&self) -> u64 {
        match self {
            Self::Plain(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Sealed { length, .. } | Self::Erased { length } => *length,
        }
    }

    /// Whether none are kept.
    pub fn is_empty(&self) -> bool {
        self.length() == 0
    }

    /// The bytes; none if they are sealed or erased.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Sealed { .. } | Self::Erased { .. } => &[],
        }
    }
}

impl From<Vec<u8>> for KeptBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Plain(bytes)
    }
}

/// Why a durable command was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectedError {
    /// The refusal.
    Recorded(RecordedRefusal),
    /// The error, encoded in MessagePack: written by earlier versions only.
    Encoded(Vec<u8>),
}

/// The most bytes of one rejected command that are kept: no larger one could ever be decoded.
pub const REJECTED_COMMAND_BYTES_MAX: u64 = 256 * 1024;
/// The most bytes of a tenant's rejected commands that are kept in all: who may send commands may
/// send any number of them that nobody can decode, and nothing is ever removed from a log.
pub const REJECTED_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Bytes that are not kept, because they, or those that are kept already, are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotKept {
    /// How many they were.
    pub length: u64,
    /// Their SHA-256, with which their sender can show which they were.
    pub digest: Digest,
}

/// An accepted command as it is stored.
#[derive(Clone, Serialize, Deserialize)]
struct AcceptedBody {
    operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<ByteString>,
}

/// A stored outcome that holds both a present and an earlier form of its answer, or neither.
#[derive(Debug, thiserror::Error)]
#[error("expected one of the fields `{0}` and `{1}`")]
struct NotOneAnswer(&'static str, &'static str);

impl TryFrom<AcceptedBody> for CommandAccepted {
    type Error = NotOneAnswer;

    fn try_from(body: AcceptedBody) -> Result<Self, NotOneAnswer> {
        let answer = match (body.decided_at, body.reply) {
            (Some(position), None) => AcceptedAnswer::Commit(position),
            (None, Some(ByteString(reply))) => AcceptedAnswer::Encoded(reply),
            (Some(_), Some(_)) | (None, None) => return Err(NotOneAnswer("decided_at", "reply")),
        };
        Ok(Self {
            operation: body.operation,
            answer,
        })
    }
}

impl From<CommandAccepted> for AcceptedBody {
    fn from(accepted: CommandAccepted) -> Self {
        let (decided_at, reply) = match accepted.answer {
            AcceptedAnswer::Commit(position) => (Some(position), None),
            AcceptedAnswer::Encoded(reply) => (None, Some(ByteString(reply))),
        };
        Self {
            operation: accepted.operation,
            decided_at,
            reply,
        }
    }
}

/// A rejected command as it is stored.
#[derive(Clone, Serialize, Deserialize)]
struct RejectedBody {
    operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<RecordedRefusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ByteString>,
    #[serde(default, skip_serializing_if = "ByteString::is_empty")]
    bytes: ByteString,
    /// The bytes, sealed.
    #[serde(default, skip_serializing_if = "ByteString::is_empty")]
    sealed: ByteString,
    /// How many bytes are sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_kept: Option<NotKept>,
}

impl TryFrom<RejectedBody> for CommandRejected {
    type Error = NotOneAnswer;

    fn try_from(body: RejectedBody) -> Result<Self, NotOneAnswer> {
        let error = match (body.refusal, body.error) {
            (Some(refusal), None) => RejectedError::Recorded(refusal),
            (None, Some(ByteString(error))) => RejectedError::Encoded(error),
            (Some(_), Some(_)) | (None, None) => return Err(NotOneAnswer("refusal", "error")),
        };
        Ok(Self {
            operation: body.operation,
            error,
            bytes: match body.length {
                None => KeptBytes::Plain(body.bytes.0),
                Some(length) if body.sealed.is_empty() => KeptBytes::Erased { length },
                Some(length) => KeptBytes::Sealed {
                    length,
                    sealed: body.sealed.0,
                },
            },
            not_kept: body.not_kept,
        })
    }
}

impl From<CommandRejected> for RejectedBody {
    fn from(rejected: CommandRejected) -> Self {
        let (refusal, error) = match rejected.error {
            RejectedError::Recorded(refusal) => (Some(refusal), None),
            RejectedError::Encoded(error) => (None, Some(ByteString(error))),
        };
        let (bytes, sealed, length) = match rejected.bytes {
            KeptBytes::Plain(bytes) => (bytes, Vec::new(), None),
            KeptBytes::Sealed { length, sealed } => (Vec::new(), sealed, Some(length)),
            KeptBytes::Erased { length } => (Vec::new(), Vec::new(), Some(length)),
        };
        Self {
            operation: rejected.operation,
            refusal,
            error,
            bytes: ByteString(bytes),
            sealed: ByteString(sealed),
            length,
            not_kept: rejected.not_kept,
        }
    }
}

/// Bytes that are stored as bytes, not as a list of numbers.
#[derive(Clone, Default)]
struct ByteString(Vec<u8>);

impl ByteString {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

mod byte_string {
    use std::fmt;

    use serde::de::{self, SeqAccess, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ByteString;

    impl Serialize for ByteString {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for ByteString {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer
                .deserialize_byte_buf(BytesVisitor)
                .map(ByteString)
        }
    }

    /// Takes bytes and a list of numbers alike: encodings without bytes have the latter.
    struct BytesVisitor;

    impl<'de> Visitor<'de> for BytesVisitor {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Vec<u8>, A::Error> {
            let mut bytes = Vec::new();
            while let Some(byte) = numbers.next_element()? {
                bytes.push(byte);
            }
            Ok(bytes)
        }
    }
}
