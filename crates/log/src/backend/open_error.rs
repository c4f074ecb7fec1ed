//! Why a log cannot be opened, inspected or reindexed, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::environment::{self, advice};
use crate::{LogId, Position};

/// What to do where the key of the operator is needed.
pub const GIVE_KEY: &str = "give the file with this key by `--erasure-key` or PLANSYNC_ERASURE_KEY";

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has it open.
    #[error("the log in {} is in use by another process; stop that process first", dir.display())]
    Locked {
        /// The place of the log.
        dir: PathBuf,
    },
    /// A later version wrote it.
    #[error("{} has format {format}, which this program does not know; use the version that wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The log ends before a position that it is known to have reached.
    #[error(
        "the log ends at {tip}, but it once reached {head}: acknowledged commits are missing; restore the log from a backup"
    )]
    Behind {
        /// The position that was reached.
        head: Position,
        /// The last position of the log.
        tip: Position,
    },
    /// A file belongs to another log.
    #[error("{} belongs to the log {found}, but this is the log {expected}; put back the file of this log, or restore it from a backup", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The log that wrote it.
        found: LogId,
        /// The log that is opened.
        expected: LogId,
    },
    /// Something that must be there is missing or damaged.
    #[error("{} is damaged: {what}; {remedy}", path.display())]
    Corrupt {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The keys of texts about persons cannot be read, or are not those of the log.
    #[error("{}: {what}; {remedy}", path.display())]
    Keys {
        /// The file with the keys, or with the key that encrypts them.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The keys of texts about persons are encrypted with a key that the operator keeps elsewhere.
    #[error("{} is encrypted with a key that is kept elsewhere; {GIVE_KEY}", path.display())]
    NoErasureKey {
        /// The file with the keys.
        path: PathBuf,
    },
    /// There is a file where the folder should be.
    #[error("{} is not a folder; give the data folder of a log", path.display())]
    NotAFolder {
        /// The path of the file.
        path: PathBuf,
    },
    /// Something that no log made is where a log would begin.
    #[error("{} does not belong to a log; nothing was changed: give a folder that is used only for the log, or move it away", path.display())]
    InTheWay {
        /// Its path.
        path: PathBuf,
    },
    /// The place holds no log, or does not exist.
    #[error("there is no log in {}; {}", dir.display(), where_a_log_is(within.as_deref()))]
    NoLog {
        /// The place.
        dir: PathBuf,
        /// A folder in it that holds a log, if there is one: it may have been meant.
        within: Option<PathBuf>,
    },
    /// `watch` ended the opening.
    #[error("opening the log was interrupted; nothing was changed: start again")]
    Interrupted,
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
}

impl OpenError {
    /// Whether the [environment](crate::environment) is at fault, so that nothing is known to be wrong
    /// with the log.
    pub fn is_of_the_environment(&self) -> bool {
        match self {
            Self::Io { source, .. } => environment::remedy(source).is_some(),
            Self::Locked { .. }
            | Self::Newer { .. }
            | Self::Behind { .. }
            | Self::Foreign { .. }
            | Self::Corrupt { .. }
            | Self::Keys { .. }
            | Self::NoErasureKey { .. }
            | Self::NotAFolder { .. }
            | Self::InTheWay { .. }
            | Self::NoLog { .. }
            | Self::Interrupted => false,
        }
    }
}

fn where_a_log_is(within: Option<&Path>) -> String {
    within.map_or_else(
        || "give the data folder of a log".to_owned(),
        |log| format!("did you mean {}", log.display()),
    )
}
