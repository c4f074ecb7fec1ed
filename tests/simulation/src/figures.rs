//! How much a case, or many of them, went through.

use std::ops::AddAssign;

use crate::action::Action;

/// The counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)] // The names say it.
pub struct Figures {
    pub histories: u64,
    pub steps: u64,
    pub crashes: u64,
    pub emptied: u64,
    /// Sendings of something that had been sent before.
    pub again: u64,
    /// Durable commands that were heard of.
    pub durable: u64,
    pub commits: u64,
    pub replayed_targets: u64,
    /// Corrections of what an earlier sync had sent, in syncs that were accepted.
    pub corrections: u64,
    pub answers: u64,
    /// Refusals whose reason the model gives too, at the position that they were judged at.
    pub refusals: u64,
    pub previews: u64,
    pub confirmed: u64,
    pub events: u64,
    pub batches: u64,
    /// Records that were closed because nobody used them.
    pub idle: u64,
    /// Records that gave way to others.
    pub displaced: u64,
    /// Hostile messages that a stranger sent.
    pub hostile: u64,
    /// Hostile requests whose refusal was heard.
    pub hostile_refused: u64,
    /// Hostile durable commands that were rejected, each once.
    pub hostile_rejected: u64,
}

impl Figures {
    /// The process took a step.
    pub(crate) fn count(&mut self, action: Action) {
        if action == Action::CommitJudged {
            self.batches += 1;
        }
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.histories += other.histories;
        self.steps += other.steps;
        self.crashes += other.crashes;
        self.emptied += other.emptied;
        self.again += other.again;
        self.durable += other.durable;
        self.commits += other.commits;
        self.replayed_targets += other.replayed_targets;
        self.corrections += other.corrections;
        self.answers += other.answers;
        self.refusals += other.refusals;
        self.previews += other.previews;
        self.confirmed += other.confirmed;
        self.events += other.events;
        self.batches += other.batches;
        self.idle += other.idle;
        self.displaced += other.displaced;
        self.hostile += other.hostile;
        self.hostile_refused += other.hostile_refused;
        self.hostile_rejected += other.hostile_rejected;
    }
}
