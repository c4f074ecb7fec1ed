//! Reindexing: it makes good what is derived, changes no answer, and can be interrupted anywhere.

use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plansync_log::Append;
use plansync_log::backend::{OpenError, Progress, Reindexed, unwatched};
use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_sled::{Stepped, reindex};
use proptest::prelude::*;

use crate::folder::{Folder, log};
use crate::look::files;
use crate::same_as_memory::assert_same;
use crate::verify::{RESTORE, closed, findings};

fn reindexed(folder: &Folder) -> Reindexed {
    reindex(&folder.path(), &mut unwatched).unwrap()
}

#[test]
fn rows_that_are_whole_stay_as_they_are() {
    let (folder, written) = closed();
    let before = files(&folder.path());
    let mut seen: Vec<Progress> = Vec::new();
    let done = reindex(&folder.path(), &mut |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    let volumes = (1..9)
        .filter(|volume| {
            folder
                .path()
                .join(format!("volumes/{volume:08}/files"))
                .exists()
        })
        .count();
    assert_eq!(done.volumes, u64::try_from(volumes).unwrap());
    assert_eq!((done.log, done.rewritten), (log(), 0));
    assert!(done.volumes >= 4 && done.commits < written.len() as u64);
    assert_eq!(seen.last().unwrap().commits, done.commits);
    assert_eq!(seen.last().unwrap().commits_total, done.commits);
    for (path, (bytes, _)) in files(&folder.path()) {
        assert!(before[&path].0 == bytes, "{}", path.display());
    }
}

#[test]
fn a_damaged_commit_is_not_indexed() {
    let (folder, _) = closed();
    folder.edit("volumes/00000002/commits/db", |db| db[9_000] ^= 1);
    let before = files(&folder.path());
    let error = reindex(&folder.path(), &mut unwatched).unwrap_err();
    assert_eq!(
        error
            .to_string()
            .replace(&folder.path().display().to_string(), "DIR"),
        format!(
            "DIR/volumes/00000002/commits is damaged: its files are not what was sealed; {RESTORE}"
        )
    );
    let damaged = folder.path().join("volumes/00000002/commits/db");
    assert!(fs::read(&damaged).unwrap() == before[&damaged].0);
}

#[test]
fn whoever_watches_can_end_it() {
    let (folder, _) = closed();
    folder.edit("volumes/00000002/derived", |rows| rows.truncate(9));
    let before = files(&folder.path());
    let ended = reindex(&folder.path(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(ended, Err(OpenError::Interrupted)), "{ended:?}");
    let after = files(&folder.path());
    assert!(after.keys().eq(before.keys()));
    for (path, (bytes, _)) in after {
        assert!(before[&path].0 == bytes, "{}", path.display());
    }
    assert_eq!(reindexed(&folder).rewritten, 1);
}

#[test]
fn only_one_may_have_the_log() {
    let folder = Folder::new();
    let open = folder.open();
    let refusal = || {
        let error = reindex(&folder.path(), &mut unwatched)
            .unwrap_err()
            .to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    assert_eq!(
        refusal(),
        "the log in DIR is in use by another process; stop that process first"
    );
    drop(open);
    assert_eq!(reindexed(&folder).volumes, 0);
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(
        refusal(),
        "there is no log in DIR; give the data folder of a log"
    );
    fs::create_dir(folder.path()).unwrap();
    refusal();
    assert_eq!(files(&folder.path()).len(), 0);
}

/// What becomes of the rows of a volume.
#[derive(Debug, Clone)]
enum Garble {
    Leave,
    Remove,
    Flip(usize),
    Cut(usize),
    Unfinished,
    OfAnother,
}

fn garble() -> impl Strategy<Value = Garble> {
    prop_oneof![
        Just(Garble::Leave),
        Just(Garble::Remove),
        any::<usize>().prop_map(Garble::Flip),
        any::<usize>().prop_map(Garble::Cut),
        Just(Garble::Unfinished),
        Just(Garble::OfAnother),
    ]
}

fn apply(folder: &Folder, volume: usize, garble: &Garble, of_another: &[u8]) {
    let rows = folder
        .path()
        .join(format!("volumes/{:08}/derived", volume + 1));
    let bytes = fs::read(&rows).unwrap();
    match garble {
        Garble::Leave => {}
        Garble::Remove => fs::remove_file(&rows).unwrap(),
        Garble::Flip(at) => {
            let mut bytes = bytes;
            let at = at % bytes.len();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&rows, bytes).unwrap();
        }
        Garble::Cut(at) => fs::write(&rows, &bytes[..at % bytes.len()]).unwrap(),
        Garble::Unfinished => fs::write(rows.with_extension("new"), &bytes[..70]).unwrap(),
        Garble::OfAnother => fs::write(&rows, of_another).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn reindexing_changes_no_answer(
        commits in proptest::collection::vec((0..6_u64, 400..900_usize), 260..400),
        garbles in proptest::collection::vec(garble(), 4),
        interruptions in proptest::collection::vec(1..9_u32, 0..3),
    ) {
        let folder = Folder::new();
        let mut memory = MemoryLog::new(log());
        let mut author = Author::new(log());
        let (mut appender, reader, mut sealer) = folder.open();
        for group in commits.chunks(20) {
            let group: Vec<_> = group
                .iter()
                .map(|(plan, bytes)| author.write(Author::plan(*plan), *bytes))
                .collect();
            appender.append(&group).unwrap();
            memory.append(&group).unwrap();
            while sealer.step().unwrap() != Stepped::Idle {}
        }
        assert_same(&*reader, &memory);
        drop((appender, reader, sealer));
        let whole = files(&folder.path());
        // As they were: what stands in a folder may have been garbled before.
        let rows = [1, 2, 3, 4].map(|volume| {
            let rows = format!("volumes/{volume:08}/derived");
            fs::read(folder.path().join(rows)).unwrap()
        });
        for (volume, garble) in garbles.iter().enumerate() {
            apply(&folder, volume, garble, &rows[(volume + 1) % rows.len()]);
        }
        for after in interruptions {
            let mut calls = 0;
            let run = catch_unwind(AssertUnwindSafe(|| reindex(&folder.path(), &mut |_| {
                calls += 1;
                assert!(calls < after, "interrupted");
                ControlFlow::Continue(())
            })));
            prop_assert_eq!(run.is_err(), calls >= after);
        }
        reindexed(&folder);
        prop_assert_eq!(findings(&folder), Vec::<String>::new());
        for (path, (bytes, _)) in files(&folder.path()) {
            prop_assert!(whole[&path].0 == bytes, "{}", path.display());
        }
        assert_same(&*folder.open().1, &memory);
        prop_assert_eq!(reindexed(&folder).rewritten, 0);
    }
}
