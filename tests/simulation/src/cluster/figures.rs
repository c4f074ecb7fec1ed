//! How much a case of several nodes, or many of them, went through.

use std::ops::AddAssign;

/// How much cases went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)] // The names say it.
pub struct ClusterFigures {
    pub histories: u64,
    pub steps: u64,
    /// Terms that began.
    pub terms: u64,
    pub crashes: u64,
    pub freezes: u64,
    /// How often a node was cut off from the streams.
    pub cuts: u64,
    /// Answers that did not leave, because the lease was not valid.
    pub withheld: u64,
    pub commits: u64,
    pub answers: u64,
    pub refusals: u64,
    pub replayed_targets: u64,
    /// Streams that lost their end.
    pub lost_ends: u64,
    /// Nodes that halted after that.
    pub halted: u64,
}

impl AddAssign for ClusterFigures {
    fn add_assign(&mut self, other: Self) {
        self.histories += other.histories;
        self.steps += other.steps;
        self.terms += other.terms;
        self.crashes += other.crashes;
        self.freezes += other.freezes;
        self.cuts += other.cuts;
        self.withheld += other.withheld;
        self.commits += other.commits;
        self.answers += other.answers;
        self.refusals += other.refusals;
        self.replayed_targets += other.replayed_targets;
        self.lost_ends += other.lost_ends;
        self.halted += other.halted;
    }
}
