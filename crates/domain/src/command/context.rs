//! The inputs of a decision besides state and command.
//!
//! Values that come from a clock, the log or the server's settings are passed in here, so that
//! `decide` is a pure function.

use crate::command::limits::Limits;
use crate::ids::digest::Digest;
use crate::ids::position::Position;
use crate::ids::{Actor, SessionId};
use crate::sync::change_set::ChangeSet;
use crate::sync::request::SyncRequest;

/// The inputs of a decision besides state and command.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The actor who sends the command.
    pub actor: &'a Actor,
    /// The server's limits.
    pub limits: &'a Limits,
    /// The position in the log to which the state corresponds.
    pub position: Position,
    /// Computes the digest over a request in its canonical form and its change set. None if they
    /// cannot be encoded: such a digest confirms nothing. The bytes are those of the log, so the
    /// function is passed in.
    pub digest: &'a dyn Digests,
    /// The session that the command names, if it was closed earlier and the state does not remember
    /// it.
    pub closed_session: Option<SessionId>,
}

/// Digests requests and the change sets that they lead to.
pub trait Digests {
    /// The digest; none if they cannot be encoded.
    fn digest(&self, request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest>;
}

impl<F: Fn(&SyncRequest, &ChangeSet) -> Option<Digest>> Digests for F {
    fn digest(&self, request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
        self(request, change_set)
    }
}
