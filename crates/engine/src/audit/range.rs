//! The positions between which a list of commits lies. A time becomes a position: recorded times never decrease
//! in a log (`plansync_log::sequence`), also if the clock was set back or a backup was restored.

use plansync_domain::command::rejection::Rejection;
use plansync_log::{Position, Recorded};

use crate::audit::list::AuditQuery;
use crate::call::Refusal;
use crate::reading::Reading;

/// Positions from `first` to `last`; none if `first` is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: Position,
    pub(super) last: Position,
}

impl Range {
    pub(super) fn has(self, position: Position) -> bool {
        (self.first..=self.last).contains(&position)
    }

    pub(super) fn is_empty(self) -> bool {
        self.first > self.last
    }
}

fn check_order<T: PartialOrd>(path: &str, range: Option<(T, T)>) -> Result<(), Refusal> {
    if range.is_some_and(|(from, to)| to < from) {
        let problem = "the range ends before it begins; give a later end";
        return Err(Rejection::invalid(path, problem).into());
    }
    Ok(())
}

pub(super) fn before(position: Position) -> Position {
    Position::new(position.get().saturating_sub(1))
}

impl Reading<'_> {
    /// The positions that a query can concern, after its cursor. `invalid_request` for a position after the end
    /// of the log, and for a range that ends before it begins.
    pub(super) fn range(&self, query: &AuditQuery) -> Result<Range, Refusal> {
        let tip = self.position();
        check_order("to_position", query.from_position.zip(query.to_position))?;
        check_order("to_time", query.from_time.zip(query.to_time))?;
        for (path, position) in [
            ("from_position", query.from_position),
            ("to_position", query.to_position),
            ("after", query.after),
        ] {
            if let Some(position) = position {
                self.check_position(path, position)?;
            }
        }
        let mut range = Range {
            first: query
                .from_position
                .unwrap_or(Position::FIRST)
                .max(Position::FIRST),
            last: query.to_position.unwrap_or(tip).min(tip),
        };
        if let Some(time) = query.from_time {
            range.first = range.first.max(self.first_since(time)?);
        }
        if let Some(time) = query.to_time {
            range.last = range.last.min(before(self.first_since(time)?));
        }
        match query.after {
            Some(after) if query.newest_first => range.last = range.last.min(before(after)),
            Some(after) => range.first = range.first.max(after.next()),
            None => {}
        }
        Ok(range)
    }

    /// Refuses a position after the end of the log: `invalid_request`.
    pub(super) fn check_position(&self, path: &str, position: Position) -> Result<(), Refusal> {
        let tip = self.position();
        if position <= tip {
            return Ok(());
        }
        let problem = format!("the log has no such position; request one from 0 to {tip}");
        Err(Rejection::invalid(path, problem).into())
    }

    /// The first position that was recorded at this time or later; the one after the end if there is none.
    fn first_since(&self, time: Recorded) -> Result<Position, Refusal> {
        // Everything before `first` is earlier, everything from `end` on is not.
        let (mut first, mut end) = (1, self.position().get().saturating_add(1));
        while first < end {
            let middle = first + (end - first) / 2;
            if self.sequenced_at(Position::new(middle))?.at() < time {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        Ok(Position::new(first))
    }
}
