//! Texts of anchors: keys, signed notes, checkpoints and proofs.

use plansync_log::anchor::{
    InclusionProof, Origin, SignedCheckpoint, SignedNote, SigningKey, VerifierKey,
};
use plansync_log::merkle::Hash;

/// A text is refused, or is written as it was read; what was read can be verified.
///
/// # Panics
/// If a guarantee is broken.
pub fn anchor(bytes: &[u8]) {
    if let Ok(note) = SignedNote::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert_eq!(signed.to_string().as_bytes(), bytes);
        // Nobody's key is known, so nothing is trusted.
        assert!(signed.verify(&[]).is_err());
        if let Ok(origin) = signed.checkpoint().origin() {
            assert_eq!(origin.to_string(), signed.checkpoint().origin);
        }
    }
    if let Ok(proof) = InclusionProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let _holds = proof.check(Hash::of_leaf(bytes));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = SigningKey::parse(text) {
        assert_eq!(key.to_text(), text);
    }
    if let Ok(origin) = text.parse::<Origin>() {
        assert_eq!(origin.to_string(), text);
    }
}
