//! Following: reads the messages of the stream, judges them, and gives the commits that the node's own log lacks. It
//! appends nothing itself. The next term is begun here, too.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Monotonic, MonotonicClock};
use super::judging::{Judged, Judging, NotJudged, chain_at};
use super::leading::{Leading, NotLed};
use super::record::{RECORD_BYTES_MAX, RecordReader, RecordWriter};
use super::shortness::Shortness;
use super::standing::Standing;
use super::{Applied, Halt, LogStream, LogStreamError, NodeId, Place, Sent, StreamSequence};
use crate::{Position, Read, ReadError, Sequenced};

/// Bytes of records that one step reads.
const STEP_BYTES: usize = 1024 * 1024;
/// How often a stream that gives nothing is asked where it ends.
const ASK_END_EVERY: Duration = Duration::from_secs(1);

/// Why a node cannot follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The stream did not answer, or does not have what is needed.
    #[error(transparent)]
    Stream(#[from] LogStreamError),
    /// The node's own log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The node and the stream contradict each other.
    #[error(transparent)]
    Halted(#[from] Halt),
    /// The cursor is not of this stream and log: begin before the first message.
    #[error(
        "the saved place in the stream is not one of this stream and log; it is looked for from the beginning"
    )]
    CursorLost,
    /// The stream continues a log that this node does not have.
    #[error(
        "the stream begins after position {base}, and this node's log does not have that commit; restore a backup of another node"
    )]
    NoBase {
        /// The last position before the stream.
        base: Position,
    },
    /// The stream takes no records of the size that the largest commit needs.
    #[error(
        "the stream stores messages of at most {bytes_max} bytes, and the largest commit needs {RECORD_BYTES_MAX}; raise `max_payload` of the servers and the stream's limit"
    )]
    RecordsTooSmall {
        /// The largest record that it stores, in bytes.
        bytes_max: usize,
    },
    /// No memory to read or write records with.
    #[error("records cannot be compressed or decompressed")]
    Zstd(#[from] io::Error),
}

impl FollowError {
    /// Whether the same may succeed later, without anybody doing something about it.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Stream(LogStreamError::Unavailable { .. })
                | Self::Read(ReadError::Unavailable { .. })
        )
    }
}

impl From<NotJudged> for FollowError {
    fn from(error: NotJudged) -> Self {
        match error {
            NotJudged::Read(error) => Self::Read(error),
            NotJudged::Halted(halt) => Self::Halted(halt),
        }
    }
}

/// What became of the attempt to begin a term.
#[derive(Debug)]
pub enum Proposed {
    /// This node leads from here on.
    Begun,
    /// The stream has more messages: they must be followed first. One of them may be the barrier of an earlier attempt;
    /// then [`Applied::leader`] is this node.
    Refused,
    /// It is not known; try again.
    Unknown(LogStreamError),
}

/// A node that follows.
pub struct Follower {
    stream: Box<dyn LogStream>,
    judging: Judging,
    shortness: Shortness,
    /// When it was last asked where the stream ends.
    asked_end_at: Option<Monotonic>,
    clock: Arc<dyn MonotonicClock>,
}

impl Follower {
    /// Begins before the first message of a stream that continues the log after `base`. What the node's own log has
    /// already is compared with it.
    ///
    /// # Errors
    ///
    /// [`FollowError::NoBase`] if this log does not reach so far.
    pub fn begin(
        stream: Box<dyn LogStream>,
        log: Arc<dyn Read>,
        base: Place,
        clock: Arc<dyn MonotonicClock>,
    ) -> Result<Self, FollowError> {
        let tip = log.tip();
        let no_base = FollowError::NoBase {
            base: base.position,
        };
        if !has(log.as_ref(), base)? {
            return Err(no_base);
        }
        let applied = Applied::before_first(tip.log, tip.incarnation, base);
        Self::at(stream, log, applied, clock)
    }

    /// Goes on at a cursor that [`Standing::cursor`] gave.
    ///
    /// # Errors
    ///
    /// [`FollowError::CursorLost`] if the log or the stream is not the one that the cursor was saved for.
    pub fn resume(
        mut stream: Box<dyn LogStream>,
        log: Arc<dyn Read>,
        cursor: Applied,
        clock: Arc<dyn MonotonicClock>,
    ) -> Result<Self, FollowError> {
        let tip = log.tip();
        let is_of_log = (cursor.log, cursor.incarnation) == (tip.log, tip.incarnation);
        if !is_of_log || !has(log.as_ref(), cursor.end)? || !is_of(stream.as_mut(), &cursor)? {
            return Err(FollowError::CursorLost);
        }
        Self::at(stream, log, cursor, clock)
    }

    fn at(
        stream: Box<dyn LogStream>,
        log: Arc<dyn Read>,
        applied: Applied,
        clock: Arc<dyn MonotonicClock>,
    ) -> Result<Self, FollowError> {
        Ok(Self {
            stream,
            judging: Judging::new(log, applied)?,
            shortness: Shortness::default(),
            asked_end_at: None,
            clock,
        })
    }

    /// What the messages so far make of the log.
    pub const fn applied(&self) -> &Applied {
        self.judging.applied()
    }

    /// The same, for whoever saves or shows it.
    pub fn standing(&self) -> Standing {
        self.judging.standing().clone()
    }

    /// Reads the next messages and gives the commits that the node's own log lacks, in order. None if there are no
    /// messages, or none with such commits. They must be appended before the next step. If nothing comes, the stream is
    /// asked once a second where it ends: otherwise nobody would notice that it lost its end.
    ///
    /// # Errors
    ///
    /// [`FollowError`]; those that [pass](FollowError::is_passing) change nothing. A halt comes after the commits before
    /// it were given.
    pub fn step(&mut self) -> Result<Vec<Sequenced>, FollowError> {
        let next = self.applied().sequence.next();
        let entries = self.stream.read_from(next, STEP_BYTES)?;
        if entries.is_empty() {
            self.ask_end()?;
        }
        let mut new = Vec::new();
        for entry in &entries {
            self.shortness.over();
            match self.judging.judge(entry) {
                Ok(Judged::Extends(commits)) => new.extend(commits),
                Ok(Judged::Begins | Judged::Nothing) => {}
                // The same message comes again in the next step.
                Err(_) if !new.is_empty() => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(new)
    }

    fn ask_end(&mut self) -> Result<(), FollowError> {
        let now = self.clock.now();
        let asked_at = self.asked_end_at;
        if asked_at.is_none_or(|asked_at| now.since(asked_at) >= ASK_END_EVERY) {
            self.is_at_end()?;
        }
        Ok(())
    }

    /// Whether every message of the stream was followed, and the node's own log ends where the stream does. It asks the
    /// stream where it ends.
    ///
    /// # Errors
    ///
    /// [`Halt::TailLost`] and [`Halt::Ahead`] if the stream keeps saying so for as long as an outdated server might.
    pub fn is_at_end(&mut self) -> Result<bool, FollowError> {
        self.asked_end_at = Some(self.clock.now());
        let end = self.stream.end()?;
        let applied = *self.applied();
        if end.first > applied.sequence.next() {
            let sequence = applied.sequence.next();
            return Err(Halt::Missing { sequence }.into());
        }
        if end.last > applied.sequence {
            self.shortness.over();
            return Ok(false);
        }
        let here = self.judging.log().tip().position;
        let halt = if end.last < applied.sequence {
            Halt::TailLost {
                last: end.last,
                seen: applied.sequence,
            }
        } else if here > applied.end.position {
            Halt::Ahead {
                here,
                stream: applied.end.position,
            }
        } else {
            self.shortness.over();
            return Ok(here == applied.end.position);
        };
        if self.shortness.lasts(self.clock.now()) {
            return Err(halt.into());
        }
        Ok(false)
    }

    /// Tries to begin the next term of the log, behind everything that was followed. Only a node at the
    /// [end](Self::is_at_end) may.
    ///
    /// # Errors
    ///
    /// [`FollowError::RecordsTooSmall`], so that no commit is decided that cannot be stored, and [`Halt::Ahead`] if this
    /// node has commits that the stream does not have.
    pub fn begin_term(&mut self, node: NodeId) -> Result<Proposed, FollowError> {
        let bytes_max = self.stream.record_bytes_max();
        if bytes_max < RECORD_BYTES_MAX {
            return Err(FollowError::RecordsTooSmall { bytes_max });
        }
        let applied = *self.applied();
        let here = self.judging.log().tip().position;
        if here != applied.end.position {
            let stream = applied.end.position;
            return Err(Halt::Ahead { here, stream }.into());
        }
        let names = (applied.log, applied.incarnation);
        let writer = RecordWriter::new(names, (applied.term.next(), node))?;
        let barrier = writer.barrier(applied.end.position.next(), applied.end.chain);
        Ok(match self.stream.send(&barrier, applied.sequence) {
            Sent::Stored(sequence) if sequence == applied.sequence.next() => {
                self.judging.begun(node);
                Proposed::Begun
            }
            Sent::Stored(sequence) => Proposed::Unknown(stored_elsewhere(sequence)),
            Sent::Refused => Proposed::Refused,
            Sent::Unknown(error) => Proposed::Unknown(error),
        })
    }

    /// Whether this node leads by the log: the last term that began is its own.
    pub fn leads(&self, node: NodeId) -> bool {
        self.applied().leader == Some(node)
    }

    /// Leads in the term that this node began.
    ///
    /// # Errors
    ///
    /// [`NotLed`]; the follower is gone then, and another one goes on at its cursor.
    pub fn lead(self, node: NodeId) -> Result<Leading, NotLed> {
        let applied = *self.applied();
        let term = applied.term;
        if !self.leads(node) {
            return Err(NotLed::AnotherNode { term });
        }
        let names = (applied.log, applied.incarnation);
        Ok(Leading {
            stream: self.stream,
            judging: self.judging,
            writer: RecordWriter::new(names, (term, node))?,
            clock: self.clock,
        })
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower")
            .field("applied", self.applied())
            .finish_non_exhaustive()
    }
}

/// A record was stored where it was not sent to.
pub(super) fn stored_elsewhere(sequence: StreamSequence) -> LogStreamError {
    LogStreamError::Unavailable {
        what: format!("a record was stored at message {sequence}, where it was not sent to"),
        source: None,
    }
}

/// Whether a log has this commit.
fn has(log: &dyn Read, place: Place) -> Result<bool, ReadError> {
    Ok(place.position <= log.tip().position && chain_at(log, place.position)? == place.chain)
}

/// Whether a stream has the message that a cursor was saved for. It is recognised by what it says: a stream that lost
/// its end may have another message there now.
fn is_of(stream: &mut dyn LogStream, cursor: &Applied) -> Result<bool, FollowError> {
    if cursor.sequence == StreamSequence::ZERO {
        return Ok(true);
    }
    let entries = stream.read_from(cursor.sequence, 1)?;
    let entry = entries.first();
    let entry = entry.filter(|entry| entry.sequence == cursor.sequence);
    let Some(record) = entry.and_then(|entry| RecordReader::new().ok()?.read(&entry.record).ok())
    else {
        return Ok(false);
    };
    let header = &record.header;
    let chain = record
        .commits
        .last()
        .map_or(header.before, Sequenced::chain);
    let is_of_term = (header.term, Some(header.node)) == (cursor.term, cursor.leader);
    let end = Place {
        position: header.last(),
        chain,
    };
    Ok(is_of_term && end == cursor.end)
}
