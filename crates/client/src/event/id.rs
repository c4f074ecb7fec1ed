//! The id of an event: its log, the incarnation of the log, and its position.

use std::fmt;
use std::str::FromStr;

use plansync_protocol::Position;
use uuid::Uuid;

/// The id of an event, `<log id>.<incarnation>/<position>`: the same in every delivery of the event.
///
/// Events of one log are published in the order of incarnation and position.
///
/// ```
/// use plansync_client::EventId;
///
/// let id: EventId = "0190a1b2-0000-7000-8000-0000000000ff.3/4711".parse()?;
/// assert_eq!((id.incarnation, id.position.0), (3, 4_711));
/// assert_eq!(id.to_string(), "0190a1b2-0000-7000-8000-0000000000ff.3/4711");
/// # Ok::<(), plansync_client::NoEventId>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The id of the log.
    pub log: Uuid,
    /// The incarnation of the log; restoring a backup begins another one.
    pub incarnation: u32,
    /// The position in the log.
    pub position: Position,
}

/// A text that is not the id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the id of an event: <log id>.<incarnation>/<position>")]
pub struct NoEventId;

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (log, incarnation) = (self.log.hyphenated(), self.incarnation);
        write!(f, "{log}.{incarnation}/{}", self.position.0)
    }
}

impl FromStr for EventId {
    type Err = NoEventId;

    fn from_str(text: &str) -> Result<Self, NoEventId> {
        let (log, place) = text.split_once('.').ok_or(NoEventId)?;
        let (incarnation, position) = place.split_once('/').ok_or(NoEventId)?;
        let id = Self {
            log: Uuid::try_parse(log).map_err(|_| NoEventId)?,
            incarnation: incarnation.parse().map_err(|_| NoEventId)?,
            position: Position(position.parse().map_err(|_| NoEventId)?),
        };
        // Other spellings of the same numbers are no ids.
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(NoEventId)
        }
    }
}
