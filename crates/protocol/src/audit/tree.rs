//! The Merkle tree over the commits of the log (RFC 6962): its head, and proofs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::{Bytes, Position};

/// Body of `audit.head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAuditHead {}

/// The head of the Merkle tree over the commits of the log (RFC 6962). It is not signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditTreeHead {
    /// The origin of the tree, as in the first line of a checkpoint: `plansync/`, the id of the log, `/`, and
    /// its incarnation.
    pub origin: String,
    /// The number of commits in the tree, which is the position of the last one.
    pub size: Position,
    /// The root of the tree.
    pub root: Bytes,
    /// The position of the log at which it was read.
    pub position: Position,
}

/// Body of `audit.proof`. Either `position` or `old_size` must be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAuditProof {
    /// The position of a commit, to prove that it is in the tree (an inclusion proof).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The size of an earlier tree, to prove that it is the beginning of the tree (a consistency proof).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_size: Option<Position>,
    /// The size of the tree. All commits of the log if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Position>,
}

/// An inclusion proof or a consistency proof in the Merkle tree over the commits of the log (RFC 6962).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditTreeProof {
    /// The origin of the tree, as in `audit.head`.
    pub origin: String,
    /// The size of the tree.
    pub size: Position,
    /// The root of the tree.
    pub root: Bytes,
    /// For an inclusion proof, the hash of the leaf. Its index is the position of the commit, less one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf_hash: Option<Bytes>,
    /// The hashes of the proof, in the order of RFC 6962.
    pub hashes: Vec<Bytes>,
    /// The position of the log at which it was read.
    pub position: Position,
}
