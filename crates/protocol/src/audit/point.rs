//! Points in the history of a plan, and places in lists about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::DecodeError;
use crate::page::body;
use crate::scalar::{Position, Time, Version};
use crate::strict::count;

body! {
    /// A point in the history of a plan: exactly one of the three is given. A position or a time means the last
    /// commit of the plan that is not after it.
    #[derive(Copy, Default)]
    pub struct PlanPoint {
        /// The version of the plan; 0 is the plan before its first commit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub version: Option<Version>,
        /// A position in the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub position: Option<Position>,
        /// A time. Recorded times never decrease along the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub time: Option<Time>,
    }
}

impl PlanPoint {
    /// Checks that exactly one of the fields is given; `path` is that of the point.
    ///
    /// # Errors
    /// If none or several are.
    pub fn check(&self, path: &str) -> Result<(), DecodeError> {
        let given = [
            self.version.is_some(),
            self.position.is_some(),
            self.time.is_some(),
        ];
        match given.iter().filter(|given| **given).count() {
            1 => Ok(()),
            _ => Err(DecodeError::at(
                path,
                "give exactly one of `version`, `position` and `time`",
            )),
        }
    }
}

/// The commit that made a plan what it was at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointReached {
    /// The version of the plan; 0 if it had no commit yet.
    pub version: Version,
    /// The position of the commit; 0 if there was none.
    pub position: Position,
    /// The time at which it was recorded; null if there was none.
    pub at: Option<Time>,
}

body! {
    /// A place in a list about one version of a plan.
    #[derive(Copy)]
    pub struct PlanCursor {
        /// The version of the plan that the list is about.
        pub version: Version,
        /// The number of items before the place.
        #[serde(deserialize_with = "count")]
        pub skip: u32,
    }
}
