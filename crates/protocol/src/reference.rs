//! Reference data: tenants, administrators, learners, programmes and templates, and the actor who asks.

mod administrator;
mod learner;
mod programme;
mod template;
mod tenant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use administrator::{
    ActorRecord, AdministratorName, AdministratorNameList, AdministratorPage, AdministratorRecord,
    GetActor, GetAdministrator, GetAdministratorNames, GroupsViewed, ListAdministrators,
    PutAdministrator, RemoveAdministrator,
};
pub use learner::{
    Enrolment, FindLearners, FoundEnrolment, FoundLearner, FoundLearnerPage, GetLearner,
    LearnerPage, LearnerRecord, ListLearners, PutLearner,
};
pub use programme::{GetProgramme, ListProgrammes, ProgrammePage, ProgrammeRecord, PutProgramme};
pub use template::{GetTemplate, PutTemplate, RemoveTemplate, TemplateComponent, TemplatePage};
pub use tenant::{GetTenant, IdleHours, PutTenant, TenantRecord};

use crate::scalar::Position;

/// The reply of every `put` and `remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stored {
    /// The position of the commit in the log.
    pub position: Position,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}
