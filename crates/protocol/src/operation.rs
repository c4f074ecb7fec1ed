//! Operations: what can be asked, and what belongs to each.
//!
//! The table in `operation/table.rs` has one row for each operation: its name, who may ask, how long it
//! takes, the types of body and reply, the list that is returned in pages, and what it does. A macro makes
//! everything else from the rows: the enum [`OperationName`], a marker type for each operation with
//! its types as associated types ([`Operation`]), a visitor ([`for_each_operation`]), and the macro
//! `list_operations!`, from which other crates make their own matches. An
//! operation is therefore written down once, and whoever handles operations does not compile until it
//! handles all of them.

mod table;

use std::io::{self, Write};

use plansync_primitives::ids::CommandId;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::page::PageOf;
use crate::scalar::Position;

pub use table::*;

/// The body of a request or of a durable command.
pub trait Body: Serialize + DeserializeOwned + JsonSchema {
    /// Removes the command id from the body and returns it; `None` if the body has none.
    fn take_command_id(&mut self) -> Option<CommandId> {
        None
    }

    /// The same command in its canonical form: sets are sorted and have no duplicates, and fields
    /// with their default value are left out. `None` if the body already has this form.
    fn canonical(&self) -> Option<Self> {
        None
    }
}

/// The reply of an operation.
pub trait Reply: Serialize + DeserializeOwned + JsonSchema {}

impl<T: Serialize + DeserializeOwned + JsonSchema> Reply for T {}

/// One operation as a type. The table defines one such type for each operation.
///
/// ```
/// use plansync_protocol::{Operation, OperationName, PlanGet};
///
/// assert_eq!(PlanGet::NAME, OperationName::PlanGet);
/// assert_eq!(PlanGet::NAME.as_str(), "plan.get");
/// ```
pub trait Operation {
    /// Its name.
    const NAME: OperationName;
    /// The body that it is asked with.
    type Body: Body;
    /// The reply of a request that is not refused.
    type Reply: Reply;
}

/// An operation that only reads. Its reply is a whole or one page of a list.
pub trait ReadOperation: Operation {
    /// An item of the list; `()` if the reply is not a page.
    type Item: Serialize;

    /// Which reading the body asks for. Always [`PageOf::ItsOwn`] if the list cannot be held.
    fn page_of(_body: &Self::Body) -> PageOf {
        PageOf::ItsOwn
    }

    /// The items of the page; none if the reply is not a page.
    fn items(reply: &Self::Reply) -> &[Self::Item];

    /// Writes into the first page of a held list the position `at` which the other pages are asked
    /// for. Does nothing if the list cannot be held.
    fn put_position(_reply: &mut Self::Reply, _position: Position) {}
}

/// A visitor of all operations, with the types of each.
pub trait EachOperation {
    /// Called once for each operation, in the order of the table.
    fn operation<O: Operation>(&mut self);
}

/// Who may ask for an operation. Everybody else is refused whatever the body says: with `not_permitted`, or, of an
/// operation on an open record, with `session_not_open`. Which learners, plans and synchronisations the others see
/// and may change is decided for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// `system` only: reference data is written by `system`.
    System,
    /// Administrators, but not `system`: only a person opens records.
    Administrators,
    /// `system`, and administrators with the permission `supervisor` or `compliance_qa`: readers of
    /// reference data.
    ReferenceReaders,
    /// The administrator who has the record open that the body names. `system` has no open records.
    RecordHolder,
    /// The same, with a permission that a synchronisation could use.
    Synchroniser,
    /// `system` and every administrator. The rules may still refuse what they ask for, such as a
    /// learner whom they do not see or a synchronisation that they may not read.
    Everyone,
}

impl Audience {
    /// Whether `system` may ask.
    pub const fn includes_system(self) -> bool {
        match self {
            Self::System | Self::ReferenceReaders | Self::Everyone => true,
            Self::Administrators | Self::RecordHolder | Self::Synchroniser => false,
        }
    }

    /// The same as a phrase, for documents.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::System => "`system` only",
            Self::Administrators => "administrators, but not for `system`",
            Self::ReferenceReaders => {
                "`system`, and administrators with `supervisor` or `compliance_qa`"
            }
            Self::RecordHolder => {
                "the administrator who has the record open, but not for `system`, which has no open records"
            }
            Self::Synchroniser => {
                "the administrator who has the record open and a permission to add, change or delete components or \
                 to plan them for QA, but not for `system`, which has no open records"
            }
            Self::Everyone => {
                "`system` and all administrators; the groups and permissions of an administrator decide what it \
                 returns or may change"
            }
        }
    }
}

/// How long an operation takes. A service answers light operations on the thread that receives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// Microseconds: it looks up or changes single records.
    Light,
    /// Milliseconds or more: it reads the log, lists a whole tenant or evaluates targets. It needs a
    /// thread that may block.
    Heavy,
}

/// Writes the bytes that identify a command: the operation and the decoded body. Two messages with the
/// same bytes ask the same, whatever their encoding and the order of their fields.
///
/// The command id must have been [taken out](Body::take_command_id), and the body must be in its
/// [canonical form](Body::canonical); other forms give other bytes.
///
/// # Errors
/// If `to` cannot be written.
pub fn write_fingerprint<B: Body, W: Write>(
    operation: OperationName,
    body: &B,
    mut to: W,
) -> io::Result<()> {
    to.write_all(operation.as_str().as_bytes())?;
    to.write_all(&[0])?;
    let mut serializer = rmp_serde::Serializer::new(&mut to).with_struct_map();
    body.serialize(&mut serializer).map_err(io::Error::other)
}
