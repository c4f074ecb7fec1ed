//! `plan.history`: the commits of a plan and what each did.

use plansync_domain::event::Event;
use plansync_domain::history::plan_change::{PlanChange, plan_change};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, CommandId, LearnerId, SyncId};
use plansync_log::{Position, Recorded, Sequenced};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};
use crate::recorded::commit::Decided;

/// One commit on a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanCommit {
    /// The plan's version after it.
    pub version: Version,
    /// Its position in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Recorded,
    /// Who sent the command.
    pub by: Actor,
    /// The sync that made it; `None` if it was an edit.
    pub sync: Option<SyncId>,
    /// The command that caused it.
    pub command: CommandId,
    /// What it did.
    pub changes: Vec<PlanChange>,
}

impl Reading<'_> {
    /// `plan.history`, oldest first, for whoever may see the learner: `learner_not_available`.
    pub fn plan_history(
        &self,
        learner: LearnerId,
        from: Option<Version>,
        window: Window,
    ) -> Result<Listed<PlanCommit>, Refusal> {
        self.learner_seen(learner)?;
        let last = u64::from(self.tenant().plans().version(learner));
        let first = from.map_or(1, |from| u64::from(from).max(1));
        let total = (last + 1).saturating_sub(first);
        let begin = first.saturating_add(u64::try_from(window.skip).unwrap_or(u64::MAX));
        let take = u64::try_from(window.count_max()).unwrap_or(u64::MAX);
        let end = begin.saturating_add(take).min(last + 1);
        let commits = self.plan_commits(learner, begin, end)?;
        let items = commits
            .iter()
            .map(|commit| Ok(plan_commit(&self.decoded(commit)?)));
        let items = items.collect::<Result<_, Refusal>>()?;
        Ok(Listed {
            total: usize::try_from(total).unwrap_or(usize::MAX),
            items,
        })
    }

    /// The commits that led a plan to the versions from `begin` up to, but without, `end`.
    pub(super) fn plan_commits(
        &self,
        learner: LearnerId,
        begin: u64,
        end: u64,
    ) -> Result<Vec<Sequenced>, Refusal> {
        let stream = self.stream(&Stream::Plan(learner));
        let mut commits = Vec::new();
        let mut next = begin;
        while next < end {
            let count = usize::try_from(end - next).unwrap_or(usize::MAX);
            let version = plansync_log::Version::new(next);
            let more = self.log().stream(&stream, version, count)?;
            if more.is_empty() {
                let problem = format!("the log has no version {version} of {stream}");
                return Err(Refusal::internal(problem));
            }
            next = next.saturating_add(u64::try_from(more.len()).unwrap_or(u64::MAX));
            commits.extend(more);
        }
        Ok(commits)
    }
}

fn plan_commit(decided: &Decided) -> PlanCommit {
    let proposal = &decided.commit.proposal;
    PlanCommit {
        version: Version::of_stream(proposal.version.get()),
        position: decided.commit.position,
        at: decided.commit.at,
        by: decided.actor.clone(),
        sync: decided.events.iter().find_map(sync),
        command: CommandId::from_uuid(proposal.cause.correlation),
        changes: decided.events.iter().filter_map(plan_change).collect(),
    }
}

fn sync(event: &Event) -> Option<SyncId> {
    if let Event::TargetReplayed(replayed) = event {
        Some(replayed.sync)
    } else {
        None
    }
}
