//! The read `audit.read`.

use plansync_domain::ids::{CommandId, TenantId};
use plansync_engine::read::Reading;
use plansync_engine::{Decided, Refusal};
use plansync_log::{Incarnations, LogId, Position};
use plansync_protocol::audit::{AuditReadPage, ReadAudit, ReadLimit, ReplayedEvent};
use plansync_protocol::{self as protocol, Digest, cloud_event, subject};

use super::Room;
use super::event::event;
use crate::answer::time;
use crate::catalogue::Reads;
use crate::event::Source;
use crate::service::Service;

impl Reads for protocol::AuditRead {
    fn answer(reading: &Reading<'_>, body: ReadAudit) -> Result<AuditReadPage, Refusal> {
        let limit = usize::from(body.limit.unwrap_or(ReadLimit::DEFAULT).get());
        let part = reading.audit_read(Position::new(body.from.0), limit)?;
        let of_log = OfLog {
            source: Source::Reading(reading),
            tenant: reading.tenant_id(),
            log: reading.log_id(),
            incarnations: reading.incarnations(),
            cloud_source: cloud_event::source(reading.tenant_id()),
        };
        let mut room = Room::new();
        let mut page = AuditReadPage {
            items: Vec::with_capacity(part.items.len()),
            next: protocol::Position(part.next.get()),
            tip: protocol::Position(reading.position().get()),
            relayed: None,
        };
        for decided in &part.items {
            let item = of_log.replayed(decided)?;
            if !room.takes(&item) && !page.items.is_empty() {
                page.next = item.position;
                break;
            }
            page.items.push(item);
        }
        Ok(page)
    }

    fn complete(service: &Service, reply: &mut AuditReadPage) {
        reply.relayed = service.relayed();
    }
}

/// What the events of one page have in common.
struct OfLog<'a> {
    source: Source<'a>,
    tenant: &'a TenantId,
    log: LogId,
    incarnations: Incarnations,
    cloud_source: String,
}

impl OfLog<'_> {
    fn replayed(&self, decided: &Decided) -> Result<ReplayedEvent, Refusal> {
        let event = event(self.source, decided)?;
        let commit = &decided.commit;
        let position = protocol::Position(commit.position.get());
        let incarnation = self.incarnations.of(commit.position).get();
        Ok(ReplayedEvent {
            position,
            id: cloud_event::id(self.log.get(), incarnation, position),
            source: self.cloud_source.clone(),
            event_type: format!("{}.{}", subject::PREFIX, event.name()),
            subject: event.subject(self.tenant),
            time: time(commit.at),
            actor: decided.actor.clone(),
            correlation_id: CommandId::from_uuid(commit.proposal.cause.correlation),
            chain: Digest::from_bytes(commit.chain.get()),
            traceparent: commit.proposal.cause.trace.as_deref().map(str::to_owned),
            event,
        })
    }
}
