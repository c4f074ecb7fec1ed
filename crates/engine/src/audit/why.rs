//! `audit.why`: what a sync decided about one learner, and on which records and permissions; or why the
//! learner was not selected.
//!
//! The outcomes are the recorded ones. The records are read as they were at the position that the decision
//! was judged at, so later changes of permissions or enrolments change nothing.

use std::sync::Arc;

use plansync_domain::access::sync::readable;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::sync::{SyncAccepted, TargetReplayed};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{AdministratorId, ComponentId, LearnerId, SyncId};
use plansync_domain::judging::judge::skipped;
use plansync_domain::permission::{Permission, PermissionReason};
use plansync_domain::plan::status::Status;
use plansync_domain::progress::state::SyncState;
use plansync_domain::reference::administrator::Administrator;
use plansync_domain::reference::learner::Learner;
use plansync_domain::reference::settings::TenantSettings;
use plansync_domain::selection::left_out::{Choosing, LeftOut};
use plansync_domain::sync::change_set::ChangeSet;
use plansync_domain::sync::pair_outcome::{PairOutcome, Reason};
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_domain::sync::status::SyncStatus;
use plansync_domain::text::personal::Personal;
use plansync_log::Position;

use crate::audit::{Part, Slice};
use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::plan_at::PlanAt;

/// What is asked about a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyQuery {
    /// The sync.
    pub sync: SyncId,
    /// The learner.
    pub learner: LearnerId,
    /// Only this component.
    pub component: Option<ComponentId>,
    /// Only components after this one.
    pub after: Option<ComponentId>,
    /// The most components that are wanted.
    pub take: usize,
}

/// What a sync decided about one learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Who requested the sync.
    pub requested_by: AdministratorId,
    /// How far the sync came with the learner.
    pub reached: Reached,
    /// The state that it was judged on; for a learner who was not selected, the state that the learners were
    /// chosen from.
    pub judged_on: Option<JudgedOn>,
    /// The outcomes in the order of component ids.
    pub items: Part<WhyItem>,
}

/// How far a sync came with a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// The learner was not selected, because of all of these.
    NotSelected {
        /// The position of the state that the learners were chosen from.
        judged_at: Position,
        /// What left the learner out.
        left_out: Vec<LeftOut>,
    },
    /// The sync is running and has not reached the learner yet.
    Waiting,
    /// The sync was cancelled before it reached the learner.
    Cancelled {
        /// The position of the cancellation.
        position: Position,
        /// The position of the state that it was decided on.
        judged_at: Position,
    },
    /// The sync judged the learner.
    Judged {
        /// The position of the commit with the outcomes.
        position: Position,
        /// The position of the state that it was judged on.
        judged_at: Position,
        /// Whether the learner is the source, whose plan the sync updates, too.
        is_source: bool,
        /// What went wrong, if an outcome is `failed`.
        cause: Option<String>,
    },
}

/// The records that a decision was judged on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedOn {
    /// The version of the learner's plan.
    pub plan_version: Version,
    /// The learner's record; none if there was none yet.
    pub learner: Option<Learner>,
    /// The record of the administrator who requested the sync; none if they were removed.
    pub administrator: Option<Administrator>,
    /// The settings of the tenant.
    pub settings: Option<TenantSettings>,
}

/// What was decided about one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyItem {
    /// The component.
    pub component: ComponentId,
    /// Its name in the change set.
    pub name: Personal,
    /// The recorded outcome.
    pub pair_outcome: PairOutcome,
    /// The status that it had on the learner's plan; none if the plan did not have it, or if it was not judged.
    pub status: Option<Status>,
    /// The permissions that were missing.
    pub missing: Vec<Permission>,
}

/// One learner of one sync.
struct Question<'a> {
    reading: &'a Reading<'a>,
    state: &'a SyncState,
    change_set: Arc<ChangeSet>,
    query: &'a WhyQuery,
}

impl Reading<'_> {
    /// `audit.why`: `not_permitted`, `sync_not_found`, `learner_not_available`; `component_not_found` for a
    /// component that the sync does not carry.
    pub fn audit_why(&self, query: &WhyQuery) -> Result<Why, Refusal> {
        self.check_reference_reader()?;
        let state = readable(self.tenant(), self.actor(), query.sync)?;
        if let Err(refusal) = self.learner_seen(query.learner)
            && !self.is_listed_in_vain(state, query.learner)?
        {
            return Err(refusal.into());
        }
        let change_set = self.change_set(state)?;
        if let Some(component) = query.component
            && change_set.index(component).is_none()
        {
            return Err(Rejection::ComponentNotFound(component).into());
        }
        let question = Question {
            reading: self,
            state,
            change_set,
            query,
        };
        question.answer()
    }
}

impl Reading<'_> {
    /// Whether a request lists a learner whom there never was. The outcomes of the sync show the decision, too.
    fn is_listed_in_vain(&self, state: &SyncState, learner: LearnerId) -> Result<bool, Refusal> {
        if self.tenant().learner(learner).is_some() {
            return Ok(false);
        }
        let (accepted, _) = self.acceptance(state)?;
        Ok(accepted.learners.binary_search(&learner).is_ok())
    }
}

impl Question<'_> {
    fn answer(&self) -> Result<Why, Refusal> {
        let (accepted, judged_at) = self.reading.acceptance(self.state)?;
        let is_source = self.state.is_updated_source(self.query.learner);
        if accepted
            .learners
            .binary_search(&self.query.learner)
            .is_err()
            && !is_source
        {
            return self.not_selected(&accepted, judged_at);
        }
        if let Some(position) = self
            .reading
            .target_position(self.state, self.query.learner)?
        {
            return self.judged(position, is_source);
        }
        if self.state.status() == SyncStatus::Cancelled {
            return self.cancelled();
        }
        Ok(self.why(Reached::Waiting, None, Part::default()))
    }

    fn why(&self, reached: Reached, judged_on: Option<JudgedOn>, items: Part<WhyItem>) -> Why {
        Why {
            requested_by: self.state.requested_by().clone(),
            reached,
            judged_on,
            items,
        }
    }

    /// M5: a confirmed request selects from the records at the position of its preview.
    fn not_selected(&self, accepted: &SyncAccepted, judged_at: Position) -> Result<Why, Refusal> {
        let confirmed = accepted.request.confirm.map(|confirm| confirm.position);
        let judged_at = confirmed.map_or(judged_at, |position| Position::new(position.get()));
        let judged_on = self.judged_on(judged_at)?;
        let choosing = Choosing {
            request: &accepted.request,
            source: accepted.source,
            administrator: judged_on.administrator.as_ref(),
        };
        let left_out = choosing.leaves_out(self.query.learner, judged_on.learner.as_ref());
        let reached = Reached::NotSelected {
            judged_at,
            left_out,
        };
        Ok(self.why(reached, Some(judged_on), Part::default()))
    }

    fn cancelled(&self) -> Result<Why, Refusal> {
        let stream = Stream::Sync(self.state.id());
        let version = self.state.facts().accepted_version.saturating_add(1);
        let commit = self
            .reading
            .decoded(&self.reading.commit(&stream, version)?)?
            .commit;
        let outcomes = skipped(&self.change_set, Reason::Cancelled);
        let items = self.items(&outcomes, None, None);
        let reached = Reached::Cancelled {
            position: commit.position,
            judged_at: commit.proposal.judged_at,
        };
        Ok(self.why(reached, None, items))
    }

    fn judged(&self, position: Position, is_source: bool) -> Result<Why, Refusal> {
        let (replayed, judged_at) = self.reading.judgement(position)?;
        let TargetReplayed {
            pair_outcomes,
            cause,
            ..
        } = replayed;
        let judged_on = self.judged_on(judged_at)?;
        let version = Some(judged_on.plan_version);
        // Whom there never was has no plan.
        let is_there = judged_on.learner.is_some();
        let plan = is_there.then(|| self.reading.plan_at(self.query.learner, version));
        let plan = plan.transpose()?;
        let items = self.items(&pair_outcomes, plan.as_ref(), Some(&judged_on));
        let reached = Reached::Judged {
            position,
            judged_at,
            is_source,
            cause,
        };
        Ok(self.why(reached, Some(judged_on), items))
    }

    fn items(
        &self,
        outcomes: &PairOutcomes,
        plan: Option<&PlanAt>,
        judged_on: Option<&JudgedOn>,
    ) -> Part<WhyItem> {
        let entries = self.change_set.entries().iter().zip(outcomes.iter());
        let (component, after) = (self.query.component, self.query.after);
        let asked = entries.filter(|(entry, _)| {
            component.is_none_or(|one| one == entry.component)
                && after.is_none_or(|after| after < entry.component)
        });
        let held = judged_on.and_then(|on| on.administrator.as_ref());
        let items = asked.map(|(entry, pair_outcome)| WhyItem {
            component: entry.component,
            name: entry.name.clone(),
            pair_outcome,
            status: plan.and_then(|plan| {
                let view = plan.plan.component(entry.component)?;
                Some(view.status())
            }),
            missing: missing(pair_outcome, held),
        });
        let slice = Slice {
            skip: 0,
            take: self.query.take,
        };
        slice.of(items.collect())
    }

    /// The records at a position.
    fn judged_on(&self, position: Position) -> Result<JudgedOn, Refusal> {
        let reading = self.reading;
        let plan = Stream::Plan(self.query.learner);
        let plan = reading.versions_at().version_at(&plan, position)?;
        Ok(JudgedOn {
            plan_version: Version::of_stream(plan),
            learner: reading.learner_at(self.query.learner, position)?,
            administrator: reading.administrator_at(self.state.requested_by(), position)?,
            settings: reading.settings_at(position)?,
        })
    }
}

/// The permissions that an outcome lacked and its administrator did not hold.
pub(super) fn missing(pair_outcome: PairOutcome, held: Option<&Administrator>) -> Vec<Permission> {
    let skipped = pair_outcome.outcome().reason();
    let reason = skipped.or(pair_outcome.rest_withheld());
    let needed = reason.and_then(permission_reason);
    let needed = needed.map_or(&[][..], PermissionReason::needed).iter();
    let lacks =
        |permission: &&Permission| held.is_none_or(|held| !held.permissions.contains(**permission));
    needed.filter(lacks).copied().collect()
}

/// The rule of permissions that a reason stands for.
const fn permission_reason(reason: Reason) -> Option<PermissionReason> {
    match reason {
        Reason::AddNotPermitted => Some(PermissionReason::AddNotPermitted),
        Reason::EditNotPermitted => Some(PermissionReason::EditNotPermitted),
        Reason::EditFinishedNotPermitted => Some(PermissionReason::EditFinishedNotPermitted),
        Reason::DeleteNotPermitted => Some(PermissionReason::DeleteNotPermitted),
        Reason::DeleteFinishedNotPermitted => Some(PermissionReason::DeleteFinishedNotPermitted),
        Reason::Cancelled
        | Reason::LearnerNotAvailable
        | Reason::LearnerErased
        | Reason::IsSource
        | Reason::NotOnProgramme
        | Reason::ProgrammeStatusExcluded
        | Reason::ChangedSincePreview
        | Reason::NoRecentChange
        | Reason::NoTemplate
        | Reason::MissingOnTarget
        | Reason::AlreadyAbsent
        | Reason::TypeMismatch
        | Reason::StatusNotSelected
        | Reason::LimitExceeded
        | Reason::Failed => None,
    }
}
