//! The wire protocol of plansync, version 1: subjects, messages, encodings, errors and events.
//!
//! A client sends a request to a [subject](subject::Subject) that names tenant, actor and operation. The
//! [table of operations](OperationName) says which operations there are, and for each of them who may ask
//! and the types of body and reply. Bodies are MessagePack or JSON ([`Encoding`]); the reply has the
//! encoding of the request.
//!
//! ```
//! use plansync_protocol::subject::{Family, Subject};
//! use plansync_protocol::{Encoding, ErrorReply, Operation, PlanGet, decode_known};
//!
//! // A request: subject and body.
//! let subject = Subject {
//!     family: Family::Request,
//!     tenant: "northgate",
//!     actor: "alice",
//!     operation: PlanGet::NAME.as_str(),
//! };
//! assert_eq!(subject.to_string(), "plansync.v1.req.northgate.alice.plan.get");
//! let learner = "0190a1b2-0000-7000-8000-000000000001".parse()?;
//! let body = plansync_protocol::plan::GetPlan { learner, at_version: None, page: None, page_size: None };
//! let bytes = Encoding::Json.encode(&body)?;
//! assert_eq!(bytes, br#"{"learner":"0190a1b2-0000-7000-8000-000000000001"}"#);
//!
//! // A reply without the header `Nats-Service-Error-Code`.
//! let bytes = br#"{"learner":"0190a1b2-0000-7000-8000-000000000001","version":3,"total":0,"components":[]}"#;
//! let reply: <PlanGet as Operation>::Reply = decode_known(Encoding::Json, bytes)?;
//! assert_eq!(reply.version.0, 3);
//!
//! // A reply with that header.
//! let bytes = br#"{"error":{"code":"learner_not_available","message":"not found"}}"#;
//! let refused: ErrorReply = decode_known(Encoding::Json, bytes)?;
//! assert_eq!(refused.error.code.number(), 404);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - **Commands** change something. They have a `command_id` and can be repeated safely; [the same
//!   fingerprint](write_fingerprint) means the same command. A command can also be sent as a durable
//!   command ([`Family::Command`](subject::Family)).
//! - **Reads** return whole records or [pages](PageOf) of lists.
//! - **Events** are published for commits: bodies in [`event`], headers in [`cloud_event`], subjects by
//!   [`EventKind`](event::EventKind).
//! - **Errors** have a code for programs and a message for people ([`Error`]).
//!
//! `proto-schemas/` in the repository is generated from these types: an AsyncAPI document, JSON Schemas and
//! examples in both encodings. The crate shares ids with the domain and knows none of its rules; it sends
//! and stores nothing.

mod attributes;
pub mod audit;
mod bounded;
mod canonical;
pub mod cloud_event;
mod decode;
mod encoding;
pub mod engine;
mod error;
pub mod event;
mod operation;
mod page;
pub mod plan;
pub mod record;
pub mod reference;
mod scalar;
mod strict;
pub mod subject;
pub mod sync;
mod timestamp;
mod wording;
mod words;

pub use attributes::{AttributeName, AttributeValue, Attributes, MIN_EVIDENCE_MAX};
pub use bounded::{List, Name, ReasonText, Search, Text, TextError};
pub use decode::{BODY_BYTES_MAX, DecodeError, decode, decode_known};
pub use encoding::{EncodeError, Encoding, UnsupportedMediaType};
pub use error::{
    DetailReason, Details, Error, ErrorCode, ErrorReply, PermissionReason, SessionEnd,
};
pub use operation::*;
pub use page::{Page, PageNumber, PageOf, PageSize};
pub use plan::{ReviewStatus, TaskStatus};
pub use scalar::{Bytes, Digest, Position, Time, Version};
pub use words::{
    Action, Change, CloseReason, Condition, EnginePart, FilterField, Outcome, OwnerRule,
    PairWarning, Permission, ProgrammeStatus, Reason, Replay, Side, Status, SummaryWarning,
    SyncState, SyncType, Urgency, Word,
};

/// The version of the protocol: `<major>.<minor>`. The major version is in every subject (`plansync.v1`), and
/// changes only if a released message changes its meaning; the minor version counts additions.
pub const PROTOCOL_VERSION: &str = "1.0";

/// The most bytes that a reply with a page may have. A larger page is refused with `page_too_large`.
pub const PAGE_BYTES_MAX: usize = 768 * 1024;
/// The most bytes of JSON that the changes of one commit in a plan may have. The event with these
/// changes then fits into a message of 1 MiB.
pub const CHANGES_BYTES_MAX: usize = 1_000_000;

/// Whether a flag is left out of a message.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over by reference.
fn absent(flag: &bool) -> bool {
    !flag
}
