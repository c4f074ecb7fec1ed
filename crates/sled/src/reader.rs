//! Reading by position: finds the volume, and whether the commit is in memory, in sled or only in the
//! journal. A commit below the tip that is not there is damage, and never reported as absent.

use std::io;
use std::sync::Arc;

use plansync_log::merkle::CompactRange;
use plansync_log::sealing::Keys;
use plansync_log::{
    CommandKey, Incarnations, LogMeasured, Position, Read, ReadError, Sequenced, StreamId, Tip,
    Version,
};

use crate::damage::Damage;
use crate::sealed::Sealed;
use crate::shared::{Shared, State};
use crate::store::Page;
use crate::unsealed::{Span, Unsealed};

/// The reading side of a log on disk.
#[derive(Debug)]
pub struct SledReader {
    pub(crate) shared: Arc<Shared>,
}

/// Where the next commit of a page comes from.
enum CommitSource {
    Sealed(Arc<Sealed>),
    Unsealed(Arc<Unsealed>, Span),
}

impl State {
    /// Takes from memory what is there, and returns where the next commit is; `None` if the page is full or
    /// the log ends.
    fn source(&self, page: &mut Page) -> Option<CommitSource> {
        if page.next > self.active.tip.position {
            return None;
        }
        let sealed = self
            .sealed
            .partition_point(|volume| volume.owner.last < page.next);
        if let Some(volume) = self.sealed.get(sealed) {
            return Some(CommitSource::Sealed(Arc::clone(volume)));
        }
        let full = self
            .full
            .iter()
            .map(Arc::as_ref)
            .find(|full| page.next <= full.tip.position);
        let content = full.unwrap_or(&self.active);
        let span = content.span(page.next);
        if page.next <= span.until {
            return Some(CommitSource::Unsealed(Arc::clone(&content.volume), span));
        }
        content.tail.fill(page);
        None
    }
}

impl SledReader {
    /// The keys of texts about persons. The log is open until they are dropped, too.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.shared.keys)
    }

    fn fill(&self, page: &mut Page) -> Result<(), ReadError> {
        while page.wants_more() {
            let before = page.next;
            let source = self.shared.state().source(page);
            match source {
                Some(CommitSource::Sealed(volume)) => {
                    self.shared
                        .open
                        .store(&volume)?
                        .read(page, volume.owner.last)?;
                }
                Some(CommitSource::Unsealed(volume, span)) => volume.read(page, &span)?,
                None => return Ok(()),
            }
            if page.next == before {
                let what = format!("the commit {before} is missing");
                return Err(Damage::new(&self.shared.dir, what).into());
            }
        }
        Ok(())
    }

    /// The commits at these positions, in their order, within the bound of one answer.
    fn at(&self, positions: &[Position]) -> Result<Vec<Sequenced>, ReadError> {
        let mut commits: Vec<Sequenced> = Vec::new();
        let mut bytes_left = self.shared.options.read_bytes_max;
        for position in positions {
            if bytes_left == 0 {
                break;
            }
            let mut page = Page::new(*position, 1, 1);
            self.fill(&mut page)?;
            let gone = || Damage::new(&self.shared.dir, format!("commit {position} is missing"));
            let commit = page.commits.pop().ok_or_else(gone)?;
            bytes_left = bytes_left.saturating_sub(commit.stored().len());
            commits.push(commit);
        }
        Ok(commits)
    }
}

impl Read for SledReader {
    fn tip(&self) -> Tip {
        self.shared.tip()
    }

    fn incarnations(&self) -> Incarnations {
        self.shared.incarnations.clone()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let mut page = Page::new(from, count_max, self.shared.options.read_bytes_max);
        self.fill(&mut page)?;
        Ok(page.commits)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        self.at(&self.shared.positions(stream, from, count_max)?)
    }

    fn positions(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Position>, ReadError> {
        self.shared.positions(stream, from, count_max)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        if version == Version::ZERO {
            return Ok(None);
        }
        Ok(self.shared.positions(stream, version, 1)?.first().copied())
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        self.shared.stream_version(stream)
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        self.shared.command(tenant, command)
    }

    fn tree_range(&self, from: u64, to: u64) -> Result<CompactRange, ReadError> {
        self.trees(from, to)
    }

    fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        self.shared.surely_lacks(tenant, command)
    }

    fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        self.shared.surely_lacks_stream(stream)
    }

    fn measured(&self) -> Option<LogMeasured> {
        Some(self.shared.measured())
    }

    fn disk_bytes(&self) -> io::Result<Option<u64>> {
        self.shared.disk_bytes().map(Some)
    }
}
