//! A commit as bytes with its place: what goes to storage and comes back. It decodes only what it
//! is asked for.

use std::fmt;
use std::sync::Arc;

use crate::bytes::Cursor;
use crate::{Bodies, Chain, Commit, DecodeError, Position, Proposal, Recorded, Skim, envelope};

/// `position u64 · at i64 · chain 32`, in front of the body.
const PREFIX_BYTES: usize = 8 + 8 + 32;

/// An encoded commit. Cloning it shares the bytes.
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

    /// Takes bytes that [`stored`](Self::stored) gave. Only place and time are read; whether the
    /// chain holds is for [`Tip::precedes`](crate::Tip::precedes) to say.
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

    /// Everything that storage keeps of it.
    pub fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// What the chain covers beside position and time.
    pub fn body(&self) -> &[u8] {
        self.stored.get(PREFIX_BYTES..).unwrap_or_default()
    }

    /// Where it stands.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// When it was sequenced.
    pub const fn at(&self) -> Recorded {
        self.at
    }

    /// The seal of it and of everything before it.
    pub const fn chain(&self) -> Chain {
        self.chain
    }

    /// Stream, version and command, without decoding the events.
    pub fn skim(&self) -> Result<Skim<'_>, DecodeError> {
        envelope::skim(self.body())
    }

    /// Whether it reads back as this decision.
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
