//! What a decision may take into account beside state and command.
//!
//! Owns the type. Whatever a clock, a log or a server's settings say comes in here, as a value.

use crate::command::limits::Limits;
use crate::ids::digest::Digest;
use crate::ids::position::Position;
use crate::ids::{Actor, SessionId};
use crate::sync::change_set::ChangeSet;
use crate::sync::request::SyncRequest;

/// What a decision may take into account beside state and command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// The server's bounds.
    pub limits: &'a Limits,
    /// Where the state stands in the log.
    pub position: Position,
    /// How a request, in its canonical form, and its change set are digested; none if they cannot
    /// be, which confirms nothing. The bytes are the log's, so it is not done here.
    pub digest: Digester,
    /// A session that a command names and that was closed earlier, which the state does not remember.
    pub closed_session: Option<SessionId>,
}

/// A digest over a request and the change set that it comes to.
pub type Digester = fn(&SyncRequest, &ChangeSet) -> Option<Digest>;
