//! Versions of a plan and of a template: counters that only commits on the plan or the template
//! increase.

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
            /// The version before the first commit.
            pub const ZERO: Self = Self(0);

            /// The version with this number.
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// Its number.
            pub const fn get(self) -> u32 {
                self.0
            }

            /// The next version; the last one is followed by itself.
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
    /// The number of commits on a plan. A plan without commits has version zero.
    Version
);
counter!(
    /// The number of changes of a programme's template.
    TemplateVersion
);

impl Version {
    /// The previous version; the first one is preceded by itself.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The version of a stream. Larger numbers than a `u32` holds, which no plan reaches in
    /// practice, give the last version.
    pub fn of_stream(version: u64) -> Self {
        Self(u32::try_from(version).unwrap_or(u32::MAX))
    }
}
