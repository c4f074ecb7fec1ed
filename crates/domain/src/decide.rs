//! Decide: from a state and a command to events, or to a refusal. Pure.
//!
//! Owns who is admitted and which rule family a command goes to. Knows no clock and no log.

use crate::command::Command;
use crate::event::Event;
use crate::ids::Actor;
use crate::limits::Limits;
use crate::noted::Noted;
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::tenant::Tenant;

/// What a decision may take into account beside state and command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// The server's bounds.
    pub limits: &'a Limits,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// One commit of one stream.
    Events {
        /// Which stream.
        stream: Stream,
        /// What happened, in order.
        events: Vec<Event>,
    },
    /// Nothing changes; the answer is all there is to keep.
    Unchanged(Noted),
}

/// Whether an actor may come in with a command at all, before it is looked at: single fields'
/// bounds, then `tenant_not_found`, `unknown_actor`, and P10 (`system_only`).
pub fn admit(_tenant: &Tenant, _actor: &Actor, _command: &Command) -> Result<(), Rejection> {
    Err(Rejection::TenantNotFound)
}

/// Whether an actor may ask anything of a tenant: `tenant_not_found`, `unknown_actor`.
pub fn admit_actor(_tenant: &Tenant, _actor: &Actor) -> Result<(), Rejection> {
    Err(Rejection::TenantNotFound)
}

/// What an admitted command comes to.
pub fn decide(
    _tenant: &Tenant,
    _context: &Context<'_>,
    _command: &Command,
) -> Result<Decided, Rejection> {
    Err(Rejection::TenantNotFound)
}
