//! The check of one volume: every commit against the chain, and what is derived from the commits against them.

use std::ops::ControlFlow;
use std::path::Path;

use plansync_log::backend::{Finding, FindingKind, Report};
use plansync_log::merkle::{CompactRange, Hash};
use plansync_log::{Bodies, Incarnations, Position, Sequenced, Tip};

use super::looking::{Content, Looked, look};
use super::report::Tell as _;
use crate::copied::Copied;
use crate::damage::{Damage, Fault, REINDEX, UNREADABLE};
use crate::derived;
use crate::disk;
use crate::head::Head;
use crate::index::Index;
use crate::journal::Next;
use crate::recovery::Found;
use crate::sealed::Sealed;
use crate::tree;

/// Commits are read in pages of about this size, in bytes.
const PAGE_BYTES: usize = 1 << 20;
const CLEARED: &str = "the next start keeps a copy beside the journal and continues";
const HARMLESS: &str = "it is in a part of the file that is not read; nothing needs to be done";
const TAKEN_SO: &str = "it is used as shown; change it if you want another value";

/// A volume that is to be checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Volume<'a> {
    Sealed(&'a Sealed),
    Unsealed(&'a Found),
}

/// What the commits of every volume are compared with.
pub(super) struct Known<'a> {
    pub(super) head: Option<Head>,
    pub(super) incarnations: Option<&'a Incarnations>,
    pub(super) bodies: &'a dyn Bodies,
}

/// What the check of a volume gives.
pub(super) struct Checked {
    /// The volume's part of the report.
    pub(super) report: Report,
    /// The log's tip before its first commit.
    pub(super) before: Tip,
    /// The leaf hashes of its commits whose chain is right; the first is of its first commit.
    pub(super) leaves: Vec<Hash>,
    /// Its streams and commands; `None` if its commits could not all be read.
    pub(super) index: Option<Index>,
}

/// Commits and bytes that were read since the last call. It may end the check.
pub(super) type Tell<'a> = dyn Fn(u64, u64) -> ControlFlow<()> + 'a;

impl Volume<'_> {
    /// Checks the volume. Of a check that `tell` ends, the result is incomplete.
    pub(super) fn check(self, known: &Known<'_>, tell: &Tell<'_>) -> Checked {
        let before = match self {
            Self::Sealed(volume) => volume.before,
            Self::Unsealed(found) => found.content.before,
        };
        let mut check = Check {
            known,
            tell,
            report: Report::default(),
            told: (0, 0),
            is_ended: false,
            tip: before,
            index: Index::new(before.position.next()),
            leaves: Vec::new(),
        };
        let is_read = match self {
            Self::Sealed(volume) => check.sealed(volume),
            Self::Unsealed(found) => check.unsealed(found),
        };
        Checked {
            report: check.report,
            before,
            leaves: check.leaves,
            index: is_read.then_some(check.index),
        }
    }
}

struct Check<'a> {
    known: &'a Known<'a>,
    tell: &'a Tell<'a>,
    report: Report,
    /// The commits and bytes that were told.
    told: (u64, u64),
    is_ended: bool,
    tip: Tip,
    index: Index,
    leaves: Vec<Hash>,
}

impl Check<'_> {
    /// Returns whether all commits could be read.
    fn sealed(&mut self, volume: &Sealed) -> bool {
        match self.read_sealed(volume) {
            Ok(Some(tree)) => {
                let owner = &volume.owner;
                let rows = derived::encode(owner, &self.index);
                self.compare(volume, derived::NAME, &rows);
                self.compare(volume, tree::NAME, &tree::encode(owner, &tree));
                true
            }
            Ok(None) => false,
            Err(fault) => {
                self.report.fault(fault);
                false
            }
        }
    }

    /// The tree of the commits of a volume; `None` if they could not all be read.
    fn read_sealed(&mut self, volume: &Sealed) -> Result<Option<CompactRange>, Fault> {
        if !disk::find(&volume.dir)?.is_some_and(|found| found.is_dir()) {
            // The inspection of the folder has reported that it is missing.
            return Ok(None);
        }
        let report = &mut self.report;
        let copied = Copied::make_watched(volume, &mut |fault| {
            report.fault(fault);
            Ok(())
        })?;
        let Some(copied) = copied else {
            return Ok(None);
        };
        let mut page = copied.page(volume.owner.first, PAGE_BYTES)?;
        while let Some(last) = page.last() {
            let next = last.position().next();
            let (tip, bodies) = (self.tip, self.known.bodies);
            let (looked, next) = rayon::join(
                || look(tip, &page, bodies),
                || copied.page(next, PAGE_BYTES),
            );
            self.page(&page, looked, &volume.dir)?;
            if self.is_ended {
                return Ok(None);
            }
            page = next?;
        }
        if self.tip != volume.tip {
            let what = "it does not end as it was sealed";
            return Err(Damage::new(&volume.dir, what).into());
        }
        self.report.volumes += 1;
        let mut tree = tree::before(volume.owner.first);
        self.leaves.iter().for_each(|leaf| tree.push_leaf(*leaf));
        Ok(Some(tree))
    }

    /// Compares a file of a volume with what its commits give. A volume of an earlier version has no tree.
    fn compare(&mut self, volume: &Sealed, name: &str, expected: &[u8]) {
        let path = volume.dir.join(name);
        let what = match disk::read(&path) {
            Ok(None) if name == tree::NAME => return,
            Ok(None) => "it is missing",
            Ok(Some(found)) if found != expected => "it does not match the commits",
            Ok(Some(_)) => return,
            Err(failed) => return self.report.fault(failed.into()),
        };
        self.report.add(Finding {
            path,
            what: what.to_owned(),
            remedy: REINDEX,
            kind: FindingKind::Derived,
        });
    }

    /// Returns whether all commits could be read.
    fn unsealed(&mut self, found: &Found) -> bool {
        let (content, journal) = (&found.content, &found.content.volume.journal);
        let (mut page, mut bytes) = (Vec::new(), 0);
        let visited = journal.visit(0, content.end, Position::FIRST, &mut |commit| {
            bytes += commit.stored().len();
            page.push(commit);
            if bytes >= PAGE_BYTES {
                bytes = 0;
                self.journal_page(&std::mem::take(&mut page), journal.path())?;
            }
            Ok(if self.is_ended {
                Next::Stop
            } else {
                Next::More
            })
        });
        // What was read before a fault is checked, too.
        let checked = self.journal_page(&page, journal.path());
        let read = checked.and(visited);
        let is_read = read.is_ok();
        match read {
            Ok(()) => self.report.volumes += 1,
            Err(fault) => self.report.fault(fault),
        }
        if self.is_ended {
            return is_read;
        }
        if let Some(torn) = found.torn {
            let what = format!(
                "a group at byte {} was cut off before it was acknowledged",
                torn.from
            );
            self.report.note(journal.path(), what, CLEARED);
        }
        if let Some(at) = found.stray {
            let what = format!("there are bytes after the group that ends at byte {at}");
            self.report.note(journal.path(), what, HARMLESS);
        }
        is_read
    }

    /// Checks commits that were read from a journal.
    fn journal_page(&mut self, page: &[Sequenced], path: &Path) -> Result<(), Fault> {
        let looked = look(self.tip, page, self.known.bodies);
        self.page(page, looked, path)
    }

    /// Checks commits that were looked at, and tells how far it is.
    fn page(&mut self, page: &[Sequenced], looked: Vec<Looked>, place: &Path) -> Result<(), Fault> {
        let commits = page.iter().zip(looked);
        let checked = commits
            .into_iter()
            .try_for_each(|(commit, looked)| self.commit(commit, looked, place));
        let (commits, bytes) = (self.report.commits, self.report.bytes);
        let (commits_told, bytes_told) = std::mem::replace(&mut self.told, (commits, bytes));
        self.is_ended |= (self.tell)(commits - commits_told, bytes - bytes_told).is_break();
        checked
    }

    /// Checks one commit: its place in the chain, what `HEAD` knows of it, its bytes, its version.
    fn commit(&mut self, commit: &Sequenced, looked: Looked, place: &Path) -> Result<(), Fault> {
        let position = commit.position();
        if !looked.follows {
            let what = format!("the chain breaks at commit {}", self.tip.position.next());
            return Err(Damage::new(place, what).into());
        }
        self.leaves.push(looked.leaf);
        if self.known.head.is_some_and(|head| head.denies(commit)) {
            let what = format!("the commit {position} is not the one that HEAD knows");
            self.report.damage(place, what);
        }
        let incarnations = self.known.incarnations;
        if incarnations.is_some_and(|incarnations| !incarnations.admit(position, commit.chain())) {
            let what = format!(
                "the commit {position} is not the one that an incarnation of the log began with"
            );
            self.report.damage(place, what);
        }
        match looked.content {
            Ok(Content { keys, events }) => {
                self.events(position, events, place);
                let expected = self.index.push(position, &keys);
                if expected.is_some_and(|expected| expected != keys.version) {
                    let stream = commit.skim().map(|skim| skim.stream().to_string());
                    let what = format!(
                        "the commit {position} gives {} a version that does not follow",
                        stream.unwrap_or_default()
                    );
                    self.report.damage(place, what);
                }
            }
            Err(error) => self
                .report
                .damage(place, format!("the commit {position}: {error}")),
        }
        self.report.commits += 1;
        self.report.bytes += u64::try_from(commit.stored().len()).unwrap_or_default();
        self.tip = self.tip.after(commit);
        Ok(())
    }

    /// Reports what there is to say about the events of a commit.
    fn events(&mut self, position: Position, read: Result<Vec<String>, String>, place: &Path) {
        match read {
            Ok(remarks) => {
                for remark in remarks {
                    let what = format!("the commit {position}: {remark}");
                    self.report.note(place, what, TAKEN_SO);
                }
            }
            Err(problem) => self.report.add(Finding {
                path: place.to_owned(),
                what: format!("the commit {position} is intact, but cannot be decoded: {problem}"),
                remedy: UNREADABLE,
                kind: FindingKind::Unreadable,
            }),
        }
    }
}
