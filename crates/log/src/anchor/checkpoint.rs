//! Checkpoints (C2SP `tlog-checkpoint`): the text of a signed note that states the tree of a log.
//!
//! ```text
//! <origin>
//! <size, decimal>
//! <root, base64>
//! <extension lines, none in what is written here>
//! ```

use std::fmt;

use super::error::{FormatError, TrustError};
use super::key::{SigningKey, VerifierKey};
use super::note::{SignedNote, Signer};
use super::origin::Origin;
use crate::merkle::{Hash, TreeHead};

/// What a checkpoint states. (The stored state of an engine, [`crate::Checkpoint`], is something else.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which tree: for a log of this program, an [`Origin`].
    pub origin: String,
    /// Its size and root.
    pub head: TreeHead,
    /// Further lines, which are signed, too, and mean nothing here.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The checkpoint of a log.
    pub fn new(origin: &Origin, head: TreeHead) -> Self {
        Self {
            origin: origin.to_string(),
            head,
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a note.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let missing = |what| FormatError::Line { what };
        let text = text.strip_suffix('\n').ok_or(missing("root"))?;
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty());
        let origin = origin.ok_or(missing("origin"))?;
        let size = lines.next().and_then(decimal).ok_or(missing("size"))?;
        let root = lines.next().and_then(Hash::from_base64);
        let root = root.ok_or(missing("root"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(missing("extension line"));
        }
        Ok(Self {
            origin: origin.to_owned(),
            head: TreeHead { size, root },
            extensions,
        })
    }

    /// The tree of which log and incarnation it is.
    pub fn origin(&self) -> Result<Origin, FormatError> {
        self.origin.parse()
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.head;
        writeln!(f, "{}\n{size}\n{root}", self.origin)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint as a signed note. It is shown exactly as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Signs a checkpoint with each of these keys.
    ///
    /// # Errors
    ///
    /// [`FormatError`] if the checkpoint could not be read again: it has an origin or an extension that is not
    /// one line, or there is no key.
    pub fn sign(checkpoint: Checkpoint, keys: &[&SigningKey]) -> Result<Self, FormatError> {
        let mut note = SignedNote::unsigned(checkpoint.to_string());
        for key in keys {
            note.sign(key);
        }
        let signed = Self { checkpoint, note };
        match Self::parse(signed.to_string().as_bytes())? {
            read if read == signed => Ok(signed),
            _ => Err(FormatError::Line { what: "origin" }),
        }
    }

    /// Reads a checkpoint. No signature is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let note = SignedNote::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { checkpoint, note })
    }

    /// What it states. It must not be believed before [`verify`](Self::verify).
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with its signatures.
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Adds the signature of a witness at a time, in seconds since 1970-01-01T00:00:00Z.
    pub fn cosign(&mut self, key: &SigningKey, time: u64) {
        self.note.cosign(key, time);
    }

    /// Verifies the signatures of known keys; see [`SignedNote::verify`].
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<Signer>, TrustError> {
        self.note.verify(known)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// A decimal number without leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
