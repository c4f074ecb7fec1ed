//! The origin of a checkpoint: which tree it is of.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::error::FormatError;
use crate::{Incarnation, LogId};

const PREFIX: &str = "plansync/";

/// The tree of one incarnation of a log, shown as `plansync/<log id>/<incarnation>`.
///
/// The tree covers every commit of the log in that incarnation: those that it inherited and its own. The
/// leaf of a commit has the index position − 1 in each of them, so the trees of two incarnations are the same
/// up to the commit that the later one inherited last. After it, the earlier one may have commits that a
/// restore left behind, and no consistency proof leads from there to the later one. That is why each has its
/// own origin.
///
/// ```
/// use plansync_log::anchor::Origin;
///
/// let text = "plansync/00000000-0000-0000-0000-000000000001/2";
/// assert_eq!(text.parse::<Origin>()?.to_string(), text);
/// assert!("plansync/1/02".parse::<Origin>().is_err());
/// # Ok::<(), plansync_log::anchor::FormatError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The log.
    pub log: LogId,
    /// Its incarnation.
    pub incarnation: Incarnation,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}/{}", self.log, self.incarnation)
    }
}

impl FromStr for Origin {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let parsed = || {
            let (log, incarnation) = text.strip_prefix(PREFIX)?.split_once('/')?;
            Some(Self {
                log: LogId::new(Uuid::try_parse(log).ok()?),
                incarnation: Incarnation::new(incarnation.parse().ok()?),
            })
        };
        // There is one way to write it.
        parsed()
            .filter(|origin| origin.to_string() == text)
            .ok_or(FormatError::Line {
                what: "origin (`plansync/LOG/INCARNATION`)",
            })
    }
}
