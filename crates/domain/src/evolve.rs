//! Evolve: from a state and what happened to the next state. Total: it checks no rule.
//!
//! Owns which part of the state an event goes to.

use crate::event::Event;
use crate::ids::Actor;
use crate::stream::Stream;
use crate::tenant::Tenant;

/// Folds the events of one commit, which made `version` of its stream, into the state.
pub fn evolve(
    _tenant: &mut Tenant,
    _stream: &Stream,
    _version: u64,
    _actor: &Actor,
    _events: &[Event],
) {
}
