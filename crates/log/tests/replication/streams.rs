//! The streams in memory keep the contract.

use plansync_log::contract::{
    SharesLeaseStream, SharesLogStream, holds_as_lease_stream, holds_as_log_stream,
};
use plansync_log::memory::{MemoryLeaseStream, MemoryLogStream};
use plansync_log::replication::{LeaseStream, LogStream, LogStreamError, StreamSequence};

struct Records(MemoryLogStream);

impl SharesLogStream for Records {
    fn open(&mut self) -> Box<dyn LogStream> {
        Box::new(self.0.clone())
    }
}

struct Leases(MemoryLeaseStream);

impl SharesLeaseStream for Leases {
    fn open(&mut self) -> Box<dyn LeaseStream> {
        Box::new(self.0.clone())
    }
}

#[test]
fn the_stream_in_memory_keeps_the_contract() {
    holds_as_log_stream(|| Records(MemoryLogStream::new()));
}

#[test]
fn the_leases_in_memory_keep_the_contract() {
    holds_as_lease_stream(|| Leases(MemoryLeaseStream::new()));
}

#[test]
fn what_was_removed_from_the_stream_in_memory_is_told() {
    let mut stream = MemoryLogStream::new();
    for record in [b"one", b"two", b"six"] {
        stream.force(record);
    }
    stream.remove_before(StreamSequence::new(3));
    match stream.read_from(StreamSequence::new(2), 10) {
        Err(LogStreamError::Gap { wanted, first }) => {
            assert_eq!((wanted.get(), first.get()), (2, 3));
        }
        other => panic!("{other:?}"),
    }
    let left = stream.read_from(StreamSequence::new(3), 10).unwrap();
    assert_eq!((left[0].sequence.get(), left.len()), (3, 1));
    stream.lose_after(StreamSequence::new(2));
    let end = stream.end().unwrap();
    assert_eq!((end.first.get(), end.last.get()), (3, 2));
}
