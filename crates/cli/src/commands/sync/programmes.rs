//! The programmes by which a learner's plan can be synchronised.
//!
//! Few actors may read enrolments. For all others, the programmes are taken from the components of the plan.

use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_protocol::ErrorCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::asking::AskError;
use crate::commands::sync::place::id;
use crate::desk::{Desk, Limit};
use crate::exit::NotUnderstood;
use crate::names::{Candidate, Kind, among};
use crate::reply::{items, text};

/// A programme that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProgrammeChoice {
    id: Uuid,
    name: String,
    is_part: bool,
    /// Whether the enrolment is over (S5).
    is_over: bool,
}

/// The programmes that can be chosen, the preselected one first.
pub(super) async fn choices(
    desk: &Desk,
    session: Uuid,
    learner: Uuid,
) -> anyhow::Result<Vec<(Uuid, String)>> {
    let mut all = match enrolled(desk, learner).await? {
        Some(all) => all,
        None => planned(desk, session, learner).await?,
    };
    if all.is_empty() {
        return Err(which("there is no programme to choose", &all));
    }
    // The others stay in their order.
    all.sort_by_key(|one| (one.is_over, one.is_part));
    Ok(all.into_iter().map(|one| (one.id, one.name)).collect())
}

/// The programme that is meant by an id, its beginning, a name in any case and with any accents, or a part
/// of one.
pub(super) async fn named(
    desk: &Desk,
    session: Uuid,
    learner: Uuid,
    given: &str,
) -> anyhow::Result<Uuid> {
    let all = match enrolled(desk, learner).await? {
        Some(all) => all,
        None => planned(desk, session, learner).await?,
    };
    if all.is_empty() {
        return Err(which(
            &format!("there is no programme “{given}” here"),
            &all,
        ));
    }
    let candidate = |one: ProgrammeChoice| Candidate {
        id: one.id.to_string(),
        name: one.name,
        beside: if one.is_over { "enrolment is over" } else { "" }.to_owned(),
    };
    let all = all.into_iter().map(candidate).collect();
    Ok(among(desk, Kind::Programme, given, all)?.id.parse()?)
}

/// The programme that is taken unless another is named: the only one, or the first that is not part
/// of another; one whose enrolment is over only if there is no other (S2).
pub(super) async fn preselected(desk: &Desk, session: Uuid, learner: Uuid) -> anyhow::Result<Uuid> {
    if let Some(all) = enrolled(desk, learner).await? {
        let first = first(&all).map(|one| one.id);
        return first.ok_or_else(|| which("no programme is preselected", &all));
    }
    if let [only] = *on_plan(desk, learner).await? {
        return Ok(only);
    }
    let all = planned(desk, session, learner).await?;
    match *all {
        [ref one] => Ok(one.id),
        [..] => Err(which(
            "you may not see which programme is preselected",
            &all,
        )),
    }
}

/// The only one, or else the first that is not part of another, of those that are not over if there are any.
fn first(all: &[ProgrammeChoice]) -> Option<&ProgrammeChoice> {
    let current: Vec<_> = all.iter().filter(|one| !one.is_over).collect();
    let candidates = if current.is_empty() {
        all.iter().collect()
    } else {
        current
    };
    match *candidates {
        [only] => Some(only),
        _ => candidates.into_iter().find(|one| !one.is_part),
    }
}

/// Those that the learner is enrolled on, in that order; none if the asker may not know.
async fn enrolled(desk: &Desk, learner: Uuid) -> anyhow::Result<Option<Vec<ProgrammeChoice>>> {
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
                all.push(ProgrammeChoice {
                    id: id(&programme, "programme")?,
                    name: text(&programme, "name").to_owned(),
                    is_part: !programme["parent"].is_null(),
                    is_over: text(enrolment, "status")
                        .parse()
                        .is_ok_and(EnrolmentStatus::is_excluded),
                });
            }
        }
    }
    Ok(Some(all))
}

/// Those of the plan's components, with their names: the summary of an empty preview has them.
async fn planned(
    desk: &Desk,
    session: Uuid,
    learner: Uuid,
) -> anyhow::Result<Vec<ProgrammeChoice>> {
    let mut all = Vec::new();
    for programme in on_plan(desk, learner).await? {
        let body = json!({
            "session": session, "programme": programme, "components": "all",
            "learners": [learner], "type": "all_attributes", "page_size": 1,
        });
        match desk.ask("sync.preview", &body).await {
            Err(error) if is(&error, ErrorCode::ProgrammeNotFound) => {}
            summary => all.push(ProgrammeChoice {
                id: programme,
                name: text(&summary?["programme"], "name").to_owned(),
                is_part: false,
                is_over: false,
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
        AskError::Subject(_)
        | AskError::Client(_)
        | AskError::WhoseIsUnknown { .. }
        | AskError::TooLarge { .. }
        | AskError::Left { .. }
        | AskError::Answer(_) => false,
    }
}

fn which(problem: &str, all: &[ProgrammeChoice]) -> anyhow::Error {
    let line = |one: &ProgrammeChoice| format!("  {}  {}", one.id, one.name);
    let lines: Vec<_> = all.iter().map(line).collect();
    let message = if lines.is_empty() {
        format!("{problem}: the learner is not enrolled on a programme that you can choose")
    } else {
        format!(
            "{problem}; choose one with `--programme`:\n{}",
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
