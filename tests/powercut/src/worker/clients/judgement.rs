//! Owns what a log of the engine must look like whatever happened: every commit was asked for,
//! a sync is accepted whole, and every pair of it has one outcome. Knows nothing of accidents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plansync_domain::event::Event;
use plansync_domain::event::sync::{ChangeSetChunk, SyncAccepted, TargetReplayed};
use plansync_domain::ids::{LearnerId, SyncId};
use plansync_domain::sync::pair_outcomes::Tally;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::{Decided, decided};
use plansync_log::sealing::Keys;
use plansync_log::{CommandScope, Sequenced};
use uuid::Uuid;

use super::script::Script;
use crate::worker::WorkError;

/// Looks at every commit, and says how many syncs have ended. Once everything is worked off, no
/// sync may be left without an end.
pub(super) fn judge(
    commits: &[Sequenced],
    script: Script,
    commands: u64,
    worked_off: bool,
) -> Result<u64, WorkError> {
    let asked: HashMap<Uuid, u64> = (0..commands)
        .map(|number| (*script.command_id(number).as_uuid(), number))
        .collect();
    let mut syncs: BTreeMap<SyncId, Sync> = BTreeMap::new();
    for sequenced in commits {
        let decided = decided(sequenced, &Keys::only_read(None))
            .map_err(|error| WorkError::Wrong(error.to_string()))?;
        check_asked(&decided, script, &asked)?;
        for event in &decided.events {
            take(&mut syncs, event).map_err(|what| {
                let position = decided.commit.position;
                WorkError::Wrong(format!("commit {position}: {what}"))
            })?;
        }
    }
    let mut ended = 0;
    for (id, sync) in &syncs {
        sync.check(worked_off)
            .map_err(|what| WorkError::Wrong(format!("sync {id}: {what}")))?;
        ended += u64::from(sync.ended.is_some());
    }
    Ok(ended)
}

/// A client's commit answers a command that was asked, and just as it was asked.
fn check_asked(
    decided: &Decided,
    script: Script,
    asked: &HashMap<Uuid, u64>,
) -> Result<(), WorkError> {
    let proposal = &decided.commit.proposal;
    match proposal.command.scope {
        CommandScope::Engine => return Ok(()),
        CommandScope::Client | CommandScope::Outcome => {}
    }
    let call = match asked.get(&proposal.command.id) {
        Some(number) => Some(script.ask(*number)?.call),
        None => None,
    };
    let as_asked = call.is_some_and(|call| {
        call.is_of(
            proposal.fingerprint,
            &decided.stream,
            &Keys::only_read(None),
        ) && call.actor == decided.actor
    });
    if as_asked {
        return Ok(());
    }
    Err(WorkError::Wrong(format!(
        "commit {} answers command {}, which nobody asked so",
        decided.commit.position, proposal.command
    )))
}

/// What the log says of one sync.
#[derive(Default)]
struct Sync {
    chunks: u32,
    entries: usize,
    accepted: Option<SyncAccepted>,
    replayed: BTreeSet<LearnerId>,
    tally: Tally,
    /// How it ended: the learners done, all outcomes, and whether it was stopped.
    ended: Option<(u32, Tally, bool)>,
}

fn take(syncs: &mut BTreeMap<SyncId, Sync>, event: &Event) -> Result<(), &'static str> {
    if let Event::ChangeSetChunk(chunk) = event {
        return syncs.entry(chunk.sync).or_default().chunk(chunk);
    }
    if let Event::SyncAccepted(accepted) = event {
        return syncs.entry(accepted.sync).or_default().accept(accepted);
    }
    if let Event::TargetReplayed(replayed) = event {
        return syncs.entry(replayed.sync).or_default().replay(replayed);
    }
    if let Event::SyncCompleted(end) = event {
        return syncs
            .entry(end.sync)
            .or_default()
            .end((end.done, end.tally, false));
    }
    if let Event::SyncCancelled(end) = event {
        return syncs
            .entry(end.sync)
            .or_default()
            .end((end.done, end.tally, true));
    }
    Ok(())
}

impl Sync {
    fn chunk(&mut self, chunk: &ChangeSetChunk) -> Result<(), &'static str> {
        if self.accepted.is_some() || chunk.index != self.chunks {
            return Err("a part of a change set is out of place");
        }
        self.chunks += 1;
        self.entries += chunk.entries.len();
        Ok(())
    }

    fn accept(&mut self, accepted: &SyncAccepted) -> Result<(), &'static str> {
        if self.accepted.is_some() {
            return Err("a sync is accepted twice");
        }
        if accepted.chunks != self.chunks {
            return Err("a sync is accepted without all of its change set");
        }
        self.entries += accepted.entries.len();
        self.accepted = Some(accepted.clone());
        Ok(())
    }

    fn replay(&mut self, replayed: &TargetReplayed) -> Result<(), &'static str> {
        let Some(accepted) = &self.accepted else {
            return Err("a target is replayed onto before its sync is accepted");
        };
        if self.ended.is_some() {
            return Err("a target is replayed onto after its sync has ended");
        }
        if !targets(accepted).contains(&replayed.learner) {
            return Err("a target is replayed onto that the sync does not have");
        }
        if !self.replayed.insert(replayed.learner) {
            return Err("a target is replayed onto twice");
        }
        if u64::try_from(self.entries) != Ok(replayed.pair_outcomes.count()) {
            return Err("a target does not have one outcome for each component");
        }
        if accepted.learners.contains(&replayed.learner) {
            self.tally = self.tally.plus(replayed.pair_outcomes.tally());
        }
        Ok(())
    }

    fn end(&mut self, end: (u32, Tally, bool)) -> Result<(), &'static str> {
        if self.accepted.is_none() || self.ended.is_some() {
            return Err("a sync ends that does not run");
        }
        self.ended = Some(end);
        Ok(())
    }

    fn check(&self, worked_off: bool) -> Result<(), String> {
        let Some(accepted) = &self.accepted else {
            return Err("its change set is there, but not its acceptance".to_owned());
        };
        let Some((done, tally, stopped)) = self.ended else {
            return if worked_off {
                Err("it was accepted and never ended".to_owned())
            } else {
                Ok(())
            };
        };
        let done_here = self
            .replayed
            .iter()
            .filter(|learner| accepted.learners.contains(learner))
            .count();
        if usize::try_from(done) != Ok(done_here) {
            return Err(format!(
                "it says {done} learners, and there are {done_here}"
            ));
        }
        if !stopped && (self.replayed != targets(accepted) || tally != self.tally) {
            return Err(format!(
                "it is complete with {tally:?}, not {:?}",
                self.tally
            ));
        }
        Ok(())
    }
}

/// Every target of a sync, the source among them where it is updated too.
fn targets(accepted: &SyncAccepted) -> BTreeSet<LearnerId> {
    let updates_source = accepted.request.kind == SyncKind::SelectedAttributes;
    let source = updates_source.then_some(accepted.source);
    accepted.learners.iter().copied().chain(source).collect()
}
