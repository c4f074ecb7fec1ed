//! Inspection of a data folder without its lock and without changing a byte, whether or not a process
//! has it open. Only what is durable is shown.
//!
//! If a process has the log open, everything up to `HEAD` is durable, because `HEAD` is written after the
//! sync; otherwise, every whole group is. The journals that were found are kept open, so a volume that is
//! sealed meanwhile can still be read.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use plansync_log::backend::{OpenError, push_leaves};
use plansync_log::merkle::{CompactRange, Piece};
use plansync_log::{Incarnations, Position, Sequenced, Tip};

use crate::copied::Copied;
use crate::damage::{Damage, Fault, no_log};
use crate::folder_inspection::FolderInspection;
use crate::journal::Next;
use crate::manifest::Manifest;
use crate::recovery::Found;
use crate::sealed::Sealed;
use crate::shared::volumes;
use crate::tree;

/// Commits are given in pages of about this size, in bytes.
const PAGE_BYTES: usize = 1 << 20;

/// A data folder as it was at one moment.
#[derive(Debug)]
pub struct Folder {
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest,
    pub(crate) found: Vec<Found>,
    pub(crate) tip: Tip,
    is_in_use: bool,
}

impl Folder {
    /// Inspects the folder of a log: its manifest, `HEAD` and journals are read and checked. Sealed volumes
    /// are read by [`commits`](Self::commits) only.
    pub fn look(dir: &Path) -> Result<Self, OpenError> {
        let inspection = FolderInspection::of(dir);
        if let Some(wrong) = inspection.wrong.into_iter().next() {
            return Err(wrong);
        }
        Ok(Self {
            dir: dir.to_owned(),
            manifest: inspection.manifest.ok_or_else(|| no_log(dir))?,
            found: inspection.found,
            tip: inspection.tip.ok_or_else(|| no_log(dir))?,
            is_in_use: inspection.is_in_use,
        })
    }

    /// The last commit that is durable.
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// All incarnations of the log.
    pub fn incarnations(&self) -> Incarnations {
        self.manifest.incarnations.clone()
    }

    /// Whether a process had the log open.
    pub const fn is_in_use(&self) -> bool {
        self.is_in_use
    }

    /// Gives every commit from this position up to the tip, in order and in pages, until `each` breaks. The
    /// chain of every volume that is read is computed again, and a page is given only after that.
    ///
    /// Sealed volumes are copied, one at a time, to a temporary folder (see [`std::env::temp_dir`])
    /// and opened there.
    pub fn commits(
        &self,
        from: Position,
        each: &mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>,
    ) -> Result<(), OpenError> {
        let mut walk = Walk::new(from, each);
        for sealed in Sealed::all(&volumes(&self.dir), &self.manifest) {
            if sealed.owner.last >= from && walk.goes_on() {
                walk.sealed(&sealed)?;
            }
        }
        for one in &self.found {
            if one.content.tip.position >= from && walk.goes_on() {
                walk.unsealed(one)?;
            }
        }
        Ok(())
    }

    /// The Merkle tree over the commits whose leaves have the indexes `from..to`. The hashes that sealed
    /// volumes keep are used where they are whole; other commits are read.
    pub fn tree_range(&self, from: u64, to: u64) -> Result<CompactRange, OpenError> {
        let to = to.min(self.tip.position.get());
        let mut range = CompactRange::new(from);
        for sealed in Sealed::all(&volumes(&self.dir), &self.manifest) {
            let end = sealed.owner.last.get().min(to);
            // Whatever is wrong with the file, the commits are there.
            let kept = tree::read(&sealed.dir, &sealed.owner).ok().flatten();
            let Some(kept) = kept.filter(|_| range.to() < end) else {
                push_leaves(self, &mut range, end)?;
                continue;
            };
            for piece in kept.cut(range.to(), end) {
                match piece {
                    Piece::Node(node) => range.push(node),
                    Piece::Leaves(_, end) => push_leaves(self, &mut range, end)?,
                }
            }
        }
        push_leaves(self, &mut range, to)?;
        Ok(range)
    }
}

/// Goes through commits, checks each against the one before it, and passes them on in pages.
struct Walk<'a> {
    from: Position,
    each: &'a mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>,
    page: Vec<Sequenced>,
    bytes: usize,
    flow: ControlFlow<()>,
}

impl<'a> Walk<'a> {
    fn new(from: Position, each: &'a mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>) -> Self {
        Self {
            from,
            each,
            page: Vec::new(),
            bytes: 0,
            flow: ControlFlow::Continue(()),
        }
    }

    fn goes_on(&self) -> bool {
        self.flow.is_continue()
    }

    fn sealed(&mut self, sealed: &Sealed) -> Result<(), Fault> {
        let copied = Copied::make(sealed)?;
        let mut tip = sealed.before;
        while tip.position < sealed.owner.last && self.goes_on() {
            let page = copied.page(tip.position.next(), PAGE_BYTES)?;
            for commit in page {
                tip = self.take(tip, commit, &sealed.dir)?;
            }
            self.hand_on();
        }
        if self.goes_on() && tip != sealed.tip {
            return Err(Damage::new(&sealed.dir, "it does not end as it was sealed").into());
        }
        Ok(())
    }

    fn unsealed(&mut self, found: &Found) -> Result<(), Fault> {
        let (content, journal) = (&found.content, &found.content.volume.journal);
        let mut tip = content.before;
        journal.visit(0, content.end, Position::FIRST, &mut |commit| {
            tip = self.take(tip, commit, journal.path())?;
            if self.bytes >= PAGE_BYTES {
                self.hand_on();
            }
            Ok(if self.goes_on() {
                Next::More
            } else {
                Next::Stop
            })
        })?;
        self.hand_on();
        if self.goes_on() && tip != content.tip {
            return Err(Damage::new(journal.path(), "it changed while it was read").into());
        }
        Ok(())
    }

    fn take(&mut self, tip: Tip, commit: Sequenced, place: &Path) -> Result<Tip, Fault> {
        if !tip.precedes(&commit) {
            let what = format!("the chain breaks at commit {}", tip.position.next());
            return Err(Damage::new(place, what).into());
        }
        let tip = tip.after(&commit);
        if commit.position() >= self.from {
            self.bytes += commit.stored().len();
            self.page.push(commit);
        }
        Ok(tip)
    }

    fn hand_on(&mut self) {
        if self.goes_on() && !self.page.is_empty() {
            self.flow = (self.each)(&self.page);
        }
        self.page.clear();
        self.bytes = 0;
    }
}
