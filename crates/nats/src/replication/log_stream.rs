//! The stream of records in `JetStream`.

use futures_util::future::try_join_all;
use plansync_log::replication::{
    Entry, LogStream, LogStreamError, Sent, StreamEnd, StreamSequence,
};

use super::asking::Asking;
use super::log_watch::LogWatch;
use super::messages::{Wanted, message, stream_now};
use super::publishing::{Published, publish};

/// Messages that are read at once at most. A record has less than a mebibyte.
const READS_AT_ONCE_MAX: u64 = 16;
/// What the headers and the subject of a record need of the largest message that a server takes, in bytes.
const HEADER_BYTES: usize = 1024;

/// The stream of records. Clones are handles on the same stream.
#[derive(Debug, Clone)]
pub struct JetStreamLog {
    asking: Asking,
    stream: String,
    subject: String,
    created_ns: i64,
}

impl JetStreamLog {
    pub(super) fn new(asking: Asking, stream: String, subject: String, created_ns: i64) -> Self {
        Self {
            asking,
            stream,
            subject,
            created_ns,
        }
    }

    /// When the stream was made, in nanoseconds since 1970: this distinguishes two streams with the same name.
    pub fn created_ns(&self) -> i64 {
        self.created_ns
    }

    /// Tells from now on when messages are stored.
    pub fn watch(&self) -> LogWatch {
        LogWatch::begin(&self.asking, self.stream.clone())
    }

    async fn read(
        &self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        let first = message(
            &self.asking,
            &self.stream,
            Wanted::From(from, &self.subject),
        )
        .await?;
        let Some(first) = first else {
            return Ok(Vec::new());
        };
        if first.sequence != from {
            return Err(LogStreamError::Gap {
                wanted: from,
                first: first.sequence,
            });
        }
        let mut page = Page::new(first, bytes_max);
        // A node that keeps up finds nothing more, one that catches up asks for more and more at once.
        let mut at_once = 1;
        while page.has_room() {
            for further in self.read_at_once(page.next(), at_once).await? {
                if !further.is_some_and(|entry| page.add(entry)) {
                    return Ok(page.entries);
                }
            }
            at_once = (at_once * 2).min(READS_AT_ONCE_MAX);
        }
        Ok(page.entries)
    }

    async fn read_at_once(
        &self,
        from: StreamSequence,
        count: u64,
    ) -> Result<Vec<Option<Entry>>, LogStreamError> {
        let sequences = (0..count).map(|offset| from.get().saturating_add(offset));
        try_join_all(sequences.map(|sequence| {
            let wanted = Wanted::At(StreamSequence::new(sequence));
            message(&self.asking, &self.stream, wanted)
        }))
        .await
    }
}

/// Messages that were read, one after another.
struct Page {
    entries: Vec<Entry>,
    last: StreamSequence,
    bytes: usize,
    bytes_max: usize,
}

impl Page {
    fn new(first: Entry, bytes_max: usize) -> Self {
        Self {
            last: first.sequence,
            bytes: first.record.len(),
            entries: vec![first],
            bytes_max,
        }
    }

    fn next(&self) -> StreamSequence {
        self.last.next()
    }

    fn has_room(&self) -> bool {
        self.bytes < self.bytes_max && self.next() != self.last
    }

    /// Adds the next message, if it fits.
    fn add(&mut self, entry: Entry) -> bool {
        let bytes = self.bytes.saturating_add(entry.record.len());
        let fits = bytes <= self.bytes_max && entry.sequence == self.next();
        if fits {
            self.last = entry.sequence;
            self.bytes = bytes;
            self.entries.push(entry);
        }
        fits
    }
}

impl LogStream for JetStreamLog {
    fn record_bytes_max(&self) -> usize {
        let server = self.asking.connection().nats().server_info();
        server.max_payload.saturating_sub(HEADER_BYTES)
    }

    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        let names = (self.stream.as_str(), self.subject.as_str());
        let published = publish(&self.asking, names, record, last);
        match self.asking.wait_for(published) {
            Published::Stored(sequence) => Sent::Stored(sequence),
            Published::Refused => Sent::Refused,
            Published::Unknown(error) => Sent::Unknown(error),
        }
    }

    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        // Zero is before the first message, and the server would take it for "any".
        let from = from.max(StreamSequence::FIRST);
        self.asking.wait_for(self.read(from, bytes_max))
    }

    fn end(&mut self) -> Result<StreamEnd, LogStreamError> {
        let now = self
            .asking
            .wait_for(stream_now(&self.asking, &self.stream))?;
        if now.created_ns != self.created_ns {
            return Err(LogStreamError::Gone {
                what: format!(
                    "the stream {} was removed, and another one has its name; every node has its own log still, see \"Nodes \
                     that share a log\" in docs/nats.md before anything is started again",
                    self.stream
                ),
            });
        }
        Ok(now.end)
    }
}
