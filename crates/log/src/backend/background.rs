//! Background work of an open log, as tasks whose steps the program's threads take. A backend starts no
//! thread, so that a test can take the steps in any order.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// One kind of background work. Its owner calls [`step`](Self::step) again and again, as
/// [`schedule`](Self::schedule) says, and [`wait`](Self::wait) after a step that had nothing to do.
///
/// A log must answer and append correctly even if no step of a task is ever taken; it may be slower, and
/// an inspection beside it may show less.
pub trait BackgroundTask: Send {
    /// The name of the task, for its thread and for messages.
    fn name(&self) -> &'static str;

    /// How often steps are taken.
    fn schedule(&self) -> Schedule;

    /// Does a bounded piece of the work, if there is any.
    ///
    /// # Errors
    ///
    /// After [`StepError::Unavailable`] the log is as it was, and the step can be taken again later. After
    /// any other error the process must end.
    fn step(&mut self) -> Result<StepOutcome, StepError>;

    /// Blocks until there may be work, but not longer than `timeout`.
    fn wait(&self, timeout: Duration);
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOutcome {
    /// There was nothing to do.
    Idle,
    /// A piece of the work is done, and there may be more.
    Worked,
}

/// How often the steps of a task are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The shortest pause between two steps.
    pub interval: Duration,
    /// The pause after [`StepError::Unavailable`].
    pub retry_after: Duration,
    /// Whether a last step is taken after the last append, before the log is closed.
    pub is_taken_at_stop: bool,
}

/// Why a step of background work did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// There is no room. The log is as it was, and the step can be taken again.
    #[error("cannot {doing} {} now; free up space on the disk", path.display())]
    Unavailable {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        #[source]
        source: io::Error,
    },
    /// What the step read is not what was appended.
    #[error("{} is damaged: {what}; stop, and restore the log from a backup", path.display())]
    Corrupt {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Writing or syncing failed. The process must end; the next opening continues the work.
    #[error("cannot {doing} {}; stop, check the disk, and start again", path.display())]
    Fatal {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        #[source]
        source: io::Error,
    },
}
