//! Versions of a plan and of a template: counters that only their own aggregate moves.
//!
//! Knows nothing of positions in the log.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// Before the first commit.
            pub const ZERO: Self = Self(0);

            /// The version of this number.
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// Its number.
            pub const fn get(self) -> u32 {
                self.0
            }

            /// The one after it (the last one stays the last).
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

        impl From<$name> for u64 {
            fn from(version: $name) -> Self {
                Self::from(version.0)
            }
        }
    };
}

counter!(
    /// How many commits a plan has seen; an empty plan nobody touched is at zero.
    Version
);
counter!(
    /// How many times a programme's template was changed.
    TemplateVersion
);

impl Version {
    /// The one before it (the first one stays the first).
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The version of a stream's number, which no plan can outgrow in practice.
    pub fn of_stream(version: u64) -> Self {
        Self(u32::try_from(version).unwrap_or(u32::MAX))
    }
}
