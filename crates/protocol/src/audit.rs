//! The audit: what was done, when, by whom and because of what, read from the log.

mod commit;
mod event;
mod list;
mod replay;
mod show;
mod trace;
mod tree;

pub use commit::{AuditCommit, AuditStream, StreamKind};
pub use event::{
    AdministratorRemoval, AuditEvent, AuditKind, CommandReply, LaterEvent, ProgrammeChange,
    RecordResumption, SyncChunk, TemplateChange, TemplateRemoval, UnchangedCommand,
};
pub use list::{AuditLogPage, AuditOrder, ListAuditLog};
pub use replay::{AuditReadPage, ReadAudit, ReadLimit, Relayed, ReplayedEvent, WaitMillis};
pub use show::{AuditEffects, AuditLink, GetAuditCommit, ShownCommit};
pub use trace::{AuditTracePage, TraceCommand, TraceItem};
pub use tree::{AuditTreeHead, AuditTreeProof, GetAuditHead, GetAuditProof};
