//! A commit of the log, as the audit shows it.

use plansync_primitives::ids::{Actor, CommandId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::AuditEvent;
use crate::scalar::{Digest, Position, Time, Version};
use crate::words::words;

words! {
    /// What a stream of the log is about.
    StreamKind {
        /// The settings of the tenant.
        Tenant = "tenant",
        /// An administrator.
        Administrator = "administrator",
        /// The record of a learner, without the plan.
        Learner = "learner",
        /// A programme and its template.
        Programme = "programme",
        /// The plan of a learner.
        Plan = "plan",
        /// An open record.
        Record = "record",
        /// A synchronisation: its changes, its start and its end.
        Sync = "sync",
        /// A learner whom a synchronisation left unchanged.
        Target = "target",
        /// A command that changed nothing, or the result of a durable command.
        Command = "command",
        /// The versions and limits of the engine that decided.
        Engine = "engine",
    }
}

/// The stream of a commit: the one thing that the commit is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditStream {
    /// What it is about.
    pub kind: StreamKind,
    /// The id of the tenant (also for `engine`), administrator, learner, programme, learner whose plan it is, session,
    /// synchronisation or command. For a learner whom a synchronisation left unchanged: an id that is
    /// derived from both.
    pub id: String,
}

/// A commit: one decision, which was recorded completely or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditCommit {
    /// Its position in the log.
    pub position: Position,
    /// The time at which it was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The id of the command that it answers. The engine derives one for what no client asked for by itself,
    /// such as one learner of a synchronisation.
    pub command_id: CommandId,
    /// The id of the command that started the chain of causes.
    pub correlation_id: CommandId,
    /// The position of the state on which it was decided.
    pub judged_at: Position,
    /// Its stream.
    pub stream: AuditStream,
    /// The version of the stream after it.
    pub version: Version,
    /// The hash of the log at its position.
    pub chain: Digest,
    /// What happened.
    pub events: Vec<AuditEvent>,
}
