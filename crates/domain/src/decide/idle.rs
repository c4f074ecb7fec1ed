//! Which records are closed because nobody uses them (C6).
//!
//! The time since the last touch is measured in log time ([`LogTime`]).

use crate::event::{CloseReason, RecordClosed};
use crate::ids::SessionId;
use crate::recent::RecordSession;
use crate::state::tenant::Tenant;
use crate::time::log_time::LogTime;

/// The sessions that are to be closed at this log time, at most `count_max`, starting with the one
/// that has been idle for longest. The search stops at the first that is not due, so its cost
/// depends only on the number found.
pub fn due(tenant: &Tenant, now: LogTime, count_max: usize) -> impl Iterator<Item = RecordClosed> {
    let settings = tenant.settings();
    let hours = settings.map(|settings| settings.record_idle_hours.get());
    let last = hours.map(|hours| now.hours_earlier(hours));
    let sessions = tenant.records().by_touch();
    sessions
        .take_while(move |(_, session)| last.is_some_and(|last| session.usage.touched <= last))
        .take(count_max)
        .map(|(id, session)| closed(id, session, CloseReason::Idle))
}

/// The event that closes a session.
pub(crate) fn closed(id: SessionId, session: &RecordSession, reason: CloseReason) -> RecordClosed {
    RecordClosed {
        session: id,
        learner: session.learner,
        administrator: session.administrator.clone(),
        reason,
    }
}

#[cfg(test)]
mod tests;
