//! Decides where the relay continues: a pure function of the stream, the cursor and the log.

use plansync_log::{Incarnation, Incarnations, Position};

use crate::cursor::Cursor;
use crate::port::LogName;

/// What is published to a stream that has nothing of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewStream {
    /// Every event since the beginning of the log.
    #[default]
    Everything,
    /// Only events of commits from now on.
    FromNow,
}

/// Why stream and log do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// The stream has events of this incarnation that the log does not have.
    #[error(
        "the event stream has position {published} of incarnation {incarnation}, but this log ends at {tip} in \
         that incarnation: commits are missing from the data folder; start the engine on the folder that \
         was used last, or restore a backup with `plansync restore --incarnation {}`", incarnation.saturating_add(1)
    )]
    LogIsShorter {
        /// The last published position.
        published: Position,
        /// The incarnation in which it was published.
        incarnation: u32,
        /// The end of this log.
        tip: Position,
    },
    /// Both have the position, with different content.
    #[error(
        "the event stream and this log differ at position {position} (hash {published} in the stream, \
         {ours} in the log): one of them was changed, or one backup was restored twice; nothing was \
         published: run `plansync audit verify --nats-url` to compare them before using either"
    )]
    Chain {
        /// The position.
        position: Position,
        /// The hash in the stream.
        published: String,
        /// The hash in the log.
        ours: String,
    },
    /// The last event was published in a later incarnation.
    #[error(
        "the event stream was last written in incarnation {theirs} of this log, and this folder is in incarnation \
         {ours}; start the engine on the folder that was used last, or restore a backup with \
         `plansync restore --incarnation {}`", theirs.saturating_add(1)
    )]
    Incarnation {
        /// The incarnation in the stream.
        theirs: u32,
        /// The incarnation of this log.
        ours: u32,
    },
    /// The last event is of another log.
    #[error(
        "the event stream has events of the log {theirs}, but this data folder has the log {ours}; start \
         the engine on the data folder of that log, or use another NATS account"
    )]
    OtherLog {
        /// The id of the log in the stream.
        theirs: String,
        /// The id of this log.
        ours: String,
    },
}

/// What an event in the stream says about its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedEvent {
    /// Its log and incarnation.
    pub name: LogName,
    /// The position of its commit.
    pub position: Position,
    /// The hash of the log there, in lower-case hexadecimal digits.
    pub chain: String,
}

impl PublishedEvent {
    fn incarnation(&self) -> Incarnation {
        Incarnation::new(self.name.incarnation)
    }
}

/// The identity and the end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// When it was created, in nanoseconds since 1970.
    pub created_ns: i128,
    /// Its last sequence, 0 if it is empty.
    pub last_sequence: u64,
}

/// The stream as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// When it was created, in nanoseconds since 1970: this distinguishes two streams with the same
    /// name.
    pub created_ns: i128,
    /// Its last sequence, 0 if it is empty.
    pub last_sequence: u64,
    /// The last event of an incarnation that this log has not left behind.
    pub last: Option<PublishedEvent>,
}

/// The log as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) name: LogName,
    pub(crate) incarnations: Incarnations,
    pub(crate) tip: Position,
    /// Its hash at the position of the stream's last event.
    pub(crate) chain: Option<String>,
}

/// Whether an event is of an incarnation that this log does not descend from. The log was
/// deliberately given a later incarnation, so the relay does not continue after events of that one.
pub(crate) fn is_left_behind(
    name: &LogName,
    incarnations: &Incarnations,
    event: &PublishedEvent,
) -> bool {
    let is_unknown = incarnations.end_of(event.incarnation()).is_none();
    event.name.log == name.log && is_unknown && event.incarnation() < incarnations.current()
}

/// The position after which to continue.
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
    // A stream that is shorter than the cursor lost its end, which is published again.
    let known = cursor
        .filter(|cursor| cursor.speaks_of(&own.name, found.created_ns))
        .filter(|cursor| cursor.sequence <= found.last_sequence)
        .map(Cursor::position);
    match published.max(known) {
        Some(position) if position > own.tip => Err(shorter(own, position)),
        Some(position) => Ok(position),
        None => Ok(match new_stream {
            NewStream::Everything => Position::ZERO,
            NewStream::FromNow => own.tip,
        }),
    }
}

/// The position up to which the stream has what this log has, according to its last event.
fn agree(own: &Own, last: &PublishedEvent) -> Result<Position, Disagreement> {
    if last.name.log != own.name.log {
        return Err(Disagreement::OtherLog {
            theirs: last.name.log.to_string(),
            ours: own.name.log.to_string(),
        });
    }
    match own.incarnations.end_of(last.incarnation()) {
        None => Err(Disagreement::Incarnation {
            theirs: last.name.incarnation,
            ours: own.name.incarnation,
        }),
        // The log was restored to a point before this event and has nothing of what followed.
        Some(Some(end)) if last.position > end => Ok(end),
        Some(_) if last.position > own.tip => Err(shorter(own, last.position)),
        Some(_) => match &own.chain {
            Some(ours) if *ours == last.chain => Ok(last.position),
            ours => Err(Disagreement::Chain {
                position: last.position,
                published: last.chain.clone(),
                ours: ours.clone().unwrap_or_else(|| "none".to_owned()),
            }),
        },
    }
}

fn shorter(own: &Own, published: Position) -> Disagreement {
    Disagreement::LogIsShorter {
        published,
        incarnation: own.name.incarnation,
        tip: own.tip,
    }
}

#[cfg(test)]
mod tests;
