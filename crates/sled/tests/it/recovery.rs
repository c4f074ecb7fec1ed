//! What a cut leaves behind: torn tails are cut off, damage is refused, nothing acknowledged is
//! lost.

use std::fs;
use std::ops::Range;

use plansync_log::contract::Author;
use plansync_log::{Append, Read, Sequenced};
use plansync_sled::Stepped;

use crate::folder::{Folder, assert_holds, log};
use crate::told::told_by;

/// A folder as a kill leaves it, the commits in it by group, and where the last group is in the
/// journal.
fn killed(counts: &[u64]) -> (Folder, Vec<Vec<Sequenced>>, Range<usize>) {
    let folder = Folder::new();
    let (mut appender, _, _) = folder.open();
    let mut author = Author::new(log());
    let mut groups = Vec::new();
    let mut before = Vec::new();
    for count in counts {
        before = fs::read(folder.journal(1)).unwrap();
        groups.push(author.group(*count));
        appender.append(groups.last().unwrap()).unwrap();
    }
    let after = fs::read(folder.journal(1)).unwrap();
    let places: Vec<usize> = (0..after.len())
        .filter(|at| before[*at] != after[*at])
        .collect();
    let last = places[0]..places[places.len() - 1] + 1;
    (folder.copy(), groups, last)
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let (folder, groups, _) = killed(&[1, 5, 2, 9]);
    assert_holds(&*folder.open().1, &groups.concat());
}

#[test]
fn a_torn_tail_is_cut_off_and_the_log_goes_on() {
    let (folder, groups, last) = killed(&[3, 4, 7]);
    let kept = groups[..2].concat();
    for lost in 1_u32..16 {
        let folder = folder.copy();
        // Sectors of the last group did not arrive: some subset of the four quarters.
        folder.edit("volumes/00000001/journal", |journal| {
            let quarter = last.len().div_ceil(4);
            for (number, part) in journal[last.clone()].chunks_mut(quarter).enumerate() {
                if lost & (1 << number) != 0 {
                    part.fill(0);
                }
            }
        });
        let (mut appender, reader, _) = folder.open();
        assert_holds(&*reader, &kept);
        let mut author = Author::at(reader.tip());
        let again = author.write(Author::plan(50), 100);
        appender.append(std::slice::from_ref(&again)).unwrap();
        drop((appender, reader));
        assert_holds(&*folder.open().1, &[kept.clone(), vec![again]].concat());
    }
}

#[test]
fn torn_remains_are_kept_beside_the_journal() {
    let (folder, _, last) = killed(&[3, 4]);
    let mut torn = Vec::new();
    folder.edit("volumes/00000001/journal", |journal| {
        journal[last.start + 40] ^= 1;
        torn.extend_from_slice(&journal[last.clone()]);
    });
    let ((), told) = told_by(|| drop(folder.open()));
    assert_eq!(
        told,
        [
            "the log was not closed properly; every complete group of commits after HEAD is kept",
            "a group was cut off before it was acknowledged",
        ]
    );
    let copies: Vec<_> = fs::read_dir(folder.path().join("volumes/00000001"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("torn-")
        })
        .collect();
    assert_eq!(copies.len(), 1);
    assert!(fs::read(&copies[0]).unwrap().starts_with(&torn));
}

#[test]
fn a_bad_group_with_a_whole_one_behind_it_is_damage() {
    let (folder, _, last) = killed(&[3, 4, 2]);
    let damaged = last.start - 20;
    folder.edit("volumes/00000001/journal", |journal| journal[damaged] ^= 1);
    let refusal = folder.refusal();
    assert!(
        refusal.starts_with("DIR/volumes/00000001/journal is damaged: the group at byte ")
            && refusal.ends_with(
                " is not what was written, and a later one is whole; stop, keep a copy of the \
                 folder, and restore the log from a backup"
            ),
        "{refusal}"
    );
}

#[test]
fn a_group_whose_sectors_turned_to_zeros_is_damage_when_others_follow() {
    let (folder, _, last) = killed(&[3, 4, 2]);
    folder.edit("volumes/00000001/journal", |journal| {
        journal[512..last.start].fill(0);
    });
    assert_eq!(
        folder.refusal(),
        "DIR/volumes/00000001/journal is damaged: the group at byte 512 is not what was written, \
         and a later one is whole; stop, keep a copy of the folder, and restore the log from a \
         backup"
    );
}

#[test]
fn a_tail_that_head_knows_of_is_missed() {
    let folder = Folder::new();
    let (mut appender, _, _) = folder.open();
    let mut author = Author::new(log());
    appender.append(&author.group(3)).unwrap();
    let before = fs::read(folder.journal(1)).unwrap();
    appender.append(&author.group(4)).unwrap();
    appender.close().unwrap();
    let folder = folder.copy();
    folder.edit("volumes/00000001/journal", |journal| *journal = before);
    assert_eq!(
        folder.refusal(),
        "the log ends at 3, but it once reached 7: acknowledged commits are missing; restore the log from a backup"
    );
}

#[test]
fn head_is_a_lower_bound_and_may_be_behind() {
    let folder = Folder::new();
    let (mut appender, _, sealer) = folder.open();
    let mut author = Author::new(log());
    let first = author.group(3);
    appender.append(&first).unwrap();
    sealer.head_writer().step().unwrap();
    let second = author.group(4);
    appender.append(&second).unwrap();
    let killed = folder.copy();
    let ((_appender, reader, _sealer), told) = told_by(|| killed.open());
    assert_eq!(
        told,
        ["the log was not closed properly; every complete group of commits after HEAD is kept"]
    );
    assert_holds(&*reader, &[first, second].concat());
}

#[test]
fn what_sled_has_of_the_active_volume_is_not_trusted() {
    let (folder, groups, _) = killed(&[3, 4]);
    let database = folder.path().join("volumes/00000001/commits/db");
    fs::write(&database, b"not a database").unwrap();
    let (mut appender, reader, mut sealer) = folder.open();
    let mut all = groups.concat();
    assert_holds(&*reader, &all);
    assert_eq!(sealer.step().unwrap(), Stepped::Filled);
    assert_holds(&*reader, &all);
    let more = Author::at(reader.tip()).write(Author::plan(50), 6_000);
    appender.append(std::slice::from_ref(&more)).unwrap();
    all.push(more);
    assert_holds(&*reader, &all);
}
