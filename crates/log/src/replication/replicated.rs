//! Leading: the writing side of a replicated log. A group is cut into records, which are sent to the stream one after
//! another; what the stream accepted is appended to the node's own log, and only then the next record is sent.
//!
//! One record is in flight. If the answer does not tell what became of it, the same bytes are sent again behind the
//! same message: at most one attempt is stored, and if that is an earlier one, the stream shows it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::clock::MonotonicClock;
use super::follower::stored_elsewhere;
use super::judging::{Judged, Judging, NotJudged};
use super::leading::Leading;
use super::record::{RecordWriter, first_part};
use super::shortness::Shortness;
use super::standing::Standing;
use super::{Halt, LogStream, LogStreamError, Sent};
use crate::{Append, AppendError, Sequenced, Tip};

/// Bytes of messages that are read at once to find out what became of a record.
const READ_BYTES: usize = 1024 * 1024;
/// The first pause before a record is sent again; each further one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(10);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_millis(320);
/// After so long the caller is told that the log cannot be written now. It may go on with the same group.
const PATIENCE: Duration = Duration::from_secs(2);

/// The writing side of a replicated log, of the node that leads.
pub struct Replicated {
    stream: Box<dyn LogStream>,
    judging: Judging,
    writer: RecordWriter,
    local: Box<dyn Append>,
    clock: Arc<dyn MonotonicClock>,
    shortness: Shortness,
    in_flight: Option<InFlight>,
    ended: Option<Ended>,
}

/// A record that was sent and is not in the node's own log yet.
struct InFlight {
    record: Vec<u8>,
    commits: Vec<Sequenced>,
    /// Whether the stream accepted it.
    is_accepted: bool,
}

/// Why nothing more is written.
#[derive(Clone, Copy)]
enum Ended {
    Deposed(super::Term, super::NodeId),
    Halted(Halt),
}

impl From<Ended> for AppendError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Deposed(term, node) => Self::Deposed { term, node },
            Ended::Halted(halt) => Self::Halted(halt),
        }
    }
}

/// What became of one attempt to send a record.
enum Attempt {
    Accepted,
    /// The stream has more messages than was known, and none of them is this record.
    Behind,
    /// It cannot be told.
    Unclear(LogStreamError),
}

impl Replicated {
    pub(super) fn new(leading: Leading, local: Box<dyn Append>) -> Self {
        let Leading {
            stream,
            judging,
            writer,
            clock,
        } = leading;
        Self {
            stream,
            judging,
            writer,
            local,
            clock,
            shortness: Shortness::default(),
            in_flight: None,
            ended: None,
        }
    }

    /// Where the node stands, for whoever saves or shows it.
    pub fn standing(&self) -> Standing {
        self.judging.standing().clone()
    }

    /// The end of what the stream accepted.
    fn end(&self) -> Tip {
        let applied = self.judging.applied();
        Tip {
            position: applied.end.position,
            chain: applied.end.chain,
            ..Tip::empty(applied.log, applied.incarnation)
        }
    }

    /// The part of a group that the stream has not accepted yet. The part before must be what it accepted.
    fn unaccepted<'a>(&self, group: &'a [Sequenced]) -> Result<&'a [Sequenced], AppendError> {
        let end = self.end();
        let known = group.partition_point(|commit| commit.position() <= end.position);
        let (accepted, rest) = group.split_at(known);
        let out_of_order = |commit: &Sequenced| AppendError::OutOfOrder {
            tip: end.position,
            given: commit.position(),
        };
        if let Some(last) = accepted.last()
            && (last.position() != end.position || last.chain() != end.chain)
        {
            return Err(out_of_order(last));
        }
        rest.iter().try_fold(end, |tip, commit| {
            if tip.precedes(commit) && commit.skim().is_ok() {
                Ok(tip.after(commit))
            } else {
                Err(out_of_order(commit))
            }
        })?;
        if let Some(in_flight) = self.in_flight.as_ref().filter(|one| !one.is_accepted)
            && let Some(first) = rest.first()
            && !rest.starts_with(&in_flight.commits)
        {
            // Another record may be stored at this position already.
            return Err(out_of_order(first));
        }
        Ok(rest)
    }

    /// Sends the record in flight until the stream has accepted it.
    fn send(&mut self, record: &[u8]) -> Result<(), AppendError> {
        let begun = self.clock.now();
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(PAUSE_MIN)
            .with_max_delay(PAUSE_MAX)
            .without_max_times()
            .build();
        loop {
            let error = match self.attempt(record)? {
                Attempt::Accepted => return Ok(()),
                Attempt::Behind => continue,
                Attempt::Unclear(error) => error,
            };
            if self.clock.now().since(begun) >= PATIENCE {
                return Err(unavailable(error));
            }
            self.clock.pause(pauses.next().unwrap_or(PAUSE_MAX));
        }
    }

    fn attempt(&mut self, record: &[u8]) -> Result<Attempt, AppendError> {
        let last = self.judging.applied().sequence;
        match self.stream.send(record, last) {
            Sent::Stored(sequence) if sequence == last.next() => Ok(Attempt::Accepted),
            Sent::Stored(sequence) => Ok(Attempt::Unclear(stored_elsewhere(sequence))),
            Sent::Unknown(error) => Ok(Attempt::Unclear(error)),
            Sent::Refused => self.read_on(record),
        }
    }

    /// Looks at what is stored behind the last message that was known.
    fn read_on(&mut self, record: &[u8]) -> Result<Attempt, AppendError> {
        let next = self.judging.applied().sequence.next();
        let entries = match self.stream.read_from(next, READ_BYTES) {
            Ok(entries) => entries,
            Err(LogStreamError::Gap { wanted, .. }) => {
                return Err(self.halted(Halt::Missing { sequence: wanted }));
            }
            Err(error) => return Ok(Attempt::Unclear(error)),
        };
        if entries.is_empty() {
            return self.nothing_behind();
        }
        self.shortness.over();
        for entry in &entries {
            if entry.sequence == self.judging.applied().sequence.next() && entry.record == record {
                return Ok(Attempt::Accepted);
            }
            match self.judging.judge(entry) {
                Ok(Judged::Nothing) => {}
                Ok(Judged::Begins) => return Err(self.deposed()),
                Ok(Judged::Extends(_)) => {
                    let sequence = entry.sequence;
                    return Err(self.halted(Halt::NotMine { sequence }));
                }
                Err(NotJudged::Halted(halt)) => return Err(self.halted(halt)),
                Err(NotJudged::Read(error)) => {
                    return Ok(Attempt::Unclear(LogStreamError::Unavailable {
                        what: "the node's own log cannot be read".to_owned(),
                        source: Some(Box::new(error)),
                    }));
                }
            }
        }
        Ok(Attempt::Behind)
    }

    /// The stream refused a record, and shows nothing behind the last message: it does not show it yet, or it lost its
    /// end.
    fn nothing_behind(&mut self) -> Result<Attempt, AppendError> {
        let seen = self.judging.applied().sequence;
        let last = match self.stream.end() {
            Ok(end) => end.last,
            Err(error) => return Ok(Attempt::Unclear(error)),
        };
        if last >= seen {
            self.shortness.over();
        } else if self.shortness.lasts(self.clock.now()) {
            return Err(self.halted(Halt::TailLost { last, seen }));
        }
        Ok(Attempt::Unclear(LogStreamError::Unavailable {
            what: format!(
                "a record was refused after message {seen}, and the stream shows message {last} as its last one"
            ),
            source: None,
        }))
    }

    fn deposed(&mut self) -> AppendError {
        let applied = self.judging.applied();
        match applied.leader {
            Some(node) => self.end_with(Ended::Deposed(applied.term, node)),
            // A term that began has a node.
            None => AppendError::Poisoned,
        }
    }

    fn halted(&mut self, halt: Halt) -> AppendError {
        self.end_with(Ended::Halted(halt))
    }

    fn end_with(&mut self, ended: Ended) -> AppendError {
        self.ended = Some(ended);
        ended.into()
    }

    /// Sends the record in flight, if there is one, and appends its commits to the node's own log.
    fn land(&mut self) -> Result<(), AppendError> {
        let Some(mut in_flight) = self.in_flight.take() else {
            return Ok(());
        };
        if !in_flight.is_accepted {
            if let Err(error) = self.send(&in_flight.record) {
                self.in_flight = Some(in_flight);
                return Err(error);
            }
            self.judging.extended(&in_flight.commits);
            in_flight.is_accepted = true;
        }
        let appended = self.append_locally(&in_flight.commits);
        if appended.is_err() {
            self.in_flight = Some(in_flight);
        }
        appended
    }

    /// Appends what the node's own log does not have yet. What it has was never taken back by the stream.
    fn append_locally(&mut self, commits: &[Sequenced]) -> Result<(), AppendError> {
        let sequence = self.judging.applied().sequence;
        let known = match self.judging.known(commits, sequence) {
            Ok(known) => known,
            Err(NotJudged::Halted(halt)) => return Err(self.halted(halt)),
            Err(NotJudged::Read(error)) => {
                return Err(AppendError::Unavailable {
                    what: "the node's own log cannot be read".to_owned(),
                    source: io::Error::other(error),
                });
            }
        };
        self.local.append(commits.get(known..).unwrap_or_default())
    }
}

impl Append for Replicated {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        if let Some(ended) = self.ended {
            return Err(ended.into());
        }
        let mut rest = self.unaccepted(group)?;
        // What an earlier call left, which is the beginning of this group.
        let sent = self.in_flight.as_ref().filter(|one| !one.is_accepted);
        let sent = sent.map_or(0, |in_flight| in_flight.commits.len());
        self.land()?;
        rest = rest.get(sent..).unwrap_or_default();
        while !rest.is_empty() {
            let part = first_part(rest);
            let record = self.writer.commits(self.end().chain, part);
            let record = record.map_err(|error| AppendError::Unavailable {
                what: "no record could be made of commits".to_owned(),
                source: io::Error::other(error),
            })?;
            self.in_flight = Some(InFlight {
                record,
                commits: part.to_vec(),
                is_accepted: false,
            });
            self.land()?;
            rest = rest.get(part.len()..).unwrap_or_default();
        }
        Ok(())
    }
}

impl fmt::Debug for Replicated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replicated")
            .field("applied", self.judging.applied())
            .finish_non_exhaustive()
    }
}

fn unavailable(error: LogStreamError) -> AppendError {
    AppendError::Unavailable {
        what: "the stream of the log does not say that it stored them".to_owned(),
        source: io::Error::other(error),
    }
}
