//! The filters of groups of sealed volumes: they change no answer whatever becomes of them, the check
//! of a folder compares them, and a reindexing makes them again.

use plansync_log::backend::unwatched;
use std::fs;
use std::path::PathBuf;

use plansync_log::Append;
use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_sled::{Options, SledLog, Stepped, reindex};
use proptest::prelude::*;

use crate::folder::{Folder, Parts, log, small};
use crate::look::files;
use crate::same_as_memory::assert_same;
use crate::verify::findings;

/// Volumes of 4 KiB, and no filter in memory but the smallest.
fn tight() -> Options {
    Options {
        volume_bytes: 4 << 10,
        command_filter_bytes_max: 200,
        stream_filter_bytes_max: 200,
        ..small()
    }
}

fn open(folder: &Folder) -> Parts {
    SledLog::open(&folder.path(), tight()).unwrap()
}

fn idle(parts: &mut Parts) {
    while parts.2.step().unwrap() != Stepped::Idle {}
}

/// A closed log with so many groups of four commits, a group a volume, and the same in memory.
fn closed(groups: usize) -> (Folder, MemoryLog) {
    let folder = Folder::new();
    let mut memory = MemoryLog::new(log());
    let mut author = Author::new(log());
    let mut parts = open(&folder);
    for number in 0..groups {
        let group: Vec<_> = [0, 1, 2, 3]
            .map(|plan| author.write(Author::plan(plan % (1 + number as u64 % 5)), 600))
            .into();
        parts.0.append(&group).unwrap();
        memory.append(&group).unwrap();
        idle(&mut parts);
    }
    (folder, memory)
}

/// The files of filters, in order.
fn filters(folder: &Folder) -> Vec<PathBuf> {
    let dir = fs::read_dir(folder.path().join("filters"));
    let dir = dir.into_iter().flatten();
    let mut paths: Vec<PathBuf> = dir.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(folder: &Folder) -> Vec<String> {
    let paths = filters(folder);
    let names = paths.iter().map(|path| path.file_name().unwrap());
    names
        .map(|name| name.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn four_volumes_have_a_filter_and_four_groups_another() {
    let (folder, memory) = closed(18);
    let expected = [
        "commands-00000001-00000004",
        "commands-00000001-00000016",
        "commands-00000005-00000008",
        "commands-00000009-00000012",
        "commands-00000013-00000016",
        "streams-00000001-00000004",
        "streams-00000001-00000016",
        "streams-00000005-00000008",
        "streams-00000009-00000012",
        "streams-00000013-00000016",
    ];
    assert_eq!(names(&folder), expected);
    assert_eq!(findings(&folder), [] as [&str; 0]);
    assert_same(&*open(&folder).1, &memory);
}

#[test]
fn the_form_of_a_filter_stays_as_it_is() {
    let (folder, _) = closed(5);
    let crcs: Vec<u32> = filters(&folder)
        .iter()
        .map(|path| crc32fast::hash(&fs::read(path).unwrap()))
        .collect();
    assert_eq!(crcs, [2_099_887_404, 856_260_658]);
}

#[test]
fn a_folder_of_an_earlier_version_gets_its_filters_from_the_background_step() {
    let (folder, memory) = closed(18);
    let whole = files(&folder.path());
    fs::remove_dir_all(folder.path().join("filters")).unwrap();
    let mut parts = open(&folder);
    assert_same(&*parts.1, &memory);
    idle(&mut parts);
    assert_same(&*parts.1, &memory);
    for path in filters(&folder) {
        assert!(
            whole[&path].0 == fs::read(&path).unwrap(),
            "{}",
            path.display()
        );
    }
    assert_eq!(filters(&folder).len(), 10);
}

#[test]
fn a_damaged_filter_is_found_and_made_again_by_a_question_or_a_reindexing() {
    let (folder, memory) = closed(18);
    let whole = files(&folder.path());
    for (name, at) in [
        ("commands-00000001-00000016", 9),
        ("streams-00000005-00000008", 4_096),
    ] {
        folder.edit(&format!("filters/{name}"), |bytes| bytes[at] ^= 1);
    }
    fs::write(folder.path().join("filters/commands-00000017-00000020"), []).unwrap();
    let remedy =
        "rebuild them with `plansync audit reindex`; otherwise the next query rebuilds them";
    let wrong = |name: &str, what: &str| format!("derived: DIR/filters/{name}: {what}; {remedy}");
    assert_eq!(
        findings(&folder),
        [
            wrong(
                "commands-00000001-00000016",
                "it does not match the commits"
            ),
            wrong(
                "commands-00000017-00000020",
                "it is of volumes that are not sealed"
            ),
            wrong("streams-00000005-00000008", "it does not match the commits"),
        ]
    );
    let copy = folder.copy();
    reindex(&folder.path(), &mut unwatched).unwrap();
    assert_eq!(findings(&folder), [] as [&str; 0]);
    for path in filters(&folder) {
        assert!(
            whole[&path].0 == fs::read(&path).unwrap(),
            "{}",
            path.display()
        );
    }

    fs::write(
        copy.path().join("filters/streams-00000013-00000016.new"),
        [1],
    )
    .unwrap();
    let mut parts = open(&copy);
    assert_same(&*parts.1, &memory);
    idle(&mut parts);
    assert_same(&*parts.1, &memory);
    drop(parts);
    assert_eq!(findings(&copy), [] as [&str; 0]);
    assert_eq!(names(&copy), names(&folder));
}

#[test]
fn a_folder_that_can_have_no_filters_answers_without() {
    let (folder, memory) = closed(18);
    let place = folder.path().join("filters");
    fs::remove_dir_all(&place).unwrap();
    fs::write(&place, "in the way").unwrap();
    let mut parts = open(&folder);
    idle(&mut parts);
    assert_same(&*parts.1, &memory);
    assert_eq!(fs::read_to_string(&place).unwrap(), "in the way");
}

#[derive(Debug, Clone)]
enum Act {
    Append(u64, usize),
    Step(usize),
    Reopen(usize),
    Garble(usize, usize),
    Cut(usize, usize),
    Remove(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..6_u64, 1..6_usize).prop_map(|(plan, count)| Act::Append(plan, count)),
        6 => (1..12_usize).prop_map(Act::Step),
        1 => prop_oneof![Just(0), Just(200), Just(usize::MAX)].prop_map(Act::Reopen),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(file, at)| Act::Garble(file, at)),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(file, at)| Act::Cut(file, at)),
        1 => any::<usize>().prop_map(Act::Remove),
    ]
}

/// Does something to one of these files, if there are any.
fn spoil(paths: &[PathBuf], file: usize, spoil: impl FnOnce(&PathBuf)) {
    if let Some(path) = paths.get(file % paths.len().max(1)) {
        spoil(path);
    }
}

/// The filters and the rows of volumes.
fn derived(folder: &Folder) -> Vec<PathBuf> {
    let rows = (1..200).map(|volume| format!("volumes/{volume:08}/derived"));
    let rows = rows.map(|rows| folder.path().join(rows));
    let rows = rows.filter(|rows| rows.is_file());
    filters(folder).into_iter().chain(rows).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, ..ProptestConfig::default() })]

    #[test]
    fn filters_change_no_answer(acts in proptest::collection::vec(act(), 50..100)) {
        let folder = Folder::new();
        let mut memory = MemoryLog::new(log());
        let mut author = Author::new(log());
        let mut parts = Some(open(&folder));
        for act in acts {
            let (appender, _, sealer) = parts.as_mut().unwrap();
            match act {
                Act::Append(plan, count) => {
                    let group: Vec<_> = (0..count)
                        .map(|_| author.write(Author::plan(plan), 600))
                        .collect();
                    appender.append(&group).unwrap();
                    memory.append(&group).unwrap();
                }
                Act::Step(count) => {
                    for _ in 0..count {
                        sealer.step().unwrap();
                    }
                }
                Act::Reopen(bytes) => {
                    drop(parts.take());
                    let options = Options {
                        command_filter_bytes_max: bytes,
                        stream_filter_bytes_max: bytes,
                        ..tight()
                    };
                    parts = Some(SledLog::open(&folder.path(), options).unwrap());
                }
                Act::Garble(file, at) => spoil(&derived(&folder), file, |path| {
                    let mut bytes = fs::read(path).unwrap();
                    if let Some(last) = bytes.len().checked_sub(1) {
                        bytes[at % (last + 1)] ^= 1 << (at % 8);
                    }
                    fs::write(path, bytes).unwrap();
                }),
                Act::Cut(file, at) => spoil(&derived(&folder), file, |path| {
                    let bytes = fs::read(path).unwrap();
                    fs::write(path, &bytes[..at % (bytes.len() + 1)]).unwrap();
                }),
                Act::Remove(file) => spoil(&filters(&folder), file, |path| fs::remove_file(path).unwrap()),
            }
        }
        assert_same(&*parts.as_ref().unwrap().1, &memory);
        idle(parts.as_mut().unwrap());
        assert_same(&*parts.as_ref().unwrap().1, &memory);
        drop(parts.take());
        reindex(&folder.path(), &mut unwatched).unwrap();
        prop_assert_eq!(findings(&folder), Vec::<String>::new());
        assert_same(&*open(&folder).1, &memory);
    }
}
