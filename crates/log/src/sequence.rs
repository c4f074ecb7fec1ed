//! Giving a decision its place: position, time, chain. It knows no clock and keeps no state; the
//! caller holds the tip.

use crate::{Chain, Incarnation, LogId, Position, Proposal, Recorded, Sequenced, envelope};

/// A commit is at most so large in its stored form, in bytes.
pub const COMMIT_BYTES_MAX: usize = 512 * 1024;

/// The end of a log: what the next commit follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// Which log.
    pub log: LogId,
    /// Which incarnation of it.
    pub incarnation: Incarnation,
    /// The last commit, `ZERO` if there is none.
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

    /// The tip once this commit is the last.
    #[must_use]
    pub fn after(self, last: &Sequenced) -> Self {
        Self {
            position: last.position(),
            chain: last.chain(),
            at: last.at(),
            ..self
        }
    }

    /// Whether this commit is the next one: its position, and its chain computed again.
    pub fn precedes(&self, next: &Sequenced) -> bool {
        next.position() == self.position.next()
            && next.chain() == self.chain.link(next.position(), next.at(), next.body())
    }
}

/// A decision that no log takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLarge {
    /// The commit as a whole.
    #[error(
        "the commit has {bytes} bytes, but a commit has at most {bytes_max}; ask for less at once"
    )]
    Commit {
        /// Its stored size in bytes.
        bytes: usize,
        /// The bound in bytes.
        bytes_max: usize,
    },
    /// One field.
    #[error("the {field} has {bytes} bytes, but at most {bytes_max} are kept; shorten it")]
    Field {
        /// Which field.
        field: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The bound in bytes.
        bytes_max: usize,
    },
}

/// Gives a proposal its place behind `tip` and encodes it. Time never runs backwards in a log: a
/// commit is at least as late as the one before it.
///
/// # Errors
///
/// [`TooLarge`] if the commit or one of its fields is over its bound; the tip then stands.
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
