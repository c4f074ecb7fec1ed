//! Compares the log with the events that were published of it.
//!
//! Subscribers and their stream are independent copies, so a log that was edited and given a new hash chain is
//! found. Memory use is one page of commits, however long log and stream are.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use plansync_log::backend::{Finding, FindingKind, Inspection, OpenError};
use plansync_log::{Chain, Incarnation, Incarnations, Position, Tip};
use plansync_nats::{EVENTS, PublishedEvent, Witness};

/// The log is read again from an earlier place at most so often: once for every restore, if nobody
/// else writes into the stream.
const PASSES_MAX: usize = 1_100;

/// What comparing gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Messages in the stream.
    pub(crate) messages: u64,
    /// Events that match the log.
    pub(crate) agreeing: u64,
    /// The last of them before the first that differs.
    agreed_to: Position,
    /// Events that the log has otherwise, and the first of them.
    differing: u64,
    first_difference: Option<ChainDifference>,
    /// Events beyond the end of the log, and the last of them.
    pub(crate) beyond: u64,
    beyond_to: Position,
    /// Events of an incarnation that the log knows nothing of, though it is later than its own.
    later_incarnation: Option<u32>,
    /// Events of commits that a restore to an earlier point undid, or of incarnations left behind.
    undone: u64,
    /// Events of other logs, and the id of one of them.
    of_others: u64,
    other: Option<Arc<str>>,
    /// Messages that no relay wrote.
    foreign: u64,
    is_without_order: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ChainDifference {
    position: Position,
    published: String,
    ours: Chain,
}

/// What an event can be compared with.
enum Compared {
    Commit,
    Undone,
    Beyond,
    Later,
    OfOther,
}

/// Compares every event with the commit that it tells of.
pub(crate) fn compare(
    log: &dyn Inspection,
    witnesses: &mut dyn Iterator<Item = Witness>,
) -> Result<Comparison, OpenError> {
    let own = Own {
        tip: log.tip(),
        name: log.tip().log.to_string(),
        incarnations: log.incarnations(),
    };
    let mut comparison = Comparison::default();
    let mut next = comparison.next(&own, witnesses);
    for _ in 0..PASSES_MAX {
        let Some(from) = next.as_ref().map(|event| event.position) else {
            return Ok(comparison);
        };
        log.commits(from, &mut |page| {
            for commit in page {
                while let Some(event) = next.take_if(|event| event.position == commit.position()) {
                    comparison.compare(event, commit.chain());
                    next = comparison.next(&own, witnesses);
                }
                // Events before this commit are found in another pass.
                let is_ahead = |event: &PublishedEvent| event.position > commit.position();
                if !next.as_ref().is_some_and(is_ahead) {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    comparison.is_without_order = next.is_some();
    Ok(comparison)
}

struct Own {
    tip: Tip,
    name: String,
    incarnations: Incarnations,
}

impl Own {
    fn judge(&self, event: &PublishedEvent) -> Compared {
        let incarnation = Incarnation::new(event.name.incarnation);
        if *event.name.log != *self.name {
            return Compared::OfOther;
        }
        match self.incarnations.end_of(incarnation) {
            None if incarnation > self.incarnations.current() => Compared::Later,
            None => Compared::Undone,
            Some(Some(end)) if event.position > end => Compared::Undone,
            Some(_) if event.position > self.tip.position => Compared::Beyond,
            Some(_) => Compared::Commit,
        }
    }
}

impl Comparison {
    /// The next event that the log should have; others are counted.
    fn next(
        &mut self,
        own: &Own,
        witnesses: &mut dyn Iterator<Item = Witness>,
    ) -> Option<PublishedEvent> {
        for witness in witnesses {
            self.messages += 1;
            // The first position is 1.
            let event = witness
                .event
                .filter(|event| event.position > Position::ZERO);
            let Some(event) = event else {
                self.foreign += 1;
                continue;
            };
            match own.judge(&event) {
                Compared::Commit => return Some(event),
                Compared::Undone => self.undone += 1,
                Compared::OfOther => {
                    self.of_others += 1;
                    self.other = Some(event.name.log);
                }
                Compared::Later => {
                    self.later_incarnation =
                        self.later_incarnation.max(Some(event.name.incarnation));
                }
                Compared::Beyond => {
                    self.beyond += 1;
                    self.beyond_to = self.beyond_to.max(event.position);
                }
            }
        }
        None
    }

    fn compare(&mut self, event: PublishedEvent, ours: Chain) {
        if event.chain == ours.to_string() {
            self.agreeing += 1;
            if self.first_difference.is_none() {
                self.agreed_to = self.agreed_to.max(event.position);
            }
            return;
        }
        self.differing += 1;
        self.first_difference.get_or_insert(ChainDifference {
            position: event.position,
            published: event.chain,
            ours,
        });
    }

    /// The finding to report.
    pub(crate) fn findings(&self, tip: &Tip, is_in_use: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut tell = |kind, what, remedy| {
            findings.push(Finding {
                path: PathBuf::from(EVENTS),
                what,
                remedy,
                kind,
            });
        };
        if let Some(ChainDifference {
            position,
            published,
            ours,
        }) = &self.first_difference
        {
            let (differing, agreed) = (self.differing, self.agreed_to);
            let what = format!(
                "{differing} events differ from the log; the first is at position {position} (hash {published} \
                 in the event, {ours} in the log), the last matching event before it at position {agreed}"
            );
            tell(FindingKind::Damage, what, CHANGED);
        }
        if self.beyond > 0 {
            let (beyond, to, tip) = (self.beyond, self.beyond_to, tip.position);
            let what = format!(
                "it has {beyond} events up to position {to}, but the log ends at position {tip}"
            );
            let remedy = if is_in_use { BEHIND } else { SHORTER };
            tell(FindingKind::Damage, what, remedy);
        }
        if let Some(incarnation) = self.later_incarnation {
            let ours = tip.incarnation;
            let what = format!(
                "it has events of incarnation {incarnation} of the log, but this folder has incarnation {ours}"
            );
            tell(FindingKind::Damage, what, SHORTER);
        }
        if let Some(other) = &self.other {
            let (others, ours) = (self.of_others, tip.log);
            let what =
                format!("{others} events belong to the log {other}, but this is the log {ours}");
            tell(FindingKind::Damage, what, ELSEWHERE);
        }
        if self.is_without_order {
            let what = "its events are not in the order of the log".to_owned();
            tell(FindingKind::Damage, what, OUTSIDER);
        }
        if self.undone > 0 {
            let undone = self.undone;
            let what = format!("{undone} events belong to commits that a restore removed");
            tell(FindingKind::Note, what, UNDONE);
        }
        if self.foreign > 0 {
            let foreign = self.foreign;
            let what = format!("{foreign} messages were not published by the relay");
            tell(FindingKind::Note, what, OUTSIDER);
        }
        findings
    }
}

const CHANGED: &str = "the log was changed after its events were published: keep a copy of the folder, \
     restore the log from a backup, and verify that one as well";
const SHORTER: &str = "use the data folder that was served last, or restore it from a backup";
const BEHIND: &str = "stop the engine and verify again; if the finding remains, use the data folder that \
     was served last, or restore it from a backup";
const UNDONE: &str = "tell the subscribers to discard these events";
const ELSEWHERE: &str = "use the NATS account to which this log is published";
const OUTSIDER: &str = "check which other NATS users may publish to plansync.v1.evt.>";
