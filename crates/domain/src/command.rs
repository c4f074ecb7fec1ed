//! Commands: every change that can be requested.
//!
//! Ids that the engine generates are filled in before a command is built, so a decision needs no
//! random source. The folder also has what a decision receives with a command (bounds, limits,
//! context) and what it returns (the decision or a rejection).
//!
//! May import: `event`, `ids`, `permission`, `plan`, `recent`, `reference`, `review`, `state`, `sync`,
//! `text`, `values`.

pub mod bounds;
pub mod context;
pub mod decided;
pub mod limits;
pub mod nothing;
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
    /// Replaces the tenant's settings. The first one creates the tenant.
    PutTenant(TenantSettings),
    /// Replaces an administrator's record.
    PutAdministrator {
        /// The administrator's id.
        administrator: AdministratorId,
        /// The new record.
        record: Administrator,
    },
    /// Removes an administrator, who is unknown afterwards.
    RemoveAdministrator(AdministratorId),
    /// Replaces a learner's record.
    PutLearner {
        /// The learner's id.
        learner: LearnerId,
        /// The new record.
        record: Learner,
    },
    /// Erases a learner's personal text: name, reasons, and searches that found the learner.
    EraseLearner(LearnerId),
    /// Puts a legal hold on a learner, who cannot be erased while it stands.
    HoldLearner(LearnerId),
    /// Lifts the legal hold on a learner.
    ReleaseLearner(LearnerId),
    /// Replaces a programme's record.
    PutProgramme {
        /// The programme's id.
        programme: ProgrammeId,
        /// The new record.
        record: Programme,
    },
    /// Adds components to a programme's template, or replaces components of it.
    PutTemplate {
        /// The programme whose template changes.
        programme: ProgrammeId,
        /// The components, 1 to 500.
        components: Vec<TemplateComponent>,
    },
    /// Removes components from a programme's template. Plans keep theirs.
    RemoveTemplate {
        /// The programme whose template changes.
        programme: ProgrammeId,
        /// The components to remove.
        components: Vec<ComponentId>,
    },
    /// Adds to a plan the components of a template that the plan does not have.
    InstantiatePlan {
        /// The learner whose plan is filled.
        learner: LearnerId,
        /// The programme whose template is used.
        programme: ProgrammeId,
    },
    /// Edits a plan by hand: either all edits are carried out or none.
    EditPlan {
        /// The learner whose plan is edited.
        learner: LearnerId,
        /// If given, the command is refused unless the plan has this version.
        expected_version: Option<Version>,
        /// The edits, 1 to 1,000. Each applies to the result of those before it.
        edits: Vec<Edit>,
    },
    /// Opens a learner's record.
    OpenRecord {
        /// The learner whose record is opened.
        learner: LearnerId,
        /// The id of the new session.
        session: SessionId,
    },
    /// Continues the session that this administrator has open on the learner's record, or opens
    /// one.
    ResumeRecord {
        /// The learner whose record it is.
        learner: LearnerId,
        /// The id of the new session, if none is open.
        session: SessionId,
    },
    /// Closes a record.
    CloseRecord {
        /// The session to close.
        session: SessionId,
    },
    /// Starts a sync.
    StartSync {
        /// The id of the new sync.
        sync: SyncId,
        /// The request.
        request: SyncRequest,
    },
    /// Stops a sync before its next target.
    CancelSync {
        /// The sync to stop.
        sync: SyncId,
    },
}

/// Which actors may send a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Only `system`: commands that write reference data (P10).
    System,
    /// Only an administrator: commands that open records.
    Administrator,
    /// `system` and administrators.
    Anyone,
}

impl Command {
    /// The name of the operation, such as `plan.edit`.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::PutTenant(_) => "tenant.put",
            Self::PutAdministrator { .. } => "administrator.put",
            Self::RemoveAdministrator(_) => "administrator.remove",
            Self::PutLearner { .. } => "learner.put",
            Self::EraseLearner(_) => "learner.erase",
            Self::HoldLearner(_) => "learner.hold",
            Self::ReleaseLearner(_) => "learner.release",
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

    /// Which actors may send the command.
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::PutTenant(_)
            | Self::PutAdministrator { .. }
            | Self::RemoveAdministrator(_)
            | Self::PutLearner { .. }
            | Self::EraseLearner(_)
            | Self::HoldLearner(_)
            | Self::ReleaseLearner(_)
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
    /// The id of the record session that the command may begin. The state does not remember closed
    /// sessions, so whether this id was used before is looked up in the log and passed in as
    /// [`Context::closed_session`](crate::command::context::Context::closed_session).
    pub fn session_begun(&self) -> Option<SessionId> {
        if let Self::OpenRecord { session, .. } | Self::ResumeRecord { session, .. } = self {
            Some(*session)
        } else {
            None
        }
    }

    /// The learner whose plan must be resident before the command is decided. For a sync, this is
    /// the source.
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
            | Self::EraseLearner(_)
            | Self::HoldLearner(_)
            | Self::ReleaseLearner(_)
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
        /// The id of the new component.
        component: ComponentId,
        /// The programme that it belongs to.
        programme: ProgrammeId,
        /// Its type, which never changes.
        component_type: ComponentType,
        /// Its attributes. Those that are missing get their defaults.
        attributes: AttributeMap,
    },
    /// Adds a component of a template that the plan does not have.
    Readd {
        /// The id of the template's component.
        template: ComponentId,
        /// The programme whose template it is.
        programme: ProgrammeId,
        /// Attributes that differ from the template.
        attributes: AttributeMap,
    },
    /// Changes attributes of a component.
    Change {
        /// The component.
        component: ComponentId,
        /// The new values.
        set: AttributeMap,
        /// The reason for the change, 1 to 1,000 characters. Required if an administrator moves a
        /// due date.
        reason: Option<Personal>,
    },
    /// Removes a component.
    Remove {
        /// The component.
        component: ComponentId,
    },
    /// Records the progress of a component.
    SetStatus {
        /// The component.
        component: ComponentId,
        /// The new status.
        status: Status,
    },
    /// Records one more piece of evidence.
    SubmitEvidence {
        /// The component.
        component: ComponentId,
    },
    /// Records the progress of a review.
    SetReviewStatus {
        /// The component whose review it is.
        component: ComponentId,
        /// The new status.
        status: ReviewStatus,
    },
}

impl Edit {
    /// The component that the edit is about.
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
