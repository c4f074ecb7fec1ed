//! `audit.show`: one commit with its causes and effects, and what its synchronisation replays or decided.

use std::sync::Arc;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::AcceptedAnswer;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{CommandId, SyncId};
use plansync_domain::sync::change_set::{ChangeSet, Entry};
use plansync_domain::sync::pair_outcome::{Outcome, PairOutcome, Reason};
use plansync_log::{CommandScope, Position, Version};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::outcomes::OutcomeItem;
use crate::recorded::commit::Decided;

/// The effects that are shown one by one.
const EFFECTS_MAX: usize = 50;

/// A commit with its causes and effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The commit.
    pub decided: Decided,
    /// The commits that led to it.
    pub causes: Vec<Decided>,
    /// The number of commits to which it led that the actor may see.
    pub effects: usize,
    /// The first of them.
    pub first_effects: Vec<Decided>,
    /// The end of the sync that it started.
    pub end: Option<Decided>,
    /// What the sync that it started replays.
    pub changes: Option<Vec<Entry>>,
    /// What the sync decided about its target.
    pub decisions: Option<Vec<OutcomeItem>>,
}

impl Reading<'_> {
    /// `audit.show`, for readers of reference data: `not_permitted`, and `invalid_request` for a position at which
    /// there is no commit that the actor may see.
    pub fn audit_show(&self, position: Position) -> Result<Shown, Refusal> {
        self.check_reference_reader()?;
        let decided = self.visible_at(position)?.ok_or_else(|| {
            let problem = format!(
                "there is no commit of this tenant that the actor may see; the log has the positions 1 to {}",
                self.position()
            );
            Refusal::from(Rejection::invalid("position", problem))
        })?;
        let causes = self.visible(self.causes_of(&decided)?)?;
        let effects = self.visible(self.all_effects_of(&decided)?)?;
        let end = effects.iter().find(|effect| ends(effect)).cloned();
        let shown = match decided.events.first() {
            Some(Event::SyncAccepted(accepted)) => (self.replayed_by(accepted.sync)?, None),
            Some(Event::TargetReplayed(replayed)) => (None, self.decided_by(replayed)?),
            _ => (None, None),
        };
        let (changes, decisions) = shown;
        Ok(Shown {
            causes,
            effects: effects.len(),
            first_effects: effects.into_iter().take(EFFECTS_MAX).collect(),
            end,
            changes,
            decisions,
            decided,
        })
    }

    /// The positions of the commits that led to a commit.
    fn causes_of(&self, decided: &Decided) -> Result<Vec<Position>, Refusal> {
        let proposal = &decided.commit.proposal;
        let start = CommandId::from_uuid(proposal.cause.correlation);
        let mut causes = Vec::new();
        match decided.events.first() {
            Some(Event::CommandAccepted(accepted)) => {
                if let AcceptedAnswer::Commit(position) = accepted.answer {
                    causes.push(Position::new(position.get()));
                }
            }
            Some(Event::TargetReplayed(_) | Event::SyncCompleted(_) | Event::ChangeSetChunk(_)) => {
                causes.extend(self.of_command(CommandScope::Client, start)?);
            }
            // A sync that was cancelled was started by another command.
            Some(Event::SyncCancelled(cancelled)) => {
                causes.extend(self.acceptance_of(cancelled.sync)?);
            }
            Some(Event::RecordClosed(_)) if proposal.command.scope == CommandScope::Engine => {
                causes.extend(self.of_command(CommandScope::Client, start)?);
            }
            _ => {}
        }
        causes.retain(|cause| *cause != decided.commit.position);
        Ok(causes)
    }

    /// The position of the acceptance of a sync.
    fn acceptance_of(&self, sync: SyncId) -> Result<Option<Position>, Refusal> {
        let Some(state) = self.tenant().sync(sync) else {
            return Ok(None);
        };
        let version = Version::new(state.facts().accepted_version);
        let stream = self.stream(&Stream::Sync(sync));
        Ok(self.log().locate(&stream, version)?)
    }

    /// The positions of the commits to which a commit led, with the outcome of a durable command.
    fn all_effects_of(&self, decided: &Decided) -> Result<Vec<Position>, Refusal> {
        let proposal = &decided.commit.proposal;
        if proposal.command.scope != CommandScope::Client {
            return Ok(Vec::new());
        }
        let mut effects = self.effects_of(decided.commit.position)?;
        let own = CommandId::from_uuid(proposal.command.id);
        effects.extend(self.of_command(CommandScope::Outcome, own)?);
        effects.sort_unstable();
        Ok(effects)
    }

    fn visible(&self, positions: Vec<Position>) -> Result<Vec<Decided>, Refusal> {
        let mut commits = Vec::new();
        for position in positions {
            commits.extend(self.visible_at(position)?);
        }
        Ok(commits)
    }

    fn visible_at(&self, position: Position) -> Result<Option<Decided>, Refusal> {
        match self.commit_at(position)? {
            Some(decided) if self.sees(&decided)? => Ok(Some(decided)),
            _ => Ok(None),
        }
    }

    fn replayed_by(&self, sync: SyncId) -> Result<Option<Vec<Entry>>, Refusal> {
        let Some(sync) = self.tenant().sync(sync) else {
            return Ok(None);
        };
        let change_set: Arc<ChangeSet> = self.change_set(sync)?;
        Ok(Some(change_set.entries().to_vec()))
    }

    fn decided_by(&self, replayed: &TargetReplayed) -> Result<Option<Vec<OutcomeItem>>, Refusal> {
        let Some(sync) = self.tenant().sync(replayed.sync) else {
            return Ok(None);
        };
        let change_set = self.change_set(sync)?;
        let entries = change_set.entries().iter();
        let pairs = entries.zip(replayed.pair_outcomes.iter());
        let items = pairs.map(|(entry, pair_outcome)| OutcomeItem {
            learner: replayed.learner,
            component: entry.component,
            pair_outcome,
            cause: cause(pair_outcome, replayed),
            is_source: sync.is_updated_source(replayed.learner),
        });
        Ok(Some(items.collect()))
    }
}

fn ends(decided: &Decided) -> bool {
    matches!(
        decided.events.as_slice(),
        [Event::SyncCompleted(_) | Event::SyncCancelled(_)]
    )
}

fn cause(pair_outcome: PairOutcome, replayed: &TargetReplayed) -> Option<String> {
    let has_failed = pair_outcome.outcome() == Outcome::Skipped(Reason::Failed);
    replayed.cause.clone().filter(|_| has_failed)
}
