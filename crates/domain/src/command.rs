//! Everything that can be asked to change.
//!
//! Ids that the engine makes are filled in before a command comes here. Knows nothing of whether
//! a command will be obeyed.
//!
//! The folder has what comes in with a command and what goes out for it: bounds, limits, the context, the
//! decision and the rejection.
//!
//! May import: `event`, `ids`, `permission`, `plan`, `recent`, `reference`, `review`, `state`, `sync`,
//! `text`, `values`.

pub mod bounds;
pub mod context;
pub mod decided;
pub mod limits;
pub mod rejection;
pub mod undecided;

use crate::ids::version::Version;
use crate::ids::{
    AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId, SessionId, SyncId,
};
use crate::plan::status::Status;
use crate::reference::administrator::Administrator;
use crate::reference::learner::Learner;
use crate::reference::programme::Programme;
use crate::reference::settings::TenantSettings;
use crate::reference::template::TemplateComponent;
use crate::review::status::ReviewStatus;
use crate::state::tenant::Tenant;
use crate::sync::request::SyncRequest;
use crate::text::personal::Personal;
use crate::values::attributes::AttributeMap;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Replaces the tenant's settings; the first of them makes the tenant.
    PutTenant(TenantSettings),
    /// Replaces an administrator's record.
    PutAdministrator {
        /// Whose.
        administrator: AdministratorId,
        /// With what.
        record: Administrator,
    },
    /// Makes an administrator unknown from then on.
    RemoveAdministrator(AdministratorId),
    /// Replaces a learner's record.
    PutLearner {
        /// Whose.
        learner: LearnerId,
        /// With what.
        record: Learner,
    },
    /// Replaces a programme's record.
    PutProgramme {
        /// Which.
        programme: ProgrammeId,
        /// With what.
        record: Programme,
    },
    /// Adds components to a programme's template, or replaces them in it.
    PutTemplate {
        /// Whose template.
        programme: ProgrammeId,
        /// 1 to 500 of them.
        components: Vec<TemplateComponent>,
    },
    /// Takes components out of a programme's template; plans keep theirs.
    RemoveTemplate {
        /// Whose template.
        programme: ProgrammeId,
        /// Which.
        components: Vec<ComponentId>,
    },
    /// Adds the template's components that a plan lacks.
    InstantiatePlan {
        /// Whose plan.
        learner: LearnerId,
        /// Which template.
        programme: ProgrammeId,
    },
    /// Edits a plan by hand: all edits or none.
    EditPlan {
        /// Whose plan.
        learner: LearnerId,
        /// Refused if the plan has moved past it.
        expected_version: Option<Version>,
        /// 1 to 1,000, in order, each seeing those before it.
        edits: Vec<Edit>,
    },
    /// Opens a learner's record.
    OpenRecord {
        /// Whose record.
        learner: LearnerId,
        /// What the session will be called.
        session: SessionId,
    },
    /// Goes on with the record of a learner that this administrator has open, or opens it.
    ResumeRecord {
        /// Whose record.
        learner: LearnerId,
        /// What the session will be called, where none is open.
        session: SessionId,
    },
    /// Closes a record.
    CloseRecord {
        /// Which session.
        session: SessionId,
    },
    /// Starts a synchronisation.
    StartSync {
        /// What it will be called.
        sync: SyncId,
        /// What it is to do.
        request: SyncRequest,
    },
    /// Stops a synchronisation before its next target.
    CancelSync {
        /// Which.
        sync: SyncId,
    },
}

/// Who alone may send a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Reference data comes from `system` (P10).
    System,
    /// Only a person has records open.
    Administrator,
    /// Either.
    Anyone,
}

impl Command {
    /// The operation that asks for it.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::PutTenant(_) => "tenant.put",
            Self::PutAdministrator { .. } => "administrator.put",
            Self::RemoveAdministrator(_) => "administrator.remove",
            Self::PutLearner { .. } => "learner.put",
            Self::PutProgramme { .. } => "programme.put",
            Self::PutTemplate { .. } => "template.put",
            Self::RemoveTemplate { .. } => "template.remove",
            Self::InstantiatePlan { .. } => "plan.instantiate",
            Self::EditPlan { .. } => "plan.edit",
            Self::OpenRecord { .. } | Self::ResumeRecord { .. } => "record.open",
            Self::CloseRecord { .. } => "record.close",
            Self::StartSync { .. } => "sync.start",
            Self::CancelSync { .. } => "sync.cancel",
        }
    }

    /// Who alone may send it.
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::PutTenant(_)
            | Self::PutAdministrator { .. }
            | Self::RemoveAdministrator(_)
            | Self::PutLearner { .. }
            | Self::PutProgramme { .. }
            | Self::PutTemplate { .. }
            | Self::RemoveTemplate { .. } => Speaker::System,
            Self::OpenRecord { .. } | Self::ResumeRecord { .. } => Speaker::Administrator,
            Self::InstantiatePlan { .. }
            | Self::EditPlan { .. }
            | Self::CloseRecord { .. }
            | Self::StartSync { .. }
            | Self::CancelSync { .. } => Speaker::Anyone,
        }
    }
}

impl Command {
    /// The record session that it begins: whether it was there before and is closed, only the log can
    /// say ([`Context::closed_session`](crate::command::context::Context::closed_session)).
    pub fn session_begun(&self) -> Option<SessionId> {
        if let Self::OpenRecord { session, .. } | Self::ResumeRecord { session, .. } = self {
            Some(*session)
        } else {
            None
        }
    }

    /// The learner whose plan must be resident before this is decided: of a sync, the source's.
    pub fn plan_needed(&self, tenant: &Tenant) -> Option<LearnerId> {
        match self {
            Self::InstantiatePlan { learner, .. } | Self::EditPlan { learner, .. } => {
                Some(*learner)
            }
            Self::StartSync { request, .. } => {
                tenant.session(request.session).map(|open| open.learner)
            }
            Self::PutTenant(_)
            | Self::PutAdministrator { .. }
            | Self::RemoveAdministrator(_)
            | Self::PutLearner { .. }
            | Self::PutProgramme { .. }
            | Self::PutTemplate { .. }
            | Self::RemoveTemplate { .. }
            | Self::OpenRecord { .. }
            | Self::ResumeRecord { .. }
            | Self::CloseRecord { .. }
            | Self::CancelSync { .. } => None,
        }
    }
}

/// One edit of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Adds a component by hand.
    Add {
        /// Its id from now on.
        component: ComponentId,
        /// The programme it belongs to.
        programme: ProgrammeId,
        /// Its type, which never changes.
        component_type: ComponentType,
        /// What it is configured with; defaults elsewhere.
        attributes: AttributeMap,
    },
    /// Adds a template's component that the plan lacks.
    Readd {
        /// Which.
        template: ComponentId,
        /// Whose template.
        programme: ProgrammeId,
        /// What differs from the template.
        attributes: AttributeMap,
    },
    /// Changes attributes of a component.
    Change {
        /// Which.
        component: ComponentId,
        /// To what.
        set: AttributeMap,
        /// Why: needed where an administrator moves a due date (1 to 1,000 characters).
        reason: Option<Personal>,
    },
    /// Removes a component.
    Remove {
        /// Which.
        component: ComponentId,
    },
    /// Records progress.
    SetStatus {
        /// Of which component.
        component: ComponentId,
        /// How far.
        status: Status,
    },
    /// Records one more piece of evidence.
    SubmitEvidence {
        /// For which component.
        component: ComponentId,
    },
    /// Records a review's progress.
    SetReviewStatus {
        /// Of which component's review.
        component: ComponentId,
        /// How far.
        status: ReviewStatus,
    },
}

impl Edit {
    /// The component it is about.
    pub fn component(&self) -> ComponentId {
        match self {
            Self::Add { component, .. }
            | Self::Change { component, .. }
            | Self::Remove { component }
            | Self::SetStatus { component, .. }
            | Self::SubmitEvidence { component }
            | Self::SetReviewStatus { component, .. } => *component,
            Self::Readd { template, .. } => *template,
        }
    }
}
