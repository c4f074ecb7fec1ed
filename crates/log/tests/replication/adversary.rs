//! A stream between whose servers and nodes everything goes wrong that may: records and answers are lost, come late and
//! twice, and outdated servers answer. What it does is read from a tape; where the tape has ended, all is well.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use plansync_log::memory::MemoryLogStream;
use plansync_log::replication::{
    Entry, LogStream, LogStreamError, Sent, StreamEnd, StreamSequence,
};

/// Wrong answers in a row, at most: an outdated server does not answer for ever.
const WRONG_MAX: u32 = 4;

/// Numbers to choose by.
#[derive(Debug, Clone)]
pub(crate) struct Tape(Arc<Mutex<(Vec<u16>, usize)>>);

impl Tape {
    pub(crate) fn new(numbers: Vec<u16>) -> Self {
        Self(Arc::new(Mutex::new((numbers, 0))))
    }

    /// A number below `bound`; 0 where the tape has ended.
    pub(crate) fn below(&self, bound: usize) -> usize {
        let mut held = self.0.lock().unwrap();
        let number = held.0.get(held.1).copied().unwrap_or(0);
        held.1 += 1;
        usize::from(number) % bound
    }

    pub(crate) fn has_ended(&self) -> bool {
        let held = self.0.lock().unwrap();
        held.1 >= held.0.len()
    }

    /// All is well from here on.
    pub(crate) fn end(&self) {
        self.0.lock().unwrap().0.clear();
    }
}

/// A record, and the message that it is to be stored after.
type OnTheWay = (Vec<u8>, StreamSequence);

/// One node's way to a stream.
#[derive(Debug, Clone)]
pub(crate) struct Adversary {
    pub(crate) stream: MemoryLogStream,
    pub(crate) tape: Tape,
    /// Records that are still on their way, of all nodes.
    on_the_way: Arc<Mutex<Vec<OnTheWay>>>,
    wrong: u32,
    /// So many calls are not answered, whoever makes them.
    away: Arc<AtomicU32>,
}

impl Adversary {
    pub(crate) fn new(tape: &Tape) -> Self {
        Self {
            stream: MemoryLogStream::new(),
            tape: tape.clone(),
            on_the_way: Arc::default(),
            wrong: 0,
            away: Arc::default(),
        }
    }

    /// A record that is on its way arrives, if there is one.
    pub(crate) fn deliver(&mut self) {
        let mut on_the_way = self.on_the_way.lock().unwrap();
        if on_the_way.is_empty() {
            return;
        }
        let index = self.tape.below(on_the_way.len());
        let (record, last) = on_the_way.remove(index);
        // Nobody waits for the answer.
        drop(self.stream.send(&record, last));
    }

    /// Nothing is answered for a while: longer than a leader tries by itself.
    pub(crate) fn go_away(&self) {
        self.away.store(24, Ordering::Relaxed);
    }

    fn is_away(&self) -> bool {
        let left = self.away.load(Ordering::Relaxed);
        self.away.store(left.saturating_sub(1), Ordering::Relaxed);
        left > 0 && !self.tape.has_ended()
    }

    fn delay(&self, record: &[u8], last: StreamSequence) {
        let mut on_the_way = self.on_the_way.lock().unwrap();
        on_the_way.push((record.to_vec(), last));
    }

    /// Whether the next answer is a wrong one.
    fn is_wrong(&mut self) -> bool {
        let is_wrong = self.wrong < WRONG_MAX && self.tape.below(5) == 4;
        self.wrong = if is_wrong { self.wrong + 1 } else { 0 };
        is_wrong
    }
}

fn no_answer() -> LogStreamError {
    LogStreamError::Unavailable {
        what: "the adversary".to_owned(),
        source: None,
    }
}

impl LogStream for Adversary {
    fn record_bytes_max(&self) -> usize {
        self.stream.record_bytes_max()
    }

    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        if self.is_away() {
            return Sent::Unknown(no_answer());
        }
        if self.tape.below(4) == 3 {
            self.deliver();
        }
        match self.tape.below(12) {
            // Lost on its way there.
            7 => Sent::Unknown(no_answer()),
            // Its answer is lost on the way back.
            8 | 9 => {
                drop(self.stream.send(record, last));
                Sent::Unknown(no_answer())
            }
            // Late.
            10 => {
                self.delay(record, last);
                Sent::Unknown(no_answer())
            }
            // Twice.
            11 => {
                self.delay(record, last);
                self.stream.send(record, last)
            }
            _well => self.stream.send(record, last),
        }
    }

    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        if self.is_away() {
            return Err(no_answer());
        }
        let mut entries = self.stream.read_from(from, bytes_max)?;
        if self.is_wrong() {
            match self.tape.below(2) {
                0 => return Err(no_answer()),
                _outdated => entries.truncate(self.tape.below(entries.len() + 1)),
            }
        }
        Ok(entries)
    }

    fn end(&mut self) -> Result<StreamEnd, LogStreamError> {
        if self.is_away() {
            return Err(no_answer());
        }
        let mut end = self.stream.end()?;
        if self.is_wrong() {
            match self.tape.below(2) {
                0 => return Err(no_answer()),
                _outdated => {
                    let behind = u64::try_from(self.tape.below(4)).unwrap();
                    end.last = StreamSequence::new(end.last.get().saturating_sub(behind));
                }
            }
        }
        Ok(end)
    }
}
