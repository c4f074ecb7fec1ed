//! Anchors: signed statements of what a log contained, which are kept elsewhere. A log that was changed later
//! and given a new chain is not an extension of its anchors.
//!
//! An anchor is a *checkpoint* (C2SP `tlog-checkpoint`): the origin of a log, the size of its
//! [Merkle tree](crate::merkle), and the root, as a *signed note* (C2SP `signed-note`) with one or more
//! Ed25519 signatures and cosignatures of witnesses (C2SP `tlog-cosignature`). A proof that a commit is in an
//! anchor's tree is a text, too (C2SP `tlog-proof`). All of them are read strictly: text that differs in one
//! byte from what is written here is another note.
//!
//! The module is pure. Keys are made from 32 random bytes that the caller passes in.
//!
//! ```
//! use plansync_log::anchor::{Checkpoint, Origin, SignedCheckpoint, SigningKey};
//! use plansync_log::merkle::{Hash, TreeHead};
//! use plansync_log::{Incarnation, LogId};
//! # use uuid::Uuid;
//!
//! let key = SigningKey::new("college.example/audit", &[7; 32])?;
//! let log = LogId::new(Uuid::from_u128(1));
//! let origin = Origin { log, incarnation: Incarnation::FIRST };
//! let head = TreeHead { size: 0, root: Hash::of_nothing() };
//! let anchor = SignedCheckpoint::sign(Checkpoint::new(&origin, head), &[&key])?;
//!
//! let read = SignedCheckpoint::parse(anchor.to_string().as_bytes())?;
//! let signers = read.verify(&[key.verifier()])?;
//! assert_eq!((read.checkpoint().head, signers.len()), (head, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod error;
mod key;
mod note;
mod origin;
mod proof;
mod standing;
#[cfg(test)]
mod tests;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use error::{FormatError, KeyError, TrustError};
pub use key::{KeyKind, SigningKey, VerifierKey};
pub use note::{NOTE_BYTES_MAX, NoteSignature, SIGNATURES_MAX, SignedNote, Signer};
pub use origin::Origin;
pub use proof::{InclusionProof, PROOF_BYTES_MAX};
pub use standing::{Log, Standing};
