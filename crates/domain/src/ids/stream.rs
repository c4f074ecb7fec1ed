//! What has a history of its own: the streams that commits belong to.
//!
//! Knows nothing of how a log keeps them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AdministratorId, CommandId, LearnerId, ProgrammeId, SessionId, SyncId};

/// One stream of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stream {
    /// The tenant's settings.
    Tenant,
    /// One administrator.
    Administrator(AdministratorId),
    /// One learner.
    Learner(LearnerId),
    /// One programme and its template.
    Programme(ProgrammeId),
    /// One learner's plan.
    Plan(LearnerId),
    /// One record session.
    Record(SessionId),
    /// One synchronisation: its change set, acceptance and end.
    Sync(SyncId),
    /// What one sync decided on one target whose plan it did not change.
    Target(Uuid),
    /// What became of one command that changed nothing else.
    Command(CommandId),
}
