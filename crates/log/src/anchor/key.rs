//! Keys and their text forms, which are those of Go's package `golang.org/x/mod/sumdb/note`:
//!
//! ```text
//! PRIVATE+KEY+<name>+<id>+<base64 of 0x01 ‖ 32 bytes>    a signing key: keep it secret
//! <name>+<id>+<base64 of kind ‖ 32 bytes>                a verifier key: give it to those who verify
//! ```

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::error::{KeyError, NAME_BYTES_MAX};

const PRIVATE: &str = "PRIVATE+KEY+";
const SIGNING_FORM: &str = "PRIVATE+KEY+<name>+<id>+<base64>";
const VERIFIER_FORM: &str = "<name>+<id>+<base64>";

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Notes, as the signer of a log.
    Log,
    /// Checkpoints with a time, as a witness of the log.
    Witness,
}

impl KeyKind {
    const fn algorithm(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    const fn of(algorithm: u8) -> Option<Self> {
        match algorithm {
            0x01 => Some(Self::Log),
            0x04 => Some(Self::Witness),
            _ => None,
        }
    }
}

/// A key that verifies signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: Arc<str>,
    id: [u8; 4],
    kind: KeyKind,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key with this name.
    pub fn new(name: &str, kind: KeyKind, public: [u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self {
            name: name.into(),
            id: id(name, kind, public),
            kind,
            public,
        })
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let form = KeyError::Form {
            form: VERIFIER_FORM,
        };
        let (name, stated, [algorithm, public @ ..]) = parts(text, form)?;
        let kind = KeyKind::of(algorithm).ok_or(KeyError::Algorithm(algorithm))?;
        let key = Self::new(name, kind, public)?;
        if key.id == stated {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The name that its signatures have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that its signatures have.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    /// What it signs.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether this is the signature of a message by the key.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = [&[self.kind.algorithm()], self.public.as_slice()].concat();
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            u32::from_be_bytes(self.id),
            STANDARD.encode(data)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// A key that signs. It is not shown; [`to_text`](Self::to_text) has the secret.
pub struct SigningKey {
    verifier: VerifierKey,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// The key of a log's signer that follows from 32 random bytes.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::of_kind(name, KeyKind::Log, seed)
    }

    /// The key of a witness that follows from 32 random bytes.
    pub fn of_witness(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::of_kind(name, KeyKind::Witness, seed)
    }

    fn of_kind(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        // Any 32 bytes are a seed.
        let form = KeyError::Form { form: SIGNING_FORM };
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| form)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| form)?;
        Ok(Self {
            verifier: VerifierKey::new(name, kind, public)?,
            seed: *seed,
            pair,
        })
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let form = KeyError::Form { form: SIGNING_FORM };
        let rest = text.strip_prefix(PRIVATE).ok_or(form)?;
        let (name, stated, [algorithm, seed @ ..]) = parts(rest, form)?;
        let kind = KeyKind::of(algorithm).ok_or(KeyError::Algorithm(algorithm))?;
        let key = Self::of_kind(name, kind, &seed)?;
        if key.verifier.id == stated {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The text form, which is secret.
    pub fn to_text(&self) -> String {
        let VerifierKey { name, id, kind, .. } = &self.verifier;
        let data = [&[kind.algorithm()], self.seed.as_slice()].concat();
        let (id, data) = (u32::from_be_bytes(*id), STANDARD.encode(data));
        format!("{PRIVATE}{name}+{id:08x}+{data}")
    }

    /// The key that verifies its signatures.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier.name)
    }
}

/// `SHA-256(name ‖ 0x0A ‖ kind ‖ public key)`, of which the first four bytes are the id.
fn id(name: &str, kind: KeyKind, public: [u8; 32]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', kind.algorithm()]);
    hash.update(public);
    let hash: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

fn parts(text: &str, form: KeyError) -> Result<(&str, [u8; 4], [u8; 33]), KeyError> {
    // Base64 has plus signs, too.
    let mut parts = text.splitn(3, '+');
    let mut part = || parts.next().ok_or(form);
    let (name, id, data) = (part()?, part()?, part()?);
    let is_hex = id.len() == 8 && id.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    let id = is_hex.then(|| u32::from_str_radix(id, 16).ok()).flatten();
    // 33 bytes have 44 digits.
    let data = (data.len() == 44).then(|| STANDARD.decode(data).ok());
    let data = data.flatten().and_then(|data| data.first_chunk().copied());
    check_name(name)?;
    Ok((name, id.ok_or(form)?.to_be_bytes(), data.ok_or(form)?))
}

/// Whether a signature may have this name.
pub(super) fn is_name(name: &str) -> bool {
    let is_wrong = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.contains(is_wrong)
}

fn check_name(name: &str) -> Result<(), KeyError> {
    if is_name(name) {
        Ok(())
    } else {
        Err(KeyError::Name)
    }
}
