//! First part of the demo: loads a college with its programme, people and progress.

use std::time::Instant;

use futures_util::stream::{self, TryStreamExt as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::commands::demo::activities::{ACTIVITIES, Activity, index_of};
use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::{DemoLearner, LEARNERS, Review, administrators, learners};
use crate::commands::demo::context::{DemoContext, number};
use crate::commands::demo::edits::{DELETED, EXTRA_CRITERION, MAPPED, REVIEWED, REWRITTEN};
use crate::commands::demo::id;

/// Learners that are imported at once.
const AT_ONCE: usize = 32;

/// When reviews were to be held that have a date already.
const FIRST_DATE: &str = "2026-12-14T09:30:00Z";

/// The delivery programme.
pub(super) fn programme() -> Uuid {
    id(&["programme", "Business Administrator (Level 3)"])
}

/// Imports everything, as another system would.
pub(super) async fn load(context: &DemoContext) -> anyhow::Result<()> {
    context.scene("A college and its apprentices")?;
    let started = Instant::now();
    context
        .import(
            "tenant.put",
            json!({ "marking_aid": false, "owner_rule": "keep" }),
        )
        .await?;
    let name = "Business Administrator (Level 3)";
    let put = json!({ "programme": programme(), "name": name, "parent": null });
    context.import("programme.put", put).await?;
    let components: Vec<_> = ACTIVITIES.iter().map(Activity::for_template).collect();
    let template = json!({ "programme": programme(), "components": components });
    context.import("template.put", template).await?;
    for administrator in administrators() {
        context.import("administrator.put", administrator).await?;
    }
    let all = stream::iter(learners().into_iter().map(Ok));
    all.try_for_each_concurrent(AT_ONCE, |learner| import(context, learner))
        .await?;
    let listed = context
        .import("learner.list", json!({ "programme": programme() }))
        .await?;
    check_equal(
        "the number of learners",
        number(&listed, "total"),
        u64::try_from(LEARNERS)?,
    )?;
    context.say(&format!(
        "{name}: {} activities mapped to K1–K8, S1–S8, B1–B5.\n{LEARNERS} learners in 5 groups, \
         each with a plan and progress of their own, imported in {:.1} s.",
        ACTIVITIES.len(),
        started.elapsed().as_secs_f64()
    ))?;
    Ok(())
}

/// One learner: the record, the plan, and what was done on it so far.
async fn import(context: &DemoContext, learner: DemoLearner) -> Result<(), AskError> {
    context
        .import("learner.put", learner.for_put(programme()))
        .await?;
    let instantiate = json!({ "learner": learner.id(), "programme": programme() });
    context.import("plan.instantiate", instantiate).await?;
    let edits = json!({ "learner": learner.id(), "edits": so_far(&learner) });
    context.import("plan.edit", edits).await.map(drop)
}

/// What was done on a learner's plan: the first activities are completed, the next is under way.
fn so_far(learner: &DemoLearner) -> Vec<Value> {
    let component = |name: &str| index_of(name).map(|index| ACTIVITIES[index].component());
    let mut edits = Vec::new();
    for (index, activity) in ACTIVITIES.iter().enumerate().take(learner.completed + 1) {
        let status = if index < learner.completed {
            "completed"
        } else {
            "in_progress"
        };
        if activity.evidence > 0 {
            edits.push(json!({ "op": "submit_evidence", "component": activity.component() }));
        }
        edits.push(
            json!({ "op": "set_status", "component": activity.component(), "status": status }),
        );
    }
    if learner.has_criterion_already() {
        let mut criteria =
            index_of(MAPPED).map_or_else(Vec::new, |index| ACTIVITIES[index].codes());
        criteria.push(EXTRA_CRITERION);
        let set = json!({ "criteria": criteria });
        edits.push(json!({ "op": "change", "component": component(MAPPED), "set": set }));
    }
    if learner.lacks_deleted_activity() {
        edits.push(json!({ "op": "remove", "component": component(DELETED) }));
    }
    if learner.lacks_rewritten_activity() {
        edits.push(json!({ "op": "remove", "component": component(REWRITTEN) }));
    }
    let dated = json!({
        "op": "change", "component": component(REVIEWED), "set": { "review_at": FIRST_DATE },
    });
    let status = |status: &str| json!({ "op": "set_review_status", "component": component(REVIEWED), "status": status });
    match learner.review() {
        Review::Open => {}
        Review::Dated => edits.push(dated),
        Review::Begun => edits.push(status("in_progress")),
        Review::Held => edits.extend([dated, status("completed")]),
    }
    edits
}
