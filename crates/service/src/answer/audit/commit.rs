//! A commit as the audit shows it.

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{CommandId, TenantId};
use plansync_engine::read::CommitKind;
use plansync_engine::{Decided, Refusal};
use plansync_protocol::audit::{AuditCommit, AuditKind, AuditLink, AuditStream, StreamKind};
use plansync_protocol::{Digest, Position, Version};

use super::event::event;
use crate::answer::time;
use crate::event::Source;
use crate::words::ToWire;

pub(super) fn commit(source: Source<'_>, decided: &Decided) -> Result<AuditCommit, Refusal> {
    let (commit, proposal) = (&decided.commit, &decided.commit.proposal);
    Ok(AuditCommit {
        position: Position(commit.position.get()),
        at: time(commit.at),
        by: decided.actor.clone(),
        command_id: CommandId::from_uuid(proposal.command.id),
        correlation_id: CommandId::from_uuid(proposal.cause.correlation),
        judged_at: Position(proposal.judged_at.get()),
        stream: stream(&decided.tenant, &decided.stream),
        version: Version(proposal.version.get()),
        chain: Digest::from_bytes(commit.chain.get()),
        events: vec![event(source, decided)?],
    })
}

pub(super) fn link(decided: &Decided) -> AuditLink {
    AuditLink {
        position: Position(decided.commit.position.get()),
        at: time(decided.commit.at),
        stream: stream(&decided.tenant, &decided.stream),
        kinds: kinds(decided),
    }
}

pub(super) fn kinds(decided: &Decided) -> Vec<AuditKind> {
    CommitKind::of(decided)
        .map(ToWire::wire)
        .into_iter()
        .collect()
}

pub(super) fn stream(tenant: &TenantId, stream: &Stream) -> AuditStream {
    let (kind, id) = match stream {
        Stream::Tenant => (StreamKind::Tenant, tenant.to_string()),
        Stream::Administrator(id) => (StreamKind::Administrator, id.to_string()),
        Stream::Learner(id) => (StreamKind::Learner, id.to_string()),
        Stream::Programme(id) => (StreamKind::Programme, id.to_string()),
        Stream::Plan(id) => (StreamKind::Plan, id.to_string()),
        Stream::Record(id) => (StreamKind::Record, id.to_string()),
        Stream::Sync(id) => (StreamKind::Sync, id.to_string()),
        Stream::Target(id) => (StreamKind::Target, id.to_string()),
        Stream::Command(id) => (StreamKind::Command, id.to_string()),
        Stream::Engine => (StreamKind::Engine, tenant.to_string()),
    };
    AuditStream { kind, id }
}
