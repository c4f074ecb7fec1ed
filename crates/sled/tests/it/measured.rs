//! What an open log counts, and how much of the disk it says to take.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use plansync_log::contract::Author;
use plansync_log::{Append as _, Position, Read as _};
use plansync_sled::{Options, SledLog, Stepped};

use crate::folder::{Folder, log, small};

/// The bytes of the disk that a folder takes.
fn taken(path: &Path) -> u64 {
    let of = fs::symlink_metadata(path).unwrap();
    let entries = of.is_dir().then(|| fs::read_dir(path).unwrap());
    let below = entries
        .into_iter()
        .flatten()
        .map(|entry| taken(&entry.unwrap().path()));
    of.blocks() * 512 + below.sum::<u64>()
}

#[test]
fn groups_flushes_and_sealings_are_counted_and_the_volumes_are_told_of() {
    let folder = Folder::new();
    let options = Options {
        full_volumes_max: 100,
        ..small()
    };
    let (mut appender, reader, mut sealer) = SledLog::open(&folder.path(), options).unwrap();
    let counts = || {
        let measured = reader.measured().unwrap();
        let of = |distribution: &plansync_measures::Distribution| distribution.count();
        (
            of(&measured.appends),
            of(&measured.flushes),
            of(&measured.sealings),
        )
    };
    assert_eq!(counts(), (0, 0, 0));
    let (mut author, mut groups) = (Author::new(log()), 0);
    while author.tip().position < Position::new(100) {
        appender.append(&author.group(10)).unwrap();
        groups += 1;
    }
    assert_eq!(counts(), (groups, groups, 0));
    appender.append(&[]).unwrap();
    assert_eq!(counts(), (groups, groups, 0));
    let full = reader.measured().unwrap().volumes_full;
    assert!(full >= 2, "{full}");
    while sealer.step().unwrap() != Stepped::Idle {}
    let measured = reader.measured().unwrap();
    assert_eq!((measured.volumes_full, measured.volumes_sealed), (0, full));
    assert_eq!(counts(), (groups, groups, full));

    reader.read(Position::FIRST, 1).unwrap();
    let before = reader.measured().unwrap().volume_lookups;
    reader.read(Position::FIRST, 1).unwrap();
    let after = reader.measured().unwrap().volume_lookups;
    assert_eq!((after.hits, after.misses), (before.hits + 1, before.misses));
    assert!(before.misses >= 1);

    // The folder of the volumes itself is not one of them.
    let volumes = folder.path().join("volumes");
    let folders = fs::read_dir(&volumes).unwrap();
    let all: u64 = folders.map(|one| taken(&one.unwrap().path())).sum();
    assert_eq!(reader.disk_bytes().unwrap(), Some(all));
}
