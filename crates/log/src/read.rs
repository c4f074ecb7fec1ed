//! The reading side of a log: commits by position, by stream and by command. Only durable commits are
//! visible.

use crate::merkle::{CompactRange, Hash};
use crate::{CommandKey, Incarnations, LogMeasured, Position, Sequenced, StreamId, Tip, Version};

/// So many commits are read at once for their hashes.
const LEAVES_AT_ONCE: usize = 1_000;

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The storage does not answer at the moment. The same read may be tried again.
    #[error("the log cannot be read now: {what}")]
    Unavailable {
        /// What failed.
        what: String,
        /// The error of the storage.
        #[source]
        source: std::io::Error,
    },
    /// Something that must be there is missing or damaged. Stop: no answer is better than a wrong one.
    #[error("the log is damaged: {what}; {remedy}")]
    Corrupt {
        /// What is damaged, and where.
        what: String,
        /// What to do.
        remedy: String,
    },
}

/// Where a stream begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The position of its first commit.
    pub first: Option<Position>,
    /// Its last version, `ZERO` if it has none.
    pub last: Version,
}

/// The reading side of a log, shared by many readers. Only durable commits are visible.
pub trait Read: Send + Sync {
    /// The last durable commit.
    fn tip(&self) -> Tip;

    /// All incarnations of the log; the last one is the tip's. They do not change while the log is open,
    /// and the call is cheap.
    fn incarnations(&self) -> Incarnations;

    /// Commits in order, from `from` on (`ZERO` means the first). At most `count_max` are returned, and
    /// fewer if the bytes of one answer would exceed the bound of the implementation, but at least one if
    /// `from` is not after the tip and `count_max` is not 0.
    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError>;

    /// Commits of one stream in order, from version `from` on, bounded as in [`read`](Self::read).
    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError>;

    /// The position of the commit that gave the stream this version.
    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError>;

    /// The last version of the stream, `ZERO` if there is none.
    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError>;

    /// The position of the commit that answered this command. An id that was never used costs little: the
    /// memory for that is bounded, and the reads of the disk grow with the logarithm of the number of
    /// commits at most (an implementation documents how many).
    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError>;

    /// The positions of the commits of a stream, in order, from version `from` on (`ZERO` means the first). At most
    /// `count_max` are returned. No commit needs to be read for it.
    fn positions(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Position>, ReadError> {
        let mut positions = Vec::new();
        let mut version = from.max(Version::FIRST);
        while positions.len() < count_max {
            let Some(position) = self.locate(stream, version)? else {
                break;
            };
            positions.push(position);
            version = version.next();
        }
        Ok(positions)
    }

    /// The answers of [`command`](Self::command) to many ids with their tenants, in the same order. An
    /// implementation may find them faster together than one by one.
    fn commands(&self, asked: &[(&str, CommandKey)]) -> Result<Vec<Option<Position>>, ReadError> {
        let each = asked.iter();
        each.map(|(tenant, command)| self.command(tenant, *command))
            .collect()
    }

    /// Where many streams begin and end, in the same order. An implementation may find them faster together than
    /// by [`locate`](Self::locate) and [`stream_version`](Self::stream_version).
    fn extents(&self, asked: &[&StreamId]) -> Result<Vec<Extent>, ReadError> {
        let extent = |stream: &&StreamId| {
            Ok(Extent {
                first: self.locate(stream, Version::FIRST)?,
                last: self.stream_version(stream)?,
            })
        };
        asked.iter().map(extent).collect()
    }

    /// The Merkle tree over the commits whose leaves have the indexes `from..to` (positions `from + 1` to `to`),
    /// for roots and proofs. It ends earlier if the log does. An implementation may read these commits, as
    /// this one does, or keep hashes that it derived from them.
    fn tree_range(&self, from: u64, to: u64) -> Result<CompactRange, ReadError> {
        let mut range = CompactRange::new(from);
        self.push_leaves(&mut range, to)?;
        Ok(range)
    }

    /// Adds the leaves that follow a range, up to the leaf before `to`, to it. The commits are read.
    fn push_leaves(&self, range: &mut CompactRange, to: u64) -> Result<(), ReadError> {
        while range.to() < to {
            let left = usize::try_from(to - range.to()).unwrap_or(usize::MAX);
            let page = self.read(Position::new(range.to()).next(), left.min(LEAVES_AT_ONCE))?;
            if page.is_empty() {
                break;
            }
            for commit in &page {
                range.push_leaf(Hash::of_leaf(commit.stored()));
            }
        }
        Ok(())
    }

    /// Whether the log surely has no commit that answers this command, as far as that is known without a
    /// read of the disk. `false` means that it is not known: either the log has one, or it has more ids
    /// than are in memory.
    fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        let _ = (tenant, command);
        false
    }

    /// Whether the log surely has no commit of this stream, in the same sense.
    fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        let _ = stream;
        false
    }

    /// What it has counted since it was opened; `None` if the implementation counts nothing. The disk is not read.
    fn measured(&self) -> Option<LogMeasured> {
        None
    }

    /// How many bytes of the disk the log takes; `None` if it is on no disk. It reads the disk: what was sealed is
    /// looked at once.
    fn disk_bytes(&self) -> std::io::Result<Option<u64>> {
        Ok(None)
    }
}
