//! What a text belongs to: the leaf of the tree whose key seals it.

use std::fmt;

use sha2::{Digest, Sha256};

/// What a text belongs to. Whatever has one key has one leaf, and is erased as a whole.
///
/// ```
/// use plansync_log::sealing::Leaf;
///
/// assert_eq!(Leaf::of(&[b"learner", b"1"]), Leaf::of(&[b"learner", b"1"]));
/// assert_ne!(Leaf::of(&[b"ab", b"c"]), Leaf::of(&[b"a", b"bc"]));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leaf([u8; 32]);

impl Leaf {
    /// The leaf with these labels, for example the kind of its owner, the tenant, and the id of its owner.
    /// Other labels, or another division of the same bytes into labels, are another leaf.
    pub fn of(labels: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"plansync leaf");
        for label in labels {
            let bytes = u64::try_from(label.len()).unwrap_or(u64::MAX);
            hash.update(bytes.to_be_bytes());
            hash.update(label);
        }
        Self(hash.finalize().into())
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leaf(")?;
        self.0
            .iter()
            .take(8)
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…)")
    }
}
