//! A data folder and a backup as format 1 was first written. Every later version opens, verifies
//! and restores them and gives the same answers. The files are frozen.
//!
//! The folder is of a log in its second incarnation. It has three sealed volumes, a full one, and an
//! active one that ends with the torn remains of a group.

use std::fs::{self, File};
use std::path::Path;

use plansync_log::backend::{FindingKind, unwatched};
use plansync_log::contract::{Author, all};
use plansync_log::memory::MemoryLog;
use plansync_log::{
    Append, Incarnation, Position, Read, Sequenced, StreamId, StreamKey, StreamKind, Version,
};
use plansync_sled::{Folder as Look, Stepped, reindex, restore_with, verify};

use crate::backup::archived;
use crate::folder::{Folder, log, small};
use crate::look::commits;
use crate::same_as_memory::assert_same;

/// `{ length of the name u32 · name · length u64 · bytes }*`, compressed with zstd.
const FOLDER: &[u8] = include_bytes!("../golden/format-1-folder.zst");
const BACKUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/format-1.backup");
/// The chain at the last commit of the folder.
const CHAIN: &str = "2176f9d36b71985c5761677b87640bed05d819d868461fce3db4fac7c734cc63";
const COMMITS: u64 = 180;
const INHERITED: u64 = 60;

/// The folder of format 1, unpacked.
pub(crate) fn unpacked() -> Folder {
    let folder = Folder::new();
    let bytes = zstd::decode_all(FOLDER).unwrap();
    let mut rest = bytes.as_slice();
    let mut take = |count: usize| {
        let (taken, left) = rest.split_at(count.min(rest.len()));
        rest = left;
        taken
    };
    loop {
        let name_bytes = take(4);
        if name_bytes.is_empty() {
            return folder;
        }
        let name_bytes = u32::from_be_bytes(name_bytes.try_into().unwrap());
        let name = take(usize::try_from(name_bytes).unwrap());
        let count = u64::from_be_bytes(take(8).try_into().unwrap());
        let path = folder.path().join(std::str::from_utf8(name).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, take(usize::try_from(count).unwrap())).unwrap();
    }
}

/// What the folder holds, from the backup, as a log in memory.
fn reference() -> MemoryLog {
    let (commits, tip) = archived(Path::new(BACKUP));
    assert_eq!(
        (tip.position.get(), tip.chain.to_string().as_str()),
        (COMMITS, CHAIN)
    );
    let mut memory = MemoryLog::new(log());
    let (inherited, own) = commits.split_at(usize::try_from(INHERITED).unwrap());
    memory.append(inherited).unwrap();
    let mut memory = memory
        .restored(Position::new(INHERITED), Incarnation::new(2))
        .unwrap();
    memory.append(own).unwrap();
    memory
}

fn assert_answers(log: &dyn Read, reference: &MemoryLog) {
    let named = StreamId::new("zenith", StreamKind::Tenant, StreamKey::Name("zoë".into()));
    let expected = reference.stream(&named, Version::FIRST, 9).unwrap();
    assert_eq!(expected.len(), 1);
    assert_eq!(log.stream(&named, Version::FIRST, 9).unwrap(), expected);
    let mut log_all: Vec<Sequenced> = all(log);
    assert_eq!(log_all.pop().unwrap().chain(), reference.tip().chain);
}

#[test]
fn the_folder_of_format_1_is_looked_at_and_verified() {
    let (folder, reference) = (unpacked(), reference());
    let look = Look::look(&folder.path()).unwrap();
    assert_eq!(
        (look.tip(), look.incarnations()),
        (reference.tip(), reference.incarnations())
    );
    assert_eq!(commits(&look, Position::FIRST), all(&reference));
    let report = verify(&folder.path(), &mut unwatched);
    assert_eq!(
        (report.tip, report.commits),
        (Some(reference.tip()), COMMITS)
    );
    let notes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.kind, finding.what.contains("was cut off")))
        .collect();
    assert_eq!(notes, [(FindingKind::Note, true)]);
}

#[test]
fn the_folder_of_format_1_is_opened_and_goes_on() {
    let (folder, mut reference) = (unpacked(), reference());
    let (mut appender, reader, mut sealer) = folder.open();
    assert_answers(&*reader, &reference);
    assert_same(&*reader, &reference);
    let mut author = Author::at(reference.tip());
    for round in 0..6 {
        let group: Vec<_> = (0..10)
            .map(|plan| author.write(Author::plan(1_000 + 10 * round + plan), 700))
            .collect();
        appender.append(&group).unwrap();
        reference.append(&group).unwrap();
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    drop((appender, reader, sealer));
    assert_same(&*folder.open().1, &reference);
    assert_eq!(verify(&folder.path(), &mut unwatched).findings, []);
}

#[test]
fn the_rows_of_format_1_are_written_again_as_they_are() {
    let folder = unpacked();
    let rows = folder.path().join("volumes/00000002/derived");
    let before = fs::read(&rows).unwrap();
    // The versions that wrote this format kept no hashes of the Merkle tree at first.
    let done = reindex(&folder.path(), &mut unwatched).unwrap();
    assert_eq!((done.volumes, done.rewritten), (3, 3));
    assert_eq!(fs::read(&rows).unwrap(), before);
    let done = reindex(&folder.path(), &mut unwatched).unwrap();
    assert_eq!((done.volumes, done.rewritten), (3, 0));
    fs::remove_file(&rows).unwrap();
    let done = reindex(&folder.path(), &mut unwatched).unwrap();
    assert_eq!((done.volumes, done.rewritten), (3, 1));
    assert_eq!(fs::read(&rows).unwrap(), before);
}

#[test]
fn the_backup_of_format_1_is_restored() {
    let reference = reference()
        .restored(Position::new(COMMITS), Incarnation::new(3))
        .unwrap();
    let target = Folder::new();
    let file = File::open(BACKUP).unwrap();
    let done = restore_with(&target.path(), file, None, None, small(), &mut unwatched).unwrap();
    assert_eq!(done.tip, reference.tip());
    let (_appender, reader, _sealer) = target.open();
    assert_answers(&*reader, &reference);
    assert_same(&*reader, &reference);
}
