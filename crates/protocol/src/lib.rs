//! The wire protocol, version 1: subjects, bodies, replies, errors and events, in both encodings.
//!
//! Owns every form that a producer or a subscriber sees, and generates their machine-readable
//! description. It shares ids with the domain and knows none of its rules; it sends nothing.

mod attributes;
mod bounded;
mod canonical;
pub mod cloud_event;
mod decode;
mod encoding;
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
mod words;

pub use attributes::{AttributeName, AttributeValue, Attributes};
pub use bounded::{List, Name, ReasonText, Search, Text, TextError};
pub use decode::{BODY_BYTES_MAX, DecodeError, decode, decode_known};
pub use encoding::{EncodeError, Encoding, UnsupportedMediaType};
pub use error::{
    DetailReason, Details, Error, ErrorCode, ErrorReply, PermissionReason, SessionEnd,
};
pub use operation::*;
pub use page::{Page, PageNumber, PageOf, PageSize, Paged};
pub use plan::{ReviewStatus, TaskStatus};
pub use scalar::{Bytes, Digest, Position, Time, Version};
pub use words::{
    Action, Change, CloseReason, Condition, FilterField, Outcome, OwnerRule, PairWarning,
    Permission, ProgrammeStatus, Reason, Replay, Side, Status, SummaryWarning, SyncState, SyncType,
    Word,
};

/// The most bytes that the reply with a page may have.
pub const PAGE_BYTES_MAX: usize = 768 * 1024;
/// The most bytes of JSON that the changes of one commit on a plan may have: with all that stands
/// around them they fit into a message of 1 MiB.
pub const CHANGES_BYTES_MAX: usize = 1_000_000;

/// Whether a flag goes unsaid.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over by reference.
fn absent(flag: &bool) -> bool {
    !flag
}
