//! The Merkle tree over the commits of the log: its head, and proofs.

use plansync_domain::command::rejection::Rejection;
use plansync_log::Position;
use plansync_log::anchor::Origin;
use plansync_log::merkle::{Hash, TreeHead, consistency_ranges, inclusion_ranges};

use crate::call::Refusal;
use crate::reading::Reading;

/// The tree of the log up to some position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogTree {
    /// Which log and incarnation it is of.
    pub origin: Origin,
    /// Its size and root.
    pub head: TreeHead,
}

/// What is to be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOf {
    /// That the commit at this position is in the tree.
    Commit(Position),
    /// That the tree of this size is the beginning of it.
    Beginning(u64),
}

/// A proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// The tree.
    pub tree: LogTree,
    /// For the proof of a commit, its leaf hash.
    pub leaf: Option<Hash>,
    /// The hashes of the proof.
    pub hashes: Vec<Hash>,
}

impl Reading<'_> {
    /// `audit.head`, for readers of reference data: `not_permitted`.
    pub fn audit_head(&self) -> Result<LogTree, Refusal> {
        self.check_reference_reader()?;
        self.tree_of(self.position().get())
    }

    /// `audit.proof` in the tree of a size, or of the whole log, for readers of reference data:
    /// `not_permitted`; `invalid_request` for a position or a size that the tree does not have.
    pub fn audit_proof(&self, of: ProofOf, size: Option<u64>) -> Result<LogProof, Refusal> {
        self.check_reference_reader()?;
        let position = self.position().get();
        let size = size.unwrap_or(position);
        if size > position {
            let problem = format!("the log has {position} commits; give at most {position}");
            return Err(Rejection::invalid("size", problem).into());
        }
        let (ranges, leaf) = match of {
            ProofOf::Commit(position) => {
                let outside = || {
                    let problem =
                        format!("the tree has the positions 1 to {size}; give one of them");
                    Rejection::invalid("position", problem)
                };
                let index = position.get().checked_sub(1).ok_or_else(outside)?;
                let ranges = inclusion_ranges(index, size).ok_or_else(outside)?;
                (ranges, Some(self.subtree(index, index + 1)?))
            }
            ProofOf::Beginning(old) => {
                let problem = format!("the tree has {size} commits; give at most {size}");
                let larger = || Rejection::invalid("old_size", problem);
                (consistency_ranges(old, size).ok_or_else(larger)?, None)
            }
        };
        let hashes = ranges.iter().map(|(from, to)| self.subtree(*from, *to));
        Ok(LogProof {
            hashes: hashes.collect::<Result<_, _>>()?,
            tree: self.tree_of(size)?,
            leaf,
        })
    }

    fn tree_of(&self, size: u64) -> Result<LogTree, Refusal> {
        let log = self.log();
        let origin = Origin {
            log: log.tip().log,
            incarnation: log.incarnations().current(),
        };
        let root = self.subtree(0, size)?;
        let head = TreeHead { size, root };
        Ok(LogTree { origin, head })
    }

    fn subtree(&self, from: u64, to: u64) -> Result<Hash, Refusal> {
        let range = self.log().tree_range(from, to)?;
        let root = range.root().filter(|_| range.to() == to);
        root.ok_or_else(|| Refusal::internal(format!("the log has no subtree of {from} to {to}")))
    }
}
