//! The records of format 1 as they were first written. What zstd makes of commits may change with zstd; everything
//! around them may not.

use plansync_log::replication::Term;
use plansync_log::replication::record::{RecordError, RecordHeader, RecordReader};
use plansync_log::{Incarnation, Position};

use crate::world::{barrier, base, commits, log, node, read, record};

const COMMITS: &[u8] = include_bytes!("../golden/format-1.record");
const BARRIER: &[u8] = include_bytes!("../golden/format-1.barrier");
/// The fields before the checksum.
const FIELDS_BYTES: usize = 8 + 1 + 1 + 16 + 4 + 8 + 16 + 8 + 4 + 32;

fn header(count: u32) -> RecordHeader {
    RecordHeader {
        log: log(),
        incarnation: Incarnation::FIRST,
        term: Term::new(3),
        node: node(1),
        first: Position::FIRST,
        count,
        before: base().chain,
    }
}

#[test]
fn the_records_of_format_1_are_read() {
    let read_commits = read(COMMITS);
    assert_eq!(read_commits.header, header(5));
    assert_eq!(read_commits.commits, commits(5));
    let read_barrier = read(BARRIER);
    assert_eq!(read_barrier.header, header(0));
    assert_eq!(read_barrier.commits, []);
    assert!(read_barrier.header.is_barrier());
}

#[test]
fn the_records_of_format_1_are_written_again() {
    assert_eq!(barrier(3, node(1), &[]), BARRIER);
    let written = record(3, node(1), &[], &commits(5));
    assert_eq!(written[..FIELDS_BYTES], COMMITS[..FIELDS_BYTES]);
    assert_eq!(read(&written), read(COMMITS));
}

#[test]
fn a_later_format_is_not_guessed_at() {
    let mut later = COMMITS.to_vec();
    later[8] = 2;
    let error = RecordReader::new().unwrap().read(&later).unwrap_err();
    assert_eq!(error, RecordError::Newer { format: 2 });
}
