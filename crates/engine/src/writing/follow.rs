//! Following: commits that another node decided are appended to the log and folded into the state.

use parking_lot::MutexGuard;
use plansync_log::{AppendError, Position, Sequenced};

use super::group_writer::{GroupWriter, LogFailed, Wrote};
use super::role::Role;
use crate::recorded::commit::{Decided, decided};
use crate::recorded::open_error::OpenError;

/// Commits folded under one lock.
const FOLD_COUNT: usize = 64;

/// Why commits of another node were not taken over.
#[derive(Debug, thiserror::Error)]
pub enum FollowFailed {
    /// The engine was not opened to follow, or leads by now.
    #[error("the engine does not follow another node; open it again to follow")]
    NotFollowing,
    /// The commits do not follow the log. Nothing was written.
    #[error(
        "the log ends at {tip}, and the commit {given} of another node does not follow it; nothing was written: follow from the saved place in the stream again"
    )]
    OutOfOrder {
        /// The last position of the log.
        tip: Position,
        /// The first commit that does not follow.
        given: Position,
    },
    /// A commit cannot be decoded, perhaps because a later version wrote it. Nothing was written.
    #[error(
        "a commit of another node cannot be taken over, and nothing was written; run the version of the node that leads"
    )]
    Unreadable(#[source] OpenError),
    /// The log cannot be written any more.
    #[error(transparent)]
    Log(#[from] LogFailed),
}

impl GroupWriter {
    /// Appends commits that another node decided, folds them, and shows the state that they lead to. All of them
    /// are checked before the first one is written. If there is no room for them, nothing was done, and the same
    /// commits can be given again.
    pub(crate) fn follow(&self, commits: &[Sequenced]) -> Result<Wrote, FollowFailed> {
        let mut log_end = self.log_end();
        if self.role() != Role::Follows {
            return Err(FollowFailed::NotFollowing);
        }
        if commits.is_empty() {
            return Ok(Wrote::Nothing);
        }
        self.check_order(commits)?;
        let all = commits.iter();
        let all = all.map(|commit| decided(commit, &self.config.keys));
        let all: Vec<Decided> = all
            .collect::<Result<_, _>>()
            .map_err(FollowFailed::Unreadable)?;
        match log_end.append(commits) {
            Ok(()) => {}
            Err(AppendError::Unavailable { what, source }) => {
                self.refused(&what, &source);
                return Ok(Wrote::Refused);
            }
            Err(source) => return Err(LogFailed::Storage { source }.into()),
        }
        self.count(commits);
        Ok(self.show(self.fold(commits, &all)))
    }

    fn check_order(&self, commits: &[Sequenced]) -> Result<(), FollowFailed> {
        let tip = self.sequencing.lock().tip();
        commits.iter().try_fold(tip, |tip, commit| {
            if tip.precedes(commit) {
                Ok(tip.after(commit))
            } else {
                Err(FollowFailed::OutOfOrder {
                    tip: tip.position,
                    given: commit.position(),
                })
            }
        })?;
        Ok(())
    }

    /// Folds commits, a few under one lock, and returns the state after the last one.
    fn fold(&self, commits: &[Sequenced], all: &[Decided]) -> crate::state::State {
        let pairs: Vec<_> = commits.iter().zip(all).collect();
        for some in pairs.chunks(FOLD_COUNT) {
            let mut sequencer = self.sequencing.lock();
            for (commit, decided) in some {
                sequencer.follow(commit, decided);
            }
            // The lock is handed to whoever waits for it.
            MutexGuard::unlock_fair(sequencer);
        }
        self.sequencing.lock().state().clone()
    }
}
