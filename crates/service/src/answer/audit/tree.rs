//! The reads `audit.head` and `audit.proof`.

use plansync_engine::Refusal;
use plansync_engine::read::{LogProof, LogTree, ProofOf, Reading};
use plansync_log::merkle::Hash;
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, Bytes, DecodeError, Position};

use crate::catalogue::Reads;

impl Reads for protocol::AuditHead {
    fn answer(
        reading: &Reading<'_>,
        _body: wire::GetAuditHead,
    ) -> Result<wire::AuditTreeHead, Refusal> {
        let LogTree { origin, head } = reading.audit_head()?;
        Ok(wire::AuditTreeHead {
            origin: origin.to_string(),
            size: Position(head.size),
            root: bytes(head.root),
            position: Position(reading.position().get()),
        })
    }
}

impl Reads for protocol::AuditProof {
    fn check(body: &wire::GetAuditProof) -> Result<(), DecodeError> {
        match (body.position, body.old_size) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (Some(_), Some(_)) => Err(DecodeError::at("old_size", EITHER)),
            (None, None) => Err(DecodeError::at("position", EITHER)),
        }
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::GetAuditProof,
    ) -> Result<wire::AuditTreeProof, Refusal> {
        let of = match (body.position, body.old_size) {
            (Some(Position(position)), _) => ProofOf::Commit(plansync_log::Position::new(position)),
            (None, old_size) => ProofOf::Beginning(old_size.map_or(0, |Position(size)| size)),
        };
        let LogProof { tree, leaf, hashes } =
            reading.audit_proof(of, body.size.map(|Position(size)| size))?;
        Ok(wire::AuditTreeProof {
            origin: tree.origin.to_string(),
            size: Position(tree.head.size),
            root: bytes(tree.head.root),
            leaf_hash: leaf.map(bytes),
            hashes: hashes.into_iter().map(bytes).collect(),
            position: Position(reading.position().get()),
        })
    }
}

const EITHER: &str = "give either `position` (a proof that a commit is in the tree) or `old_size` (a proof \
     that an earlier tree is the beginning of it)";

fn bytes(hash: Hash) -> Bytes {
    Bytes(hash.get().to_vec())
}
