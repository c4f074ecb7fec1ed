//! What happened to a plan, for its history and its events alike.

use plansync_domain::event::Event;
use plansync_domain::history::plan_change::{ComponentChange, PlanChange, plan_change};
use plansync_domain::ids::version::Version;
use plansync_domain::values::attributes::AttributeMap;
use plansync_engine::Refusal;
use plansync_engine::read::{PlanCommit, Reading, Window};
use plansync_protocol::{self as protocol, Encoding, PAGE_BYTES_MAX, plan as wire};

use crate::answer::{count, time, value, version, window};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::PlanHistory {
    fn answer(
        reading: &Reading<'_>,
        body: wire::GetPlanHistory,
    ) -> Result<wire::PlanHistoryPage, Refusal> {
        let from = body
            .from_version
            .map(|version| Version::of_stream(version.0));
        let window = window(body.page, body.page_size);
        let mut page = wire::PlanHistoryPage {
            total: 0,
            items: Vec::new(),
        };
        let mut bytes = 0;
        // A page that is too large is refused, and is not read to its end for that.
        while page.items.len() < window.take && bytes <= BYTES_READ_MAX {
            let part = Window {
                skip: window.skip.saturating_add(page.items.len()),
                take: COMMITS_AT_ONCE.min(window.take - page.items.len()),
            };
            let listed = reading.plan_history(body.learner, from, part)?;
            page.total = count(listed.total);
            if listed.items.is_empty() {
                break;
            }
            for item in listed.items.into_iter().map(commit) {
                bytes += Encoding::MessagePack
                    .encode(&item)
                    .map_or(0, |item| item.len());
                page.items.push(item);
            }
        }
        Ok(page)
    }
}

/// Commits that are read before it is looked at how large they are.
const COMMITS_AT_ONCE: usize = 16;
/// No page has more bytes than this, in either encoding.
const BYTES_READ_MAX: usize = 2 * PAGE_BYTES_MAX;

/// What a commit's events did to a plan.
pub(crate) fn plan_changes(events: &[Event]) -> Vec<wire::PlanChange> {
    events.iter().filter_map(plan_change).map(change).collect()
}

fn commit(commit: PlanCommit) -> wire::PlanCommit {
    wire::PlanCommit {
        version: version(commit.version),
        position: protocol::Position(commit.position.get()),
        at: time(commit.at),
        by: commit.by,
        sync: commit.sync,
        command_id: commit.command,
        changes: commit.changes.into_iter().map(change).collect(),
    }
}

fn change(change: PlanChange) -> wire::PlanChange {
    match change {
        PlanChange::Component(change) => wire::PlanChange::Component(component_change(change)),
        PlanChange::Instantiated {
            programme,
            template_version,
            added,
        } => wire::PlanChange::Instantiated {
            instantiated: wire::Instantiated {
                programme,
                template_version: protocol::Version(u64::from(template_version)),
                added: count(added),
            },
        },
        PlanChange::Synchronised(tally) => wire::PlanChange::Synchronised {
            synchronised: wire::Synchronised {
                applied: tally.applied,
                unchanged: tally.unchanged,
                skipped: tally.skipped,
                created: tally.created,
                updated: tally.updated,
                deleted: tally.deleted,
            },
        },
    }
}

fn component_change(change: ComponentChange) -> wire::ComponentChange {
    let template_version = change.template_version;
    wire::ComponentChange {
        component: change.component,
        change: change.change.wire(),
        attributes: after(&change.attributes),
        template_version: template_version.map(|version| protocol::Version(u64::from(version))),
        status: change.status.map(ToWire::wire),
        evidence: change.evidence.map(u64::from),
        review_status: change.review_status.map(ToWire::wire),
        reason: change.reason.map(|reason| reason.to_string()),
    }
}

fn after(attributes: &AttributeMap) -> Vec<wire::AttributeAfter> {
    let entries = attributes.iter();
    let after = entries.map(|(attribute, given)| wire::AttributeAfter {
        attribute: attribute.wire(),
        after: value(given),
    });
    after.collect()
}
