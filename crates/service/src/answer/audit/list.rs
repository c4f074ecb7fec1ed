//! The read `audit.log`.

use plansync_engine::Refusal;
use plansync_engine::read::{AuditQuery, Reading};
use plansync_log::{Position, Recorded};
use plansync_protocol::audit::{AuditLogPage, AuditOrder, ListAuditLog};
use plansync_protocol::{self as protocol, PageSize, Time};

use super::commit::commit;
use super::{Room, fitting};
use crate::catalogue::Reads;
use crate::event::Source;
use crate::words::ToDomain;

impl Reads for protocol::AuditLog {
    fn answer(reading: &Reading<'_>, body: ListAuditLog) -> Result<AuditLogPage, Refusal> {
        let limit = usize::from(body.limit.unwrap_or(PageSize::DEFAULT).get());
        let found = reading.audit_log(&query(body), limit)?;
        let source = Source::Reading(reading);
        let shown = found.items.iter().map(|decided| commit(source, decided));
        let shown = shown.collect::<Result<Vec<_>, _>>()?;
        let (items, is_all) = fitting(shown.into_iter(), &mut Room::new());
        let last = items.last().map(|item| item.position);
        let wire = |position: Position| protocol::Position(position.get());
        Ok(AuditLogPage {
            next: if is_all { found.next.map(wire) } else { last },
            scanned_to: last
                .filter(|_| !is_all)
                .unwrap_or_else(|| wire(found.scanned_to)),
            position: wire(reading.position()),
            items,
        })
    }
}

fn query(body: ListAuditLog) -> AuditQuery {
    let position = |given: protocol::Position| Position::new(given.0);
    let recorded = |given: Time| Recorded::new(given.micros());
    AuditQuery {
        learner: body.learner,
        with_records: body.records == Some(true),
        component: body.component,
        sync: body.sync,
        command: body.command_id,
        by: body.by,
        kinds: body
            .kinds
            .filter(|kinds| !kinds.is_empty())
            .map(|kinds| kinds.into_vec().into_iter().map(ToDomain::domain).collect()),
        from_time: body.from_time.map(recorded),
        to_time: body.to_time.map(recorded),
        from_position: body.from_position.map(position),
        to_position: body.to_position.map(position),
        newest_first: body.order == Some(AuditOrder::NewestFirst),
        after: body.after.map(position),
    }
}
