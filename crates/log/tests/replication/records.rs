//! Records: what is written is read again, and nothing else is.

use plansync_log::COMMIT_BYTES_MAX;
use plansync_log::contract::Author;
use plansync_log::replication::record::{
    FILL_BYTES, NotRecorded, RECORD_BYTES_MAX, RecordError, RecordHeader, RecordReader,
};
use proptest::prelude::*;

use crate::world::{barrier, base, commits, log, node, read, record, writer};

fn not_read(bytes: &[u8]) -> RecordError {
    RecordReader::new().unwrap().read(bytes).unwrap_err()
}

/// The record with its checksum made right again.
fn sealed(mut record: Vec<u8>) -> Vec<u8> {
    const FIELDS_BYTES: usize = 98;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&record[..FIELDS_BYTES]);
    crc.update(&record[FIELDS_BYTES + 4..]);
    let crc = crc.finalize().to_be_bytes();
    record[FIELDS_BYTES..FIELDS_BYTES + 4].copy_from_slice(&crc);
    record
}

/// A record whose field at `at` has other bytes, and whose checksum is right.
fn changed(record: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut changed = record.to_vec();
    changed[at..at + bytes.len()].copy_from_slice(bytes);
    sealed(changed)
}

const KIND_AT: usize = 9;
const FIRST_AT: usize = 8 + 1 + 1 + 16 + 4 + 8 + 16;
const COUNT_AT: usize = FIRST_AT + 8;
const BEFORE_AT: usize = COUNT_AT + 4;

#[test]
fn every_bit_is_covered() {
    for record in [
        record(1, node(1), &[], &commits(3)),
        barrier(1, node(1), &[]),
    ] {
        for at in 0..record.len() * 8 {
            let mut changed = record.clone();
            changed[at / 8] ^= 1 << (at % 8);
            not_read(&changed);
            assert!(RecordHeader::decode(&changed).is_err(), "bit {at}");
        }
        for bytes in 0..record.len() {
            not_read(&record[..bytes]);
        }
        not_read(&[record.as_slice(), &[0]].concat());
    }
}

#[test]
fn fields_that_contradict_the_commits_are_refused() {
    let all = commits(6);
    let good = record(1, node(1), &all[..2], &all[2..5]);
    assert_eq!(read(&sealed(good.clone())).commits, all[2..5]);
    let not_following = RecordError::Damaged("a commit in it does not follow the one before");
    let contradictory = RecordError::Damaged("its fields contradict each other");
    let cases: [(usize, &[u8], RecordError); 7] = [
        (KIND_AT, &[2], contradictory),
        (KIND_AT, &[3], contradictory),
        (FIRST_AT, &4_u64.to_be_bytes(), not_following),
        (FIRST_AT, &0_u64.to_be_bytes(), contradictory),
        (FIRST_AT, &u64::MAX.to_be_bytes(), contradictory),
        (BEFORE_AT, &[0; 32], not_following),
        (
            COUNT_AT,
            &2_u32.to_be_bytes(),
            RecordError::Damaged("it has more commits than it says"),
        ),
    ];
    for (at, bytes, error) in cases {
        assert_eq!(
            not_read(&changed(&good, at, bytes)),
            error,
            "{at} {bytes:?}"
        );
    }
    for count in [4, u32::MAX] {
        let more = changed(&good, COUNT_AT, &count.to_be_bytes());
        assert_eq!(
            not_read(&more),
            RecordError::Damaged("a commit in it is not whole")
        );
    }
    let filled_barrier = sealed([barrier(1, node(1), &[]), b"frame".to_vec()].concat());
    assert_eq!(not_read(&filled_barrier), contradictory);
}

#[test]
fn a_frame_that_inflates_beyond_the_largest_commit_is_refused() {
    let good = record(1, node(1), &[], &commits(1));
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 19).unwrap();
    assert!(bomb.len() < 10_000, "it is no bomb");
    let record = sealed([&good[..102], bomb.as_slice()].concat());
    let refused = RecordError::Damaged("its commits cannot be decompressed");
    assert_eq!(not_read(&record), refused);
}

#[test]
fn what_is_no_record_is_told_from_a_damaged_one() {
    assert_eq!(not_read(b""), RecordError::NotOne);
    assert_eq!(not_read(b"somebody else's message"), RecordError::NotOne);
    assert_eq!(not_read(b"plansynR"), RecordError::Damaged("it is cut off"));
    let huge = [barrier(1, node(1), &[]), vec![0; RECORD_BYTES_MAX]].concat();
    assert_eq!(
        not_read(&huge),
        RecordError::Damaged("it is larger than any record")
    );
}

#[test]
fn the_largest_commit_fits_into_a_record_alone() {
    let around = COMMIT_BYTES_MAX - Author::new(log()).write(Author::plan(1), 0).stored().len();
    let mut author = Author::new(log());
    let largest = author.write(Author::plan(1), around);
    let next = author.write(Author::plan(1), 10);
    assert_eq!(largest.stored().len(), COMMIT_BYTES_MAX);
    let record = record(1, node(1), &[], std::slice::from_ref(&largest));
    assert!(record.len() <= RECORD_BYTES_MAX);
    assert_eq!(read(&record).commits, std::slice::from_ref(&largest));
    match writer(1, node(1)).commits(base().chain, &[largest, next]) {
        Err(NotRecorded::Size { count: 2, bytes }) => assert!(bytes > FILL_BYTES),
        other => panic!("{other:?}"),
    }
    match writer(1, node(1)).commits(base().chain, &[]) {
        Err(NotRecorded::Size { count: 0, bytes: 0 }) => {}
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(
        before in 0_u64..20,
        count in 1_u64..40,
        term in 1_u64..,
        by in any::<u128>(),
    ) {
        let all = commits(before + count);
        let (before, part) = all.split_at(usize::try_from(before).unwrap());
        let by = plansync_log::replication::NodeId::new(uuid::Uuid::from_u128(by));
        let bytes = record(term, by, before, part);
        let found = read(&bytes);
        prop_assert_eq!(&found.commits, part);
        prop_assert_eq!((found.header.term.get(), found.header.node), (term, by));
        prop_assert_eq!(found.header.last(), part.last().unwrap().position());
        prop_assert_eq!(RecordHeader::decode(&bytes), Ok(found.header));
    }
}
