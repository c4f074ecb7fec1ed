//! Reads of open records.

use plansync_domain::event::ProgrammeChoice;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::difference::Difference;
use plansync_engine::Refusal;
use plansync_engine::read::{OpenRecord, Reading, RecentItem};
use plansync_protocol::{self as protocol, AttributeValue, record as wire};

use crate::answer::{count, last_updated, texts, time, value, version, window};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::RecordList {
    fn answer(reading: &Reading<'_>, body: wire::ListRecords) -> Result<wire::RecordPage, Refusal> {
        let listed = reading.open_records(window(body.page, body.page_size))?;
        Ok(wire::RecordPage {
            position: None,
            total: count(listed.total),
            items: listed.items.iter().map(record).collect(),
        })
    }
}

fn record(open: &OpenRecord) -> wire::Record {
    wire::Record {
        session: open.session,
        learner: open.learner,
        marker: version(open.marker),
        opened_at: time(open.opened_at),
        programmes: open.programmes.iter().map(programme_choice).collect(),
    }
}

/// A programme that a learner's plan can be synchronised by.
pub(crate) fn programme_choice(choice: &ProgrammeChoice) -> wire::ProgrammeChoice {
    wire::ProgrammeChoice {
        programme: choice.programme,
        name: choice.name.clone(),
        preselected: choice.preselected,
    }
}

impl Reads for protocol::RecordChanges {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListRecordChanges,
    ) -> Result<wire::RecordChangesPage, Refusal> {
        let listed = reading.recent_changes(body.session, window(body.page, body.page_size))?;
        Ok(wire::RecordChangesPage {
            position: None,
            total: count(listed.total),
            changes: listed.items.into_iter().map(recent_change).collect(),
        })
    }
}

fn recent_change(item: RecentItem) -> wire::RecentChange {
    let difference = &item.change.difference;
    let attributes = difference.attributes();
    wire::RecentChange {
        component: item.change.component,
        name: item.change.name.to_string(),
        change: item.change.kind.wire(),
        preselected: item.change.preselected,
        attributes: attributes
            .iter()
            .map(|attribute| changed(difference, attribute))
            .collect(),
        last_updated: last_updated(item.last_updated),
    }
}

fn changed(difference: &Difference, attribute: Attribute) -> wire::AttributeChange {
    let of = |map: Option<_>| map.map_or(AttributeValue::Null, value);
    let elements = difference.elements(attribute);
    wire::AttributeChange {
        attribute: attribute.wire(),
        before: of(difference.before.get(attribute)),
        after: of(difference.after.get(attribute)),
        added: elements.map(|elements| texts(&elements.added)),
        removed: elements.map(|elements| texts(&elements.removed)),
    }
}
