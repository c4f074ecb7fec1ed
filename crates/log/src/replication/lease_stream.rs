//! The port of the stream of leases, and what a message of it says. Who may write a lease when is in `lease`.
//!
//! The layout of a message, numbers big-endian:
//!
//! ```text
//! magic 8 · format u8 = 1 · log 16 · node 16 · term u64 · bytes of the name u8 · name · crc u32 of every byte before
//! ```

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

use super::{LogStreamError, NodeId, StreamSequence, Term};
use crate::LogId;
use crate::bytes::Cursor;

const MAGIC: [u8; 8] = *b"plansynL";
const FORMAT: u8 = 1;
const CRC_BYTES: usize = 4;

/// The longest name of a node, in bytes.
pub const NODE_NAME_BYTES_MAX: usize = 64;

/// The stream of leases: whoever writes the message after the last one has the lease. Calls block until the stream has
/// answered or the time for it has passed.
pub trait LeaseStream: Send {
    /// The last message. It may be behind, if an outdated server answers.
    fn read(&mut self) -> Result<LeaseEnd, LogStreamError>;

    /// Stores a lease as the message after `last`, if `last` is the end of the stream; compared and stored in one step,
    /// and sent once.
    fn write(&mut self, lease: &LeaseRecord, last: StreamSequence) -> Written;
}

/// The end of the stream of leases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseEnd {
    /// The last message, `ZERO` if there was never one.
    pub sequence: StreamSequence,
    /// What it says; nothing if there is none, or it is not a lease that this program knows. Whoever waits for its
    /// lease to end waits all the same.
    pub lease: Option<LeaseRecord>,
}

/// What became of a lease that was written.
#[derive(Debug)]
pub enum Written {
    /// It is stored, at this sequence.
    Stored(StreamSequence),
    /// The stream does not end at `last`. This attempt stored nothing.
    Refused,
    /// No answer, or one that does not tell: it may be stored, or be stored later.
    Unknown(LogStreamError),
}

/// One lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRecord {
    /// The log that it is about.
    pub log: LogId,
    /// Who has it.
    pub node: NodeId,
    /// How people call this node.
    pub name: NodeName,
    /// The term in which the node leads; while it takes over, the last term that it knows. For people to see: who leads
    /// follows from the log.
    pub term: Term,
}

impl LeaseRecord {
    /// The frozen encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(FORMAT);
        out.extend_from_slice(self.log.get().as_bytes());
        out.extend_from_slice(self.node.get().as_bytes());
        out.extend_from_slice(&self.term.get().to_be_bytes());
        out.push(self.name.length());
        out.extend_from_slice(self.name.as_str().as_bytes());
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` if the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (covered, crc) = bytes.split_last_chunk::<CRC_BYTES>()?;
        if crc32fast::hash(covered).to_be_bytes() != *crc {
            return None;
        }
        let mut cursor = Cursor::new(covered);
        let is_one = cursor.array() == Some(MAGIC) && cursor.u8() == Some(FORMAT);
        if !is_one {
            return None;
        }
        let lease = Self {
            log: LogId::new(Uuid::from_bytes(cursor.array()?)),
            node: NodeId::new(Uuid::from_bytes(cursor.array()?)),
            term: Term::new(cursor.u64()?),
            name: cursor.text()?.parse().ok()?,
        };
        cursor.is_empty().then_some(lease)
    }
}

/// How people call a node: 1 to [`NODE_NAME_BYTES_MAX`] letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(Arc<str>);

/// A text is not the name of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a node has 1 to {NODE_NAME_BYTES_MAX} letters of ASCII, digits, `-`, `_` and `.`"
)]
pub struct NodeNameError;

impl NodeName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn length(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }
}

impl FromStr for NodeName {
    type Err = NodeNameError;

    fn from_str(text: &str) -> Result<Self, NodeNameError> {
        let may_contain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_one =
            (1..=NODE_NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(may_contain);
        is_one.then(|| Self(text.into())).ok_or(NodeNameError)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lease of format 1 as it was first written. It is never changed.
    const GOLDEN: &[u8] = include_bytes!("../../tests/golden/format-1.lease");

    fn lease() -> LeaseRecord {
        LeaseRecord {
            log: LogId::new(Uuid::from_u128(1)),
            node: NodeId::new(Uuid::from_u128(2)),
            name: "amber".parse().unwrap(),
            term: Term::new(3),
        }
    }

    #[test]
    fn the_lease_of_format_1_is_read_and_written_again() {
        assert_eq!(lease().encode(), GOLDEN);
        assert_eq!(LeaseRecord::decode(GOLDEN), Some(lease()));
    }

    #[test]
    fn a_lease_that_was_changed_is_none() {
        for at in 0..GOLDEN.len() * 8 {
            let mut changed = GOLDEN.to_vec();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(LeaseRecord::decode(&changed), None, "bit {at}");
        }
        for bytes in 0..GOLDEN.len() {
            assert_eq!(LeaseRecord::decode(&GOLDEN[..bytes]), None, "{bytes} bytes");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        let longest = "a".repeat(NODE_NAME_BYTES_MAX);
        for name in ["plansync-0", "amber.example_1", &longest] {
            assert_eq!(
                name.parse::<NodeName>().map(|name| name.to_string()),
                Ok(name.to_owned())
            );
        }
        for text in [
            "",
            "a b",
            "\u{e4}",
            "a\n",
            &"a".repeat(NODE_NAME_BYTES_MAX + 1),
        ] {
            assert_eq!(text.parse::<NodeName>(), Err(NodeNameError), "{text:?}");
        }
    }
}
