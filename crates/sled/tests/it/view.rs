//! Views of a data folder: they answer like the log, whatever happens to the folder meanwhile and
//! whatever is wrong with it, and no byte of the folder changes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use plansync_log::backend::{Backend as _, LogView, unwatched};
use plansync_log::contract::{Author, answers};
use plansync_log::{Append, Checkpoint, Checkpoints as _, Position, Read as _, Sequenced, Version};
use plansync_sled::{CheckpointFolder, Options, SledBackend, Stepped, verify};
use tempfile::TempDir;

use crate::folder::{Folder, log, small};
use crate::look::files;

/// A view with the folder that it needs.
pub(crate) struct Viewed {
    pub(crate) view: LogView,
    pub(crate) temporary: TempDir,
}

impl Viewed {
    fn of(dir: &Path) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let backend = SledBackend::new(dir, small());
        let view = backend.view(temporary.path()).unwrap();
        Self { view, temporary }
    }

    /// What is in the temporary folder.
    pub(crate) fn beside(&self) -> usize {
        fs::read_dir(self.temporary.path()).unwrap().count()
    }
}

/// A log with sealed volumes, full ones, and an active one.
fn filled(folder: &Folder) -> Vec<Sequenced> {
    let (mut appender, _reader, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    for round in 0..24 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
        while round < 18 && sealer.step().unwrap() != Stepped::Idle {}
    }
    sealer.head_writer().step().unwrap();
    written
}

fn is_sealed(folder: &Folder, volume: u64) -> bool {
    let files = folder.path().join(format!("volumes/{volume:08}/files"));
    files.exists()
}

#[test]
fn a_folder_is_read_without_a_change_even_if_it_cannot_be_written() {
    let folder = Folder::new();
    let written = filled(&folder);
    let before = files(&folder.path());
    let set = |mode| {
        for path in before.keys().filter(|path| !path.is_dir()) {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        let folders = before.keys().filter(|path| path.is_dir());
        let data = folder.path();
        for path in folders.chain([&data]) {
            fs::set_permissions(path, Permissions::from_mode(mode | 0o111)).unwrap();
        }
    };
    set(0o444);
    let viewed = Viewed::of(&folder.path());
    assert!(!viewed.view.is_in_use && viewed.view.wrong.is_empty());
    answers(&*viewed.view.read, &written);
    set(0o644);
    assert_eq!(files(&folder.path()), before);
}

#[test]
fn only_the_volumes_that_are_read_are_copied_and_few_copies_are_kept() {
    let folder = Folder::new();
    let (mut appender, _reader, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let lone = Author::plan(900);
    let first = author.write(lone.clone(), 100);
    appender.append(std::slice::from_ref(&first)).unwrap();
    let mut written = vec![first.clone()];
    while !is_sealed(&folder, 8) {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    sealer.head_writer().step().unwrap();
    let viewed = Viewed::of(&folder.path());
    assert!(viewed.view.is_in_use);
    assert_eq!(viewed.beside(), 0, "opening copies nothing");
    let read = &viewed.view.read;
    assert_eq!(read.stream_version(&lone).unwrap(), Version::FIRST);
    assert_eq!(viewed.beside(), 0, "the rows are read where they are");
    assert_eq!(read.stream(&lone, Version::FIRST, 9).unwrap(), [first]);
    assert_eq!(viewed.beside(), 1, "one volume has the stream");
    answers(&**read, &written);
    assert!(viewed.beside() <= Options::default().open_volumes_max);
    let Viewed { view, temporary } = viewed;
    drop(view);
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn volumes_that_are_sealed_and_checkpoints_that_are_replaced_are_still_read() {
    let folder = Folder::new();
    let (mut appender, reader, mut sealer) = folder.open();
    let mut author = Author::new(log());
    let mut written = Vec::new();
    for _ in 0..12 {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
    }
    sealer.head_writer().step().unwrap();
    let checkpoints = CheckpointFolder::open(&folder.path(), log()).unwrap();
    let mut checkpoint = Checkpoint {
        tip: reader.tip(),
        fold: 1,
        state: b"state".to_vec(),
    };
    checkpoints
        .write(&checkpoint, &std::collections::BTreeSet::default())
        .unwrap();
    let viewed = Viewed::of(&folder.path());
    let count = written.len();
    while !is_sealed(&folder, 5) {
        let group = author.group(10);
        appender.append(&group).unwrap();
        written.extend(group);
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    let seen = viewed.view.checkpoints.as_ref().unwrap();
    let expected = Some(checkpoint.clone());
    checkpoint.tip = reader.tip();
    checkpoints
        .write(&checkpoint, &std::collections::BTreeSet::default())
        .unwrap();
    assert_eq!(seen.newest().unwrap(), expected);
    answers(&*viewed.view.read, &written[..count]);
    drop((appender, reader, sealer, checkpoints));
    answers(&*viewed.view.read, &written[..count]);
}

#[test]
fn a_log_that_is_appended_to_and_sealed_meanwhile_is_seen_as_it_was() {
    let folder = Folder::new();
    let (mut appender, reader, mut sealer) = folder.open();
    let mut head = sealer.head_writer();
    let mut author = Author::new(log());
    let is_running = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            while is_running.load(Ordering::SeqCst) {
                appender.append(&author.group(6)).unwrap();
            }
        });
        scope.spawn(|| {
            while is_running.load(Ordering::SeqCst) {
                sealer.step().unwrap();
            }
        });
        scope.spawn(|| {
            while is_running.load(Ordering::SeqCst) {
                head.step().unwrap();
            }
        });
        let mut views = 0;
        while views < 20 || !is_sealed(&folder, 4) {
            views += 1;
            let acknowledged = reader.tip().position;
            let viewed = Viewed::of(&folder.path());
            let (read, tip) = (&viewed.view.read, viewed.view.read.tip().position);
            assert!(viewed.view.wrong.is_empty(), "{:?}", viewed.view.wrong);
            assert!(tip >= acknowledged, "{tip} is before {acknowledged}");
            let middle = Position::new(tip.get() / 2);
            for from in [
                Position::FIRST,
                middle,
                Position::new(tip.get().saturating_sub(9)),
            ] {
                let seen = read.read(from, 9).unwrap();
                let known = reader.read(from, seen.len()).unwrap();
                assert_eq!(seen, known);
                for commit in seen {
                    let skim = commit.skim().unwrap();
                    let located = read.locate(&skim.stream(), skim.version).unwrap();
                    assert_eq!(located, Some(commit.position()));
                }
            }
            assert_eq!(read.read(tip.next(), 9).unwrap(), []);
        }
        is_running.store(false, Ordering::SeqCst);
    });
}

#[test]
fn a_damaged_volume_is_told_as_a_check_tells_it_and_the_others_answer() {
    let folder = Folder::new();
    let written = filled(&folder);
    folder.edit("volumes/00000002/commits/db", |db| db[9_000] ^= 8);
    let before = files(&folder.path());
    let viewed = Viewed::of(&folder.path());
    assert!(viewed.view.wrong.is_empty(), "nothing was read of it yet");
    let read = &viewed.view.read;
    let mut damaged = 0;
    for commit in &written {
        match read.read(commit.position(), 1) {
            Ok(found) => assert_eq!(found, std::slice::from_ref(commit)),
            Err(error) => {
                damaged += 1;
                let report = verify(&folder.path(), &mut unwatched);
                let finding = &report.findings[0];
                let told = format!("{}: {}", finding.path.display(), finding.what);
                let expected = format!("the log is damaged: {told}; {}", finding.remedy);
                assert_eq!(error.to_string(), expected);
            }
        }
        // The rows are not in the database.
        let skim = commit.skim().unwrap();
        let located = read.locate(&skim.stream(), skim.version).unwrap();
        assert_eq!(located, Some(commit.position()));
        if damaged == 3 {
            break;
        }
    }
    assert_eq!(damaged, 3);
    assert_eq!(read.read(Position::new(240), 9).unwrap(), written[239..]);
    assert_eq!(files(&folder.path()), before);
}

#[test]
fn rows_that_are_damaged_or_missing_are_made_again_beside_the_folder() {
    let folder = Folder::new();
    let written = filled(&folder);
    let rows = |volume: u64| format!("volumes/{volume:08}/derived");
    // The first page is the header, and one further on is found only by a search.
    folder.edit(&rows(1), |rows| rows[20] ^= 1);
    folder.edit(&rows(2), |rows| rows[4_096 + 7] ^= 1);
    fs::remove_file(folder.path().join(rows(3))).unwrap();
    let before = files(&folder.path());
    let viewed = Viewed::of(&folder.path());
    answers(&*viewed.view.read, &written);
    assert_eq!(files(&folder.path()), before);
    for volume in 1..=3 {
        let made = viewed.temporary.path().join(format!("rows-{volume:08}"));
        assert!(made.is_dir(), "{volume}");
    }
}

#[test]
fn a_damaged_journal_ends_the_view_and_is_told() {
    let folder = Folder::new();
    let written = filled(&folder);
    let journals: Vec<PathBuf> = (1..20)
        .map(|volume| folder.journal(volume))
        .filter(|path| path.exists())
        .collect();
    assert!(journals.len() > 2, "several volumes are not sealed");
    let mut bytes = fs::read(&journals[1]).unwrap();
    bytes[600] ^= 1;
    fs::write(&journals[1], bytes).unwrap();
    let viewed = Viewed::of(&folder.path());
    let wrong: Vec<String> = viewed.view.wrong.iter().map(ToString::to_string).collect();
    assert!(
        wrong[0].contains(&journals[1].display().to_string()),
        "{wrong:?}"
    );
    let end = usize::try_from(viewed.view.read.tip().position.get()).unwrap();
    assert!(end > 0 && end < written.len());
    answers(&*viewed.view.read, &written[..end]);
}

#[test]
fn a_folder_without_a_head_is_viewed_as_far_as_its_groups_go() {
    let folder = Folder::new();
    let written = filled(&folder);
    fs::remove_file(folder.path().join("HEAD")).unwrap();
    let viewed = Viewed::of(&folder.path());
    assert_eq!(viewed.view.wrong.len(), 1);
    answers(&*viewed.view.read, &written);
}
