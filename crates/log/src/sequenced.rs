//! An encoded commit with its place in the log: the form in which commits are stored and passed around.
//! Decoding is left to whoever needs the contents.

use std::fmt;
use std::sync::Arc;

use crate::bytes::Cursor;
use crate::sealing::TreeId;
use crate::{Bodies, Chain, Commit, DecodeError, Position, Proposal, Recorded, Skim, envelope};

/// `position u64 · at i64 · chain 32`, in front of the body.
const PREFIX_BYTES: usize = 8 + 8 + 32;

/// An encoded commit. Clones share the bytes.
///
/// ```
/// use plansync_log::{DecodeError, Sequenced};
/// # use plansync_log::contract::Author;
/// # use plansync_log::LogId;
/// # use uuid::Uuid;
///
/// # let written = Author::new(LogId::new(Uuid::from_u128(1))).write(Author::plan(1), 100);
/// let commit = Sequenced::from_stored(written.stored().into())?;
/// let skim = commit.skim()?;
/// assert_eq!(skim.tenant, "acme");
/// assert_eq!(commit.decode()?.proposal.stream, skim.stream());
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Sequenced {
    position: Position,
    at: Recorded,
    chain: Chain,
    stored: Arc<[u8]>,
}

impl Sequenced {
    pub(crate) fn blank_prefix() -> Vec<u8> {
        let mut stored = Vec::with_capacity(512);
        stored.resize(PREFIX_BYTES, 0);
        stored
    }

    /// Fills in the prefix in front of an encoded body.
    pub(crate) fn seal(
        before: Chain,
        position: Position,
        at: Recorded,
        mut stored: Vec<u8>,
    ) -> Self {
        let chain = before.link(position, at, stored.get(PREFIX_BYTES..).unwrap_or_default());
        let prefix = [
            position.get().to_be_bytes().as_slice(),
            at.get().to_be_bytes().as_slice(),
            chain.get().as_slice(),
        ]
        .concat();
        stored.splice(..PREFIX_BYTES, prefix);
        Self {
            position,
            at,
            chain,
            stored: stored.into(),
        }
    }

    /// Takes bytes that [`stored`](Self::stored) returned. Only position, time and chain are read;
    /// [`Tip::precedes`](crate::Tip::precedes) checks the chain.
    pub fn from_stored(stored: Arc<[u8]>) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(&stored);
        let position = cursor.u64().ok_or(DecodeError::Damaged("position"))?;
        let at = cursor.i64().ok_or(DecodeError::Damaged("time"))?;
        let chain = cursor.array().ok_or(DecodeError::Damaged("chain"))?;
        Ok(Self {
            position: Position::new(position),
            at: Recorded::new(at),
            chain: Chain::new(chain),
            stored,
        })
    }

    /// The bytes that are stored.
    pub fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// The part that the chain covers in addition to position and time.
    pub fn body(&self) -> &[u8] {
        self.stored.get(PREFIX_BYTES..).unwrap_or_default()
    }

    /// Its position.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// When it was sequenced.
    pub const fn at(&self) -> Recorded {
        self.at
    }

    /// The hash of it and of everything before it.
    pub const fn chain(&self) -> Chain {
        self.chain
    }

    /// Stream, version and command, without decoding the events.
    pub fn skim(&self) -> Result<Skim<'_>, DecodeError> {
        envelope::skim(self.body())
    }

    /// Whether it decodes to this proposal.
    pub fn is_of(&self, proposal: &Proposal) -> bool {
        envelope::is_of(self.body(), proposal)
    }

    /// Decodes the commit and has its events read. Gives remarks about what can be read.
    ///
    /// # Errors
    ///
    /// What cannot be read, as the end of a sentence.
    pub fn read_with(&self, bodies: &dyn Bodies) -> Result<Vec<String>, String> {
        let decoded = self.decode().map_err(|error| error.to_string())?;
        bodies.read(&decoded)
    }

    /// The trees of keys with which its texts are sealed, as far as it can be decoded.
    pub fn trees_with(&self, bodies: &dyn Bodies) -> Vec<TreeId> {
        let decoded = self.decode();
        decoded.map_or_else(|_| Vec::new(), |commit| bodies.trees(&commit))
    }

    /// Decodes the whole commit.
    pub fn decode(&self) -> Result<Commit, DecodeError> {
        Ok(Commit {
            position: self.position,
            at: self.at,
            chain: self.chain,
            proposal: envelope::decode(self.body())?,
        })
    }
}

impl fmt::Debug for Sequenced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequenced")
            .field("position", &self.position)
            .field("at", &self.at)
            .field("chain", &self.chain)
            .field("bytes", &self.stored.len())
            .finish_non_exhaustive()
    }
}
