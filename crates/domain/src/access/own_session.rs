//! Ownership of an open record: an administrator uses only record sessions of their own (C6).

use crate::command::rejection::Rejection;
use crate::ids::{Actor, SessionId};
use crate::recent::RecordSession;
use crate::state::tenant::Tenant;

/// The open session with this id, if it belongs to this actor. If the actor owned it and it is
/// closed, the error states why.
pub fn own_session<'a>(
    tenant: &'a Tenant,
    actor: &Actor,
    session: SessionId,
) -> Result<&'a RecordSession, Rejection> {
    let records = tenant.records();
    let not_open = Rejection::SessionNotOpen(session);
    let administrator = actor.administrator().ok_or(not_open.clone())?;
    match records.session(session) {
        Some(open) if open.administrator == *administrator => Ok(open),
        Some(_) => Err(not_open),
        None => Err(match records.closings().of(session, administrator) {
            Some(end) => Rejection::SessionClosed { session, end },
            None => not_open,
        }),
    }
}
