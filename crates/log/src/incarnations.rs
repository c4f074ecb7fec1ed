//! The incarnations of a log: the first begins with the log, each further one with a restore. They say
//! which commits of earlier incarnations the log inherited, and so which published events of an earlier
//! incarnation belong to it.
//!
//! ```text
//! count u32 · { incarnation u32 · after u64 · chain 32 }*
//! ```

use std::sync::Arc;

use crate::bytes::Cursor;
use crate::{Chain, Incarnation, LogId, Position, Tip};

/// The most incarnations of a log.
pub const INCARNATIONS_MAX: usize = 1_000;

/// One incarnation of a log: from its beginning, or from a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncarnationRecord {
    /// Its number. Numbers rise and may have gaps.
    pub incarnation: Incarnation,
    /// The last commit that it inherited, `ZERO` if it inherited none.
    pub after: Position,
    /// The chain at that position.
    pub chain: Chain,
}

/// Why an incarnation cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IncarnationError {
    /// The number is not above the current one.
    #[error("the log already has incarnation {current}; choose a greater number for the next one")]
    NotLater {
        /// The number of the current incarnation.
        current: Incarnation,
    },
    /// The log has had the most incarnations.
    #[error(
        "the log has reached the maximum of {INCARNATIONS_MAX} incarnations; start a new log in another folder"
    )]
    TooMany,
}

/// All incarnations of a log, the oldest first. There is at least one and there are at most
/// [`INCARNATIONS_MAX`]. Clones share them.
///
/// ```
/// use plansync_log::{Incarnation, Incarnations, LogId, Position, Tip};
/// # use uuid::Uuid;
///
/// # let log = LogId::new(Uuid::from_u128(1));
/// let mut incarnations = Incarnations::first(log);
/// let inherited = Tip {
///     position: Position::new(20),
///     ..Tip::empty(log, Incarnation::FIRST)
/// };
/// incarnations.begin(Incarnation::new(2), &inherited)?;
/// assert_eq!(incarnations.of(Position::new(20)), Incarnation::FIRST);
/// assert_eq!(incarnations.of(Position::new(21)), Incarnation::new(2));
/// # Ok::<(), plansync_log::IncarnationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incarnations {
    all: Arc<[IncarnationRecord]>,
}

impl Incarnations {
    /// The incarnations of a log that was never restored.
    pub fn first(log: LogId) -> Self {
        let first = IncarnationRecord {
            incarnation: Incarnation::FIRST,
            after: Position::ZERO,
            chain: Chain::before_first(log),
        };
        Self {
            all: Arc::new([first]),
        }
    }

    /// The current incarnation.
    pub fn current(&self) -> Incarnation {
        self.all
            .last()
            .map_or(Incarnation::FIRST, |record| record.incarnation)
    }

    /// The incarnation in which the commit at this position was made. An incarnation that begins before
    /// an earlier one removes the commits of that one.
    pub fn of(&self, position: Position) -> Incarnation {
        let made = self.all.iter().rev().find(|record| record.after < position);
        made.map_or(Incarnation::FIRST, |record| record.incarnation)
    }

    /// The last position up to which the log still has what was committed in this incarnation and before
    /// it: `None` if there was no such incarnation, `Some(None)` if it is the current one, which has no end
    /// yet.
    pub fn end_of(&self, incarnation: Incarnation) -> Option<Option<Position>> {
        let mut later = self
            .all
            .iter()
            .skip_while(|record| record.incarnation != incarnation);
        later.next()?;
        Some(later.map(|record| record.after).min())
    }

    /// The last position that the current incarnation inherited.
    pub fn began_after(&self) -> Position {
        self.all
            .last()
            .map_or(Position::ZERO, |record| record.after)
    }

    /// Whether a commit with this chain may have this position: where an incarnation began, unless a later
    /// one began before, it must be the commit that this incarnation inherited last.
    pub fn admit(&self, position: Position, chain: Chain) -> bool {
        let mut begun_at = Position::new(u64::MAX);
        self.all.iter().rev().all(|record| {
            let counts = record.after <= begun_at;
            begun_at = begun_at.min(record.after);
            !counts || record.after != position || record.chain == chain
        })
    }

    /// Begins the next incarnation after this tip.
    ///
    /// # Errors
    ///
    /// [`IncarnationError`] if the number is not above the current one, or no incarnation is left. Nothing
    /// changes then.
    pub fn begin(&mut self, incarnation: Incarnation, at: &Tip) -> Result<(), IncarnationError> {
        let current = self.current();
        if incarnation <= current {
            return Err(IncarnationError::NotLater { current });
        }
        if self.all.len() >= INCARNATIONS_MAX {
            return Err(IncarnationError::TooMany);
        }
        let next = IncarnationRecord {
            incarnation,
            after: at.position,
            chain: at.chain,
        };
        self.all = self.all.iter().copied().chain([next]).collect();
        Ok(())
    }

    /// Every incarnation, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &IncarnationRecord> + ExactSizeIterator {
        self.all.iter()
    }

    /// Appends the frozen encoding to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for record in self.all.iter() {
            out.extend_from_slice(&record.incarnation.get().to_be_bytes());
            out.extend_from_slice(&record.after.get().to_be_bytes());
            out.extend_from_slice(&record.chain.get());
        }
    }

    /// Reads what [`encode`](Self::encode) wrote for this log; `None` if the bytes are something else, or of
    /// another log.
    pub fn decode(log: LogId, cursor: &mut Cursor<'_>) -> Option<Self> {
        let count = usize::try_from(cursor.u32()?).ok()?;
        if count > INCARNATIONS_MAX {
            return None;
        }
        let all: Arc<[IncarnationRecord]> =
            (0..count).map(|_| record(cursor)).collect::<Option<_>>()?;
        let begins_well = all.first() == Self::first(log).all.first();
        let rises = all.is_sorted_by(|one, two| one.incarnation < two.incarnation);
        (begins_well && rises).then_some(Self { all })
    }
}

fn record(cursor: &mut Cursor<'_>) -> Option<IncarnationRecord> {
    Some(IncarnationRecord {
        incarnation: Incarnation::new(cursor.u32()?),
        after: Position::new(cursor.u64()?),
        chain: Chain::new(cursor.array()?),
    })
}
