//! Contract tests: a log that is only read answers like the log, and stays as it was.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;

use super::backend::{Places, open, work};
use super::{Author, all};
use crate::backend::{LogView, OpenError};
use crate::{
    Checkpoint, CommandKey, CommandScope, Extent, Position, Read, Sequenced, Skim, StreamId,
    Version,
};

/// Asks everything about a log with these commits, and fails at the first answer that is not theirs.
pub fn answers<'a>(log: &dyn Read, commits: impl IntoIterator<Item = &'a Sequenced>) {
    let commits: Vec<Sequenced> = commits.into_iter().cloned().collect();
    let count = u64::try_from(commits.len()).unwrap();
    assert_eq!(log.tip().position, Position::new(count));
    assert_eq!(all(log), commits);
    let mut streams: HashMap<StreamId, Vec<Sequenced>> = HashMap::new();
    // The newest first, so that a volume is not only read after the one before it.
    for commit in commits.iter().rev() {
        let (skim, at) = (commit.skim().unwrap(), commit.position());
        assert_eq!(log.read(at, 1).unwrap().first(), Some(commit));
        assert_eq!(log.command(skim.tenant, skim.command).unwrap(), Some(at));
        let version = log.locate(&skim.stream(), skim.version).unwrap();
        assert_eq!(version, Some(at));
        streams
            .entry(skim.stream())
            .or_default()
            .push(commit.clone());
    }
    together(log, &commits);
    for (stream, mut commits) in streams {
        commits.reverse();
        let last = commits.last().unwrap().skim().unwrap().version;
        assert_eq!(log.stream_version(&stream).unwrap(), last);
        assert_eq!(log.locate(&stream, last.next()).unwrap(), None);
        assert_eq!(log.locate(&stream, Version::ZERO).unwrap(), None);
        let mut read = Vec::new();
        while read.len() < commits.len() {
            let from = Version::new(u64::try_from(read.len()).unwrap() + 1);
            let page = log.stream(&stream, from, 1_000).unwrap();
            assert!(!page.is_empty(), "{stream} ends before {from}");
            read.extend(page);
        }
        assert_eq!(read, commits);
        let middle = commits.len() / 2;
        let from = Version::new(u64::try_from(middle).unwrap() + 1);
        assert_eq!(
            log.stream(&stream, from, 1).unwrap(),
            commits[middle..=middle]
        );
    }
    let stranger = Author::plan(77_777);
    assert_eq!(log.stream_version(&stranger).unwrap(), Version::ZERO);
    assert_eq!(log.stream(&stranger, Version::FIRST, 9).unwrap(), []);
    let command = CommandKey {
        scope: CommandScope::Engine,
        ..Author::command(Position::FIRST)
    };
    assert_eq!(log.command("acme", command).unwrap(), None);
    assert_eq!(log.read(Position::new(count + 1), 9).unwrap(), []);
    assert_eq!(log.read(Position::FIRST, 0).unwrap(), []);
}

/// Asks about all commits at once.
fn together(log: &dyn Read, commits: &[Sequenced]) {
    let skims: Vec<_> = commits
        .iter()
        .map(|commit| commit.skim().unwrap())
        .collect();
    let streams: Vec<StreamId> = skims.iter().map(Skim::stream).collect();
    let mut commands: Vec<_> = skims
        .iter()
        .map(|skim| (skim.tenant, skim.command))
        .collect();
    let stranger = Author::plan(77_777);
    let mut asked: Vec<&StreamId> = streams.iter().collect();
    asked.push(&stranger);
    let unknown = CommandKey {
        scope: CommandScope::Engine,
        ..Author::command(Position::FIRST)
    };
    commands.push(("acme", unknown));
    let mut found = log.commands(&commands).unwrap();
    assert_eq!(found.pop(), Some(None));
    let positions = commits.iter().map(|commit| Some(commit.position()));
    assert!(found.into_iter().eq(positions));
    for (stream, extent) in asked.iter().zip(log.extents(&asked).unwrap()) {
        let first = log.locate(stream, Version::FIRST).unwrap();
        let last = log.stream_version(stream).unwrap();
        assert_eq!(extent, Extent { first, last });
    }
}

pub(super) fn a_place_without_a_log_has_no_view<P: Places>(places: &P) {
    let refused = places.first().view(&temporary(places));
    assert!(matches!(refused, Err(OpenError::NoLog { .. })));
}

pub(super) fn a_view_answers_like_the_log_whether_or_not_it_is_open<P: Places>(places: &P) {
    let mut author = Author::new(places.log());
    let mut written = Vec::new();
    for round in 0..4 {
        let mut opened = open(&*places.first());
        for count in [1, 40, 7] {
            let group = author.group(count);
            opened.append.append(&group).unwrap();
            written.extend(group);
        }
        if round % 2 == 0 {
            work(&mut opened);
            let view = view(places);
            assert_eq!(view.read.tip(), opened.read.tip());
            assert!(view.is_in_use);
            answers(&*view.read, &written);
        }
        let incarnations = opened.read.incarnations();
        drop(opened);
        let view = view(places);
        assert_eq!(view.read.tip(), author.tip());
        assert_eq!(view.read.incarnations(), incarnations);
        assert!(!view.is_in_use);
        answers(&*view.read, &written);
    }
}

pub(super) fn a_view_stays_as_it_was<P: Places>(places: &P) {
    let mut author = Author::new(places.log());
    let mut opened = open(&*places.first());
    let written = author.group(60);
    opened.append.append(&written).unwrap();
    work(&mut opened);
    let earlier = view(places);
    let mut more = Vec::new();
    for _ in 0..6 {
        let group = author.group(40);
        opened.append.append(&group).unwrap();
        more.extend(group);
    }
    work(&mut opened);
    answers(&*earlier.read, &written);
    let later = view(places);
    answers(&*later.read, written.iter().chain(&more));
    drop(opened);
    // The log opens although it is viewed.
    let opened = open(&*places.first());
    assert_eq!(opened.read.tip(), author.tip());
    answers(&*earlier.read, &written);
    drop(opened);
    answers(&*later.read, written.iter().chain(&more));
}

pub(super) fn a_view_reads_checkpoints_and_writes_none<P: Places>(places: &P) {
    let mut opened = open(&*places.first());
    opened
        .append
        .append(&Author::new(places.log()).group(3))
        .unwrap();
    work(&mut opened);
    let seen = |view: &LogView| view.checkpoints.as_ref().unwrap().newest().unwrap();
    assert_eq!(seen(&view(places)), None);
    let kept = opened.checkpoints.as_ref().unwrap();
    let image = kept.write_images(&[b"image".to_vec()]).unwrap()[0];
    let first = Checkpoint {
        tip: opened.read.tip(),
        fold: 3,
        state: b"first".to_vec(),
    };
    kept.write(&first, &BTreeSet::from([image.file])).unwrap();
    let view = view(places);
    let viewed = view.checkpoints.as_ref().unwrap();
    assert_eq!(seen(&view), Some(first.clone()));
    assert_eq!(viewed.image(image).unwrap(), b"image");
    let second = Checkpoint {
        state: b"second".to_vec(),
        ..first
    };
    viewed.write(&second, &BTreeSet::new()).unwrap_err();
    viewed.write_images(&[Vec::new()]).unwrap_err();
    assert_eq!(kept.newest().unwrap(), seen(&view));
    assert_eq!(kept.image(image).unwrap(), b"image");
}

fn view<P: Places>(places: &P) -> LogView {
    let view = places.first().view(&temporary(places)).unwrap();
    assert!(view.wrong.is_empty(), "{:?}", view.wrong);
    view
}

/// A folder for what views need beside the log.
fn temporary<P: Places>(places: &P) -> PathBuf {
    let folder = places.file().with_file_name("temporary");
    fs::create_dir_all(&folder).unwrap();
    folder
}
