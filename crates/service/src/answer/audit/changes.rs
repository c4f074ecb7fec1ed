//! The read `audit.changes`.

use plansync_domain::history::plan_step::ComponentStep;
use plansync_domain::ids::version::Version;
use plansync_engine::Refusal;
use plansync_engine::read::{Change, ChangesPlace, ChangesQuery, ContentChange, Part, Reading};
use plansync_log::Recorded;
use plansync_protocol::audit as wire;
use plansync_protocol::{self as protocol, Position};

use super::origin::origin;
use super::parts::{fitting, take};
use crate::answer::plan_change::component;
use crate::answer::{time, value, version};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::AuditChanges {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListAuditChanges,
    ) -> Result<wire::AuditChangesPage, Refusal> {
        let with_values = body.values == Some(true);
        let query = ChangesQuery {
            from: Recorded::new(body.from_time.micros()),
            to: Recorded::new(body.to_time.micros()),
            learner: body.learner,
            programme: body.programme,
            component: body.component,
            with_progress: with_values,
        };
        let after = body.after.map(|after| ChangesPlace {
            learner: after.learner,
            version: Version::of_stream(after.version.0),
            skip: usize::try_from(after.skip).unwrap_or(usize::MAX),
        });
        let changes = reading.audit_changes(&query, after, take(body.limit))?;
        let items = fitting(Part {
            items: changes
                .items
                .into_iter()
                .map(|item| change(item, with_values))
                .collect(),
            more: false,
        });
        // Where the part was cut, the list goes on behind its last item.
        let cut = items.items.len().checked_sub(1).filter(|_| items.more);
        let cut = cut.and_then(|last| changes.places.get(last).copied());
        Ok(wire::AuditChangesPage {
            items: items.items,
            next: cut.or(changes.next).map(cursor),
            position: Position(reading.position().get()),
        })
    }
}

fn cursor(place: ChangesPlace) -> wire::ChangesCursor {
    wire::ChangesCursor {
        learner: place.learner,
        version: version(place.version),
        skip: u32::try_from(place.skip).unwrap_or(u32::MAX),
    }
}

fn change(change: Change, with_values: bool) -> wire::PlanContentChange {
    wire::PlanContentChange {
        learner: change.learner,
        position: Position(change.position.get()),
        version: version(change.version),
        at: time(change.at),
        by: change.by,
        sync: change.sync,
        component: change.component,
        name: change.name.to_string(),
        programme: change.kind.programme,
        component_type: change.kind.component_type,
        change: match change.change {
            ContentChange::Added => wire::ContentChange::Added,
            ContentChange::Removed => wire::ContentChange::Removed,
            ContentChange::DueDateMoved => wire::ContentChange::DueDateMoved,
            ContentChange::Updated => wire::ContentChange::Updated,
            ContentChange::Progress => wire::ContentChange::Progress,
        },
        attributes: change.attributes.iter().map(ToWire::wire).collect(),
        due_date_before: change.due_date_before.as_ref().map(value),
        due_date_after: change.due_date_after.as_ref().map(value),
        reason: change.reason.map(|reason| reason.to_string()),
        reason_from: change.reason_from.map(origin),
        values: with_values.then(|| values(change.step)),
    }
}

fn values(step: ComponentStep) -> wire::ChangedValues {
    let changed = component(step, None);
    wire::ChangedValues {
        attributes: changed.attributes,
        status: changed.status,
        evidence: changed.evidence,
        review: changed.review,
    }
}
