//! What the log keeps of a command that changed nothing, and of one that came over a durable
//! stream: enough to answer again.
//!
//! Knows nothing of how an answer is worded on the wire.

use serde::{Deserialize, Serialize};

use crate::ids::digest::Digest;
use crate::ids::version::Version;
use crate::sync::status::SyncStatus;

/// A command was accepted and changed nothing: what its answer is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandOutcome {
    /// A record was already as it was put.
    Put,
    /// A plan was already as it was edited to be, at this version.
    Plan {
        /// The plan's version.
        version: Version,
    },
    /// A plan lacked nothing of the template, at this version.
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
pub struct CommandAccepted {
    /// Which operation.
    pub operation: String,
    /// Its reply, as it was encoded.
    #[serde(with = "bytes")]
    pub reply: Vec<u8>,
}

/// A durable command was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRejected {
    /// Which operation.
    pub operation: String,
    /// The error, as it was encoded.
    #[serde(with = "bytes")]
    pub error: Vec<u8>,
    /// The command's own bytes, where they could not be decoded.
    #[serde(default, with = "bytes", skip_serializing_if = "Vec::is_empty")]
    pub bytes: Vec<u8>,
    /// What is known of them instead, where they are not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<NotKept>,
}

/// The most bytes of one rejected command that are kept: no larger one could ever be decoded.
pub const REJECTED_COMMAND_BYTES_MAX: u64 = 256 * 1024;
/// The most bytes of a tenant's rejected commands that are kept in all: who may send commands may
/// send any number of them that nobody can decode, and a log forgets nothing.
pub const REJECTED_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Bytes that are not kept, since they, or those that are kept already, are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotKept {
    /// How many they were.
    pub length: u64,
    /// Their SHA-256, by which their sender can show which they were.
    pub digest: Digest,
}

/// Bytes as bytes, not as a list of numbers.
mod bytes {
    use std::fmt;

    use serde::de::{self, SeqAccess, Visitor};
    use serde::{Deserializer, Serializer};

    #[allow(clippy::ptr_arg)] // The signature that serde calls.
    pub(super) fn serialize<S: Serializer>(
        bytes: &Vec<u8>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_byte_buf(ByteListVisitor)
    }

    struct ByteListVisitor;

    impl<'de> Visitor<'de> for ByteListVisitor {
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
