//! Damage that is more than a byte: volumes that are missing, swapped or foreign, tails that are
//! cut off. Each is refused or found, with what to do, and the check says the same.

use std::fs;
use std::path::Path;

use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_log::{Append, LogId, Position, Read, Sequenced};
use plansync_sled::{Options, SledLog, Stepped};
use uuid::Uuid;

use crate::folder::{Folder, log, small};
use crate::verify::{RESTORE, closed, findings};

/// What reading this commit says, with the folder left out.
fn reading(folder: &Folder, position: u64) -> String {
    let (_appender, reader, _sealer) = folder.open();
    let error = reader.read(Position::new(position), 1).unwrap_err();
    error
        .to_string()
        .replace(&folder.path().display().to_string(), "DIR")
}

/// The number of the last volume that is sealed.
fn last_sealed(folder: &Folder) -> u64 {
    let is_sealed = |volume: &u64| {
        let files = format!("volumes/{volume:08}/files");
        folder.path().join(files).exists()
    };
    (1..20).take_while(is_sealed).last().unwrap()
}

fn volume(folder: &Folder, number: u64) -> std::path::PathBuf {
    folder.path().join(format!("volumes/{number:08}"))
}

fn swap(one: &Path, two: &Path) {
    let aside = one.with_extension("aside");
    fs::rename(one, &aside).unwrap();
    fs::rename(two, one).unwrap();
    fs::rename(aside, two).unwrap();
}

/// The same commits in a log with another id, with the same volumes.
fn elsewhere() -> Folder {
    let folder = Folder::new();
    let id = LogId::new(Uuid::from_u128(7));
    let options = Options {
        new_log: id,
        ..small()
    };
    let mut parts = SledLog::open(&folder.path(), options).unwrap();
    crate::verify::write(&mut parts, &mut Author::new(id));
    parts.0.close().unwrap();
    folder
}

#[test]
fn a_volume_that_is_missing_is_missed() {
    let (folder, _) = closed();
    let sealed = last_sealed(&folder);
    let count = fs::read_dir(folder.path().join("volumes")).unwrap().count() as u64;
    for number in 1..count {
        let other = folder.copy();
        fs::remove_dir_all(volume(&other, number)).unwrap();
        let place = format!("DIR/volumes/{number:08}");
        let missing = format!("the volume is missing; {RESTORE}");
        assert_eq!(other.refusal(), format!("{place} is damaged: {missing}"));
        assert_eq!(findings(&other)[0], format!("damage: {place}: {missing}"));
    }
    assert!(sealed > 1 && sealed < count);
}

#[test]
fn the_last_volume_that_is_missing_is_missed_by_head() {
    let folder = Folder::new();
    let (mut appender, _, _) = folder.open();
    let mut author = Author::new(log());
    for _ in 0..7 {
        appender.append(&author.group(10)).unwrap();
    }
    appender.close().unwrap();
    fs::remove_dir_all(volume(&folder, 2)).unwrap();
    let behind = "the log ends at 40, but it once reached 70";
    assert_eq!(
        folder.refusal(),
        format!("{behind}: acknowledged commits are missing; restore the log from a backup")
    );
    assert_eq!(
        findings(&folder),
        [format!("damage: DIR/HEAD: {behind}; {RESTORE}")]
    );
}

#[test]
fn sealed_volumes_that_changed_places_are_found() {
    let (folder, _) = closed();
    swap(&volume(&folder, 1), &volume(&folder, 2));
    let wrong = "it is not what was written";
    assert_eq!(
        reading(&folder, 1),
        format!("the log is damaged: DIR/volumes/00000001/files: {wrong}; {RESTORE}")
    );
    let each = |number| format!("damage: DIR/volumes/0000000{number}/files: {wrong}; {RESTORE}");
    assert_eq!(findings(&folder), [each(1), each(2)]);
}

#[test]
fn databases_of_sealed_volumes_that_changed_places_are_found() {
    let (folder, _) = closed();
    let commits = |number| volume(&folder, number).join("commits");
    swap(&commits(1), &commits(2));
    assert_eq!(
        reading(&folder, 1),
        format!(
            "the log is damaged: DIR/volumes/00000001/commits: its files are not what was sealed; \
             {RESTORE}"
        )
    );
    let texts = findings(&folder);
    for number in [1, 2] {
        let db = format!(
            "damage: DIR/volumes/0000000{number}/commits/db: it is not what was sealed; {RESTORE}"
        );
        assert!(texts.contains(&db), "{texts:?}");
    }
}

#[test]
fn volumes_that_are_not_sealed_and_changed_places_are_refused() {
    let (folder, _) = closed();
    let number = last_sealed(&folder) + 1;
    swap(&volume(&folder, number), &volume(&folder, number + 1));
    let text = format!("it is the journal of another volume; {RESTORE}");
    let place = |number| format!("DIR/volumes/{number:08}/journal");
    assert_eq!(
        folder.refusal(),
        format!("{} is damaged: {text}", place(number))
    );
    let each = |number| format!("damage: {}: {text}", place(number));
    assert_eq!(findings(&folder), [each(number), each(number + 1)]);
}

#[test]
fn volumes_of_another_log_are_found() {
    let (folder, _) = closed();
    let foreign = elsewhere();
    let sealed = last_sealed(&folder);
    let other = folder.copy();
    fs::remove_dir_all(volume(&other, 2)).unwrap();
    fs::rename(volume(&foreign, 2), volume(&other, 2)).unwrap();
    assert_eq!(
        reading(&other, 80),
        format!(
            "the log is damaged: DIR/volumes/00000002/files: it is not what was written; {RESTORE}"
        )
    );
    assert_eq!(
        findings(&other),
        [format!(
            "damage: DIR/volumes/00000002/files: it is not what was written; {RESTORE}"
        )]
    );

    let number = sealed + 1;
    fs::remove_dir_all(volume(&folder, number)).unwrap();
    fs::rename(volume(&foreign, number), volume(&folder, number)).unwrap();
    let ids = "00000000-0000-0000-0000-000000000007, but this is the log \
               00000000-0000-0000-0000-000000001090; put back the file of this log, or restore it \
               from a backup";
    let journal = format!("DIR/volumes/{number:08}/journal");
    assert_eq!(
        folder.refusal(),
        format!("{journal} belongs to the log {ids}")
    );
    assert_eq!(
        findings(&folder),
        [format!("damage: {journal}: it belongs to the log {ids}")]
    );
}

#[test]
fn a_tail_of_zeros_is_missed_by_head() {
    let folder = Folder::new();
    let (mut appender, _, _) = folder.open();
    let mut author = Author::new(log());
    let mut ends = Vec::new();
    for count in [3, 4, 5] {
        appender.append(&author.group(count)).unwrap();
        let journal = fs::read(folder.journal(1)).unwrap();
        ends.push(journal.iter().rposition(|byte| *byte != 0).unwrap() + 1);
    }
    appender.close().unwrap();
    for (kept, tip) in [(0, 0), (ends[0], 3), (ends[1], 7)] {
        let other = folder.copy();
        other.edit("volumes/00000001/journal", |journal| {
            journal[kept.max(512)..].fill(0);
        });
        let behind = format!("the log ends at {tip}, but it once reached 12");
        assert_eq!(
            other.refusal(),
            format!(
                "{behind}: acknowledged commits are missing; restore the log from a \
                 backup"
            )
        );
        assert_eq!(
            findings(&other),
            [format!("damage: DIR/HEAD: {behind}; {RESTORE}")]
        );
    }
}

#[test]
fn a_journal_that_is_cut_off_is_refused() {
    let (folder, _) = closed();
    let number = last_sealed(&folder) + 1;
    let journal = format!("volumes/{number:08}/journal");
    folder.edit(&journal, |journal| journal.truncate(20_000));
    let text = format!("it has 20000 bytes instead of 33280; {RESTORE}");
    assert_eq!(
        folder.refusal(),
        format!("DIR/{journal} is damaged: {text}")
    );
    assert_eq!(
        findings(&folder),
        [format!("damage: DIR/{journal}: {text}")]
    );

    folder.edit(&journal, |journal| journal.truncate(100));
    let text = format!("it is cut off; {RESTORE}");
    assert_eq!(
        folder.refusal(),
        format!("DIR/{journal} is damaged: {text}")
    );
    assert_eq!(
        findings(&folder),
        [format!("damage: DIR/{journal}: {text}")]
    );
}

#[test]
fn the_last_group_of_a_full_volume_is_missed_and_strays_behind_it_are_not() {
    let folder = Folder::new();
    let (mut appender, _, mut sealer) = folder.open();
    let mut memory = MemoryLog::new(log());
    let mut author = Author::new(log());
    for _ in 0..7 {
        let group: Vec<Sequenced> = author.group(10);
        appender.append(&group).unwrap();
        memory.append(&group).unwrap();
    }
    assert_eq!(sealer.step().unwrap(), Stepped::Prepared);
    drop(sealer);
    appender.close().unwrap();
    let journal = fs::read(folder.journal(1)).unwrap();
    let end = journal.iter().rposition(|byte| *byte != 0).unwrap() + 1;

    let other = folder.copy();
    other.edit("volumes/00000001/journal", |journal| journal[end - 9] ^= 1);
    let refusal = other.refusal();
    assert!(
        refusal.starts_with("DIR/volumes/00000001/journal is damaged: the group at byte ")
            && refusal.ends_with(&format!(
                " is not what was written, and a later volume is whole; {RESTORE}"
            )),
        "{refusal}"
    );
    assert_eq!(
        findings(&other)[0],
        format!("damage: {}", refusal.replace(" is damaged:", ":"))
    );

    folder.edit("volumes/00000001/journal", |journal| journal[end + 99] ^= 1);
    let end = end.next_multiple_of(16);
    assert_eq!(
        findings(&folder),
        [format!(
            "note: DIR/volumes/00000001/journal: there are bytes after the group that ends at byte \
             {end}; it is in a part of the file that is not read; nothing needs to be done"
        )]
    );
    let (_appender, reader, mut sealer) = folder.open();
    crate::same_as_memory::assert_same(&*reader, &memory);
    while sealer.step().unwrap() != Stepped::Idle {}
    crate::same_as_memory::assert_same(&*reader, &memory);
}
