//! Reading commits from a journal when sled does not have them: sled failed, the volume is being
//! sealed, or an earlier process left it unsealed.

use std::os::unix::fs::FileExt;

use plansync_log::{Position, Sequenced};

use super::{HEADER_BYTES, Journal, JournalGroup, group};
use crate::damage::{Damage, Fault, While};

/// Groups are read in pieces of this size in bytes, or of one group if that is larger.
/// A search for one commit reads about one.
const PIECE_BYTES: usize = 64 << 10;

impl Journal {
    /// Gives the commits of the groups between two offsets in order, from this position on, until `visit` stops.
    pub(crate) fn visit(
        &self,
        from: u64,
        to: u64,
        first: Position,
        visit: &mut dyn FnMut(Sequenced) -> Result<Next, Fault>,
    ) -> Result<(), Fault> {
        let mut offset = from.max(HEADER_BYTES);
        while offset < to {
            let piece = self.piece(offset, to)?;
            let mut read = 0;
            while let Some(group) = piece
                .get(read..)
                .and_then(|at| JournalGroup::parse(at, self.salt))
            {
                for commit in group.commits(first) {
                    let commit = commit.map_err(|error| self.damage(offset, &error.to_string()))?;
                    if visit(commit)? == Next::Stop {
                        return Ok(());
                    }
                }
                read += group.bytes;
            }
            if read == 0 {
                return Err(self.damage(offset, "it is not what was written").into());
            }
            offset = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    fn piece(&self, offset: u64, to: u64) -> Result<Vec<u8>, Fault> {
        let left = usize::try_from(to - offset).unwrap_or(usize::MAX);
        let mut piece = self.bytes_at(offset, left.min(PIECE_BYTES))?;
        if let Some(bytes) = JournalGroup::claimed_bytes(&piece)
            && bytes > piece.len()
        {
            piece = self.bytes_at(offset, left.min(bytes))?;
        }
        Ok(piece)
    }

    fn bytes_at(&self, offset: u64, bytes: usize) -> Result<Vec<u8>, Fault> {
        let mut piece = vec![0; bytes];
        self.file
            .read_exact_at(&mut piece, offset)
            .while_doing("read", &self.path)?;
        Ok(piece)
    }

    fn damage(&self, offset: u64, what: &str) -> Damage {
        Damage::new(&self.path, format!("the group at byte {offset}: {what}"))
    }
}

/// Whether a visitor wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    More,
    Stop,
}

/// The offsets of some positions in a journal, at a fixed distance: a search reads little, and the list is
/// short.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    places: Vec<(Position, u64)>,
}

impl Places {
    const EVERY_BYTES: u64 = 64 << 10;

    /// Adds the group that begins here.
    pub(crate) fn push(&mut self, first: Position, offset: u64) {
        let last = self.places.last().map_or(0, |(_, offset)| *offset);
        if self.places.is_empty() || offset >= last + Self::EVERY_BYTES {
            self.places.push((first, offset));
        }
    }

    /// An offset at or before the group with this position.
    pub(crate) fn before(&self, position: Position) -> u64 {
        let behind = self.places.partition_point(|(first, _)| *first <= position);
        behind
            .checked_sub(1)
            .and_then(|index| self.places.get(index))
            .map_or(HEADER_BYTES, |(_, offset)| *offset)
    }
}

const _: () = assert!(PIECE_BYTES > group::HEADER_BYTES);
