//! Checking a data folder from end to end without changing a byte in it: every file against its
//! checksum, every commit against the chain, and everything derived against the commits. The check
//! continues after what it finds, and repairs nothing.
//!
//! Memory is needed for one volume at a time. Commits are read one after another, and looked at on all cores.

mod foreign_files;
mod looking;
mod report;
mod streams;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use plansync_log::backend::{Finding, FindingKind, Progress, Report};
use plansync_log::merkle::{CompactRange, Hash};
use plansync_log::sealing::WrappingKey;
use plansync_log::{Bodies, Opaque, Position, Sequenced, Tip};

use crate::checkpoints;
use crate::copied::Copied;
use crate::damage::{Damage, Failed, Fault, KEPT, REINDEX, UNREADABLE};
use crate::derived;
use crate::disk;
use crate::folder_inspection::FolderInspection;
use crate::head::{self, Head, Slots};
use crate::index::Index;
use crate::journal::Next;
use crate::key_files;
use crate::merged;
use crate::recovery::Found;
use crate::sealed::Sealed;
use crate::shared::volumes;
use crate::tree;
use looking::{Content, Looked, look};
use report::Tell as _;
use streams::{Gap, Streams};

/// Commits are read in pages of about this size, in bytes.
const PAGE_BYTES: usize = 1 << 20;
const CLEARED: &str = "the next start keeps a copy beside the journal and continues";
const HARMLESS: &str = "it is in a part of the file that is not read; nothing needs to be done";
const TAKEN_SO: &str = "it is used as shown; change it if you want another value";
const WRITTEN_ANEW: &str = "it is written again when the log is next used";

/// Checks everything in a data folder, whether or not a process has the log open. Sealed volumes are copied
/// to a temporary folder, one at a time (see [`std::env::temp_dir`]). Events are not decoded; a
/// [`SledBackend`](crate::SledBackend) does that, too.
///
/// `watch` is called now and then with the progress.
pub fn verify(dir: &Path, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Report {
    verify_reading(dir, None, &Opaque, &mut |_, _| {}, watch)
}

/// The same, and every event is read by `bodies`. `each` gets the leaf hash of every commit whose chain is right.
pub(crate) fn verify_reading(
    dir: &Path,
    erasure_key: Option<&WrappingKey>,
    bodies: &dyn Bodies,
    each: &mut dyn FnMut(Position, Hash),
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Report {
    let inspection = FolderInspection::of(dir);
    let mut check = Check {
        report: Report::default(),
        bodies,
        each,
        watch,
        head: inspection.head.as_ref().map(|slots| slots.held),
        streams: Streams::new().map_err(Some),
        commits_total: inspection.tip.map_or(0, |tip| tip.position.get()),
        is_ended: false,
    };
    check.report.is_in_use = inspection.is_in_use;
    check.report.tip = inspection.tip;
    for error in inspection.wrong {
        check.report.refusal(dir, error);
    }
    let mut sealed = Vec::new();
    if let Some(manifest) = &inspection.manifest {
        check.report.log = Some(manifest.log);
        check.report.incarnations = Some(manifest.incarnations.clone());
        sealed = Sealed::all(&volumes(dir), manifest);
        for volume in &sealed {
            check.sealed(volume);
            if check.is_ended {
                return check.ended(dir);
            }
        }
    }
    for found in &inspection.found {
        check.unsealed(found);
        if check.is_ended {
            return check.ended(dir);
        }
    }
    check.versions(dir);
    if let Some(manifest) = &inspection.manifest {
        // The content of a checkpoint is opaque here: only its checksums are compared.
        check.kept(checkpoints::damaged(dir, manifest.log), KEPT);
        let is_in_use = check.report.is_in_use;
        check.kept(merged::damaged(dir, &sealed, is_in_use), REINDEX);
    }
    if let Some(manifest) = &inspection.manifest
        && let Err(error) = key_files::view(dir, manifest, erasure_key)
    {
        check.report.refusal(dir, error);
    }
    if let (Some(slots), Some(tip)) = (&inspection.head, inspection.tip) {
        check.head(dir, slots, tip);
    }
    if let Some(manifest) = &inspection.manifest {
        foreign_files::report(dir, manifest.unsealed_from(), &mut check.report);
    }
    check.report
}

struct Check<'a> {
    report: Report,
    bodies: &'a dyn Bodies,
    each: &'a mut dyn FnMut(Position, Hash),
    watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    head: Option<Head>,
    /// An error is reported once; `Err(None)` if a volume could not be read, so that nothing can be compared.
    streams: Result<Streams, Option<Failed>>,
    commits_total: u64,
    /// Whether `watch` has ended it.
    is_ended: bool,
}

/// The journal of a volume while it is read.
struct JournalRead {
    tip: Tip,
    index: Index,
    /// Commits that are not checked yet, and the size of them in bytes.
    page: Vec<Sequenced>,
    bytes: usize,
}

impl Check<'_> {
    /// The report of a check that was ended before everything was looked at.
    fn ended(mut self, dir: &Path) -> Report {
        self.report.add(Finding::ended(dir));
        self.report
    }

    fn sealed(&mut self, volume: &Sealed) {
        let read = self.read_sealed(volume);
        let derived = read.unwrap_or_else(|fault| {
            self.report.fault(fault);
            None
        });
        if let Some((index, tree)) = &derived {
            let owner = &volume.owner;
            self.compare(volume, derived::NAME, &derived::encode(owner, index));
            self.compare(volume, tree::NAME, &tree::encode(owner, tree));
        }
        self.keep_runs(volume.before, derived.as_ref().map(|(index, _)| index));
    }

    /// What the commits of a volume give; `None` if they could not all be read.
    fn read_sealed(&mut self, volume: &Sealed) -> Result<Option<(Index, CompactRange)>, Fault> {
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
        let mut tip = volume.before;
        let mut index = Index::new(volume.owner.first);
        let mut hashes = tree::before(volume.owner.first);
        let mut page = copied.page(volume.owner.first, PAGE_BYTES)?;
        while let Some(last) = page.last() {
            let next = last.position().next();
            let (looked, next) = rayon::join(
                || look(tip, &page, self.bodies),
                || copied.page(next, PAGE_BYTES),
            );
            for (commit, looked) in page.iter().zip(looked) {
                hashes.push_leaf(looked.leaf);
                tip = self.commit(tip, commit, looked, &mut index, &volume.dir)?;
            }
            if self.tell().is_break() {
                return Ok(None);
            }
            page = next?;
        }
        if tip != volume.tip {
            let what = "it does not end as it was sealed";
            return Err(Damage::new(&volume.dir, what).into());
        }
        self.report.volumes += 1;
        Ok(Some((index, hashes)))
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

    /// Reports damaged files with derived data.
    fn kept(&mut self, found: Result<Vec<(PathBuf, String)>, Failed>, remedy: &'static str) {
        match found {
            Ok(damaged) => damaged.into_iter().for_each(|(path, what)| {
                self.report.add(Finding {
                    path,
                    what,
                    remedy,
                    kind: FindingKind::Derived,
                });
            }),
            Err(failed) => self.report.fault(failed.into()),
        }
    }

    fn unsealed(&mut self, found: &Found) {
        let (content, journal) = (&found.content, &found.content.volume.journal);
        let mut read = JournalRead {
            tip: content.before,
            index: Index::new(content.first),
            page: Vec::new(),
            bytes: 0,
        };
        let visited = journal.visit(0, content.end, Position::FIRST, &mut |commit| {
            read.bytes += commit.stored().len();
            read.page.push(commit);
            if read.bytes >= PAGE_BYTES {
                self.journal_page(&mut read, journal.path())?;
            }
            Ok(if self.is_ended {
                Next::Stop
            } else {
                Next::More
            })
        });
        // What was read before a fault is checked, too.
        let checked = self.journal_page(&mut read, journal.path());
        let index = read.index;
        let read = checked.and(visited);
        match read {
            Ok(()) => {
                self.report.volumes += 1;
                self.keep_runs(content.before, Some(&index));
            }
            Err(fault) => {
                self.report.fault(fault);
                self.keep_runs(content.before, None);
            }
        }
        if self.tell().is_break() {
            return;
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
    }

    /// Checks the commits that were read from a journal and not checked yet.
    fn journal_page(&mut self, read: &mut JournalRead, path: &Path) -> Result<(), Fault> {
        let page = std::mem::take(&mut read.page);
        read.bytes = 0;
        let looked = look(read.tip, &page, self.bodies);
        for (commit, looked) in page.iter().zip(looked) {
            read.tip = self.commit(read.tip, commit, looked, &mut read.index, path)?;
        }
        // Whoever reads the pages sees that it has ended.
        let _ = self.tell();
        Ok(())
    }

    /// Checks one commit: its place in the chain, what `HEAD` knows of it, its bytes, its version.
    fn commit(
        &mut self,
        tip: Tip,
        commit: &Sequenced,
        looked: Looked,
        index: &mut Index,
        place: &Path,
    ) -> Result<Tip, Fault> {
        let position = commit.position();
        if !looked.follows {
            let what = format!("the chain breaks at commit {}", tip.position.next());
            return Err(Damage::new(place, what).into());
        }
        (self.each)(position, looked.leaf);
        if self.head.is_some_and(|head| head.denies(commit)) {
            let what = format!("the commit {position} is not the one that HEAD knows");
            self.report.damage(place, what);
        }
        let incarnations = self.report.incarnations.as_ref();
        if incarnations.is_some_and(|incarnations| !incarnations.admit(position, commit.chain())) {
            let what = format!(
                "the commit {position} is not the one that an incarnation of the log began with"
            );
            self.report.damage(place, what);
        }
        match looked.content {
            Ok(Content { keys, events }) => {
                self.events(position, events, place);
                let expected = index.next_version(keys.stream);
                if expected.is_some_and(|expected| expected != keys.version) {
                    let stream = commit.skim().map(|skim| skim.stream().to_string());
                    let what = format!(
                        "the commit {position} gives {} a version that does not follow",
                        stream.unwrap_or_default()
                    );
                    self.report.damage(place, what);
                }
                index.push(position, &keys);
            }
            Err(error) => self
                .report
                .damage(place, format!("the commit {position}: {error}")),
        }
        self.report.commits += 1;
        self.report.bytes += u64::try_from(commit.stored().len()).unwrap_or_default();
        Ok(tip.after(commit))
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

    fn keep_runs(&mut self, before: Tip, index: Option<&Index>) {
        let Ok(streams) = &mut self.streams else {
            return;
        };
        let kept = match index {
            Some(index) => streams.push(before.position.next(), index).map_err(Some),
            None => Err(None),
        };
        if let Err(failed) = kept {
            self.streams = Err(failed);
        }
    }

    /// Checks that the versions of every stream follow one another from volume to volume. If a volume is
    /// damaged, that cannot be checked, and the log must be restored anyway.
    fn versions(&mut self, dir: &Path) {
        let report = &mut self.report;
        let volumes = volumes(dir);
        let mut gap = |gap: Gap| {
            let Gap {
                position,
                version,
                expected,
            } = gap;
            let what = format!(
                "the commit {position} gives its stream version {version} instead of {expected}"
            );
            report.damage(&volumes, what);
        };
        let failed = match &self.streams {
            Ok(streams) => streams.gaps(&mut gap).err(),
            Err(_) => None,
        };
        if let Some(failed) = failed.or_else(|| self.streams.as_mut().err().and_then(Option::take))
        {
            self.report.fault(failed.into());
        }
    }

    fn head(&mut self, dir: &Path, slots: &Slots, tip: Tip) {
        let path = dir.join(head::NAME);
        if self.report.is_in_use {
            return;
        }
        if slots.is_spoiled {
            let what = "one of its two copies, or the space between them, has changed";
            self.report.note(&path, what, WRITTEN_ANEW);
        }
        let known = slots.held.position;
        if known < tip.position {
            let what = format!(
                "it knows of the log up to {known} of {}: the process was killed",
                tip.position
            );
            self.report.note(&path, what, WRITTEN_ANEW);
        }
    }

    /// Tells how far it is, unless whoever watches has ended it.
    fn tell(&mut self) -> ControlFlow<()> {
        if !self.is_ended {
            let told = (self.watch)(Progress {
                commits: self.report.commits,
                commits_total: self.commits_total,
                bytes: self.report.bytes,
            });
            self.is_ended = told.is_break();
        }
        if self.is_ended {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
