//! Positions, versions, times, hashes and ids of a log. Each is a type of its own, so that one is not
//! passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id of a log, given once when the log is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogId(Uuid);

impl LogId {
    /// Wraps an id. The caller makes it, because this crate has no randomness.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id itself.
    pub const fn get(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares an ordered number that starts at 1 and has a `ZERO` that means "before any".
macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(u64);

        impl $name {
            /// Before the first.
            pub const ZERO: Self = Self(0);
            /// The first.
            pub const FIRST: Self = Self(1);

            /// Wraps the number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number itself.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

pub(crate) use counter;

counter! {
    /// The position of a commit in its log. The first commit has position 1, and there are no gaps.
    Position
}

counter! {
    /// The version of a stream after a commit on it. The first commit makes version 1, and each
    /// further one adds 1; `ZERO` is a stream without a commit.
    Version
}

/// The number of an incarnation of a log: 1 when the log is created, and a higher one after each restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Incarnation(u32);

impl Incarnation {
    /// The incarnation that a log begins with.
    pub const FIRST: Self = Self(1);

    /// Wraps the number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The incarnation after a restore.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// When a commit was sequenced: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Recorded(i64);

impl Recorded {
    /// The beginning of 1970, which is what an empty log last recorded.
    pub const ZERO: Self = Self(0);

    /// Wraps microseconds since the epoch.
    pub const fn new(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares a 32-byte hash, shown as 64 hexadecimal digits.
macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps the hash.
            pub const fn new(hash: [u8; 32]) -> Self {
                Self(hash)
            }

            /// The hash itself.
            pub const fn get(self) -> [u8; 32] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

hash! {
    /// The hash of a commit and of everything before it.
    Chain
}

hash! {
    /// The SHA-256 of what a sender asked, by which a repeated command can be told from another command with
    /// the same id.
    Fingerprint
}

impl Chain {
    /// The chain before the first commit. It depends on the id, so that no two logs have the same chain.
    pub fn before_first(log: LogId) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"plansync log ");
        hash.update(log.get().as_bytes());
        Self(hash.finalize().into())
    }

    /// `SHA-256(self ‖ position ‖ at ‖ body)`, numbers in big-endian order.
    #[must_use]
    pub fn link(self, position: Position, at: Recorded, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(position.get().to_be_bytes());
        hash.update(at.get().to_be_bytes());
        hash.update(body);
        Self(hash.finalize().into())
    }
}

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub fn of(asked: &[u8]) -> Self {
        Self(Sha256::digest(asked).into())
    }
}
