//! The hashes of the Merkle tree that sealed volumes keep: made at sealing, made again if they are missing or
//! damaged, and used by whoever looks at the folder from outside.

use std::fs;
use std::path::PathBuf;

use plansync_log::Read;
use plansync_log::backend::{Inspection, unwatched};
use plansync_log::memory::MemoryLog;
use plansync_sled::Stepped;

use crate::folder::{Folder, log};
use crate::look::files;
use crate::verify::{closed, findings};

/// A closed log with several sealed volumes, and the same in memory.
fn both() -> (Folder, MemoryLog) {
    use plansync_log::Append as _;

    let (folder, written) = closed();
    let mut memory = MemoryLog::new(log());
    memory.append(&written).unwrap();
    (folder, memory)
}

/// The files with hashes.
fn trees(folder: &Folder) -> Vec<PathBuf> {
    let all = files(&folder.path()).into_keys();
    let mut trees: Vec<PathBuf> = all.filter(|path| path.ends_with("tree")).collect();
    trees.sort();
    trees
}

fn assert_answers(log: &dyn Read, memory: &MemoryLog) {
    let end = memory.tip().position.get();
    for from in (0..end).step_by(7) {
        for to in (from..=end).step_by(13) {
            let expected = memory.tree_range(from, to).unwrap();
            assert_eq!(log.tree_range(from, to).unwrap(), expected, "{from}..{to}");
        }
    }
}

#[test]
fn hashes_are_kept_with_each_sealed_volume_and_answer_like_the_commits() {
    let (folder, memory) = both();
    assert!(trees(&folder).len() >= 4);
    let before = files(&folder.path());
    let (appender, reader, sealer) = folder.open();
    assert_answers(&*reader, &memory);
    drop((appender, reader, sealer));
    let after = files(&folder.path());
    for tree in trees(&folder) {
        assert!(before[&tree] == after[&tree], "it was written again");
    }
}

#[test]
fn a_volume_of_an_earlier_version_gets_its_hashes_in_the_background_or_when_asked() {
    let (folder, memory) = both();
    let before = files(&folder.path());
    let removed = trees(&folder);
    for tree in &removed {
        fs::remove_file(tree).unwrap();
    }
    assert_eq!(findings(&folder), [] as [&str; 0], "it lacks nothing");

    let asked = folder.copy();
    let (_appender, reader, _sealer) = asked.open();
    assert_answers(&*reader, &memory);
    assert_eq!(trees(&asked).len(), removed.len());

    let (_appender, _reader, mut sealer) = folder.open();
    let mut made = 0;
    loop {
        match sealer.step().unwrap() {
            Stepped::Idle => break,
            Stepped::Hashed => made += 1,
            Stepped::HeadWritten
            | Stepped::Prepared
            | Stepped::Filled
            | Stepped::Sealed
            | Stepped::Filtered => {}
        }
    }
    assert_eq!(made, removed.len());
    for tree in &removed {
        assert!(
            fs::read(tree).unwrap() == before[tree].0,
            "{}",
            tree.display()
        );
    }
}

#[test]
fn damaged_hashes_are_found_by_verify_and_used_by_nobody() {
    let (folder, memory) = both();
    let tree = trees(&folder).remove(1);
    let whole = fs::read(&tree).unwrap();
    let mut changed = whole.clone();
    changed[100] ^= 1;
    fs::write(&tree, &changed).unwrap();
    let found = findings(&folder);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("derived: DIR/volumes/00000002/tree: it does not match the commits;"),
        "{found:?}"
    );
    // From outside, the commits are read instead, and nothing is changed.
    let end = memory.tip().position.get();
    let outside = plansync_sled::Folder::look(&folder.path()).unwrap();
    for (from, to) in [(0, end), (5, end - 5), (end / 2, end)] {
        let tree = Inspection::tree_range(&outside, from, to).unwrap();
        assert_eq!(tree, memory.tree_range(from, to).unwrap(), "{from}..{to}");
    }
    assert!(fs::read(&tree).unwrap() == changed);

    let (_appender, reader, _sealer) = folder.open();
    assert_answers(&*reader, &memory);
    assert!(fs::read(&tree).unwrap() == whole, "they are made again");
}

#[test]
fn reindexing_makes_hashes_again() {
    let (folder, _) = both();
    let all = trees(&folder);
    let (removed, damaged) = (&all[0], &all[1]);
    let before = files(&folder.path());
    fs::remove_file(removed).unwrap();
    fs::write(damaged, b"damaged").unwrap();
    let done = plansync_sled::reindex(&folder.path(), &mut unwatched).unwrap();
    assert_eq!(done.rewritten, 2);
    for tree in &all {
        assert!(
            fs::read(tree).unwrap() == before[tree].0,
            "{}",
            tree.display()
        );
    }
}
