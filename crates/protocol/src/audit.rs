//! The audit: what was done, when, by whom and because of what, read from the log.

mod tree;

pub use tree::{AuditTreeHead, AuditTreeProof, GetAuditHead, GetAuditProof};
