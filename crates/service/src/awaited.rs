//! Requests that wait until the log has grown. They are held back by the transport and are not begun before, so
//! that they occupy no thread.

use std::time::Duration;

use plansync_domain::ids::Actor;
use plansync_log::Position;
use plansync_protocol::audit::{ReadAudit, WaitMillis};
use plansync_protocol::{OperationName, decode};

use crate::incoming::Incoming;
use crate::message::Inbound;
use crate::service::{Service, operation};

/// Until when a request is held back: until the log is durable up to a position, or until a time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// The position.
    pub position: Position,
    /// The time.
    pub at_most: Duration,
}

impl Service {
    /// What a request waits for; `None` if it is to be answered now, also with a refusal.
    pub fn awaited(&self, inbound: Inbound<'_>) -> Option<Awaited> {
        if operation(inbound.subject) != Some(OperationName::AuditRead) {
            return None;
        }
        let incoming = Incoming::of(inbound).ok()?;
        let encoding = *incoming.encoding.as_ref().ok()?;
        let body: ReadAudit = decode(encoding, incoming.body).ok()?;
        let wait = body.wait_ms.map(WaitMillis::get).filter(|wait| *wait > 0)?;
        let position = Position::new(body.from.0);
        let identity = &incoming.identity;
        let may_read = identity.actor == Some(Actor::System)
            && self
                .engine
                .reading(&identity.tenant, &Actor::System)
                .is_ok();
        let is_next = position == self.engine.durable().current().next();
        (may_read && is_next).then(|| Awaited {
            position,
            at_most: Duration::from_millis(u64::from(wait)),
        })
    }
}
