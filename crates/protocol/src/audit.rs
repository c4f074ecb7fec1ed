//! The audit: what was done, when, by whom and because of what, read from the log.

mod blame;
mod changes;
mod commit;
mod diff;
mod event;
mod list;
mod origin;
mod plan;
mod point;
mod replay;
mod show;
mod trace;
mod tree;
mod what_if;
mod why;

pub use blame::{AuditBlamePage, BlamedAttribute, BlamedField, GetAuditBlame};
pub use changes::{
    AuditChangesPage, ChangedValues, ChangesCursor, ContentChange, ListAuditChanges,
    PlanContentChange,
};
pub use commit::{AuditCommit, AuditStream, StreamKind};
pub use diff::{
    AttributeOrigin, AuditDiffPage, AuditDifference, DiffCursor, EvidenceOrigin, GetAuditDiff,
    ReviewOrigin, StatusOrigin,
};
pub use event::{
    AdministratorRemoval, AuditEvent, AuditKind, CommandReply, EngineLimits, EngineStart,
    LaterEvent, LearnerNote, ProgrammeChange, RecordResumption, SyncChunk, TemplateChange,
    TemplateRemoval, UnchangedCommand,
};
pub use list::{AuditLogPage, AuditOrder, ListAuditLog};
pub use origin::{Origin, OriginKind, OriginSync, OriginTemplate, TemplatePutBy};
pub use plan::{AuditPlanPage, GetAuditPlan};
pub use point::{PlanCursor, PlanPoint, PointReached};
pub use replay::{AuditReadPage, ReadAudit, ReadLimit, Relayed, ReplayedEvent, WaitMillis};
pub use show::{AuditEffects, AuditLink, GetAuditCommit, ShownCommit};
pub use trace::{AuditTracePage, TraceCommand, TraceItem};
pub use tree::{AuditTreeHead, AuditTreeProof, GetAuditHead, GetAuditProof};
pub use what_if::{
    AuditWhatIfPage, ComponentDecision, GetAuditWhatIf, WhatIfCursor, WhatIfDifference,
};
pub use why::{
    AuditDecision, DecidedComponent, Excluded, GetAuditWhy, JudgedOn, Reached, SelectionRule,
};
