//! `plan.change`: what one commit, of an edit or of a sync, changed in a plan, attribute by attribute.
//!
//! The plan is folded again up to the commit and through it, however long ago that was.

use std::collections::BTreeMap;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::plan_step::{ComponentStep, PlanStep, TouchedComponent};
use plansync_domain::history::task_changes::Witness;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, AdministratorId, CommandId, ComponentId, LearnerId, SyncId};
use plansync_domain::sync::pair_outcome::PairOutcome;
use plansync_domain::text::personal::Personal;
use plansync_log::{Position, Recorded};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};
use crate::recorded::baseline::VersionsAt;

/// What one commit changed in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChanged {
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
    /// The reason that was given, if the same one was given for all changes.
    pub reason: Option<Personal>,
    /// The changed components in plan order, then the removed ones.
    pub changes: Listed<ChangedComponent>,
}

/// What a commit changed in one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedComponent {
    /// The differences.
    pub step: ComponentStep,
    /// The reason that was given; for a due date that a sync replayed, the reason of the source's edit.
    pub reason: Option<Personal>,
}

/// The reasons that were given, by component.
pub(super) type Reasons = BTreeMap<ComponentId, Personal>;

impl Reading<'_> {
    /// `plan.change`, for whoever may see the learner: `learner_not_available`; `invalid_request` for a
    /// version that the plan has not reached.
    pub fn plan_change(
        &self,
        learner: LearnerId,
        version: Version,
        window: Window,
    ) -> Result<PlanChanged, Refusal> {
        self.learner_seen(learner)?;
        let current = self.tenant().plans().version(learner);
        if version == Version::ZERO || version > current {
            return Err(Rejection::invalid("version", not_there(current)).into());
        }
        let commit = self.commit(&Stream::Plan(learner), version.into())?;
        let commit = self.decoded(&commit)?;
        let found = self.plan_step(learner, version)?;
        let step = PlanStep {
            learner,
            before: &found.before,
            after: &found.after,
            values: found.tenant.values(),
        };
        let touched = step.touched();
        let replayed = commit.events.iter().find_map(replay);
        let decided = replayed.map(|replayed| self.pair_outcomes(replayed));
        let decided = decided.transpose()?.unwrap_or_default();
        let reasons = match replayed {
            Some(replayed) => {
                let moved = touched.iter().map(|touched| touched.component);
                let moved = moved.filter(|component| step.moves_due_date(*component));
                self.reasons_of_sync(replayed.sync, moved.collect())?
            }
            None => commit.events.iter().filter_map(reason_by_hand).collect(),
        };
        let case_owner = self.case_owner_at(learner, commit.commit.position)?;
        let has_case_owner = case_owner.is_some();
        let witness = |component| match decided.get(&component) {
            Some(pair_outcome) => Witness::of_sync(*pair_outcome, has_case_owner),
            None => Witness::Hand { has_case_owner },
        };
        let changed = |touched: TouchedComponent| ChangedComponent {
            step: step.of_component(touched, witness(touched.component)),
            reason: reasons.get(&touched.component).cloned(),
        };
        Ok(PlanChanged {
            version,
            position: commit.commit.position,
            at: commit.commit.at,
            by: commit.actor.clone(),
            sync: replayed.map(|replayed| replayed.sync),
            command: CommandId::from_uuid(commit.commit.proposal.cause.correlation),
            reason: the_only(&reasons),
            changes: window.of(touched).map(changed),
        })
    }

    /// The learner's case owner at the time of a commit.
    pub(crate) fn case_owner_at(
        &self,
        learner: LearnerId,
        position: Position,
    ) -> Result<Option<AdministratorId>, Refusal> {
        let stream = Stream::Learner(learner);
        let versions = VersionsAt {
            log: self.log(),
            tenant_id: self.tenant_id,
            tenant: self.tenant(),
        };
        let version = versions.version_at(&stream, position)?;
        let record = self.learner_at_version(learner, version)?;
        Ok(record.and_then(|record| record.case_owner))
    }

    /// The pair outcome of each component that a sync changed.
    fn pair_outcomes(
        &self,
        replayed: &TargetReplayed,
    ) -> Result<BTreeMap<ComponentId, PairOutcome>, Refusal> {
        let sync = self.tenant().sync(replayed.sync);
        let sync =
            sync.ok_or_else(|| Refusal::internal(format!("there is no sync {}", replayed.sync)))?;
        let change_set = self.change_set(sync)?;
        let entries = change_set.entries().iter();
        let decided = entries.map(|entry| entry.component);
        let decided = decided.zip(replayed.pair_outcomes.iter());
        Ok(decided.filter(|(_, one)| one.is_applied()).collect())
    }
}

fn replay(event: &Event) -> Option<&TargetReplayed> {
    if let Event::TargetReplayed(replayed) = event {
        Some(replayed)
    } else {
        None
    }
}

/// The component for whose change a reason was given, and the reason; the last one counts.
fn reason_by_hand(event: &Event) -> Option<(ComponentId, Personal)> {
    if let Event::ComponentChanged(changed) = event {
        Some((changed.component, changed.reason.clone()?))
    } else {
        None
    }
}

fn the_only(reasons: &Reasons) -> Option<Personal> {
    let mut all = reasons.values();
    let first = all.next()?;
    all.all(|reason| reason == first).then(|| first.clone())
}

/// The version that was asked for may be larger than any that a plan can have, so it is not repeated.
fn not_there(current: Version) -> String {
    if current == Version::ZERO {
        return "this plan has never been changed; see `plan.history`".to_owned();
    }
    format!("the plan has no such version; request one from 1 to {current}")
}
