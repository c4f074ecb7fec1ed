//! Keys of texts about persons, and sealing such texts under them, so that a text in a log that is never
//! changed can be erased: its key is destroyed.
//!
//! A log has one *tree* of keys ([`KeyTree`]). A [`Leaf`] is what a text belongs to, for example a learner
//! of a tenant; its key is derived from the tree, so nothing is written when a new leaf appears. Destroying
//! a leaf replaces the node above it by the siblings along the path to it: no key that is left leads to it,
//! and every other leaf has the key that it had.
//!
//! [`Keys`] is what a program uses: it seals and opens texts and destroys leaves, through a [`KeyStore`]
//! that makes each change durable. [`WrappedKeys`] is the form of a tree in a file, encrypted with a
//! [`WrappingKey`].
//!
//! ```
//! use plansync_log::sealing::{Keys, KeyTree, Leaf, Opened, Seed};
//!
//! let keys = Keys::in_memory(KeyTree::begin(&Seed::new([7; 32]), Vec::new()));
//! let (ada, ben) = (Leaf::of(&[b"learner", b"ada"]), Leaf::of(&[b"learner", b"ben"]));
//! let sealed = keys.seal(&ada, b"name", b"Ada Lovelace")?;
//! let other = keys.seal(&ben, b"name", b"Ben")?;
//! assert_eq!(keys.open(&ada, b"name", &sealed)?, Opened::Text(b"Ada Lovelace".to_vec()));
//!
//! keys.destroy(&[ada])?;
//! assert_eq!(keys.open(&ada, b"name", &sealed)?, Opened::Erased);
//! assert_eq!(keys.open(&ben, b"name", &other)?, Opened::Text(b"Ben".to_vec()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The module is pure: it has no randomness and no files. May import: `bytes`, `ids` of this crate.

mod cache;
mod cipher;
mod error;
mod keys;
mod leaf;
mod secret;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod wrapped;
mod wrapping;

pub use error::{
    CipherRefused, DestroyError, KeyStoreError, SealError, UnsealError, WrappedError,
    WrappingKeyError,
};
pub use keys::{KeyStore, Keys};
pub use leaf::Leaf;
pub use secret::Seed;
pub use text::{Opened, SEALED_BYTES_MORE, tree_of};
pub use tree::{KeyTree, LOST_TREES_MAX, TreeId};
pub use wrapped::{WrappedBy, WrappedKeys};
pub use wrapping::WrappingKey;
