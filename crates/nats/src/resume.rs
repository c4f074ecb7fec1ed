//! Where the relay goes on: decided from the stream, the cursor and the log alone.
//!
//! Pure; whoever calls it has read all three.

use plansync_log::Position;

use crate::cursor::Cursor;
use crate::port::LogName;

/// What a stream that holds nothing of this log is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewStream {
    /// Every event since the log began.
    #[default]
    Everything,
    /// Only events of what is committed from now on.
    FromNow,
}

/// Why stream and log do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// The stream has events that the log does not have.
    #[error(
        "the event stream has position {published}, but this log ends at {tip}: commits are \
         missing from the data folder; restore it from a backup, or from the machine it came from"
    )]
    LogIsShorter {
        /// The last published position.
        published: Position,
        /// The end of this log.
        tip: Position,
    },
    /// Both have the position, with different contents.
    #[error(
        "the event stream and this log differ at position {position} (chain {published} there, \
         {ours} here): one of them was changed; compare them before either is used again"
    )]
    Chain {
        /// Where they differ.
        position: Position,
        /// The hash in the stream.
        published: String,
        /// The hash in the log.
        ours: String,
    },
    /// The last event was published by another incarnation.
    #[error(
        "the event stream was last written by incarnation {theirs} of this log, and this is \
         incarnation {ours}; start the engine on the data folder that was used last"
    )]
    Incarnation {
        /// The incarnation in the stream.
        theirs: u32,
        /// This one.
        ours: u32,
    },
    /// The last event is of another log.
    #[error("the event stream holds events of the log {theirs}, and this is the log {ours}")]
    OtherLog {
        /// The log id in the stream.
        theirs: String,
        /// This one.
        ours: String,
    },
}

/// The last event in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastEvent {
    pub(crate) name: LogName,
    pub(crate) position: Position,
    /// The hash there, in lower-case hex.
    pub(crate) chain: String,
}

/// The stream as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) created_ns: i128,
    pub(crate) last_sequence: u64,
    pub(crate) last: Option<LastEvent>,
}

/// The log as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) name: LogName,
    pub(crate) tip: Position,
    /// Its hash at the position of the stream's last event.
    pub(crate) chain: Option<String>,
}

/// The position after which to go on.
pub(crate) fn resume(
    own: &Own,
    found: &Found,
    cursor: Option<&Cursor>,
    new_stream: NewStream,
) -> Result<Position, Disagreement> {
    let published = match &found.last {
        Some(last) => Some(agree(own, last)?),
        None => None,
    };
    // A stream that is shorter than the cursor lost its end: what it lost is published again.
    let known = cursor
        .filter(|cursor| cursor.speaks_of(&own.name, found.created_ns))
        .filter(|cursor| cursor.sequence <= found.last_sequence)
        .map(Cursor::position);
    match published.max(known) {
        Some(position) if position > own.tip => Err(Disagreement::LogIsShorter {
            published: position,
            tip: own.tip,
        }),
        Some(position) => Ok(position),
        None => Ok(match new_stream {
            NewStream::Everything => Position::ZERO,
            NewStream::FromNow => own.tip,
        }),
    }
}

/// The position of the last event, if it is one of ours.
fn agree(own: &Own, last: &LastEvent) -> Result<Position, Disagreement> {
    if last.name.log != own.name.log {
        return Err(Disagreement::OtherLog {
            theirs: last.name.log.to_string(),
            ours: own.name.log.to_string(),
        });
    }
    if last.name.incarnation != own.name.incarnation {
        return Err(Disagreement::Incarnation {
            theirs: last.name.incarnation,
            ours: own.name.incarnation,
        });
    }
    match &own.chain {
        _ if last.position > own.tip => Err(Disagreement::LogIsShorter {
            published: last.position,
            tip: own.tip,
        }),
        Some(ours) if *ours == last.chain => Ok(last.position),
        ours => Err(Disagreement::Chain {
            position: last.position,
            published: last.chain.clone(),
            ours: ours.clone().unwrap_or_else(|| "none".to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Disagreement, Found, LastEvent, NewStream, Own, resume};
    use plansync_log::Position;

    use crate::cursor::Cursor;
    use crate::port::LogName;

    const CREATED: i128 = 1;

    fn name() -> LogName {
        LogName {
            log: "0a".into(),
            incarnation: 1,
        }
    }

    fn own(tip: u64) -> Own {
        Own {
            name: name(),
            tip: Position::new(tip),
            chain: Some("c".to_owned()),
        }
    }

    fn found(last_sequence: u64, last: Option<u64>) -> Found {
        let last = last.map(|position| LastEvent {
            name: name(),
            position: Position::new(position),
            chain: "c".to_owned(),
        });
        Found {
            created_ns: CREATED,
            last_sequence,
            last,
        }
    }

    fn cursor(sequence: u64, position: u64) -> Cursor {
        Cursor::new(&name(), CREATED, sequence, Position::new(position))
    }

    #[track_caller]
    fn check(found: &Found, cursor: Option<&Cursor>, expected: u64) {
        let position = resume(&own(9), found, cursor, NewStream::Everything).unwrap();
        assert_eq!(position, Position::new(expected));
    }

    #[test]
    fn the_larger_of_cursor_and_last_event_wins() {
        check(&found(5, Some(7)), Some(&cursor(4, 6)), 7);
        check(&found(5, Some(7)), Some(&cursor(5, 8)), 8);
        check(&found(5, Some(7)), None, 7);
    }

    #[test]
    fn an_emptied_stream_goes_on_from_the_cursor() {
        check(&found(5, None), Some(&cursor(5, 8)), 8);
    }

    #[test]
    fn a_stream_that_lost_its_end_goes_on_from_what_it_has() {
        check(&found(3, Some(4)), Some(&cursor(5, 8)), 4);
    }

    #[test]
    fn a_new_stream_starts_as_configured() {
        let old = Cursor::new(&name(), CREATED + 1, 5, Position::new(8));
        check(&found(0, None), Some(&old), 0);
        check(&found(0, None), None, 0);
        let from_now = resume(&own(9), &found(0, None), Some(&old), NewStream::FromNow);
        assert_eq!(from_now, Ok(Position::new(9)));
    }

    #[track_caller]
    fn check_disagreement(own: &Own, found: &Found, expected: &Disagreement) {
        assert_eq!(
            resume(own, found, None, NewStream::Everything).as_ref(),
            Err(expected)
        );
    }

    #[test]
    fn a_log_that_is_shorter_than_its_stream_is_refused() {
        let expected = Disagreement::LogIsShorter {
            published: Position::new(10),
            tip: Position::new(9),
        };
        check_disagreement(&own(9), &found(5, Some(10)), &expected);
    }

    #[test]
    fn another_chain_incarnation_or_log_is_refused() {
        let changed = Own {
            chain: Some("d".to_owned()),
            ..own(9)
        };
        let expected = Disagreement::Chain {
            position: Position::new(7),
            published: "c".to_owned(),
            ours: "d".to_owned(),
        };
        check_disagreement(&changed, &found(5, Some(7)), &expected);
        let restored = Own {
            name: LogName {
                incarnation: 2,
                ..name()
            },
            ..own(9)
        };
        let expected = Disagreement::Incarnation { theirs: 1, ours: 2 };
        check_disagreement(&restored, &found(5, Some(7)), &expected);
        let other = Own {
            name: LogName {
                log: "0b".into(),
                ..name()
            },
            ..own(9)
        };
        let expected = Disagreement::OtherLog {
            theirs: "0a".to_owned(),
            ours: "0b".to_owned(),
        };
        check_disagreement(&other, &found(5, Some(7)), &expected);
    }
}
