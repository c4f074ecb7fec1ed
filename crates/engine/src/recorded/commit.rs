//! A commit of the log in the domain's terms.

use plansync_domain::event::{Event, TARGET_REPLAYED};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, TenantId};
use plansync_log::{Commit, Sequenced, StreamId, StreamKind};

use crate::call::Refusal;
use crate::codec;
use crate::naming::domain_stream;
use crate::recorded::open_error::OpenError;

/// A commit in the domain's terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The commit as the log has it.
    pub commit: Commit,
    /// The tenant that it belongs to.
    pub tenant: TenantId,
    /// The stream that it belongs to.
    pub stream: Stream,
    /// Who sent the command.
    pub actor: Actor,
    /// The events that were decided.
    pub events: Vec<Event>,
}

/// Decodes a commit of the log into the domain's terms.
pub fn decided(sequenced: &Sequenced) -> Result<Decided, OpenError> {
    decided_of(sequenced, |_, _| true)
}

/// The same, but of a commit on a plan only the events that change more than the plan.
pub(crate) fn past_plan(sequenced: &Sequenced) -> Result<Decided, OpenError> {
    decided_of(sequenced, |stream, kind| {
        stream.kind() != StreamKind::Plan || kind == TARGET_REPLAYED
    })
}

fn decided_of(
    sequenced: &Sequenced,
    wanted: impl Fn(&StreamId, u16) -> bool,
) -> Result<Decided, OpenError> {
    let position = sequenced.position();
    let commit = sequenced
        .decode()
        .map_err(|source| OpenError::Envelope { position, source })?;
    let name = |what| OpenError::Name { position, what };
    let stream = &commit.proposal.stream;
    let events = commit
        .proposal
        .events
        .iter()
        .filter(|recording| wanted(stream, recording.kind))
        .map(codec::decode)
        .collect::<Result<_, _>>()
        .map_err(|source| OpenError::Event { position, source })?;
    Ok(Decided {
        tenant: stream.tenant().parse().map_err(|_| name("tenant"))?,
        stream: domain_stream(stream).ok_or_else(|| name("stream"))?,
        actor: commit.proposal.actor.parse().map_err(|_| name("actor"))?,
        events,
        commit,
    })
}

/// The same for an operation that is refused where the log is damaged.
pub(crate) fn decoded(sequenced: &Sequenced) -> Result<Decided, Refusal> {
    decided(sequenced).map_err(Refusal::internal)
}
