//! A view of a backup. The archive is read once from end to end, which checks every byte of it. Then its
//! blocks are read where they are; only the rows of its streams and commands are written, to the temporary
//! folder.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plansync_log::archive::{ArchiveError, ArchiveReader, read_block};
use plansync_log::backend::{LogView, OpenError, Progress, RestoreError};
use plansync_log::environment::InTemporary as _;
use plansync_log::sealing::Keys as SealingKeys;
use plansync_log::{Position, Sequenced, Tip};

use super::{Part, View};
use crate::Options;
use crate::damage::{Damage, Failed, Fault, While};
use crate::derived::{self, Derived, Owner};
use crate::index::{Index, Keys};
use crate::manifest::VolumeNumber;
use crate::store::Page;

/// How many commits are read between two calls of `watch`.
const WATCH_EVERY: u64 = 4_096;
/// Blocks that are kept after they were decompressed; each has at most 1 MiB of commits.
const BLOCKS_MAX: usize = 16;
const COPY: &str = "use another copy of the backup, or another backup";

/// Opens a backup for reading only. It must be a file that can be read at any place. The archive is read
/// to its end and checked; what it has is the log as it was when it was backed up, in the incarnation that
/// it had then. The rows of its streams and commands are kept in the folder `temporary`, which exists: about
/// 60 bytes a commit. It is the caller's, who removes it after the view.
///
/// `watch` is called now and then with the progress, whose bytes are those of the archive that were read,
/// and which does not know the number of commits. If it answers [`ControlFlow::Break`], the opening ends with
/// [`OpenError::Interrupted`].
///
/// # Errors
///
/// [`RestoreError::Archive`] if the archive is damaged, and whatever else keeps it from being read.
pub fn view_archive(
    file: &Path,
    temporary: &Path,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<LogView, RestoreError> {
    let options = Options::default();
    let opened = File::open(file).while_doing("open", file)?;
    let mut reader = ArchiveReader::new(BufReader::new(&opened))?;
    let incarnations = reader.incarnations().clone();
    let mut making = Making {
        temporary,
        part_bytes: options.volume_bytes,
        parts: Vec::new(),
        blocks: Vec::new(),
        open: OpenPart::after(&reader.tip()),
    };
    let mut before = reader.tip();
    while let Some(commit) = reader.next() {
        let commit = commit?;
        making.take(&commit, reader.block_at(), &before)?;
        before = reader.tip();
        let progress = Progress {
            commits: commit.position().get(),
            commits_total: 0,
            bytes: reader.bytes(),
        };
        if progress.commits.is_multiple_of(WATCH_EVERY) && watch(progress).is_break() {
            return Err(OpenError::Interrupted.into());
        }
    }
    let tip = reader.finish()?;
    making.end_part(&tip)?;
    drop(making.open);
    let blocks = Arc::new(Blocks {
        file: opened,
        path: file.to_owned(),
        places: making.blocks,
        held: Mutex::default(),
    });
    let parts = making
        .parts
        .into_iter()
        .map(|(last, rows)| -> Box<dyn Part> {
            Box::new(ArchivedPart {
                last,
                rows,
                blocks: Arc::clone(&blocks),
            })
        });
    Ok(LogView {
        keys: Arc::new(SealingKeys::only_read(None)),
        read: Arc::new(View {
            place: file.to_owned(),
            incarnations,
            tip,
            parts: parts.collect(),
            unsealed: Vec::new(),
            read_bytes_max: options.read_bytes_max,
        }),
        checkpoints: None,
        is_in_use: false,
        wrong: Vec::new(),
    })
}

/// The parts that are made while an archive is read.
struct Making<'a> {
    temporary: &'a Path,
    part_bytes: u64,
    parts: Vec<(Position, Arc<Derived>)>,
    /// The first position of each block, and where the block begins.
    blocks: Vec<(Position, u64)>,
    open: OpenPart,
}

/// The part that is being read.
struct OpenPart {
    index: Index,
    first: Position,
    bytes: u64,
}

impl OpenPart {
    fn after(tip: &Tip) -> Self {
        let first = tip.position.next();
        Self {
            index: Index::new(first),
            first,
            bytes: 0,
        }
    }
}

impl Making<'_> {
    /// Takes the next commit. It is in the block at this byte, and follows the tip `before`.
    fn take(
        &mut self,
        commit: &Sequenced,
        block_at: u64,
        before: &Tip,
    ) -> Result<(), RestoreError> {
        if self.open.bytes >= self.part_bytes {
            self.end_part(before)?;
        }
        if self.blocks.last().is_none_or(|(_, at)| *at != block_at) {
            self.blocks.push((commit.position(), block_at));
        }
        let position = commit.position();
        let skim = commit
            .skim()
            .map_err(|source| ArchiveError::Commit { position, source })?;
        self.open.index.push(position, &Keys::of(&skim));
        let bytes = u64::try_from(commit.stored().len()).unwrap_or(u64::MAX);
        self.open.bytes = self.open.bytes.saturating_add(bytes);
        Ok(())
    }

    /// Writes the rows of the part that ends at this tip, if it has commits.
    fn end_part(&mut self, tip: &Tip) -> Result<(), RestoreError> {
        let part = std::mem::replace(&mut self.open, OpenPart::after(tip));
        if tip.position < part.first {
            return Ok(());
        }
        let number = u64::try_from(self.parts.len()).unwrap_or(u64::MAX);
        let owner = Owner {
            log: tip.log,
            volume: VolumeNumber::new(number).next(),
            first: part.first,
            last: tip.position,
            chain: tip.chain,
        };
        let dir = self.temporary.join(format!("part-{}", owner.volume));
        let rows = write_rows(&dir, &owner, &part.index).map_err(OpenError::from)?;
        self.parts.push((tip.position, Arc::new(rows)));
        Ok(())
    }
}

fn write_rows(dir: &Path, owner: &Owner, index: &Index) -> Result<Derived, Fault> {
    fs::create_dir_all(dir)
        .in_temporary()
        .while_doing("create", dir)?;
    let path = dir.join(derived::NAME);
    fs::write(&path, derived::encode(owner, index))
        .in_temporary()
        .while_doing("write", &path)?;
    Derived::open(dir, owner)
}

/// The blocks of an archive.
struct Blocks {
    file: File,
    path: PathBuf,
    /// The first position of each block, and where the block begins.
    places: Vec<(Position, u64)>,
    /// The blocks that were read last.
    held: Mutex<VecDeque<(u64, Arc<Vec<Sequenced>>)>>,
}

impl Blocks {
    /// The commits of the block that has this position.
    fn of(&self, position: Position) -> Result<Arc<Vec<Sequenced>>, Fault> {
        let behind = self.places.partition_point(|(first, _)| *first <= position);
        let place = behind
            .checked_sub(1)
            .and_then(|index| self.places.get(index));
        let missing = || format!("the commit {position} is missing");
        let (first, at) = *place.ok_or_else(|| self.damaged(missing()))?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = held.iter().position(|(known, _)| *known == at) {
            // The block that was used last comes first.
            let block = held.remove(found);
            let block = block.ok_or_else(|| self.damaged(missing()))?;
            let commits = Arc::clone(&block.1);
            held.push_front(block);
            return Ok(commits);
        }
        drop(held);
        let commits = Arc::new(self.read(first, at)?);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push_front((at, Arc::clone(&commits)));
        held.truncate(BLOCKS_MAX);
        Ok(commits)
    }

    fn read(&self, first: Position, at: u64) -> Result<Vec<Sequenced>, Fault> {
        let input = ReadFrom {
            file: &self.file,
            at,
        };
        let commits = match read_block(input, at) {
            Ok(commits) => commits,
            Err(ArchiveError::Io { source, .. }) => {
                return Err(Failed {
                    doing: "read",
                    path: self.path.clone(),
                    source,
                }
                .into());
            }
            Err(error) => return Err(self.damaged(error.to_string()).into()),
        };
        let is_it = commits.first().is_some_and(|one| one.position() == first);
        if !is_it {
            let what = format!("the block at byte {at} is not the one that was read before");
            return Err(self.damaged(what).into());
        }
        Ok(commits)
    }

    fn damaged(&self, what: String) -> Damage {
        Damage {
            remedy: COPY,
            ..Damage::new(&self.path, what)
        }
    }
}

/// A file from one place on. The place of the file itself does not move, so that many can read it.
struct ReadFrom<'a> {
    file: &'a File,
    at: u64,
}

impl io::Read for ReadFrom<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(bytes, self.at)?;
        self.at = self
            .at
            .saturating_add(u64::try_from(read).unwrap_or_default());
        Ok(read)
    }
}

/// A stretch of an archive.
struct ArchivedPart {
    last: Position,
    rows: Arc<Derived>,
    blocks: Arc<Blocks>,
}

impl Part for ArchivedPart {
    fn last(&self) -> Position {
        self.last
    }

    fn read(&self, page: &mut Page) -> Result<(), Fault> {
        while page.wants_more() && page.next <= self.last {
            let before = page.next;
            for commit in self.blocks.of(before)?.iter() {
                let missing = |at| self.blocks.damaged(format!("the commit {at} is missing"));
                page.push(commit.clone()).map_err(missing)?;
            }
            if page.next == before {
                return Ok(());
            }
        }
        Ok(())
    }

    fn rows(&self) -> Result<Arc<Derived>, Fault> {
        Ok(Arc::clone(&self.rows))
    }

    /// They were written a moment ago, by this process.
    fn rows_again(&self, damage: Damage) -> Result<Arc<Derived>, Fault> {
        Err(damage.into())
    }
}
