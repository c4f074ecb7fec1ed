//! Deterministic authenticated encryption: AES-256-GCM whose nonce is derived from the key and everything
//! that is encrypted, so that the same text gives the same bytes and no nonce serves two texts.
//!
//! ```text
//! nonce 12 (HMAC-SHA-256 of: length of the associated data u64 · associated data · text) · ciphertext · tag 16
//! ```

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use super::error::CipherRefused;
use super::secret::Secret;

/// How many bytes more than a text its ciphertext has.
pub(super) const MORE_BYTES: usize = NONCE_LEN + 16;

/// A cipher with its key.
pub(super) struct Cipher {
    aead: LessSafeKey,
    mac: hmac::Key,
}

impl Cipher {
    /// The cipher whose keys are derived from this secret.
    pub(super) fn new(secret: &Secret) -> Result<Self, CipherRefused> {
        let encrypting = secret.derive("plansync encrypt");
        let key = UnboundKey::new(&AES_256_GCM, encrypting.bytes()).map_err(|_| CipherRefused)?;
        let nonce = secret.derive("plansync nonce");
        Ok(Self {
            aead: LessSafeKey::new(key),
            mac: hmac::Key::new(hmac::HMAC_SHA256, nonce.bytes()),
        })
    }

    /// Adds the encrypted text to `out`. It can be opened with the same associated data only.
    pub(super) fn seal_into(
        &self,
        out: &mut Vec<u8>,
        associated: &[u8],
        text: &[u8],
    ) -> Result<(), CipherRefused> {
        let nonce = self.nonce_of(associated, text);
        let mut body = text.to_vec();
        let whole = Nonce::assume_unique_for_key(nonce);
        let sealed = self
            .aead
            .seal_in_place_separate_tag(whole, Aad::from(associated), &mut body);
        let tag = sealed.map_err(|_| CipherRefused)?;
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// The text, if these bytes were made of it with this key and this associated data.
    pub(super) fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = body.to_vec();
        let whole = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .aead
            .open_in_place(whole, Aad::from(associated), &mut body);
        let bytes = opened.ok()?.len();
        body.truncate(bytes);
        (self.nonce_of(associated, &body) == *nonce).then_some(body)
    }

    /// The HMAC-SHA-256 of `bytes` for a purpose with this label, which is the associated data of no text.
    pub(super) fn digest(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        mac(&self.mac, label.as_bytes(), bytes)
    }

    fn nonce_of(&self, associated: &[u8], text: &[u8]) -> [u8; NONCE_LEN] {
        let tag = mac(&self.mac, associated, text);
        tag.first_chunk().copied().unwrap_or_default()
    }
}

/// The HMAC-SHA-256 of a label with its length, and bytes.
pub(super) fn mac(key: &hmac::Key, label: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut signing = hmac::Context::with_key(key);
    let label_bytes = u64::try_from(label.len()).unwrap_or(u64::MAX);
    signing.update(&label_bytes.to_be_bytes());
    signing.update(label);
    signing.update(bytes);
    signing
        .sign()
        .as_ref()
        .first_chunk()
        .copied()
        .unwrap_or_default()
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(..)")
    }
}
