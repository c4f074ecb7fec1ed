//! Why a note, a key or a proof is not accepted.

/// Text that does not have its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// There is too much of something.
    #[error("it has more than {max} {of}")]
    TooLarge {
        /// What there is too much of.
        of: &'static str,
        /// The bound.
        max: usize,
    },
    /// It is not text, or has control characters.
    #[error("it is not UTF-8 text without control characters")]
    NotText,
    /// A signed note has no signatures.
    #[error("it is not a signed note: after an empty line, signature lines must follow")]
    NotSigned,
    /// A signature line is something else.
    #[error("signature line {line} is not `— NAME BASE64`")]
    Signature {
        /// The number of the line, from 1.
        line: usize,
    },
    /// A line of a checkpoint or a proof is something else.
    #[error("the {what} is missing or is not what its format demands")]
    Line {
        /// What the line should have.
        what: &'static str,
    },
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is not one.
    #[error(
        "the name of the key must have 1 to {NAME_BYTES_MAX} bytes, and no spaces, control characters or `+`"
    )]
    Name,
    /// The text has another form.
    #[error("it is not `{form}`")]
    Form {
        /// The form that it should have.
        form: &'static str,
    },
    /// The key belongs to another algorithm.
    #[error(
        "its algorithm has the number {0:#04x}, which this program does not know; use an Ed25519 key (0x01), or the key of a witness that cosigns with Ed25519 (0x04)"
    )]
    Algorithm(u8),
    /// The id is not that of the name and the key: one of them was changed.
    #[error("its id does not match its name and key; get the key again from its owner")]
    Id,
}

/// The longest name of a key, in bytes.
pub(super) const NAME_BYTES_MAX: usize = 255;

/// Why a note is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A signature is wrong.
    #[error("the signature of {name} is wrong: the note or the signature was changed")]
    Wrong {
        /// The name of the key.
        name: String,
    },
    /// No trusted key signed it.
    #[error(
        "no trusted key signed it; it has signatures of {}", names.join(", ")
    )]
    Unsigned {
        /// The names in its signature lines.
        names: Vec<String>,
    },
}
