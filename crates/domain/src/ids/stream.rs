//! Streams: each commit belongs to the stream of the one thing that it is about. How a log stores
//! streams is defined by the engine.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AdministratorId, CommandId, LearnerId, ProgrammeId, SessionId, SyncId};

/// A stream of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stream {
    /// The tenant's settings.
    Tenant,
    /// An administrator.
    Administrator(AdministratorId),
    /// A learner.
    Learner(LearnerId),
    /// A programme and its template.
    Programme(ProgrammeId),
    /// A learner's plan.
    Plan(LearnerId),
    /// A record session.
    Record(SessionId),
    /// A sync: its change set, acceptance and end.
    Sync(SyncId),
    /// The decision of a sync about a target whose plan it did not change.
    Target(Uuid),
    /// The outcome of a command that changed nothing, or of a durable command.
    Command(CommandId),
    /// The versions and settings of the engine that decided.
    Engine,
}
