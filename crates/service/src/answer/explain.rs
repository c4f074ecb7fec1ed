//! The read `sync.explain`.

use plansync_domain::ids::ProgrammeId;
use plansync_domain::preview::explain::AttributeChange;
use plansync_engine::Refusal;
use plansync_engine::read::{ExplainedItem, OutcomeWord, Reading};
use plansync_protocol::{self as protocol, DecodeError, Digest, Position, sync as wire};

use crate::answer::sync::warnings;
use crate::answer::{count, value, window};
use crate::ask::{check_attributes, sync_request};
use crate::catalogue::Reads;
use crate::words::{ToDomain, ToWire};

impl Reads for protocol::SyncExplain {
    fn check(body: &wire::ExplainSync) -> Result<(), DecodeError> {
        check_attributes(body.sync_type, &body.attributes)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::ExplainSync,
    ) -> Result<wire::SyncExplanation, Refusal> {
        let window = window(body.page, body.page_size);
        let (component, side) = (body.component, body.side.domain());
        let programme = body.programme;
        let request = sync_request(body.request());
        let explained = reading.sync_explain(&request, component, side, window)?;
        let pairs = explained.pairs.items.iter();
        Ok(wire::SyncExplanation {
            position: Position(explained.position.get()),
            digest: Digest::from_bytes(*explained.digest.as_bytes()),
            total: count(explained.pairs.total),
            items: pairs.map(|item| pair(programme, item)).collect(),
        })
    }
}

fn pair(programme: ProgrammeId, item: &ExplainedItem) -> wire::ExplainedPair {
    let (pair, outcome) = (&item.pair, item.pair.pair_outcome.outcome());
    wire::ExplainedPair {
        learner: pair.learner,
        name: pair.name.as_ref().map(ToString::to_string),
        programme: pair.name.as_ref().map(|_| programme),
        action: pair.pair_outcome.action().wire(),
        outcome: OutcomeWord::of(outcome).wire(),
        reason: outcome.reason().map(ToWire::wire),
        warnings: warnings(pair.pair_outcome),
        changes: item.changes.iter().map(change).collect(),
        source: pair.is_source,
    }
}

fn change(change: &AttributeChange) -> wire::PairChange {
    wire::PairChange {
        attribute: change.attribute.wire(),
        before: value(&change.before),
        after: value(&change.after),
    }
}
