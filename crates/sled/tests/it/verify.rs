//! The check of a folder: it finds what is wrong, names it, says what to do, goes on, and changes
//! nothing.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use plansync_log::backend::{FindingKind, Progress, Report, unwatched};
use plansync_log::contract::Author;
use plansync_log::{Append, Incarnation, Recording, Sequenced, Tip, Version};
use plansync_sled::{Options, SledLog, Stepped, verify};

use crate::folder::{Folder, Parts, assert_holds, log, small};
use crate::look::files;

pub(crate) const RESTORE: &str =
    "stop, keep a copy of the folder, and restore the log from a backup";
const REINDEX: &str =
    "rebuild them with `plansync audit reindex`; otherwise the next query rebuilds them";

/// Checks a folder, which must be as it was after that.
pub(crate) fn checked(folder: &Folder) -> Report {
    let before = files(&folder.path());
    let report = verify(&folder.path(), &mut unwatched);
    assert!(files(&folder.path()) == before, "the folder was changed");
    report
}

/// What was found, with the folder left out.
pub(crate) fn findings(folder: &Folder) -> Vec<String> {
    let report = checked(folder);
    let texts = report.findings.iter().map(ToString::to_string);
    let dir = folder.path().display().to_string();
    let texts: Vec<String> = texts.map(|text| text.replace(&dir, "DIR")).collect();
    let is_whole = texts.iter().all(|text| text.starts_with("note: "));
    assert_eq!(report.is_whole(), is_whole);
    texts
}

/// Appends 24 groups and seals what is full after the first 18, so that there are sealed volumes,
/// full ones and an active one.
pub(crate) fn write(parts: &mut Parts, author: &mut Author) -> Vec<Sequenced> {
    let mut written = Vec::new();
    for round in 0..24 {
        let group = author.group(10);
        parts.0.append(&group).unwrap();
        written.extend(group);
        while round < 18 && parts.2.step().unwrap() != Stepped::Idle {}
    }
    written
}

/// A closed log as [`write`] leaves it.
pub(crate) fn closed() -> (Folder, Vec<Sequenced>) {
    let folder = Folder::new();
    let mut parts = folder.open();
    let written = write(&mut parts, &mut Author::new(log()));
    parts.0.close().unwrap();
    (folder, written)
}

#[test]
fn a_whole_log_is_found_whole() {
    let (folder, written) = closed();
    let bytes: usize = written.iter().map(|commit| commit.stored().len()).sum();
    let mut seen: Vec<Progress> = Vec::new();
    let report = verify(&folder.path(), &mut |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    });
    let tip = Tip::empty(log(), Incarnation::FIRST).after(written.last().unwrap());
    let expected = Report {
        log: Some(log()),
        tip: Some(tip),
        incarnations: report.incarnations.clone(),
        is_in_use: false,
        commits: 240,
        volumes: report.volumes,
        bytes: u64::try_from(bytes).unwrap(),
        findings: Vec::new(),
    };
    assert_eq!(report, expected);
    let incarnations = report.incarnations.as_ref().unwrap();
    assert_eq!(incarnations.current(), Incarnation::FIRST);
    assert!(report.volumes >= 5 && checked(&folder).is_whole());
    assert!(seen.is_sorted_by_key(|progress| progress.commits));
    let done = Progress {
        commits: 240,
        commits_total: 240,
        bytes: report.bytes,
    };
    assert_eq!(seen.last(), Some(&done));
}

#[test]
fn a_log_in_use_is_checked_up_to_head() {
    let folder = Folder::new();
    let mut parts = folder.open();
    let mut author = Author::new(log());
    let written = write(&mut parts, &mut author);
    parts.2.head_writer().step().unwrap();
    parts.0.append(&author.group(3)).unwrap();
    let report = verify(&folder.path(), &mut unwatched);
    assert_eq!(
        (report.is_in_use, report.commits, report.findings),
        (true, 240, Vec::new())
    );
    assert_eq!(report.tip.unwrap().position, written[239].position());
}

#[test]
fn what_a_kill_left_is_told_of_and_is_no_damage() {
    let folder = Folder::new();
    let mut parts = folder.open();
    let mut author = Author::new(log());
    parts.0.append(&author.group(5)).unwrap();
    parts.2.head_writer().step().unwrap();
    parts.0.append(&author.group(5)).unwrap();
    let killed = folder.copy();
    killed.edit("volumes/00000001/journal", |journal| {
        let end = journal.iter().rposition(|byte| *byte != 0).unwrap();
        journal[end + 40] = 7;
    });
    fs::create_dir(killed.path().join("volumes/00000007.new")).unwrap();
    fs::write(killed.path().join("MANIFEST.new"), "half").unwrap();
    let notes = findings(&killed);
    assert_eq!(
        notes,
        [
            "note: DIR/volumes/00000001/journal: a group at byte 4384 was cut off before it was \
             acknowledged; the next start keeps a copy beside the journal and continues",
            "note: DIR/HEAD: it knows of the log up to 5 of 10: the process was killed; it is written again when the log is next used",
            "note: DIR/MANIFEST.new: it was left unfinished by an interruption; it is overwritten when it is needed",
            "note: DIR/volumes/00000007.new: it was left unfinished by an interruption; the next \
             opening removes it",
        ]
    );
    drop(killed.open());
    let torn: Vec<String> = findings(&killed);
    assert!(
        torn.iter().any(|note| note.ends_with(
            ": it is a copy of a group that was cut off before it was acknowledged; nothing is to \
             be done"
        )),
        "{torn:?}"
    );
}

#[test]
fn every_damaged_file_is_named_and_the_rest_is_still_read() {
    let (folder, written) = closed();
    folder.edit("volumes/00000001/commits/db", |db| db[7_000] ^= 1);
    folder.edit("volumes/00000002/files", |files| files[40] ^= 1);
    folder.edit("volumes/00000002/derived", |rows| rows[0] ^= 1);
    fs::remove_file(folder.path().join("volumes/00000003/derived")).unwrap();
    folder.edit("volumes/00000004/derived", |rows| rows[5_000] ^= 1);
    folder.edit("HEAD", |head| head[1_000] = 1);
    fs::write(folder.path().join("volumes/00000003/notes.txt"), "?").unwrap();
    assert_eq!(
        findings(&folder),
        [
            format!(
                "damage: DIR/volumes/00000001/commits/db: it is not what was sealed; {RESTORE}"
            ),
            format!("damage: DIR/volumes/00000002/files: it is not what was written; {RESTORE}"),
            format!("derived: DIR/volumes/00000003/derived: it is missing; {REINDEX}"),
            format!(
                "derived: DIR/volumes/00000004/derived: it does not match the commits; {REINDEX}"
            ),
            "note: DIR/HEAD: one of its two copies, or the space between them, has changed; \
             it is written again when the log is next used"
                .to_owned(),
            "note: DIR/volumes/00000003/notes.txt: it does not belong to the log; it is not used; move it elsewhere if it is needed"
                .to_owned(),
        ]
    );
    let report = checked(&folder);
    assert!(report.commits > 100 && report.commits < written.len() as u64);
}

#[test]
fn files_that_are_gone_cut_off_or_added_are_named() {
    let (folder, _) = closed();
    let commits = folder.path().join("volumes/00000002/commits");
    let snapshot = fs::read_dir(&commits)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("snap")
        })
        .unwrap();
    let name = snapshot.file_name().unwrap().to_string_lossy().into_owned();
    fs::remove_file(&snapshot).unwrap();
    fs::write(commits.join("more"), "?").unwrap();
    let mut length = 0;
    folder.edit("volumes/00000001/commits/db", |db| {
        length = db.len();
        db.truncate(length - 1);
    });
    fs::remove_dir_all(folder.path().join("volumes/00000003")).unwrap();
    let last = folder.path().join("volumes").read_dir().unwrap().count() + 1;
    let journal = format!("volumes/{last:08}/journal");
    fs::remove_file(folder.path().join(&journal)).unwrap();
    assert_eq!(
        findings(&folder),
        [
            format!("damage: DIR/volumes/00000003: the volume is missing; {RESTORE}"),
            format!("damage: DIR/{journal}: it is missing; {RESTORE}"),
            format!(
                "damage: DIR/volumes/00000001/commits/db: it has {} bytes instead of {length}; \
                 {RESTORE}",
                length - 1
            ),
            format!("damage: DIR/volumes/00000002/commits/{name}: it is missing; {RESTORE}"),
            "damage: DIR/volumes/00000002/commits/more: it is not one of the files that were sealed with this volume; stop, \
             and move it out of the folder"
                .to_owned(),
        ]
    );
}

#[test]
fn what_keeps_a_folder_from_being_opened_is_found_too() {
    let (folder, _) = closed();
    let other = folder.copy();
    other.edit("MANIFEST", |manifest| manifest[30] ^= 1);
    other.edit("HEAD", |head| head.fill(3));
    assert_eq!(
        findings(&other),
        [
            format!("damage: DIR/MANIFEST: it is not what was written; {RESTORE}"),
            format!("damage: DIR/HEAD: it is not what was written; {RESTORE}"),
        ]
    );
    let nothing = Folder::new();
    fs::create_dir(nothing.path()).unwrap();
    assert_eq!(
        findings(&nothing),
        ["damage: DIR: there is no log in it; give the data folder of a log"]
    );
}

#[test]
fn a_version_that_does_not_follow_is_found_within_a_volume_and_between_two() {
    let folder = Folder::new();
    let mut parts = folder.open();
    let mut author = Author::new(log());
    for round in 0..14 {
        let mut group = author.group(10);
        let wrong = [(0, 50, 1), (2, 51, 1), (2, 51, 3), (12, 50, 3)];
        for (_, plan, version) in wrong.into_iter().filter(|(when, ..)| *when == round) {
            let mut proposal = author.proposal(Author::plan(plan), 30);
            proposal.version = Version::new(version);
            group.push(author.sequence(&proposal));
        }
        parts.0.append(&group).unwrap();
    }
    parts.0.close().unwrap();
    assert_eq!(
        findings(&folder),
        [
            format!(
                "damage: DIR/volumes/00000001/journal: the commit 33 gives {} a version that does \
                 not follow; {RESTORE}",
                Author::plan(51)
            ),
            format!(
                "damage: DIR/volumes: the commit 134 gives its stream version 3 instead of 2; \
                 {RESTORE}"
            ),
        ]
    );
}

/// The same log but for the events of one commit, with everything recomputed.
fn forged(forge: u64) -> (Folder, Vec<Sequenced>) {
    let folder = Folder::new();
    let options = Options {
        full_volumes_max: 100,
        ..small()
    };
    let (mut appender, reader, mut sealer) = SledLog::open(&folder.path(), options).unwrap();
    let mut author = Author::new(log());
    let mut honest = Author::new(log());
    let mut written = Vec::new();
    for _ in 0..16 {
        let group: Vec<Sequenced> = honest
            .group(10)
            .into_iter()
            .map(|commit| {
                let mut proposal = commit.decode().unwrap().proposal;
                if commit.position().get() == forge {
                    proposal.events = vec![Recording {
                        kind: 7,
                        body: vec![9; proposal.events[0].body.len()],
                    }];
                }
                author.sequence(&proposal)
            })
            .collect();
        appender.append(&group).unwrap();
        written.extend(group);
        while sealer.step().unwrap() != Stepped::Idle {}
    }
    drop((reader, sealer));
    appender.close().unwrap();
    (folder, written)
}

/// `HEAD` of the honest log when it had so many commits.
fn honest_head(commits: u64) -> PathBuf {
    let folder = Folder::new();
    let (mut appender, ..) = folder.open();
    appender.append(&Author::new(log()).group(commits)).unwrap();
    appender.close().unwrap();
    let kept = folder.dir.keep();
    kept.join("log/HEAD")
}

#[test]
fn a_changed_commit_with_everything_recomputed_is_found_by_head() {
    let (folder, written) = forged(20);
    assert_holds(&*folder.open().1, &written);
    assert_eq!(findings(&folder), [] as [&str; 0]);

    let at_tip = folder.copy();
    fs::copy(honest_head(160), at_tip.path().join("HEAD")).unwrap();
    let refusal = at_tip.refusal();
    assert!(
        refusal.starts_with("DIR/volumes/0000000")
            && refusal.ends_with(&format!(
                "/journal is damaged: the group at byte 512 is not the one that HEAD knows; {RESTORE}"
            )),
        "{refusal}"
    );
    let found = findings(&at_tip);
    assert_eq!(
        found[0],
        format!("damage: {}", refusal.replace(" is damaged:", ":"))
    );

    // A head from before a kill may stand anywhere; within a sealed volume only the check sees it.
    let within = folder.copy();
    fs::copy(honest_head(33), within.path().join("HEAD")).unwrap();
    let found = findings(&within);
    assert_eq!(
        found[0],
        format!(
            "damage: DIR/volumes/00000001: the commit 33 is not the one that HEAD knows; {RESTORE}"
        )
    );
}

#[test]
fn the_kinds_of_findings_have_names() {
    let kinds = [
        FindingKind::Damage,
        FindingKind::Unreadable,
        FindingKind::Derived,
        FindingKind::Note,
    ];
    assert_eq!(
        kinds.map(|kind| kind.to_string()),
        ["damage", "unreadable", "derived", "note"]
    );
}
