//! The read `sync.affected`.

use plansync_domain::ids::ProgrammeId;
use plansync_domain::preview::affected::AffectedLearner;
use plansync_engine::Refusal;
use plansync_engine::read::Reading;
use plansync_protocol::{
    self as protocol, DecodeError, Digest, PairWarning, Position, sync as wire,
};

use crate::answer::{count, window};
use crate::ask::{check_attributes, sync_request};
use crate::catalogue::Reads;

impl Reads for protocol::SyncAffected {
    fn check(body: &wire::AffectedSync) -> Result<(), DecodeError> {
        check_attributes(body.sync_type, &body.attributes)
    }

    fn answer(
        reading: &Reading<'_>,
        body: wire::AffectedSync,
    ) -> Result<wire::SyncAffectedPage, Refusal> {
        let window = window(body.page, body.page_size);
        let affected = reading.sync_affected(&sync_request(body.request()), window)?;
        let programme = affected.programme;
        let rows = affected.learners.items.iter();
        Ok(wire::SyncAffectedPage {
            position: Position(affected.position.get()),
            digest: Digest::from_bytes(*affected.digest.as_bytes()),
            total: count(affected.learners.total),
            items: rows.map(|row| learner(programme, row)).collect(),
        })
    }
}

fn learner(programme: ProgrammeId, row: &AffectedLearner) -> wire::AffectedLearner {
    let tally = row.tally;
    let warnings = PairWarning::ALL.iter().zip(row.warnings.counts());
    let warnings = warnings.filter(|(_, components)| *components > 0);
    wire::AffectedLearner {
        learner: row.learner,
        name: row.name.as_ref().map(ToString::to_string),
        programme: row.name.as_ref().map(|_| programme),
        applied: tally.applied,
        unchanged: tally.unchanged,
        skipped: tally.skipped,
        created: tally.created,
        updated: tally.updated,
        deleted: tally.deleted,
        warnings: warnings
            .map(|(code, components)| wire::AffectedWarning {
                code: *code,
                components,
            })
            .collect(),
        source: row.is_source,
    }
}
