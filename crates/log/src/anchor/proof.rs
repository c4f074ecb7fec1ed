//! Proofs as text (C2SP `tlog-proof`): an inclusion proof with the checkpoint of the tree.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64, may be missing>
//! index <decimal>
//! <hash, base64>, once for each
//! <empty line>
//! <signed checkpoint>
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{SignedCheckpoint, decimal};
use super::error::FormatError;
use super::note::NOTE_BYTES_MAX;
use crate::merkle::{HASHES_MAX, Hash, ProofError, check_inclusion};

const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// The largest proof, in bytes.
pub const PROOF_BYTES_MAX: usize = 2 * NOTE_BYTES_MAX;

/// A proof that a leaf is in the tree of a checkpoint. It is shown exactly as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Bytes that nothing vouches for, and that mean nothing here.
    pub extra: Option<Vec<u8>>,
    /// The index of the leaf: the position of the commit less one.
    pub index: u64,
    /// The proof, from the leaf to the root.
    pub hashes: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: SignedCheckpoint,
}

impl InclusionProof {
    /// Reads a proof. Nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > PROOF_BYTES_MAX {
            let (of, max) = ("bytes", PROOF_BYTES_MAX);
            return Err(FormatError::TooLarge { of, max });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FormatError::NotText)?;
        let missing = |what| FormatError::Line { what };
        let empty_line = missing("empty line before the checkpoint");
        let (proof, checkpoint) = text.split_once("\n\n").ok_or(empty_line)?;
        let mut lines = proof.split('\n').peekable();
        if lines.next() != Some(MAGIC) {
            return Err(missing("first line (`c2sp.org/tlog-proof@v1`)"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| {
            let base64 = line.strip_prefix("extra ").unwrap_or_default();
            STANDARD.decode(base64).map_err(|_| missing("extra data"))
        });
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or(missing("index"))?;
        let hashes: Vec<Hash> = lines
            .map(|line| Hash::from_base64(line).ok_or(missing("hash")))
            .take(HASHES_MAX + 1)
            .collect::<Result<_, _>>()?;
        if hashes.len() > HASHES_MAX {
            let (of, max) = ("hashes", HASHES_MAX);
            return Err(FormatError::TooLarge { of, max });
        }
        Ok(Self {
            extra: extra.transpose()?,
            index,
            hashes,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// Whether the leaf is in the tree that the checkpoint states. Signatures are not verified.
    pub fn check(&self, leaf: Hash) -> Result<(), ProofError> {
        let head = &self.checkpoint.checkpoint().head;
        check_inclusion(leaf, self.index, head, &self.hashes)
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
