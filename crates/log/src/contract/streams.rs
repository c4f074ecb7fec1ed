//! The contract of the streams of a replicated log.

use crate::LogId;
use crate::replication::{
    LeaseRecord, LeaseStream, LogStream, NodeId, Sent, StreamEnd, StreamSequence, Term, Written,
};

use uuid::Uuid;

/// A new and empty stream of records, which several nodes can open.
pub trait SharesLogStream {
    /// Another handle on the same stream.
    fn open(&mut self) -> Box<dyn LogStream>;
}

/// A new and empty stream of leases, which several nodes can open.
pub trait SharesLeaseStream {
    /// Another handle on the same stream.
    fn open(&mut self) -> Box<dyn LeaseStream>;
}

/// Runs every check of a stream of records, each against a new and empty one from `make`.
pub fn holds_as_log_stream<S: SharesLogStream>(mut make: impl FnMut() -> S) {
    an_empty_stream_begins_with_the_first_message(&mut make());
    what_is_stored_is_read_by_everybody(&mut make());
    a_record_is_stored_behind_the_end_only(&mut make());
    of_two_records_behind_the_same_message_one_is_stored(&mut make());
    the_same_record_may_be_stored_again(&mut make());
    reading_is_bounded_and_gives_one_message_at_least(&mut make());
    the_largest_record_is_stored(&mut make());
}

/// Runs every check of a stream of leases, each against a new and empty one from `make`.
pub fn holds_as_lease_stream<S: SharesLeaseStream>(mut make: impl FnMut() -> S) {
    an_empty_stream_has_no_lease(&mut make());
    the_last_lease_is_read_by_everybody(&mut make());
    a_lease_is_stored_behind_the_end_only(&mut make());
}

fn at(number: u64) -> StreamSequence {
    StreamSequence::new(number)
}

/// Stores a record, and expects it at the next sequence.
#[track_caller]
fn store(stream: &mut dyn LogStream, record: &[u8], last: u64) {
    match stream.send(record, at(last)) {
        Sent::Stored(sequence) => assert_eq!(sequence, at(last + 1)),
        other @ (Sent::Refused | Sent::Unknown(_)) => {
            panic!("expected the record to be stored after {last}, got {other:?}")
        }
    }
}

#[track_caller]
fn refuse(stream: &mut dyn LogStream, record: &[u8], last: u64) {
    match stream.send(record, at(last)) {
        Sent::Refused => {}
        other @ (Sent::Stored(_) | Sent::Unknown(_)) => {
            panic!("expected the record after {last} to be refused, got {other:?}")
        }
    }
}

/// The records from a sequence on, whose sequences must have no gaps.
#[track_caller]
fn read(stream: &mut dyn LogStream, from: u64, bytes_max: usize) -> Vec<Vec<u8>> {
    let entries = stream.read_from(at(from), bytes_max).unwrap();
    let sequences = entries.iter().map(|entry| entry.sequence.get());
    assert!(sequences.eq((from..).take(entries.len())), "there is a gap");
    entries.into_iter().map(|entry| entry.record).collect()
}

/// All records, which several reads may be needed for.
#[track_caller]
fn read_all(stream: &mut dyn LogStream) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let from = u64::try_from(all.len()).unwrap() + 1;
        let page = read(stream, from, 1024);
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

fn an_empty_stream_begins_with_the_first_message(shared: &mut impl SharesLogStream) {
    let mut stream = shared.open();
    let empty = StreamEnd {
        first: at(1),
        last: at(0),
    };
    assert_eq!(stream.end().unwrap(), empty);
    assert_eq!(read_all(&mut *stream), Vec::<Vec<u8>>::new());
}

fn what_is_stored_is_read_by_everybody(shared: &mut impl SharesLogStream) {
    let (mut writer, mut reader) = (shared.open(), shared.open());
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let records = [b"first".to_vec(), every_byte, vec![0; 10_000]];
    for (last, record) in (0..).zip(&records) {
        store(&mut *writer, record, last);
        assert_eq!(
            read_all(&mut *reader),
            records[..=usize::try_from(last).unwrap()]
        );
    }
    let end = StreamEnd {
        first: at(1),
        last: at(3),
    };
    assert_eq!(reader.end().unwrap(), end);
    assert_eq!(read_all(&mut *shared.open()), records);
    assert_eq!(read(&mut *reader, 4, 1024), Vec::<Vec<u8>>::new());
}

fn a_record_is_stored_behind_the_end_only(shared: &mut impl SharesLogStream) {
    let mut stream = shared.open();
    refuse(&mut *stream, b"too early", 1);
    store(&mut *stream, b"first", 0);
    store(&mut *stream, b"second", 1);
    for last in [0, 1, 3, u64::MAX] {
        refuse(&mut *stream, b"elsewhere", last);
    }
    store(&mut *stream, b"third", 2);
    let records = [b"first".to_vec(), b"second".to_vec(), b"third".to_vec()];
    assert_eq!(read_all(&mut *stream), records);
}

fn of_two_records_behind_the_same_message_one_is_stored(shared: &mut impl SharesLogStream) {
    let (mut one, mut other) = (shared.open(), shared.open());
    for last in 0..4 {
        store(&mut *one, b"one", last * 2);
        refuse(&mut *other, b"other", last * 2);
        store(&mut *other, b"other", last * 2 + 1);
        refuse(&mut *one, b"one", last * 2 + 1);
    }
    assert_eq!(read_all(&mut *one).len(), 8);
}

/// A record is not recognised by what it says: one that changed nothing must be able to be sent again.
fn the_same_record_may_be_stored_again(shared: &mut impl SharesLogStream) {
    let mut stream = shared.open();
    store(&mut *stream, b"same", 0);
    refuse(&mut *stream, b"same", 0);
    store(&mut *stream, b"same", 1);
    assert_eq!(read_all(&mut *stream), [b"same", b"same"]);
}

fn reading_is_bounded_and_gives_one_message_at_least(shared: &mut impl SharesLogStream) {
    let mut stream = shared.open();
    let records: Vec<Vec<u8>> = (0..6).map(|fill| vec![fill; 1_000]).collect();
    for (last, record) in (0..).zip(&records) {
        store(&mut *stream, record, last);
    }
    assert_eq!(read(&mut *stream, 2, 1), records[1..2]);
    let some = read(&mut *stream, 3, 2_500);
    assert!((1..=2).contains(&some.len()), "{} records", some.len());
    assert_eq!(some, records[2..2 + some.len()]);
    assert_eq!(read_all(&mut *stream), records);
}

fn the_largest_record_is_stored(shared: &mut impl SharesLogStream) {
    let mut stream = shared.open();
    let largest = vec![7; stream.record_bytes_max()];
    store(&mut *stream, &largest, 0);
    store(&mut *stream, b"small", 1);
    assert_eq!(read_all(&mut *stream), [largest, b"small".to_vec()]);
}

fn lease(node: u128, term: u64) -> LeaseRecord {
    LeaseRecord {
        log: LogId::new(Uuid::from_u128(1)),
        node: NodeId::new(Uuid::from_u128(node)),
        name: format!("node-{node}").parse().unwrap(),
        term: Term::new(term),
    }
}

#[track_caller]
fn write(stream: &mut dyn LeaseStream, lease: &LeaseRecord, last: u64) {
    match stream.write(lease, at(last)) {
        Written::Stored(sequence) => assert_eq!(sequence, at(last + 1)),
        other @ (Written::Refused | Written::Unknown(_)) => {
            panic!("expected the lease to be stored after {last}, got {other:?}")
        }
    }
}

#[track_caller]
fn not_written(stream: &mut dyn LeaseStream, lease: &LeaseRecord, last: u64) {
    match stream.write(lease, at(last)) {
        Written::Refused => {}
        other @ (Written::Stored(_) | Written::Unknown(_)) => {
            panic!("expected the lease after {last} to be refused, got {other:?}")
        }
    }
}

fn an_empty_stream_has_no_lease(shared: &mut impl SharesLeaseStream) {
    let end = shared.open().read().unwrap();
    assert_eq!((end.sequence, end.lease), (at(0), None));
}

fn the_last_lease_is_read_by_everybody(shared: &mut impl SharesLeaseStream) {
    let (mut one, mut other) = (shared.open(), shared.open());
    for (last, lease) in (0..).zip([lease(1, 0), lease(1, 1), lease(2, 1)]) {
        write(&mut *one, &lease, last);
        let end = other.read().unwrap();
        assert_eq!((end.sequence, end.lease), (at(last + 1), Some(lease)));
    }
}

fn a_lease_is_stored_behind_the_end_only(shared: &mut impl SharesLeaseStream) {
    let (mut one, mut other) = (shared.open(), shared.open());
    not_written(&mut *one, &lease(1, 0), 1);
    write(&mut *one, &lease(1, 0), 0);
    for last in [0, 2, u64::MAX] {
        not_written(&mut *other, &lease(2, 0), last);
    }
    write(&mut *other, &lease(2, 0), 1);
    not_written(&mut *one, &lease(1, 0), 1);
    assert_eq!(one.read().unwrap().lease, Some(lease(2, 0)));
}
