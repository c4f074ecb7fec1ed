//! The programmes by which a learner's plan can be synchronised.
//!
//! They come with the open record (`record.list`), because few actors may read enrolments.

use plansync_domain::ids::SessionId;
use plansync_protocol::record::ProgrammeChoice;
use plansync_protocol::sync::SummaryProgramme;
use uuid::Uuid;

use crate::caller::Caller;
use crate::exit::NotUnderstood;
use crate::names::{Candidate, Kind, among};
use crate::records::open_records;

/// The programmes that can be chosen, the preselected one first.
pub(super) async fn choices(caller: &Caller, session: Uuid) -> anyhow::Result<Vec<(Uuid, String)>> {
    let mut all = of_record(caller, session).await?;
    if all.is_empty() {
        return Err(which("there is no programme to choose", &all));
    }
    // The others stay in their order.
    all.sort_by_key(|one| !one.preselected);
    let choice = |one: ProgrammeChoice| (*one.programme.as_uuid(), one.name);
    Ok(all.into_iter().map(choice).collect())
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
        id: one.programme.to_string(),
        name: one.name,
        beside: String::new(),
    };
    let all = all.into_iter().map(candidate).collect();
    Ok(among(caller, Kind::Programme, given, all)?.id.parse()?)
}

/// The programme that is used unless another one is named (S2).
pub(super) async fn preselected(caller: &Caller, session: Uuid) -> anyhow::Result<Uuid> {
    let all = of_record(caller, session).await?;
    let preselected = all.iter().find(|one| one.preselected);
    match preselected {
        Some(one) => Ok(*one.programme.as_uuid()),
        None => Err(which("no programme is preselected", &all)),
    }
}

/// The programmes on which the learner of an open record is enrolled, in their order.
async fn of_record(caller: &Caller, session: Uuid) -> anyhow::Result<Vec<ProgrammeChoice>> {
    let session = SessionId::from_uuid(session);
    let open = open_records(caller).await?;
    let record = open.into_iter().find(|record| record.session == session);
    Ok(record.map_or_else(Vec::new, |record| record.programmes))
}

fn which(problem: &str, all: &[ProgrammeChoice]) -> anyhow::Error {
    let line = |one: &ProgrammeChoice| format!("  {}  {}", one.programme, one.name);
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
pub(super) fn name_of(programme: &SummaryProgramme) -> String {
    if programme.name.is_empty() {
        programme.programme.to_string()
    } else {
        programme.name.clone()
    }
}
