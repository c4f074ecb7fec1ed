//! How far a subscriber has come.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::event::{Event, EventId};

/// How far a subscriber has come: the last event that it has processed.
///
/// A subscriber that stores the checkpoint in the same transaction as what it makes of the events processes each
/// event exactly once: an event that is delivered again is [covered](Self::covers) by the checkpoint. The text form is
/// the id of the event, and behind `@` its sequence in the stream, from which a [replay](crate::EventsBuilder::replay)
/// continues without searching.
///
/// ```
/// use plansync_client::Checkpoint;
///
/// let checkpoint: Checkpoint = "0190a1b2-0000-7000-8000-0000000000ff.1/4711@890".parse()?;
/// assert_eq!(checkpoint.sequence(), Some(890));
/// let earlier = "0190a1b2-0000-7000-8000-0000000000ff.1/4710".parse()?;
/// let restored = "0190a1b2-0000-7000-8000-0000000000ff.2/4000".parse()?;
/// assert!(checkpoint.covers(earlier) && !checkpoint.covers(restored));
/// # Ok::<(), plansync_client::NoEventId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    event: EventId,
    sequence: Option<u64>,
}

impl Checkpoint {
    /// The checkpoint after this event; `sequence` is its sequence in the stream, if known.
    pub const fn new(event: EventId, sequence: Option<u64>) -> Self {
        Self { event, sequence }
    }

    /// The last event that was processed.
    pub const fn event(&self) -> EventId {
        self.event
    }

    /// Its sequence in the stream, if known.
    pub const fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// Whether an event was processed: it is the last one, or one before it in the same log. False for an event of
    /// another log.
    pub fn covers(&self, event: EventId) -> bool {
        let place = |id: EventId| (id.incarnation, id.position);
        self.is_of_log(event) && place(event) <= place(self.event)
    }

    /// Whether an event belongs to the log of this checkpoint.
    pub fn is_of_log(&self, event: EventId) -> bool {
        self.event.log == event.log
    }

    /// Whether an event was processed. False for an event without origin, which cannot be recognised.
    pub fn covers_event(&self, event: &Event) -> bool {
        let origin = event.origin.as_ref();
        origin.is_some_and(|origin| self.covers(origin.id))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)?;
        match self.sequence {
            Some(sequence) => write!(f, "@{sequence}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Checkpoint {
    type Err = crate::event::NoEventId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((event, sequence)) = text.split_once('@') else {
            return Ok(Self::new(text.parse()?, None));
        };
        let sequence = sequence.parse().map_err(|_| crate::event::NoEventId)?;
        Ok(Self::new(event.parse()?, Some(sequence)))
    }
}

impl Serialize for Checkpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Checkpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
