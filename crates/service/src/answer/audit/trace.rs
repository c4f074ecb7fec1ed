//! The read `audit.trace`.

use plansync_domain::ids::CommandId;
use plansync_engine::Refusal;
use plansync_engine::read::{Reading, TracedCommit};
use plansync_log::Position;
use plansync_protocol::audit::{AuditTracePage, TraceCommand, TraceItem};
use plansync_protocol::{self as protocol, PageSize};

use super::commit::{kinds, stream};
use crate::answer::time;
use crate::catalogue::Reads;

impl Reads for protocol::AuditTrace {
    fn answer(reading: &Reading<'_>, body: TraceCommand) -> Result<AuditTracePage, Refusal> {
        let limit = usize::from(body.limit.unwrap_or(PageSize::DEFAULT).get());
        let after = body.after.map(|after| Position::new(after.0));
        let traced = reading.audit_trace(body.command_id, after, limit)?;
        Ok(AuditTracePage {
            items: traced.items.iter().map(item).collect(),
            next: traced.next.map(|next| protocol::Position(next.get())),
            position: protocol::Position(reading.position().get()),
        })
    }
}

fn item(traced: &TracedCommit) -> TraceItem {
    let decided = &traced.decided;
    TraceItem {
        position: protocol::Position(decided.commit.position.get()),
        at: time(decided.commit.at),
        by: decided.actor.clone(),
        correlation_id: CommandId::from_uuid(decided.commit.proposal.cause.correlation),
        stream: stream(&decided.tenant, &decided.stream),
        kinds: kinds(decided),
        cause: traced.cause.map(|cause| protocol::Position(cause.get())),
        depth: u64::from(traced.depth),
    }
}
