//! The read `sync.changes`.

use plansync_domain::sync::change_set::{Change, Entry};
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::difference::Difference;
use plansync_engine::Refusal;
use plansync_engine::read::Reading;
use plansync_protocol::{self as protocol, Digest, Replay, sync as wire};

use crate::answer::{count, texts, value, window};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::SyncChanges {
    fn answer(
        reading: &Reading<'_>,
        body: wire::ListSyncChanges,
    ) -> Result<wire::SyncChangesPage, Refusal> {
        let change_set = reading.sync_changes(body.sync, window(body.page, body.page_size))?;
        Ok(wire::SyncChangesPage {
            total: count(change_set.entries.total),
            digest: Digest::from_bytes(*change_set.digest.as_bytes()),
            items: change_set.entries.items.iter().map(entry).collect(),
        })
    }
}

pub(super) fn entry(entry: &Entry) -> wire::ChangeSetItem {
    let (change, attributes) = replayed(&entry.change);
    wire::ChangeSetItem {
        component: entry.component,
        name: entry.name.to_string(),
        change,
        attributes,
    }
}

fn replayed(change: &Change) -> (Option<Replay>, Vec<wire::ChangeSetAttribute>) {
    match change {
        Change::NoRecentChange | Change::NoTemplate => (None, Vec::new()),
        Change::Create(whole) => (Some(Replay::Created), values(&whole.attributes)),
        Change::Update(difference) => (Some(Replay::Updated), differing(difference)),
        Change::Delete => (Some(Replay::Deleted), Vec::new()),
        Change::Overwrite(whole) => (Some(Replay::Overwrite), values(&whole.attributes)),
        Change::Select { attributes } => (Some(Replay::Overwrite), values(attributes)),
    }
}

/// Values that are taken over, whatever the target has.
fn values(attributes: &AttributeMap) -> Vec<wire::ChangeSetAttribute> {
    let entries = attributes.iter();
    let taken = entries.map(|(attribute, after)| wire::ChangeSetAttribute {
        attribute: attribute.wire(),
        before: None,
        after: value(after),
        added: None,
        removed: None,
    });
    taken.collect()
}

fn differing(difference: &Difference) -> Vec<wire::ChangeSetAttribute> {
    let attributes = difference.after.iter();
    let changed = attributes.map(|(attribute, after)| {
        let elements = difference.elements(attribute);
        wire::ChangeSetAttribute {
            attribute: attribute.wire(),
            before: difference.before.get(attribute).map(value),
            after: value(after),
            added: elements.map(|elements| texts(&elements.added)),
            removed: elements.map(|elements| texts(&elements.removed)),
        }
    });
    changed.collect()
}
