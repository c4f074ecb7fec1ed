//! The Merkle tree over any commits of an open log: from the hashes that sealed volumes keep, and from the
//! commits of the volumes that are not sealed, whose hashes are kept once they were asked for. Of a sealed
//! volume that is only partly wanted, at most 512 commits are read.

use std::sync::{Arc, PoisonError};

use plansync_log::merkle::{CompactRange, Piece};
use plansync_log::{Position, Read as _, ReadError};

use crate::SledReader;
use crate::sealed::Sealed;
use crate::tree;
use crate::unsealed::Unsealed;

/// A volume that is not sealed, with its first and last position.
type Part = (Arc<Unsealed>, Position, Position);

impl SledReader {
    /// The tree over the commits whose leaves have the indexes `from..to`; it ends earlier if the log does.
    pub(crate) fn trees(&self, from: u64, to: u64) -> Result<CompactRange, ReadError> {
        let (sealed, unsealed) = self.parts();
        let mut range = CompactRange::new(from);
        let begin = sealed.partition_point(|volume| volume.owner.last.get() <= from);
        for volume in sealed.iter().skip(begin) {
            if range.to() >= to {
                return Ok(range);
            }
            self.push_sealed(volume, &mut range, to)?;
        }
        for part in &unsealed {
            if range.to() < to {
                self.push_unsealed(part, &mut range, to)?;
            }
        }
        Ok(range)
    }

    fn parts(&self) -> (Arc<Vec<Arc<Sealed>>>, Vec<Part>) {
        let state = self.shared.state();
        let contents = state.full.iter().map(Arc::as_ref).chain([&state.active]);
        let part = |content: &crate::unsealed::Content| {
            let volume = Arc::clone(&content.volume);
            (volume, content.first, content.tip.position)
        };
        (Arc::clone(&state.sealed), contents.map(part).collect())
    }

    fn push_sealed(
        &self,
        volume: &Sealed,
        range: &mut CompactRange,
        to: u64,
    ) -> Result<(), ReadError> {
        let open = || self.shared.open.store(volume);
        let first = volume.owner.first.get().saturating_sub(1);
        if range.to() == first && volume.owner.last.get() <= to {
            let whole = volume.whole_tree(open)?;
            whole.nodes().for_each(|(_, node)| range.push(node));
            return Ok(());
        }
        self.push_part(&volume.tree(open)?, range, to)
    }

    /// Adds the part of a volume's tree that follows the range.
    fn push_part(
        &self,
        tree: &CompactRange,
        range: &mut CompactRange,
        to: u64,
    ) -> Result<(), ReadError> {
        for piece in tree.cut(range.to(), to) {
            match piece {
                Piece::Node(node) => range.push(node),
                Piece::Leaves(_, end) => self.push_leaves(range, end)?,
            }
        }
        Ok(())
    }

    fn push_unsealed(
        &self,
        (volume, first, last): &Part,
        range: &mut CompactRange,
        to: u64,
    ) -> Result<(), ReadError> {
        let mut held = volume.tree.lock().unwrap_or_else(PoisonError::into_inner);
        let tree = held.get_or_insert_with(|| tree::before(*first));
        self.push_leaves(tree, last.get())?;
        self.push_part(tree, range, to)
    }
}
