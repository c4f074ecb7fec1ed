//! What a commit did, as an event. Events that are published have the kind and the data of the published
//! event; the others are described here.

use plansync_primitives::ids::{
    AdministratorId, CommandId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId, TenantId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::encoding::{EncodeError, Encoding};
use crate::event::{
    CommandAccepted, CommandRejected, EventKind, LearnerErased, PlanChanged, RecordEnded,
    RecordMoved, SyncAccepted, SyncEnded, SyncTarget,
};
use crate::plan::{PlanEdited, PlanInstantiated};
use crate::record::{RecordClosed, RecordOpened};
use crate::reference::{
    AdministratorRecord, LearnerRecord, Stored, TemplateComponent, TenantRecord,
};
use crate::sync::{ChangeSetItem, SyncCancelled, SyncStarted};
use crate::words::words;

macro_rules! audit_events {
    ($($(#[doc = $doc:literal])+ $variant:ident($data:ty) = $kind:literal,)+) => {
        words! {
            /// The kind of an event of a commit.
            AuditKind { $($(#[doc = $doc])+ $variant = $kind,)+ }
        }

        /// An event of a commit: its kind and its data. Later versions may have further kinds.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", content = "data")]
        #[schemars(transform = with_later_kinds)]
        pub enum AuditEvent {
            $($(#[doc = $doc])+ #[serde(rename = $kind)] #[schemars(title = concat!("Audit", stringify!($variant)))] $variant(Box<$data>),)+
            /// An event of a later version.
            #[serde(untagged)]
            #[schemars(skip)]
            Later(LaterEvent),
        }

        impl AuditEvent {
            /// The name of its kind.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => AuditKind::$variant.as_str(),)+
                    Self::Later(later) => &later.kind,
                }
            }

            /// Its data alone, encoded: the body of the published event, if it is published.
            ///
            /// # Errors
            /// If the data cannot be encoded.
            pub fn encode_data(&self, encoding: Encoding) -> Result<Vec<u8>, EncodeError> {
                match self {
                    $(Self::$variant(data) => encoding.encode(data),)+
                    Self::Later(later) => encoding.encode(later),
                }
            }
        }
    };
}

audit_events! {
    /// The settings of the tenant were replaced.
    TenantPut(TenantRecord) = "tenant.put",
    /// An administrator was created or replaced.
    AdministratorPut(AdministratorRecord) = "administrator.put",
    /// An administrator was removed.
    AdministratorRemoved(AdministratorRemoval) = "administrator.removed",
    /// A learner was created or replaced.
    LearnerPut(LearnerRecord) = "learner.put",
    /// A legal hold was put on a learner, who cannot be erased while it stands.
    LearnerHeld(LearnerNote) = "learner.held",
    /// The legal hold on a learner was lifted.
    LearnerReleased(LearnerNote) = "learner.released",
    /// The erasure of a learner was asked for.
    LearnerErasureRequested(LearnerNote) = "learner.erasure_requested",
    /// A learner was erased.
    LearnerErased(LearnerErased) = "learner.erased",
    /// A programme was created or replaced.
    ProgrammePut(ProgrammeChange) = "programme.put",
    /// Components were added to a template, or replaced there.
    TemplatePut(TemplateChange) = "template.put",
    /// Components were removed from a template.
    TemplateRemoved(TemplateRemoval) = "template.removed",
    /// A plan was changed by hand or from a template.
    PlanChanged(PlanChanged) = "plan.changed",
    /// A record was opened.
    RecordOpened(RecordMoved) = "record.opened",
    /// An open record was continued.
    RecordResumed(RecordResumption) = "record.resumed",
    /// A record was closed.
    RecordClosed(RecordEnded) = "record.closed",
    /// A part of what a synchronisation replays was recorded before its start.
    SyncChunk(SyncChunk) = "sync.chunk",
    /// A synchronisation was accepted.
    SyncStarted(SyncAccepted) = "sync.started",
    /// A synchronisation has finished one learner.
    SyncTarget(SyncTarget) = "sync.target",
    /// A synchronisation has finished all learners.
    SyncCompleted(SyncEnded) = "sync.completed",
    /// A synchronisation was cancelled.
    SyncCancelled(SyncEnded) = "sync.cancelled",
    /// A command was carried out that changed nothing.
    CommandUnchanged(UnchangedCommand) = "command.unchanged",
    /// A durable command was carried out.
    CommandAccepted(CommandAccepted<CommandReply>) = "command.accepted",
    /// A durable command was refused.
    CommandRejected(CommandRejected) = "command.rejected",
    /// The engine was started by another version, with other rules or other limits than before.
    EngineStarted(EngineStart) = "engine.started",
}

impl AuditEvent {
    /// The kind of the published event, with the id that it is about; `None` if it is not published.
    pub fn published(&self) -> Option<EventKind> {
        Some(match self {
            Self::PlanChanged(data) => EventKind::PlanChanged(data.learner),
            Self::RecordOpened(data) => EventKind::RecordOpened(data.session),
            Self::RecordClosed(data) => EventKind::RecordClosed(data.session),
            Self::LearnerErased(data) => EventKind::LearnerErased(data.learner),
            Self::SyncStarted(data) => EventKind::SyncStarted(data.sync),
            Self::SyncTarget(data) => EventKind::SyncTarget(data.sync),
            Self::SyncCompleted(data) => EventKind::SyncCompleted(data.sync),
            Self::SyncCancelled(data) => EventKind::SyncCancelled(data.sync),
            Self::CommandAccepted(data) => EventKind::CommandAccepted(data.command_id),
            Self::CommandRejected(data) => EventKind::CommandRejected(data.command_id),
            Self::TenantPut(_)
            | Self::AdministratorPut(_)
            | Self::AdministratorRemoved(_)
            | Self::LearnerPut(_)
            | Self::LearnerHeld(_)
            | Self::LearnerReleased(_)
            | Self::LearnerErasureRequested(_)
            | Self::ProgrammePut(_)
            | Self::TemplatePut(_)
            | Self::TemplateRemoved(_)
            | Self::RecordResumed(_)
            | Self::SyncChunk(_)
            | Self::CommandUnchanged(_)
            | Self::EngineStarted(_)
            | Self::Later(_) => return None,
        })
    }

    /// The id of what it is about.
    pub fn subject(&self, tenant: &TenantId) -> String {
        match self {
            Self::TenantPut(_) | Self::EngineStarted(_) => tenant.to_string(),
            Self::AdministratorPut(data) => data.administrator.to_string(),
            Self::AdministratorRemoved(data) => data.administrator.to_string(),
            Self::LearnerPut(data) => data.learner.to_string(),
            Self::LearnerHeld(data)
            | Self::LearnerReleased(data)
            | Self::LearnerErasureRequested(data) => data.learner.to_string(),
            Self::LearnerErased(data) => data.learner.to_string(),
            Self::ProgrammePut(data) => data.programme.to_string(),
            Self::TemplatePut(data) => data.programme.to_string(),
            Self::TemplateRemoved(data) => data.programme.to_string(),
            Self::PlanChanged(data) => data.learner.to_string(),
            Self::RecordOpened(data) => data.session.to_string(),
            Self::RecordResumed(data) => data.session.to_string(),
            Self::RecordClosed(data) => data.session.to_string(),
            Self::SyncChunk(data) => data.sync.to_string(),
            Self::SyncStarted(data) => data.sync.to_string(),
            Self::SyncTarget(data) => data.sync.to_string(),
            Self::SyncCompleted(data) | Self::SyncCancelled(data) => data.sync.to_string(),
            Self::CommandUnchanged(data) => data.command_id.to_string(),
            Self::CommandAccepted(data) => data.command_id.to_string(),
            Self::CommandRejected(data) => data.command_id.to_string(),
            Self::Later(_) => String::new(),
        }
    }
}

/// An event of a later version, of which only the kind is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterEvent {
    /// Its kind.
    pub kind: String,
}

/// Lets the schema accept kinds of later versions. Several alternatives can then accept an event.
fn with_later_kinds(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if let Some(serde_json::Value::Array(mut alternatives)) = schema.remove("oneOf") {
        alternatives.push(serde_json::json!({
            "title": "LaterAuditEvent",
            "description": "An event of a later version.",
            "type": "object",
            "properties": { "kind": { "type": "string" } },
            "required": ["kind"],
        }));
        schema.insert("anyOf".to_owned(), alternatives.into());
    }
}

/// An administrator was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorRemoval {
    /// The administrator.
    pub administrator: AdministratorId,
}

/// A learner, about whom a commit says no more than its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearnerNote {
    /// The id of the learner.
    pub learner: LearnerId,
}

/// A start of the engine whose values differ from those of the start before. What follows was decided by these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineStart {
    /// The version of plansync.
    pub version: String,
    /// The number of the rules by which commands are decided and plans are computed. It is raised when they change.
    pub fold: u32,
    /// The limits that the engine was started with.
    pub limits: EngineLimits,
}

/// The limits that an engine was started with. One that a later version added is 0 in an earlier start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineLimits {
    /// The largest number of components in one synchronisation.
    pub components: u64,
    /// The largest number of learners in one synchronisation.
    pub learners: u64,
    /// The largest number of records that one administrator may have open.
    pub open_records: u64,
    /// The largest number of running synchronisations of one administrator.
    pub running_syncs: u64,
    /// The largest number of running synchronisations of one tenant.
    pub tenant_running_syncs: u64,
}

/// A programme as it was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeChange {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The programme of which this one is a part.
    pub parent: Option<ProgrammeId>,
}

/// The components that were put into a template. The version of the template increased by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateChange {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The components, as they were put.
    pub components: Vec<TemplateComponent>,
}

/// The components that were removed from a template. The version of the template increased by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateRemoval {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The ids of the components.
    pub components: Vec<ComponentId>,
}

/// An open record was continued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordResumption {
    /// The id of the session, which stays open.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The administrator who has it open.
    pub administrator: AdministratorId,
}

/// A part of what a synchronisation replays, if that is too large for one commit. It has no effect unless
/// the synchronisation was started after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncChunk {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The number of the part, from 0. Part 0 discards the parts of an earlier attempt.
    pub index: u64,
    /// What is replayed, by id of the component.
    pub entries: Vec<ChangeSetItem>,
}

/// A command was carried out that changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnchangedCommand {
    /// The id of the command.
    pub command_id: CommandId,
    /// The reply of the operation.
    pub reply: CommandReply,
}

/// The reply of a command. The form follows from the operation; those with more required fields come first,
/// so that a reply is read as the form that has all its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CommandReply {
    /// Of `record.open`.
    Opened(RecordOpened),
    /// Of `plan.edit`.
    Edited(PlanEdited),
    /// Of `plan.instantiate`.
    Instantiated(PlanInstantiated),
    /// Of `sync.start`.
    Started(SyncStarted),
    /// Of `sync.cancel`.
    Cancelled(SyncCancelled),
    /// Of every `put` and `remove`.
    Stored(Stored),
    /// Of `record.close`.
    Closed(RecordClosed),
}

impl JsonSchema for CommandReply {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CommandReply".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        serde_json::Map::<String, serde_json::Value>::json_schema(generator)
    }
}

macro_rules! replies {
    ($($reply:ident as $variant:ident,)+) => {
        $(
            impl From<$reply> for CommandReply {
                fn from(reply: $reply) -> Self {
                    Self::$variant(reply)
                }
            }
        )+
    };
}

replies! {
    RecordOpened as Opened,
    PlanEdited as Edited,
    PlanInstantiated as Instantiated,
    SyncStarted as Started,
    SyncCancelled as Cancelled,
    Stored as Stored,
    RecordClosed as Closed,
}
