//! Signed notes (C2SP `signed-note`): a text, an empty line, and a line for each signature.
//!
//! ```text
//! <text that ends with a newline>
//! <empty line>
//! — <name> <base64 of key id 4 ‖ signature>
//! ```
//!
//! The signature of a witness (C2SP `tlog-cosignature`) is `time u64 ‖ Ed25519 signature 64`, of a text
//! that the time and a fixed line precede.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::{FormatError, TrustError};
use super::key::{KeyKind, SigningKey, VerifierKey, is_name};
use crate::bytes::Cursor;

/// The largest note, in bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;
/// The most signatures of a note.
pub const SIGNATURES_MAX: usize = 100;

const DASH: &str = "— ";

/// A text and its signatures. It is shown exactly as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: Arc<str>,
    /// Its id.
    pub key_id: [u8; 4],
    /// The signature.
    pub signature: Vec<u8>,
}

/// A trusted key whose signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub key: VerifierKey,
    /// When a witness signed, in seconds since 1970-01-01T00:00:00Z, as it says.
    pub witnessed_at: Option<u64>,
}

impl SignedNote {
    /// A text without signatures yet.
    pub(super) fn unsigned(text: String) -> Self {
        Self {
            text,
            signatures: Vec::new(),
        }
    }

    /// Reads a note. No signature is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > NOTE_BYTES_MAX {
            let (of, max) = ("bytes", NOTE_BYTES_MAX);
            return Err(FormatError::TooLarge { of, max });
        }
        let note = std::str::from_utf8(bytes).map_err(|_| FormatError::NotText)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(FormatError::NotText);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(FormatError::NotSigned)?;
        let lines = lines.strip_suffix('\n').ok_or(FormatError::NotSigned)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            let (of, max) = ("signatures", SIGNATURES_MAX);
            return Err(FormatError::TooLarge { of, max });
        }
        let signature =
            |(line, text)| NoteSignature::parse(text).ok_or(FormatError::Signature { line });
        let signatures = (1..).zip(lines.split('\n')).map(signature);
        Ok(Self {
            text: format!("{text}\n"),
            signatures: signatures.collect::<Result<_, _>>()?,
        })
    }

    /// What was signed, with the newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, also those of unknown keys.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds the signature of a log's key.
    pub fn sign(&mut self, key: &SigningKey) {
        let signature = key.sign(self.text.as_bytes());
        self.add(key, signature);
    }

    /// Adds the signature of a witness at a time, in seconds since 1970-01-01T00:00:00Z.
    pub fn cosign(&mut self, key: &SigningKey, time: u64) {
        let signature = key.sign(cosigned(time, &self.text).as_bytes());
        self.add(key, [time.to_be_bytes().as_slice(), &signature].concat());
    }

    fn add(&mut self, key: &SigningKey, signature: Vec<u8>) {
        let key = key.verifier();
        self.signatures.push(NoteSignature {
            name: key.name().into(),
            key_id: key.id(),
            signature,
        });
    }

    /// Verifies the signatures of known keys. Others are ignored. The result has each key once.
    ///
    /// # Errors
    ///
    /// [`TrustError`] if the signature of a known key is wrong, or none is of a known key.
    pub fn verify(&self, known: &[VerifierKey]) -> Result<Vec<Signer>, TrustError> {
        let mut signers: Vec<Signer> = Vec::new();
        for line in &self.signatures {
            let is_of = |key: &&VerifierKey| key.name() == &*line.name && key.id() == line.key_id;
            for key in known.iter().filter(is_of) {
                let signer = line
                    .verify(&self.text, key)
                    .ok_or_else(|| TrustError::Wrong {
                        name: line.name.to_string(),
                    })?;
                if signers.iter().all(|other| other.key != signer.key) {
                    signers.push(signer);
                }
            }
        }
        if signers.is_empty() {
            let names = self.signatures.iter().map(|line| line.name.to_string());
            return Err(TrustError::Unsigned {
                names: names.collect(),
            });
        }
        Ok(signers)
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(base64).ok()?;
        let (key_id, signature) = bytes.split_first_chunk()?;
        let is_whole = is_name(name) && !signature.is_empty();
        is_whole.then(|| Self {
            name: name.into(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }

    /// The signer, if the signature is right.
    fn verify(&self, text: &str, key: &VerifierKey) -> Option<Signer> {
        let (is_right, witnessed_at) = match key.kind() {
            KeyKind::Log => (key.signed(text.as_bytes(), &self.signature), None),
            KeyKind::Witness => {
                let mut cursor = Cursor::new(&self.signature);
                let time = cursor.u64().filter(|time| i64::try_from(*time).is_ok())?;
                let message = cosigned(time, text);
                (key.signed(message.as_bytes(), cursor.rest()), Some(time))
            }
        };
        is_right.then(|| Signer {
            key: key.clone(),
            witnessed_at,
        })
    }
}

/// What a witness signs.
fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| {
            let bytes = [line.key_id.as_slice(), &line.signature].concat();
            writeln!(f, "{DASH}{} {}", line.name, STANDARD.encode(bytes))
        })
    }
}
