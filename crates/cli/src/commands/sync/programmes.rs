//! Which programmes a learner's plan can be synchronised by, for anybody who may synchronise.
//!
//! Enrolments are shown to few; everybody else has what stands on the plan.

use plansync_protocol::ErrorCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::asking::AskError;
use crate::commands::sync::desk::{Desk, Limit};
use crate::commands::sync::place::id;
use crate::exit::NotUnderstood;
use crate::reply::{items, text};

/// A programme that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Programme {
    id: Uuid,
    name: String,
    is_part: bool,
}

/// The programme with this name, in any case of letters.
pub(super) async fn named(
    desk: &Desk,
    session: Uuid,
    learner: Uuid,
    name: &str,
) -> anyhow::Result<Uuid> {
    let all = match enrolled(desk, learner).await? {
        Some(all) => all,
        None => planned(desk, session, learner).await?,
    };
    let wanted = name.to_lowercase();
    let is_meant = |one: &&Programme| one.name.to_lowercase() == wanted;
    let meant: Vec<_> = all.iter().filter(is_meant).collect();
    match *meant {
        [one] => Ok(one.id),
        [] => Err(which(&format!("there is no programme “{name}” here"), &all)),
        [..] => Err(which(
            &format!("several programmes are called “{name}”"),
            &all,
        )),
    }
}

/// The programme that is taken unless another is named: the only one, or the first that is not part
/// of another (S2).
pub(super) async fn preselected(desk: &Desk, session: Uuid, learner: Uuid) -> anyhow::Result<Uuid> {
    if let Some(all) = enrolled(desk, learner).await? {
        return match *all {
            [ref one] => Ok(one.id),
            [..] => match all.iter().find(|one| !one.is_part) {
                Some(one) => Ok(one.id),
                None => Err(which("no programme is preselected", &all)),
            },
        };
    }
    if let [only] = *on_plan(desk, learner).await? {
        return Ok(only);
    }
    let all = planned(desk, session, learner).await?;
    match *all {
        [ref one] => Ok(one.id),
        [..] => Err(which(
            "which programme is preselected is not yours to see",
            &all,
        )),
    }
}

/// Those that the learner is enrolled on, in that order; none if the asker may not know.
async fn enrolled(desk: &Desk, learner: Uuid) -> anyhow::Result<Option<Vec<Programme>>> {
    let record = match desk
        .ask("learner.get", &json!({ "learner": learner }))
        .await
    {
        Err(error) if is(&error, ErrorCode::NotPermitted) => return Ok(None),
        record => record?,
    };
    let mut all = Vec::new();
    for enrolment in items(&record, "enrolments") {
        let body = json!({ "programme": enrolment["programme"] });
        match desk.ask("programme.get", &body).await {
            // An enrolment may name a programme that is yet to come.
            Err(error) if is(&error, ErrorCode::ProgrammeNotFound) => {}
            programme => {
                let programme = programme?;
                all.push(Programme {
                    id: id(&programme, "programme")?,
                    name: text(&programme, "name").to_owned(),
                    is_part: !programme["parent"].is_null(),
                });
            }
        }
    }
    Ok(Some(all))
}

/// Those of the plan's components, with their names: the summary of an empty preview has them.
async fn planned(desk: &Desk, session: Uuid, learner: Uuid) -> anyhow::Result<Vec<Programme>> {
    let mut all = Vec::new();
    for programme in on_plan(desk, learner).await? {
        let body = json!({
            "session": session, "programme": programme, "components": "all",
            "learners": [learner], "type": "all_attributes", "page_size": 1,
        });
        match desk.ask("sync.preview", &body).await {
            Err(error) if is(&error, ErrorCode::ProgrammeNotFound) => {}
            summary => all.push(Programme {
                id: programme,
                name: text(&summary?["programme"], "name").to_owned(),
                is_part: false,
            }),
        }
    }
    Ok(all)
}

async fn on_plan(desk: &Desk, learner: Uuid) -> anyhow::Result<Vec<Uuid>> {
    let body = json!({ "learner": learner });
    let plan = desk
        .read("plan.get", &body, "components", Limit::All)
        .await?;
    let mut all = Vec::new();
    for component in items(&plan, "components") {
        let programme = id(component, "programme")?;
        if !all.contains(&programme) {
            all.push(programme);
        }
    }
    Ok(all)
}

/// Whether it was refused for this.
pub(super) fn is(error: &AskError, code: ErrorCode) -> bool {
    match error {
        AskError::Refused { error } => error.code == code,
        AskError::Subject(_) | AskError::Client(_) | AskError::Answer(_) => false,
    }
}

fn which(problem: &str, all: &[Programme]) -> anyhow::Error {
    let line = |one: &Programme| format!("  {}  {}", one.id, one.name);
    let lines: Vec<_> = all.iter().map(line).collect();
    let message = if lines.is_empty() {
        format!("{problem}: the learner is on no programme that you can choose")
    } else {
        format!(
            "{problem}; say which with `--programme`:\n{}",
            lines.join("\n")
        )
    };
    NotUnderstood(message).into()
}

/// The name of a programme that somebody may read, or else its id.
pub(super) fn name_in(summary: &Value) -> &str {
    match text(&summary["programme"], "name") {
        "" => text(&summary["programme"], "programme"),
        name => name,
    }
}
