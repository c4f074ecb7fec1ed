//! 32 secret bytes, and the derivation of others from them.
//!
//! A derivation is the SHA-256 of the secret and a label. Both together fit into one block of SHA-256, so
//! that no derived secret is an extension of another, and a derivation costs one compression: the path to a
//! leaf has 64 of them.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

/// The most bytes of a label: what is left of the one block.
const LABEL_BYTES_MAX: usize = 23;

/// 32 secret bytes. They are overwritten when they are dropped, and never shown.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub(super) struct Secret([u8; 32]);

impl Secret {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The secret that belongs to this label. No derived secret tells anything of this one or of another.
    pub(super) fn derive(&self, label: &str) -> Self {
        debug_assert!(label.len() <= LABEL_BYTES_MAX, "one block: {label}");
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(label.as_bytes());
        Self(hash.finalize().into())
    }

    /// The first 8 bytes of the secret that belongs to this label, to be shown.
    pub(super) fn derive_id(&self, label: &str) -> [u8; 8] {
        let derived = self.derive(label);
        let [id, ..] = derived.0.as_chunks::<8>().0 else {
            return [0; 8];
        };
        *id
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// 32 random bytes from which the keys of a log begin. The caller makes them, because this crate has no
/// randomness, and keeps no copy of them.
#[derive(Debug, Clone)]
pub struct Seed(Secret);

impl Seed {
    /// Wraps the bytes.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(Secret::new(random))
    }

    pub(super) const fn secret(&self) -> &Secret {
        &self.0
    }
}
