//! The read `audit.show`.

use plansync_engine::Refusal;
use plansync_engine::read::Reading;
use plansync_log::Position;
use plansync_protocol as protocol;
use plansync_protocol::audit::{AuditEffects, GetAuditCommit, ShownCommit};

use super::commit::{commit, link};
use super::{Room, fitting};
use crate::answer::{changes, count, sync};
use crate::catalogue::Reads;
use crate::event::Source;

impl Reads for protocol::AuditShow {
    fn answer(reading: &Reading<'_>, body: GetAuditCommit) -> Result<ShownCommit, Refusal> {
        let shown = reading.audit_show(Position::new(body.position.0))?;
        let commit = commit(Source::Reading(reading), &shown.decided)?;
        let mut room = Room::new();
        room.takes(&commit);
        let causes = shown.causes.iter().map(link).collect();
        let effects = AuditEffects {
            count: count(shown.effects),
            first: shown.first_effects.iter().map(link).collect(),
            end: shown.end.as_ref().map(link),
        };
        room.takes(&effects);
        let changes = shown
            .changes
            .map(|entries| fitting(entries.iter().map(changes::entry), &mut room));
        let decisions = shown
            .decisions
            .map(|pairs| fitting(pairs.into_iter().map(sync::outcome), &mut room));
        let truncated = !changes.as_ref().is_none_or(|(_, all)| *all)
            || !decisions.as_ref().is_none_or(|(_, all)| *all);
        Ok(ShownCommit {
            commit,
            causes,
            effects,
            changes: changes.map(|(items, _)| items),
            decisions: decisions.map(|(items, _)| items),
            truncated,
            position: protocol::Position(reading.position().get()),
        })
    }
}
