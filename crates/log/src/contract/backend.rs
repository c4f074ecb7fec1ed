//! Contract tests: a backend as a whole. It is opened, closed and opened again, and administered.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::{Author, all, keys, view};
use crate::backend::{
    Backend, BackupError, Existing, FindingKind, OpenError, OpenLog, Prepare, RestoreError,
    RestoreKeys, RestorePoint, StepOutcome, unprepared, unwatched,
};
use crate::merkle::Roots;
use crate::{Bodies, Checkpoint, Commit, Incarnation, LogId, Opaque, Position, Sequenced};

/// A task that is not idle after so many steps would never be.
const STEPS_MAX: u32 = 10_000;

/// Two places for logs, and a path for a file.
pub trait Places {
    /// The id of a log that begins at the first place.
    fn log(&self) -> LogId;

    /// The backend of the first place, which holds no log before the suite opens it.
    fn first(&self) -> Box<dyn Backend>;

    /// The backend of another place that holds no log.
    fn second(&self) -> Box<dyn Backend>;

    /// A path where there is no file; its folder exists.
    fn file(&self) -> PathBuf;
}

/// Runs every check of a [`Backend`], each against two new and empty places from `make`.
pub fn holds_as_backend<P: Places>(mut make: impl FnMut() -> P) {
    a_place_without_a_log_is_told_of(&make());
    what_was_appended_is_there_when_it_is_opened_again(&make());
    a_log_is_open_once_at_a_time(&make());
    an_interrupted_opening_changes_nothing(&make());
    an_inspection_gives_the_commits_from_a_position_on(&make());
    verifying_reads_every_commit(&make());
    events_that_cannot_be_read_are_found(&make());
    a_backup_is_restored_elsewhere(&make());
    a_log_is_restored_up_to_a_position(&make());
    what_is_watched_can_be_ended(&make());
    reindexing_changes_no_answer(&make());
    checkpoints_are_there_when_it_is_opened_again(&make());
    keys::keys_are_there_when_it_is_opened_again(&make());
    keys::what_was_destroyed_stays_destroyed(&make());
    keys::a_view_reads_keys_and_destroys_none(&make());
    keys::a_backup_has_no_keys_and_is_restored_with_a_copy(&make());
    keys::a_log_restored_without_its_keys_reads_as_erased(&make());
    view::a_place_without_a_log_has_no_view(&make());
    view::a_view_answers_like_the_log_whether_or_not_it_is_open(&make());
    view::a_view_stays_as_it_was(&make());
    view::a_view_reads_checkpoints_and_writes_none(&make());
}

fn a_place_without_a_log_is_told_of<P: Places>(places: &P) {
    let backend = places.first();
    assert!(matches!(
        backend.inspect().err(),
        Some(OpenError::NoLog { .. })
    ));
    let report = backend.verify(&Opaque, &mut |_, _| {}, &mut unwatched);
    assert_eq!((report.is_whole(), report.log), (false, None));
    let refused = backend.backup(&places.file(), Existing::Keep, &Opaque, &mut unwatched);
    assert!(matches!(
        refused,
        Err(BackupError::Folder(OpenError::NoLog { .. }))
    ));
    assert!(!places.file().exists());
    let refused = backend.reindex(&mut unwatched);
    assert!(matches!(refused, Err(OpenError::NoLog { .. })));
}

fn what_was_appended_is_there_when_it_is_opened_again<P: Places>(places: &P) {
    let mut author = Author::new(places.log());
    let mut written = Vec::new();
    for _ in 0..3 {
        let mut open = open(&*places.first());
        assert_eq!(all(&*open.read), written);
        for count in [1, 40, 7] {
            let group = author.group(count);
            open.append.append(&group).unwrap();
            written.extend(group);
            work(&mut open);
        }
        assert_eq!(open.read.tip(), author.tip());
    }
    assert_eq!(all(&*open(&*places.first()).read), written);
}

fn a_log_is_open_once_at_a_time<P: Places>(places: &P) {
    let opened = open(&*places.first());
    let is_locked = |error: Option<OpenError>| matches!(error, Some(OpenError::Locked { .. }));
    let backend = places.first();
    assert!(is_locked(
        backend.open(&mut |_| ControlFlow::Continue(())).err()
    ));
    assert!(is_locked(backend.reindex(&mut unwatched).err()));
    // It is open until the last part is dropped.
    let OpenLog {
        append,
        read,
        checkpoints,
        keys,
        background,
    } = opened;
    drop((append, checkpoints, background));
    assert!(is_locked(
        backend.open(&mut |_| ControlFlow::Continue(())).err()
    ));
    drop(read);
    drop(keys);
    open(&*backend);
}

fn an_interrupted_opening_changes_nothing<P: Places>(places: &P) {
    let (written, backend) = (write(places, 20), places.first());
    let interrupted = backend.open(&mut |_| ControlFlow::Break(()));
    assert!(matches!(interrupted, Err(OpenError::Interrupted)));
    assert_eq!(all(&*open(&*backend).read), written);
}

fn an_inspection_gives_the_commits_from_a_position_on<P: Places>(places: &P) {
    let written = write(places, 50);
    let inspection = places.first().inspect().unwrap();
    let tip = inspection.tip();
    assert_eq!((tip.position, inspection.is_in_use()), (at(50), false));
    assert_eq!(inspection.incarnations().current(), Incarnation::FIRST);
    for from in [0, 1, 23, 50, 51] {
        let mut given = Vec::new();
        let mut each = |page: &[Sequenced]| {
            given.extend_from_slice(page);
            ControlFlow::Continue(())
        };
        inspection.commits(at(from), &mut each).unwrap();
        let expected = written.iter().filter(|it| it.position() >= at(from));
        assert_eq!(given, expected.cloned().collect::<Vec<_>>());
    }
    let mut pages = 0;
    let mut first = |_: &[Sequenced]| {
        pages += 1;
        ControlFlow::Break(())
    };
    inspection.commits(at(1), &mut first).unwrap();
    assert_eq!(pages, 1);
}

fn verifying_reads_every_commit<P: Places>(places: &P) {
    let mut opened = open(&*places.first());
    let mut author = Author::new(places.log());
    opened.append.append(&author.group(50)).unwrap();
    work(&mut opened);
    let mut opened = Some(opened);
    for is_in_use in [true, false] {
        let mut last = None;
        let mut roots = Roots::at([50]);
        let mut push = |position, leaf| roots.push(position, leaf);
        let mut watch = |it| {
            last = Some(it);
            ControlFlow::Continue(())
        };
        let report = places.first().verify(&Opaque, &mut push, &mut watch);
        assert!(report.is_whole(), "{:?}", report.findings);
        let inspected = places.first().inspect().unwrap();
        let tree = inspected.tree_range(0, 50).unwrap();
        assert_eq!((roots.of(50), roots.head().size), (tree.root(), 50));
        let part = inspected.tree_range(7, 41).unwrap();
        assert_eq!((part.from(), part.to()), (7, 41));
        assert_eq!(report.tip, Some(author.tip()));
        assert_eq!(report.log, Some(places.log()));
        assert_eq!((report.commits, report.is_in_use), (50, is_in_use));
        let progress = last.expect("the progress is told");
        assert_eq!((progress.commits, progress.bytes), (50, report.bytes));
        drop(opened.take());
    }
}

fn events_that_cannot_be_read_are_found<P: Places>(places: &P) {
    write(places, 9);
    let (backend, file) = (places.first(), places.file());
    let report = backend.verify(&AllBut(at(5)), &mut |_, _| {}, &mut unwatched);
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [FindingKind::Unreadable], "{:?}", report.findings);
    assert!(!report.is_whole());
    let refused = backend.backup(&file, Existing::Keep, &AllBut(at(5)), &mut unwatched);
    let position = match refused {
        Err(BackupError::Unreadable { position, .. }) => position,
        other => panic!("{other:?}"),
    };
    assert_eq!((position, file.exists()), (at(5), false));
    let done = backend.backup(&file, Existing::Keep, &Opaque, &mut unwatched);
    assert_eq!(done.unwrap().tip.position, at(9));
    let point = RestorePoint::default();
    let archive = &mut File::open(&file).unwrap();
    let refused = places.second().restore(
        archive,
        point,
        RestoreKeys::New,
        &AllBut(at(5)),
        &mut unprepared,
        &mut unwatched,
    );
    assert!(matches!(refused, Err(RestoreError::Unreadable { position, .. }) if position == at(5)));
    let nothing = places.second().inspect().err();
    assert!(matches!(nothing, Some(OpenError::NoLog { .. })));
}

fn a_backup_is_restored_elsewhere<P: Places>(places: &P) {
    let (written, file) = (write(places, 30), places.file());
    let (from, to) = (places.first(), places.second());
    fs::write(&file, "another file").unwrap();
    let refused = from.backup(&file, Existing::Keep, &Opaque, &mut unwatched);
    assert!(matches!(refused, Err(BackupError::Exists { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"another file");
    let done = from
        .backup(&file, Existing::Replace, &Opaque, &mut unwatched)
        .unwrap();
    assert_eq!(done.bytes, fs::metadata(&file).unwrap().len());
    let bytes: usize = written.iter().map(|commit| commit.stored().len()).sum();
    assert_eq!(usize::try_from(done.commit_bytes), Ok(bytes));

    let restore = |prepare: &mut Prepare<'_>| {
        let (archive, point) = (&mut File::open(&file).unwrap(), RestorePoint::default());
        let keys = RestoreKeys::New;
        to.restore(archive, point, keys, &Opaque, prepare, &mut unwatched)
    };
    let refused = restore(&mut |_log| Err("not today".into()));
    assert!(matches!(refused, Err(RestoreError::NotPrepared(_))));
    assert!(matches!(to.inspect().err(), Some(OpenError::NoLog { .. })));
    let mut seen = Vec::new();
    let restored = restore(&mut |log| {
        seen = all(&*open(log).read);
        Ok(())
    });
    assert_eq!(seen, written);
    let restored = restored.unwrap();
    assert_eq!((restored.archive, restored.bytes), (done.tip, done.bytes));
    assert_eq!(restored.tip.incarnation, Incarnation::FIRST.next());
    assert!(
        to.verify(&Opaque, &mut |_, _| {}, &mut unwatched)
            .is_whole()
    );
    let mut opened = open(&*to);
    assert_eq!(opened.read.tip(), restored.tip);
    assert_eq!(all(&*opened.read), written);
    let further = vec![Author::at(restored.tip).write(Author::plan(99), 10)];
    opened.append.append(&further).unwrap();
    drop(opened);
    assert_eq!(all(&*open(&*to).read), [written, further].concat());
    let again = restore(&mut unprepared);
    assert!(matches!(again, Err(RestoreError::NotEmpty { .. })));
}

fn a_log_is_restored_up_to_a_position<P: Places>(places: &P) {
    let (written, file) = (write(places, 30), places.file());
    let from = places.first();
    from.backup(&file, Existing::Keep, &Opaque, &mut unwatched)
        .unwrap();
    let restore = |point| {
        let (archive, keys) = (&mut File::open(&file).unwrap(), RestoreKeys::New);
        let to = places.second();
        to.restore(
            archive,
            point,
            keys,
            &Opaque,
            &mut unprepared,
            &mut unwatched,
        )
    };
    let point = |to, incarnation| RestorePoint {
        to: Some(at(to)),
        incarnation: Some(Incarnation::new(incarnation)),
    };
    let beyond = restore(point(31, 7));
    assert!(matches!(beyond, Err(RestoreError::Beyond { last, .. }) if last == at(30)));
    let used = restore(point(20, 1));
    assert!(matches!(used, Err(RestoreError::Incarnation(_))));
    let restored = restore(point(20, 7)).unwrap();
    assert_eq!(restored.tip.incarnation, Incarnation::new(7));
    assert_eq!(all(&*open(&*places.second()).read), written[..20]);
}

fn what_is_watched_can_be_ended<P: Places>(places: &P) {
    write(places, 30);
    let (from, to, file) = (places.first(), places.second(), places.file());
    let mut ends = |_| ControlFlow::Break(());
    let report = from.verify(&Opaque, &mut |_, _| {}, &mut ends);
    assert!(
        !report.is_whole() && report.is_only_unchecked(),
        "{report:?}"
    );
    let refused = from.backup(&file, Existing::Keep, &Opaque, &mut ends);
    assert!(matches!(refused, Err(BackupError::Interrupted)));
    assert!(!file.exists());
    let whole = from.backup(&file, Existing::Keep, &Opaque, &mut unwatched);
    whole.unwrap();
    let restore = |watch: &mut dyn FnMut(_) -> _| {
        let (archive, point) = (&mut File::open(&file).unwrap(), RestorePoint::default());
        let keys = RestoreKeys::New;
        to.restore(archive, point, keys, &Opaque, &mut unprepared, watch)
    };
    let refused = restore(&mut ends);
    assert!(matches!(refused, Err(RestoreError::Interrupted)));
    assert!(matches!(to.inspect().err(), Some(OpenError::NoLog { .. })));
    restore(&mut unwatched).unwrap();
}

fn reindexing_changes_no_answer<P: Places>(places: &P) {
    let (written, backend) = (write(places, 50), places.first());
    let done = backend.reindex(&mut unwatched).unwrap();
    assert_eq!(done.log, places.log());
    let opened = open(&*backend);
    assert_eq!(all(&*opened.read), written);
    for commit in &written {
        let command = Author::command(commit.position());
        let found = opened.read.command("acme", command).unwrap();
        assert_eq!(found, Some(commit.position()));
    }
}

fn checkpoints_are_there_when_it_is_opened_again<P: Places>(places: &P) {
    write(places, 5);
    let backend = places.first();
    let newest = || {
        let opened = open(&*backend);
        opened.checkpoints.unwrap().newest().unwrap()
    };
    assert_eq!(newest(), None);
    let opened = open(&*backend);
    let written = Checkpoint {
        tip: opened.read.tip(),
        fold: 3,
        state: b"state".to_vec(),
    };
    let kept = opened.checkpoints.as_ref().unwrap();
    kept.write(&written, &BTreeSet::new()).unwrap();
    drop(opened);
    assert_eq!(newest(), Some(written));
    backend.reindex(&mut unwatched).unwrap();
    assert_eq!(newest(), None);
}

/// Reads every event but those of one commit.
struct AllBut(Position);

impl Bodies for AllBut {
    fn read(&self, commit: &Commit) -> Result<Vec<String>, String> {
        if commit.position == self.0 {
            return Err("the test does not know it".to_owned());
        }
        Ok(Vec::new())
    }
}

pub(super) const fn at(position: u64) -> Position {
    Position::new(position)
}

pub(super) fn open(backend: &dyn Backend) -> OpenLog {
    backend.open(&mut |_| ControlFlow::Continue(())).unwrap()
}

/// Writes so many commits to the first place and closes it.
pub(super) fn write<P: Places>(places: &P, count: u64) -> Vec<Sequenced> {
    let mut opened = open(&*places.first());
    let group = Author::new(places.log()).group(count);
    opened.append.append(&group).unwrap();
    work(&mut opened);
    group
}

/// Takes the steps of every task until there is nothing to do.
pub(super) fn work(opened: &mut OpenLog) {
    for task in &mut opened.background {
        let mut steps = 0;
        while task.step().unwrap() == StepOutcome::Worked {
            steps += 1;
            assert!(steps < STEPS_MAX, "the {} never rests", task.name());
        }
    }
}
