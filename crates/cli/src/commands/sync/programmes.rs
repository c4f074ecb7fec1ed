//! The programmes by which a learner's plan can be synchronised.
//!
//! They come with the open record (`record.list`), because few actors may read enrolments.

use serde_json::Value;
use uuid::Uuid;

use crate::caller::Caller;
use crate::commands::sync::source::id;
use crate::exit::NotUnderstood;
use crate::names::{Candidate, Kind, among};
use crate::records::open_records;
use crate::reply::{items, text};

/// A programme that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProgrammeChoice {
    id: Uuid,
    name: String,
    is_preselected: bool,
}

/// The programmes that can be chosen, the preselected one first.
pub(super) async fn choices(caller: &Caller, session: Uuid) -> anyhow::Result<Vec<(Uuid, String)>> {
    let mut all = of_record(caller, session).await?;
    if all.is_empty() {
        return Err(which("there is no programme to choose", &all));
    }
    // The others stay in their order.
    all.sort_by_key(|one| !one.is_preselected);
    Ok(all.into_iter().map(|one| (one.id, one.name)).collect())
}

/// The programme that is meant by an id, its beginning, a name in any case and with any accents, or a part
/// of one.
pub(super) async fn named(caller: &Caller, session: Uuid, given: &str) -> anyhow::Result<Uuid> {
    let all = of_record(caller, session).await?;
    if all.is_empty() {
        return Err(which(
            &format!("there is no programme “{given}” here"),
            &all,
        ));
    }
    let candidate = |one: ProgrammeChoice| Candidate {
        id: one.id.to_string(),
        name: one.name,
        beside: String::new(),
    };
    let all = all.into_iter().map(candidate).collect();
    Ok(among(caller, Kind::Programme, given, all)?.id.parse()?)
}

/// The programme that is used unless another one is named (S2).
pub(super) async fn preselected(caller: &Caller, session: Uuid) -> anyhow::Result<Uuid> {
    let all = of_record(caller, session).await?;
    let preselected = all.iter().find(|one| one.is_preselected);
    match preselected {
        Some(one) => Ok(one.id),
        None => Err(which("no programme is preselected", &all)),
    }
}

/// Those that the learner of an open record is enrolled on, in that order.
async fn of_record(caller: &Caller, session: Uuid) -> anyhow::Result<Vec<ProgrammeChoice>> {
    let session = session.to_string();
    let open = open_records(caller).await?;
    let record = open.iter().find(|one| text(one, "session") == session);
    let programmes = record.map_or(&[][..], |record| items(record, "programmes"));
    let choice = |one: &Value| {
        Ok(ProgrammeChoice {
            id: id(one, "programme")?,
            name: text(one, "name").to_owned(),
            is_preselected: one["preselected"] == true,
        })
    };
    programmes.iter().map(choice).collect()
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

/// The name of a programme if the actor may read it, otherwise its id.
pub(super) fn name_in(summary: &Value) -> &str {
    match text(&summary["programme"], "name") {
        "" => text(&summary["programme"], "programme"),
        name => name,
    }
}
