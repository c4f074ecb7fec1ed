//! The audit: what was done, when, by whom and because of what, read from the log.

mod blame;
mod changes;
mod diff;
mod origin;
mod plan;
mod point;
mod why;

pub use blame::{AuditBlamePage, BlamedAttribute, BlamedField, GetAuditBlame};
pub use changes::{
    AuditChangesPage, ChangesCursor, ContentChange, ListAuditChanges, PlanContentChange,
};
pub use diff::{
    AttributeOrigin, AuditDiffPage, AuditDifference, DiffCursor, EvidenceOrigin, GetAuditDiff,
    ReviewOrigin, StatusOrigin,
};
pub use origin::{Origin, OriginKind, OriginSync, OriginTemplate, TemplatePutBy};
pub use plan::{AuditPlanPage, GetAuditPlan};
pub use point::{PlanCursor, PlanPoint, PointReached};
pub use why::{
    AuditDecision, DecidedComponent, Excluded, GetAuditWhy, JudgedOn, Reached, SelectionRule,
};
