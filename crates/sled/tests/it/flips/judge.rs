//! What becomes of one flip: checked, opened, every answer compared, and the bytes looked at again.

use std::cell::RefCell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plansync_log::backend::{FindingKind, Report};
use plansync_log::contract::Author;
use plansync_log::memory::MemoryLog;
use plansync_log::{Position, Read, ReadError, Version};
use plansync_sled::{SledLog, Stepped};

use super::options;
use super::region::{Carries, Region, UNSEALED_DATABASE};
use crate::folder::Folder;
use crate::told::told_by;
use crate::verify::checked;

/// Which bit of which byte is changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flip<'a> {
    pub(super) region: &'a Region,
    pub(super) place: usize,
    pub(super) bit: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// The log does not open.
    Refused,
    /// The log opens, and says of some commits that they are damaged; of the others it speaks true.
    FoundWhenRead,
    /// Every answer is right, and the check tells of it.
    FoundByVerify,
    /// Every answer is right, because what was damaged was made again; and that was said.
    Rebuilt,
    /// Every answer is right, because nothing is there.
    CarriesNothing,
}

pub(super) fn judge(folder: &Folder, flip: &Flip<'_>, memory: &MemoryLog) -> Verdict {
    let judged = catch_unwind(AssertUnwindSafe(|| try_judge(folder, flip, memory)));
    judged.unwrap_or_else(|_| {
        panic!(
            "byte {} of {} ({}), bit {}: see above",
            flip.place, flip.region.name, flip.region.kind, flip.bit
        )
    })
}

fn try_judge(folder: &Folder, flip: &Flip<'_>, memory: &MemoryLog) -> Verdict {
    let other = folder.copy();
    other.edit(&flip.region.name, |bytes| bytes[flip.place] ^= flip.bit);
    let report = checked(&other);
    let carries = flip.region.carries(flip.place);
    let (opened, said) = told_by(|| SledLog::open(&other.path(), options()));
    let (appender, reader, mut sealer) = match opened {
        Err(error) => {
            assert_ne!(carries, Carries::Nothing, "refused for nothing: {error}");
            assert_has(&report, FindingKind::Damage);
            assert!(now(&other, flip) == damaged(flip), "it was written over");
            return Verdict::Refused;
        }
        Ok(parts) => parts,
    };
    let (answers, said_later) = told_by(|| ask(&*reader, memory));
    if answers.is_ok() && flip.region.kind.ends_with("journal")
        || flip.region.kind == UNSEALED_DATABASE
    {
        while sealer.step().unwrap() != Stepped::Idle {}
        ask(&*reader, memory).unwrap();
    }
    drop((appender, reader, sealer));
    let said = [said, said_later].concat();
    let verdict = match (answers, carries) {
        (Err(error), _) => {
            assert!(matches!(error, ReadError::Corrupt { .. }), "{error:?}");
            assert_has(&report, FindingKind::Damage);
            Verdict::FoundWhenRead
        }
        (Ok(()), _) if flip.region.kind == "sealed derived" => {
            assert_has(&report, FindingKind::Derived);
            let is_said = |text: &String| text.contains("index rows of a volume are");
            assert!(said.iter().any(is_said), "nothing was said: {said:?}");
            Verdict::Rebuilt
        }
        (Ok(()), _) if flip.region.kind == "sealed tree" => {
            assert_has(&report, FindingKind::Derived);
            let is_said = |text: &String| text.contains("tree hashes of a volume are rebuilt");
            assert!(said.iter().any(is_said), "nothing was said: {said:?}");
            Verdict::Rebuilt
        }
        (Ok(()), Carries::Nothing) => Verdict::CarriesNothing,
        (Ok(()), Carries::LaterBound) => {
            assert_has(&report, FindingKind::Note);
            Verdict::FoundByVerify
        }
        (Ok(()), Carries::Something) => panic!("not found; the check says {:?}", report.findings),
    };
    assert_kept(&other, flip, verdict);
    verdict
}

#[track_caller]
fn assert_has(report: &Report, kind: FindingKind) {
    let has = report.findings.iter().any(|finding| finding.kind == kind);
    assert!(has, "the check does not find it: {:?}", report.findings);
}

fn damaged(flip: &Flip<'_>) -> Vec<u8> {
    let mut bytes = flip.region.bytes.clone();
    bytes[flip.place] ^= flip.bit;
    bytes
}

fn now(folder: &Folder, flip: &Flip<'_>) -> Vec<u8> {
    fs::read(folder.path().join(&flip.region.name)).unwrap_or_default()
}

/// The damaged file is as it was, or good again because it is made from others, or its damaged part
/// was copied.
fn assert_kept(folder: &Folder, flip: &Flip<'_>, verdict: Verdict) {
    let now = now(folder, flip);
    let is_derived = verdict == Verdict::Rebuilt && now == flip.region.bytes;
    let is_made_anew = flip.region.kind == UNSEALED_DATABASE || flip.region.kind == "HEAD";
    if now == damaged(flip) || is_derived || is_made_anew {
        return;
    }
    assert!(flip.region.kind.ends_with("journal"), "it was written over");
    assert!(now.is_empty() || now == flip.region.bytes);
    if flip.region.kind == "full journal" {
        // Once its volume is sealed, its journal goes with all that was left in it.
        return;
    }
    let dir = folder.path().join(&flip.region.name);
    let copies = fs::read_dir(dir.parent().unwrap()).unwrap();
    let is_copied = copies.map(|entry| entry.unwrap()).any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut parts = name.strip_prefix("torn-").unwrap_or_default().split('-');
        let from: usize = parts
            .next()
            .and_then(|from| from.parse().ok())
            .unwrap_or(usize::MAX);
        let copy = fs::read(entry.path()).unwrap_or_default();
        flip.place.checked_sub(from).and_then(|at| copy.get(at)) == Some(&damaged(flip)[flip.place])
    });
    assert!(is_copied, "it was written over and not copied");
}

/// Asks everything: every answer is right, or says that the log is damaged. Gives the last of those.
pub(crate) fn ask(log: &dyn Read, memory: &MemoryLog) -> Result<(), ReadError> {
    let answers = RefCell::new(Ok(()));
    let note = |error: ReadError| *answers.borrow_mut() = Err(error);
    assert_eq!(log.tip(), memory.tip());
    assert_eq!(log.incarnations(), memory.incarnations());
    for commit in memory.read(Position::FIRST, usize::MAX).unwrap() {
        let skim = commit.skim().unwrap();
        let at = Some(commit.position());
        let read = log.read(commit.position(), 1);
        read.map_or_else(note, |read| assert_eq!(read, std::slice::from_ref(&commit)));
        let located = log.locate(&skim.stream(), skim.version);
        located.map_or_else(note, |located| assert_eq!(located, at));
        let command = log.command(skim.tenant, skim.command);
        command.map_or_else(note, |command| assert_eq!(command, at));
    }
    for plan in (0..9).map(Author::plan) {
        let version = log.stream_version(&plan);
        let expected = memory.stream_version(&plan).unwrap();
        version.map_or_else(note, |version| assert_eq!(version, expected));
        for from in [1, 4, 9].map(Version::new) {
            let expected = memory.stream(&plan, from, 100).unwrap();
            let commits = log.stream(&plan, from, 100);
            commits.map_or_else(note, |commits| assert_eq!(commits, expected));
        }
    }
    let end = memory.tip().position.get();
    for (from, to) in [(0, end), (0, end / 2), (3, end - 3), (end / 3, end / 2)] {
        let tree = log.tree_range(from, to);
        let expected = memory.tree_range(from, to).unwrap();
        tree.map_or_else(note, |tree| assert_eq!(tree, expected, "{from}..{to}"));
    }
    let never = Author::command(Position::new(900_000));
    let command = log.command("acme", never);
    command.map_or_else(note, |command| assert_eq!(command, None));
    answers.into_inner()
}
