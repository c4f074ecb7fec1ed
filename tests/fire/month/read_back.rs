//! Everything that a college has, read back and held against the model: every version of every plan,
//! who made it, every sync and its outcomes, and the recent changes of every record.

use plansync_domain::ids::LearnerId;
use plansync_model::comparison::{Disagreement, same};
use plansync_model::plan::Revision;
use serde_json::{Value, json};

use super::college::College;
use super::wire::Wire;

const PAGE: usize = 500;

/// How much was read.
#[derive(Debug, Default, Clone, Copy)]
#[allow(dead_code)] // For people.
pub(super) struct Read {
    versions: usize,
    syncs: usize,
    outcomes: usize,
    records: usize,
}

/// Reads it all.
pub(super) async fn all(wire: &Wire, college: &mut College) -> Read {
    let tenant = college.tenant;
    let read = everything(wire, college).await;
    read.unwrap_or_else(|what| panic!("{tenant}: {what}"))
}

async fn everything(wire: &Wire, college: &mut College) -> Result<Read, Disagreement> {
    let mut read = Read::default();
    for learner in college.model.everybody() {
        read.versions += plan(wire, college, learner).await?;
        history(wire, college, learner).await?;
    }
    let syncs: Vec<_> = college.model.syncs.keys().copied().collect();
    for sync in syncs {
        read.syncs += 1;
        let product = college
            .read(wire, "system", "sync.get", &json!({ "sync": sync }))
            .await;
        same("sync.get", product, college.model.sync_get("system", sync))?;
        let of = json!({ "sync": sync, "page_size": PAGE });
        let product = college.read(wire, "system", "sync.outcomes", &of).await;
        let model = college.model.sync_outcomes("system", sync);
        same("sync.outcomes", product, model)?;
        read.outcomes += college.model.syncs[&sync].outcomes.len();
    }
    let sessions: Vec<_> = college.model.sessions.clone().into_iter().collect();
    for (session, found) in sessions {
        read.records += 1;
        let of = json!({ "session": session, "page_size": PAGE });
        let who = &found.administrator;
        let product = college.read(wire, who, "record.changes", &of).await;
        let model = college.model.record_changes(who, session);
        same("record.changes", product, model)?;
    }
    Ok(read)
}

/// Every version that the plan ever had.
async fn plan(
    wire: &Wire,
    college: &mut College,
    learner: LearnerId,
) -> Result<usize, Disagreement> {
    let last = college.model.plan(learner).version();
    for version in 0..=last {
        let of = json!({ "learner": learner, "at_version": version, "page_size": PAGE });
        let product = college.read(wire, "system", "plan.get", &of).await;
        let model = college.model.plan_get_at("system", learner, version);
        same(&format!("plan.get at {version}"), product, model)?;
    }
    Ok(last)
}

/// One entry a version, by whom it was made.
async fn history(
    wire: &Wire,
    college: &mut College,
    learner: LearnerId,
) -> Result<(), Disagreement> {
    let revisions = college.model.plan(learner).revisions;
    let mut from = 1;
    for page in revisions.chunks(PAGE) {
        let of = json!({ "learner": learner, "from_version": from, "page_size": PAGE });
        let reply = college.read(wire, "system", "plan.history", &of).await;
        let reply = reply.map_err(|refusal| format!("plan.history: {refusal:?}"))?;
        let items = reply["items"].as_array().unwrap();
        let found: Vec<Value> = items
            .iter()
            .map(|item| json!([item["version"], item["by"]]))
            .collect();
        let entry = |(place, revision): (usize, &Revision)| json!([from + place, revision.by]);
        let wanted: Vec<Value> = page.iter().enumerate().map(entry).collect();
        if found != wanted {
            return Err(format!(
                "the history of {learner}: {found:?}\nnot {wanted:?}"
            ));
        }
        from += page.len();
    }
    Ok(())
}
