//! The bytes of a sealed text, and what opening them gives.
//!
//! ```text
//! form u8 = 1 · tree 8 · nonce 12 · ciphertext · tag 16
//! ```
//!
//! Form and tree are authenticated with the text.

use super::cipher::{self, Cipher};
use super::error::{CipherRefused, UnsealError};
use super::tree::TreeId;
use crate::bytes::Cursor;

const FORM: u8 = 1;
const HEAD_BYTES: usize = 9;
/// How many bytes more than a text its sealed form has.
pub const SEALED_BYTES_MORE: usize = HEAD_BYTES + cipher::MORE_BYTES;

/// What opening a sealed text gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The text.
    Text(Vec<u8>),
    /// The key was destroyed, or the keys of the log at that time are known to be lost: nobody can read the
    /// text again.
    Erased,
    /// The key is one of a tree that is not here: the text can be read by whoever has these keys.
    NotHere(TreeId),
}

/// The tree whose keys sealed a text.
///
/// # Errors
///
/// [`UnsealError`] if these are not the bytes of a sealed text.
pub fn tree_of(sealed: &[u8]) -> Result<TreeId, UnsealError> {
    split(sealed).map(|(tree, _)| tree)
}

/// The tree of a sealed text, and its encrypted bytes.
pub(super) fn split(sealed: &[u8]) -> Result<(TreeId, &[u8]), UnsealError> {
    let mut cursor = Cursor::new(sealed);
    match cursor.u8() {
        Some(FORM) => {}
        Some(form) => return Err(UnsealError::Newer { form }),
        None => return Err(UnsealError::Short),
    }
    let tree = cursor.array().ok_or(UnsealError::Short)?;
    let body = cursor.rest();
    if body.len() < cipher::MORE_BYTES {
        return Err(UnsealError::Short);
    }
    Ok((TreeId::new(tree), body))
}

pub(super) fn seal(
    cipher: &Cipher,
    tree: TreeId,
    associated: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, CipherRefused> {
    let mut out = Vec::with_capacity(text.len() + SEALED_BYTES_MORE);
    out.push(FORM);
    out.extend_from_slice(&tree.get());
    cipher.seal_into(&mut out, &with_head(tree, associated), text)?;
    Ok(out)
}

pub(super) fn open(
    cipher: &Cipher,
    tree: TreeId,
    associated: &[u8],
    body: &[u8],
) -> Result<Vec<u8>, UnsealError> {
    cipher
        .open(&with_head(tree, associated), body)
        .ok_or(UnsealError::NotAuthentic)
}

fn with_head(tree: TreeId, associated: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(HEAD_BYTES + associated.len());
    all.push(FORM);
    all.extend_from_slice(&tree.get());
    all.extend_from_slice(associated);
    all
}
