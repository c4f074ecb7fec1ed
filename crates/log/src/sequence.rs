//! Giving a decision its place in the log: position, time and chain hash. Time and tip are passed in,
//! so that the same input always gives the same bytes.

use crate::{Chain, Incarnation, LogId, Position, Proposal, Recorded, Sequenced, envelope};

/// The largest stored form of a commit, in bytes.
pub const COMMIT_BYTES_MAX: usize = 512 * 1024;

/// The end of a log: the last commit, which the next one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// The log.
    pub log: LogId,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// The position of the last commit, `ZERO` if there is none.
    pub position: Position,
    /// The chain at that position.
    pub chain: Chain,
    /// When that commit was sequenced.
    pub at: Recorded,
}

impl Tip {
    /// The tip of a log without a commit.
    pub fn empty(log: LogId, incarnation: Incarnation) -> Self {
        Self {
            log,
            incarnation,
            position: Position::ZERO,
            chain: Chain::before_first(log),
            at: Recorded::ZERO,
        }
    }

    /// The tip after this commit.
    #[must_use]
    pub fn after(self, last: &Sequenced) -> Self {
        Self {
            position: last.position(),
            chain: last.chain(),
            at: last.at(),
            ..self
        }
    }

    /// Whether this commit is the next one: its position follows, and its chain is right when it is computed
    /// again.
    pub fn precedes(&self, next: &Sequenced) -> bool {
        next.position() == self.position.next()
            && next.chain() == self.chain.link(next.position(), next.at(), next.body())
    }
}

/// Why a decision is too large for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// The commit as a whole.
    #[error(
        "the commit has {bytes} bytes, but the limit is {bytes_max}; nothing was changed: send a smaller command"
    )]
    Commit {
        /// Its stored size in bytes.
        bytes: usize,
        /// The bound in bytes.
        bytes_max: usize,
    },
    /// One field.
    #[error("the {field} has {bytes} bytes, but the limit is {bytes_max}; shorten it")]
    Field {
        /// Which field.
        field: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The bound in bytes.
        bytes_max: usize,
    },
}

/// Gives a proposal the place after `tip` and encodes it. Returns the commit and the tip after it. Time
/// does not run backwards in a log: if `at` is before the last commit, its time is used again.
///
/// ```
/// use plansync_log::{Incarnation, Recorded, Tip, sequence};
/// # use plansync_log::LogId;
/// # use plansync_log::contract::Author;
/// # use uuid::Uuid;
///
/// # let log = LogId::new(Uuid::from_u128(1));
/// # let proposal = Author::new(log).proposal(Author::plan(1), 100);
/// let tip = Tip::empty(log, Incarnation::FIRST);
/// let (commit, next) = sequence(&tip, Recorded::new(1_000), &proposal)?;
/// assert!(tip.precedes(&commit));
/// assert_eq!(next, tip.after(&commit));
/// # Ok::<(), plansync_log::TooLarge>(())
/// ```
///
/// # Errors
///
/// [`TooLarge`] if the commit or one of its fields exceeds its bound.
pub fn sequence(
    tip: &Tip,
    at: Recorded,
    proposal: &Proposal,
) -> Result<(Sequenced, Tip), TooLarge> {
    let position = tip.position.next();
    let at = at.max(tip.at);
    let mut stored = Sequenced::blank_prefix();
    envelope::encode(proposal, &mut stored)?;
    if stored.len() > COMMIT_BYTES_MAX {
        return Err(TooLarge::Commit {
            bytes: stored.len(),
            bytes_max: COMMIT_BYTES_MAX,
        });
    }
    let sequenced = Sequenced::seal(tip.chain, position, at, stored);
    Ok((sequenced.clone(), tip.after(&sequenced)))
}
