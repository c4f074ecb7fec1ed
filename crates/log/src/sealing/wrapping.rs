//! The key that encrypts the keys of a log in their file, and its text form: 64 hexadecimal digits.

use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::error::{CipherRefused, WrappingKeyError};
use super::secret::Secret;

/// A key that encrypts the keys of a log.
///
/// ```
/// use plansync_log::sealing::WrappingKey;
///
/// let key = WrappingKey::new([0xa5; 32])?;
/// assert_eq!(*key.to_text(), "a5".repeat(32));
/// assert_eq!(WrappingKey::parse(&key.to_text())?, key);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappingKey(Secret);

impl WrappingKey {
    /// A key of 32 random bytes. The caller makes them, because this crate has no randomness.
    ///
    /// # Errors
    ///
    /// [`WrappingKeyError::Zero`] if all of them are zero.
    pub fn new(random: [u8; 32]) -> Result<Self, WrappingKeyError> {
        if random == [0; 32] {
            return Err(WrappingKeyError::Zero);
        }
        Ok(Self(Secret::new(random)))
    }

    /// Reads the text form. Space around it is ignored.
    pub fn parse(text: &str) -> Result<Self, WrappingKeyError> {
        let digits = text.trim_ascii().as_bytes();
        let (pairs, []) = digits.as_chunks::<2>() else {
            return Err(WrappingKeyError::Form);
        };
        let mut key = [0; 32];
        if pairs.len() != key.len() {
            return Err(WrappingKeyError::Form);
        }
        for (byte, [high, low]) in key.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Self::new(key)
    }

    /// The text form: 64 hexadecimal digits. It is as secret as the key.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.bytes() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// What tells this key from others, and nothing else of it.
    pub(super) fn id(&self) -> [u8; 8] {
        self.0.derive_id("plansync wrapping id")
    }

    pub(super) fn cipher(&self) -> Result<Cipher, CipherRefused> {
        Cipher::new(&self.0)
    }
}

fn digit(digit: u8) -> Result<u8, WrappingKeyError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(WrappingKeyError::Form),
    }
}
