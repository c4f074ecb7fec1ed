//! Everything that can be asked to change, in the words of the wire: written out as JSON, each is
//! a body that the product takes.

use std::collections::BTreeSet;

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use serde::Serialize;

use crate::component::{Attributes, Status};
use crate::request::SyncRequest;
use crate::review::ReviewStatus;

/// A command.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)] // The fields are the wire's.
pub enum Ask {
    PutTenant(Settings),
    PutAdministrator(Administrator),
    RemoveAdministrator {
        administrator: String,
    },
    PutLearner(Learner),
    EraseLearner {
        learner: LearnerId,
    },
    HoldLearner {
        learner: LearnerId,
    },
    ReleaseLearner {
        learner: LearnerId,
    },
    PutProgramme(Programme),
    PutTemplate {
        programme: ProgrammeId,
        components: Vec<TemplateComponent>,
    },
    RemoveTemplate {
        programme: ProgrammeId,
        components: Vec<ComponentId>,
    },
    Instantiate {
        learner: LearnerId,
        programme: ProgrammeId,
    },
    Edit {
        learner: LearnerId,
        #[serde(skip_serializing_if = "Option::is_none")]
        expected_version: Option<usize>,
        edits: Vec<Edit>,
    },
    OpenRecord {
        learner: LearnerId,
        session: SessionId,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        resume: bool,
    },
    CloseRecord {
        session: SessionId,
    },
    StartSync {
        sync: SyncId,
        #[serde(flatten)]
        request: SyncRequest,
    },
    CancelSync {
        sync: SyncId,
    },
}

impl Ask {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::PutTenant(_) => "tenant.put",
            Self::PutAdministrator(_) => "administrator.put",
            Self::RemoveAdministrator { .. } => "administrator.remove",
            Self::PutLearner(_) => "learner.put",
            Self::EraseLearner { .. } => "learner.erase",
            Self::HoldLearner { .. } => "learner.hold",
            Self::ReleaseLearner { .. } => "learner.release",
            Self::PutProgramme(_) => "programme.put",
            Self::PutTemplate { .. } => "template.put",
            Self::RemoveTemplate { .. } => "template.remove",
            Self::Instantiate { .. } => "plan.instantiate",
            Self::Edit { .. } => "plan.edit",
            Self::OpenRecord { .. } => "record.open",
            Self::CloseRecord { .. } => "record.close",
            Self::StartSync { .. } => "sync.start",
            Self::CancelSync { .. } => "sync.cancel",
        }
    }
}

/// A tenant's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Whether there is a Marking Aid.
    pub marking_aid: bool,
    /// O4.
    pub owner_rule: OwnerRule,
    /// C6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_idle_hours: Option<u16>,
}

/// O4: what becomes of a target's owner where the source's is the case owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names are the rule's.
pub enum OwnerRule {
    Keep,
    FollowCaseOwner,
}

/// An administrator's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct Administrator {
    pub administrator: String,
    pub name: String,
    pub permissions: BTreeSet<String>,
    pub groups: Groups,
}

/// Which groups an administrator may view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Groups {
    /// `"all"`.
    All(&'static str),
    /// These.
    These(BTreeSet<String>),
}

/// A learner's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct Learner {
    pub learner: LearnerId,
    pub name: String,
    pub case_owner: Option<String>,
    pub groups: BTreeSet<String>,
    pub tutors: BTreeSet<String>,
    pub enrolments: Vec<Enrolment>,
}

impl Learner {
    /// The enrolment on a programme.
    pub fn enrolment(&self, programme: ProgrammeId) -> Option<&Enrolment> {
        self.enrolments
            .iter()
            .find(|one| one.programme == programme)
    }
}

/// How a learner stands in a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct Enrolment {
    pub programme: ProgrammeId,
    pub status: String,
}

/// A programme's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct Programme {
    pub programme: ProgrammeId,
    pub name: String,
    pub parent: Option<ProgrammeId>,
}

/// A component of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // The fields are the wire's.
pub struct TemplateComponent {
    pub component: ComponentId,
    #[serde(rename = "type")]
    pub component_type: String,
    pub attributes: Attributes,
}

/// One edit of a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[allow(missing_docs)] // The fields are the wire's.
pub enum Edit {
    Add {
        component: ComponentId,
        programme: ProgrammeId,
        #[serde(rename = "type")]
        component_type: String,
        attributes: Attributes,
    },
    #[serde(rename = "add")]
    Readd {
        template: ComponentId,
        programme: ProgrammeId,
        attributes: Attributes,
    },
    Change {
        component: ComponentId,
        set: Attributes,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Remove {
        component: ComponentId,
    },
    SetStatus {
        component: ComponentId,
        status: Status,
    },
    SubmitEvidence {
        component: ComponentId,
    },
    SetReviewStatus {
        component: ComponentId,
        status: ReviewStatus,
    },
}
