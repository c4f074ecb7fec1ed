//! The read `plan.get`.

use plansync_domain::history::review_item::{ReviewItem, TaskItem};
use plansync_domain::ids::version::Version;
use plansync_domain::time::moment::Moment;
use plansync_engine::Refusal;
use plansync_engine::read::{PlanComponent, Reading};
use plansync_protocol::{self as protocol, Time, plan as wire};

use crate::answer::{attributes, count, last_updated, version, window};
use crate::catalogue::Reads;
use crate::words::ToWire;

impl Reads for protocol::PlanGet {
    fn answer(reading: &Reading<'_>, body: wire::GetPlan) -> Result<wire::PlanPage, Refusal> {
        let at_version = body.at_version.map(|version| Version::of_stream(version.0));
        let window = window(body.page, body.page_size);
        let plan = reading.plan(body.learner, at_version, window)?;
        let components = plan.components.items.into_iter();
        Ok(wire::PlanPage {
            learner: body.learner,
            version: version(plan.version),
            total: count(plan.components.total),
            components: components.map(component).collect(),
        })
    }
}

pub(super) fn component(shown: PlanComponent) -> wire::Component {
    wire::Component {
        component: shown.component,
        programme: shown.programme,
        component_type: shown.component_type,
        from_template: shown.from_template,
        status: shown.status.wire(),
        evidence_submitted: u64::from(shown.evidence),
        attributes: attributes(&shown.attributes),
        review: shown.review.map(review),
        last_updated: last_updated(shown.last_updated),
    }
}

fn review(item: ReviewItem) -> wire::Review {
    wire::Review {
        review: item.review,
        status: item.status.wire(),
        review_at: item.review_at.map(moment),
        tasks: item.tasks.into_iter().filter_map(task).collect(),
    }
}

/// A task always has a time: it is created for one, and keeps it.
fn task(item: TaskItem) -> Option<wire::Task> {
    Some(wire::Task {
        task: item.task,
        assignee: match item.administrator {
            None => wire::Assignee::Learner,
            Some(administrator) => wire::Assignee::Administrator(administrator),
        },
        at: moment(item.at?),
        status: item.status.wire(),
    })
}

pub(super) fn moment(moment: Moment) -> Time {
    Time::from_micros(moment.micros())
}
