//! The lives of a log: its first begins with it, each further one with a restore. They say which
//! commits of earlier lives a log inherited, and so which events of an earlier life are its own. It
//! refuses to know how a log is restored.
//!
//! ```text
//! count u32 · { incarnation u32 · after u64 · chain 32 }*
//! ```

use std::sync::Arc;

use crate::bytes::Cursor;
use crate::{Chain, Incarnation, LogId, Position, Tip};

/// A log has at most so many lives.
pub const LIVES_MAX: usize = 1_000;

/// One life of a log: from its beginning, or from a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Which life it is. Numbers rise and may have gaps.
    pub incarnation: Incarnation,
    /// The last commit that it inherited, `ZERO` if it inherited none.
    pub after: Position,
    /// The chain at that position.
    pub chain: Chain,
}

/// Why a life cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LivesError {
    /// Its number was used.
    #[error("the log is in its life {current} already; give the next one a number above that")]
    NotLater {
        /// The number of the current life.
        current: Incarnation,
    },
    /// There have been too many.
    #[error("the log has had {LIVES_MAX} lives, and no more can begin; begin a new log")]
    TooMany,
}

/// All lives of a log, the oldest first. There is at least one and there are at most
/// [`LIVES_MAX`]. Cloning it shares them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lives {
    all: Arc<[Life]>,
}

impl Lives {
    /// The one life of a log that was never restored.
    pub fn first(log: LogId) -> Self {
        let first = Life {
            incarnation: Incarnation::FIRST,
            after: Position::ZERO,
            chain: Chain::before_first(log),
        };
        Self {
            all: Arc::new([first]),
        }
    }

    /// The present life.
    pub fn current(&self) -> Incarnation {
        self.all
            .last()
            .map_or(Incarnation::FIRST, |life| life.incarnation)
    }

    /// The life in which the commit at this position was made. A life that began further back than
    /// an earlier one took that one's commits away.
    pub fn of(&self, position: Position) -> Incarnation {
        let made = self.all.iter().rev().find(|life| life.after < position);
        made.map_or(Incarnation::FIRST, |life| life.incarnation)
    }

    /// Up to where the log still has what was committed in this life and before it: `None` if there
    /// was no such life, `Some(None)` if it is the current one, which has no end yet.
    pub fn end_of(&self, incarnation: Incarnation) -> Option<Option<Position>> {
        let mut later = self
            .all
            .iter()
            .skip_while(|life| life.incarnation != incarnation);
        later.next()?;
        Some(later.map(|life| life.after).min())
    }

    /// The last position that the present life inherited.
    pub fn began_after(&self) -> Position {
        self.all.last().map_or(Position::ZERO, |life| life.after)
    }

    /// Whether a commit with this chain may stand at this position: where a life began whose
    /// beginning no later one took away, it must be the commit that this life inherited last.
    pub fn admit(&self, position: Position, chain: Chain) -> bool {
        let mut begun_at = Position::new(u64::MAX);
        self.all.iter().rev().all(|life| {
            let counts = life.after <= begun_at;
            begun_at = begun_at.min(life.after);
            !counts || life.after != position || life.chain == chain
        })
    }

    /// Begins the next life behind this tip.
    ///
    /// # Errors
    ///
    /// [`LivesError`] if the number was used or no life is left; then nothing has changed.
    pub fn begin(&mut self, incarnation: Incarnation, at: &Tip) -> Result<(), LivesError> {
        let current = self.current();
        if incarnation <= current {
            return Err(LivesError::NotLater { current });
        }
        if self.all.len() >= LIVES_MAX {
            return Err(LivesError::TooMany);
        }
        let next = Life {
            incarnation,
            after: at.position,
            chain: at.chain,
        };
        self.all = self.all.iter().copied().chain([next]).collect();
        Ok(())
    }

    /// Every life, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Life> + ExactSizeIterator {
        self.all.iter()
    }

    /// Appends the frozen bytes of it to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for life in self.all.iter() {
            out.extend_from_slice(&life.incarnation.get().to_be_bytes());
            out.extend_from_slice(&life.after.get().to_be_bytes());
            out.extend_from_slice(&life.chain.get());
        }
    }

    /// Reads what [`encode`](Self::encode) wrote for this log; `None` if that is no row of lives,
    /// or of another log.
    pub fn decode(log: LogId, cursor: &mut Cursor<'_>) -> Option<Self> {
        let count = usize::try_from(cursor.u32()?).ok()?;
        if count > LIVES_MAX {
            return None;
        }
        let all: Arc<[Life]> = (0..count).map(|_| life(cursor)).collect::<Option<_>>()?;
        let begins_well = all.first() == Self::first(log).all.first();
        let rises = all.is_sorted_by(|one, two| one.incarnation < two.incarnation);
        (begins_well && rises).then_some(Self { all })
    }
}

fn life(cursor: &mut Cursor<'_>) -> Option<Life> {
    Some(Life {
        incarnation: Incarnation::new(cursor.u32()?),
        after: Position::new(cursor.u64()?),
        chain: Chain::new(cursor.array()?),
    })
}
