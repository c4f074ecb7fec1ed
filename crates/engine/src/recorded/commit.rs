//! A commit of the log in the domain's terms.

use plansync_domain::event::{Event, TARGET_REPLAYED};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, TenantId};
use plansync_log::sealing::Keys;
use plansync_log::{Commit, Sequenced, StreamId, StreamKind};

use crate::call::Refusal;
use crate::codec;
use crate::codec::sealing::Seals;
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

/// Decodes a commit of the log into the domain's terms, and opens its texts with these keys. A text whose key was
/// destroyed or is not at hand is read as an erased one.
pub fn decided(sequenced: &Sequenced, keys: &Keys) -> Result<Decided, OpenError> {
    decided_of((sequenced, keys), |_, _| true)
}

/// The same, but of a commit on a plan only the events that change more than the plan.
pub(crate) fn past_plan(sequenced: &Sequenced, keys: &Keys) -> Result<Decided, OpenError> {
    decided_of((sequenced, keys), |stream, kind| {
        stream.kind() != StreamKind::Plan || kind == TARGET_REPLAYED
    })
}

fn decided_of(
    (sequenced, keys): (&Sequenced, &Keys),
    wanted: impl Fn(&StreamId, u16) -> bool,
) -> Result<Decided, OpenError> {
    let position = sequenced.position();
    let commit = sequenced
        .decode()
        .map_err(|source| OpenError::Envelope { position, source })?;
    let name = |what| OpenError::Name { position, what };
    let stream = &commit.proposal.stream;
    let of = domain_stream(stream).ok_or_else(|| name("stream"))?;
    let tenant = stream.tenant().parse().map_err(|_| name("tenant"))?;
    let seals = Seals {
        keys,
        tenant: &tenant,
        stream: &of,
    };
    let events = commit
        .proposal
        .events
        .iter()
        .filter(|recording| wanted(stream, recording.kind))
        .map(|recording| seals.opened(codec::decode(recording)?))
        .collect::<Result<_, _>>()
        .map_err(|source| OpenError::Event { position, source })?;
    Ok(Decided {
        actor: commit.proposal.actor.parse().map_err(|_| name("actor"))?,
        events,
        tenant,
        stream: of,
        commit,
    })
}

/// The same for an operation that is refused where the log is damaged.
pub(crate) fn decoded(sequenced: &Sequenced, keys: &Keys) -> Result<Decided, Refusal> {
    decided(sequenced, keys).map_err(Refusal::internal)
}
