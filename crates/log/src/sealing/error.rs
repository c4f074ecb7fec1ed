//! Why a text is not sealed or opened, a key not destroyed, and the keys of a log not read.

use std::io;
use std::path::PathBuf;

use crate::environment::advice;

/// The cipher does not take what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is too long to be encrypted")]
pub struct CipherRefused;

/// Why a text was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The log has no keys: it is of an earlier version, and it is only read.
    #[error(
        "the log has no keys for texts about persons; open it for writing with this version once, which makes them"
    )]
    NoKeys,
    /// The key was destroyed, so nothing about its owner can be written any more.
    #[error("the key of this text was destroyed")]
    Destroyed,
    /// The text cannot be encrypted.
    #[error("a text cannot be sealed: {0}")]
    Refused(#[from] CipherRefused),
}

/// Why bytes are not a sealed text that this log wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The bytes end too early.
    #[error("a sealed text ends too early")]
    Short,
    /// A later version sealed it.
    #[error(
        "a text is sealed in the form {form}, which this version does not know; use the version that wrote it"
    )]
    Newer {
        /// The number of the form.
        form: u8,
    },
    /// It was changed, or it was sealed for another owner or field.
    #[error("a sealed text is not what was written there")]
    NotAuthentic,
    /// The cipher cannot be used.
    #[error("a text cannot be opened: {0}")]
    Refused(#[from] CipherRefused),
}

/// Why changed keys are not durable.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file system reported an error.
    #[error("cannot {doing} {}: {}", path.display(), advice(source))]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error.
        #[source]
        source: io::Error,
    },
    /// The keys cannot be encrypted.
    #[error("the keys of the log cannot be stored: {0}")]
    Refused(#[from] CipherRefused),
}

/// Why keys were not destroyed. What was to be destroyed may be destroyed all the same, and nothing else is
/// lost: it can be asked for again.
#[derive(Debug, thiserror::Error)]
pub enum DestroyError {
    /// The log is open for reading only.
    #[error("the log is open for reading only, so no key of it can be destroyed")]
    OnlyRead,
    /// The log has no keys.
    #[error(
        "the log has no keys for texts about persons, so none can be destroyed; open it for writing with this version once, which makes them"
    )]
    NoKeys,
    /// The keys that are left could not be stored.
    #[error(
        "the keys that are left could not be stored, so the erasure is not complete and must be asked for again: {0}"
    )]
    Store(#[from] KeyStoreError),
}

/// Why bytes are not the keys of a log, or are not opened with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrappedError {
    /// They do not begin as the keys of a log.
    #[error("it is not a file with the keys of a log")]
    NotKeys,
    /// A later version wrote them.
    #[error("it has format {format}, which this version does not know")]
    Newer {
        /// The number of the format.
        format: u32,
    },
    /// They are not what was written.
    #[error("it is not what was written")]
    Damaged,
    /// They were wrapped with another key.
    #[error("it was encrypted with another key")]
    OtherKey,
    /// The key is the right one, and the bytes are not what was encrypted with it.
    #[error("it is not what was encrypted with this key")]
    NotAuthentic,
    /// The cipher cannot be used.
    #[error("it cannot be decrypted: {0}")]
    Refused(#[from] CipherRefused),
}

/// Why a text is not a wrapping key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrappingKeyError {
    /// It has another form.
    #[error(
        "it is not a key of 32 bytes, written as 64 hexadecimal digits; make one with `openssl rand -hex 32`"
    )]
    Form,
    /// All of its bytes are zero.
    #[error(
        "it is a key of zeros, which is no secret; put back the key, or make one with `openssl rand -hex 32`"
    )]
    Zero,
}
