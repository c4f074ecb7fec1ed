//! Golden bytes of format 1: read, and written again as they stand. The files were made from the
//! description of the format and not by this program. They are frozen: a changed layout is a new
//! format with new files. The manifest has its test beside it, and a whole folder is in
//! `tests/it/format_1.rs`.

use std::fs;
use std::sync::Arc;

use plansync_log::{Incarnation, LogId, Position, Sequenced};
use uuid::Uuid;

use crate::RealMedium;
use crate::head::{Head, HeadFile, Slots};
use crate::journal::{Access, Journal, Next, Writer};
use crate::manifest::VolumeNumber;
use crate::pack::{Packer, Unpacked, unpack};

const HEAD: &[u8] = include_bytes!("../tests/golden/format-1.head");
const JOURNAL: &[u8] = include_bytes!("../tests/golden/format-1.journal");
const PACK: &[u8] = include_bytes!("../tests/golden/format-1.pack");

fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10))
}

/// The golden commits of the envelope.
fn commits() -> [Sequenced; 2] {
    let files = [
        include_str!("../../log/tests/golden/format-1-plan.hex"),
        include_str!("../../log/tests/golden/format-1-named.hex"),
    ];
    files.map(|hex| {
        let digits = hex.trim().as_bytes().chunks(2);
        let bytes: Vec<u8> = digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        Sequenced::from_stored(bytes.into()).unwrap()
    })
}

#[test]
fn head() {
    let dir = tempfile::tempdir().unwrap();
    let [first, second] = commits().map(|commit| Head {
        log: log(),
        incarnation: Incarnation::FIRST,
        position: commit.position(),
        chain: commit.chain(),
    });
    let path = dir.path().join(crate::head::NAME);
    fs::write(&path, HEAD).unwrap();
    let slots = Slots::read(dir.path()).unwrap();
    assert_eq!((slots.held, slots.is_spoiled), (second, false));

    HeadFile::create(dir.path(), first).unwrap();
    let mut file = HeadFile::open(dir.path()).unwrap();
    file.write(second).unwrap();
    assert_eq!(fs::read(&path).unwrap(), HEAD);
}

#[test]
fn journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    fs::write(&path, JOURNAL).unwrap();
    let number = VolumeNumber::new(3);
    let journal = Journal::open(&path, log(), number, Access::Write).unwrap();
    let mut read = Vec::new();
    let last = JOURNAL.iter().rposition(|byte| *byte != 0).unwrap();
    let end = u64::try_from(last.next_multiple_of(16)).unwrap();
    journal
        .visit(0, end, Position::FIRST, &mut |commit| {
            read.push(commit);
            Ok(Next::More)
        })
        .unwrap();
    assert_eq!(read, commits());

    journal.blank(512, 2048).unwrap();
    let mut writer = Writer::empty(Arc::new(journal));
    for commit in commits() {
        let written = writer.write(&[commit], &RealMedium).unwrap();
        writer.keep(&written);
    }
    assert_eq!(fs::read(&path).unwrap(), JOURNAL);
}

#[test]
fn the_header_of_a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    drop(Journal::create(&path, log(), VolumeNumber::new(3), 1_536).unwrap());
    let header = fs::read(&path).unwrap();
    // The salt is random, and the crc at the end covers it.
    let salt = 44..52;
    assert_eq!(header[..salt.start], JOURNAL[..salt.start]);
    assert_eq!(header[salt.end..508], JOURNAL[salt.end..508]);
    assert_eq!(header.len(), JOURNAL.len());
}

#[test]
fn a_value_of_packed_commits() {
    let (key, value) = PACK.split_at(10);
    match unpack(key, value).unwrap() {
        Unpacked::Commits(read) => assert_eq!(read, commits()),
        Unpacked::Part { .. } => panic!("it is no part"),
    }
    let (mut packer, mut pairs) = (Packer::default(), Vec::new());
    for commit in commits() {
        packer.push(&commit, &mut pairs);
    }
    packer.finish(&mut pairs);
    let written: Vec<u8> = pairs
        .into_iter()
        .flat_map(|(key, value)| [key.to_vec(), value].concat())
        .collect();
    assert_eq!(written, PACK);
    assert_eq!(commits()[0].position(), Position::FIRST);
}
