//! Sealing: a cut after any phase loses nothing, and what is sealed is checked before it is used.

use std::fs;

use plansync_log::contract::Author;
use plansync_log::{Append, Position, Read, Sequenced};
use plansync_sled::{Options, SealPhase, SledLog, Stepped};

use crate::folder::{Folder, Parts, assert_holds, log, small};

/// Appends groups until the log has so many commits.
fn filled(folder: &Folder, commits: u64) -> (Parts, Vec<Sequenced>) {
    let options = Options {
        full_volumes_max: 100,
        ..small()
    };
    let (mut appender, reader, sealer) = SledLog::open(&folder.path(), options).unwrap();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    while author.tip().position < Position::new(commits) {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
    }
    ((appender, reader, sealer), written)
}

#[test]
fn a_cut_after_any_phase_of_sealing_loses_nothing() {
    let folder = Folder::new();
    let ((appender, reader, mut sealer), mut written) = filled(&folder, 100);
    let mut cuts: Vec<(SealPhase, Folder)> = Vec::new();
    while sealer
        .step_watched(&mut |phase| cuts.push((phase, folder.copy())))
        .unwrap()
        != Stepped::Idle
    {}
    assert_holds(&*reader, &written);
    drop((appender, reader, sealer));

    let all = [
        SealPhase::Closed,
        SealPhase::Synced,
        SealPhase::Verified,
        SealPhase::Described,
        SealPhase::Entered,
        SealPhase::Done,
    ];
    assert!(cuts.len() >= 12, "at least two volumes are sealed");
    for (index, (phase, cut)) in cuts.iter().enumerate() {
        assert_eq!(*phase, all[index % all.len()]);
        let (mut appender, reader, mut sealer) = cut.open();
        assert_holds(&*reader, &written);
        while sealer.step().unwrap() != Stepped::Idle {}
        let more = Author::at(reader.tip()).write(Author::plan(80), 10);
        appender.append(std::slice::from_ref(&more)).unwrap();
        drop((appender, reader, sealer));
        written.push(more);
        assert_holds(&*cut.open().1, &written);
        written.pop();
    }
}

#[test]
fn volumes_left_unsealed_answer_from_their_journals_and_are_sealed_later() {
    let folder = Folder::new();
    let (open, written) = filled(&folder, 120);
    drop(open);
    let (_appender, reader, mut sealer) = folder.open();
    assert_holds(&*reader, &written);
    while sealer.step().unwrap() != Stepped::Idle {}
    assert_holds(&*reader, &written);
    assert!(
        !folder.journal(1).exists(),
        "a sealed volume has no journal"
    );
}

#[test]
fn commits_appended_before_a_volume_is_filled_again_are_found_once_it_is_sealed() {
    let folder = Folder::new();
    let (open, mut written) = filled(&folder, 20);
    drop(open);
    let (mut appender, reader, mut sealer) = folder.open();
    let mut author = Author::at(reader.tip());
    let mut append = |count| {
        for _ in 0..count {
            let group = author.group(3);
            appender.append(&group).unwrap();
            written.extend(group);
        }
    };
    append(5);
    while !matches!(sealer.step().unwrap(), Stepped::Filled | Stepped::Idle) {}
    append(60);
    while sealer.step().unwrap() != Stepped::Idle {}
    for commit in &written {
        let found = reader.read(commit.position(), 1).unwrap();
        assert_eq!(found, std::slice::from_ref(commit));
    }
}

#[test]
fn an_interrupted_making_of_the_next_volume_is_cleared_away() {
    let folder = Folder::new();
    drop(folder.open());
    let unfinished = folder.path().join("volumes/00000002.new");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("journal"), [1; 700]).unwrap();
    let (mut appender, reader, _) = folder.open();
    assert!(!unfinished.exists());
    let group = Author::new(log()).group(80);
    for part in group.chunks(8) {
        appender.append(part).unwrap();
    }
    assert_holds(&*reader, &group);
}

fn sealed() -> (Folder, Vec<Sequenced>) {
    let folder = Folder::new();
    let ((appender, reader, mut sealer), written) = filled(&folder, 100);
    while sealer.step().unwrap() != Stepped::Idle {}
    drop((appender, reader, sealer));
    (folder, written)
}

#[test]
fn a_changed_byte_in_a_sealed_volume_is_found_and_left_as_it_is() {
    let (folder, _) = sealed();
    let name = "volumes/00000001/commits/db";
    for place in [10, 1_000, 20_000, 40_000] {
        let folder = folder.copy();
        let mut changed = Vec::new();
        folder.edit(name, |bytes| {
            bytes[place] ^= 1;
            changed.clone_from(bytes);
        });
        let (_appender, reader, _sealer) = folder.open();
        let error = reader.read(Position::FIRST, 10).unwrap_err().to_string();
        assert_eq!(
            error.replace(&folder.path().display().to_string(), "DIR"),
            "the log is damaged: DIR/volumes/00000001/commits: its files are not what was sealed; \
             stop, keep a copy of the folder, and restore the log from a backup"
        );
        assert!(fs::read(folder.path().join(name)).unwrap() == changed);
    }
}

#[test]
fn derived_rows_that_are_lost_or_damaged_are_made_again() {
    let (folder, written) = sealed();
    let name = "volumes/00000001/derived";
    let pages = fs::read(folder.path().join(name)).unwrap().len() / 4096;
    for page in 0..pages {
        let folder = folder.copy();
        folder.edit(name, |bytes| bytes[page * 4096 + 17] ^= 0x20);
        assert_holds(&*folder.open().1, &written);
        let folder = folder.copy();
        folder.edit(name, |bytes| bytes.truncate(page * 4096 + 17));
        assert_holds(&*folder.open().1, &written);
    }
    fs::remove_file(folder.path().join(name)).unwrap();
    assert_holds(&*folder.open().1, &written);
    assert!(folder.path().join(name).exists());
}
