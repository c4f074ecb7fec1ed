//! Resolves names to ids of learners, programmes and administrators, for the commands for reference data.

use std::collections::BTreeSet;

use plansync_protocol::ErrorCode;
use plansync_protocol::subject::is_name;
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::caller::{Caller, Limit};
use crate::commands::reference::difference::ProgrammeNames;
use crate::commands::reference::is;
use crate::names::{self, Kind, Lookup, Names, among};
use crate::reply::{items, text};

/// The programmes of so many learners are enough to know a programme by.
const LEARNERS_ASKED: usize = 2_000;

/// Resolves an id or a name to the id of a learner.
pub(crate) async fn learner(caller: &Caller, given: &str) -> anyhow::Result<String> {
    Lookup::learners(caller).one(given).await
}

/// The id of the programme that is meant. Whoever may not list programmes knows those of the learners whom
/// they see.
pub(crate) async fn programme(caller: &Caller, given: &str) -> anyhow::Result<String> {
    match Lookup::programmes(caller).one(given).await {
        Err(error) if is_not_permitted(&error) => seen_programme(caller, given).await,
        found => found,
    }
}

/// Resolves an id or a name to the id of an administrator.
pub(crate) async fn administrator(caller: &Caller, given: &str) -> anyhow::Result<String> {
    if is_name(given) {
        let body = json!({ "administrator": given });
        match caller.ask("administrator.get", &body).await {
            Ok(_) => return Ok(given.to_owned()),
            Err(error) if is(&error, ErrorCode::AdministratorNotFound) => {}
            Err(error) if is(&error, ErrorCode::InvalidRequest) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Lookup::administrators(caller).one(given).await
}

/// The ids of several administrators, each given by id or name.
pub(crate) async fn administrators(
    caller: &Caller,
    given: &[String],
) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for one in given {
        ids.push(administrator(caller, one).await?);
    }
    Ok(ids)
}

/// The id of one of these administrators, given by id or name. An administrator who was removed has no
/// name any more, but the id is still accepted.
///
/// # Errors
/// [`Unresolved`](crate::names::Unresolved) if none or several of them match.
pub(crate) async fn administrator_among(
    caller: &Caller,
    given: &str,
    ids: BTreeSet<String>,
) -> anyhow::Result<String> {
    let id = given.strip_prefix("id:").unwrap_or(given);
    if ids.contains(id) {
        return Ok(id.to_owned());
    }
    let known = names::administrators(caller, ids).await?.into_candidates();
    Ok(among(caller, Kind::Administrator, given, known)?.id)
}

/// Whether a list is not for the asker.
pub(crate) fn is_not_permitted(error: &anyhow::Error) -> bool {
    let refusal = error.downcast_ref::<AskError>();
    refusal.is_some_and(|error| is(error, ErrorCode::NotPermitted))
}

/// The programme that is meant among those of learners whom the asker sees, as far as the first of these
/// have them.
async fn seen_programme(caller: &Caller, given: &str) -> anyhow::Result<String> {
    let first = Limit::Rows(LEARNERS_ASKED);
    let found = caller
        .read("learner.find", &json!({}), "items", first)
        .await?;
    let learners = items(&found, "items").iter();
    let programmes = learners.flat_map(|one| items(one, "programmes"));
    let mut names = Names::default();
    names.learn_each(programmes, Kind::Programme);
    Ok(among(caller, Kind::Programme, given, names.into_candidates())?.id)
}

/// The names of all programmes.
pub(crate) async fn programme_names(caller: &Caller) -> anyhow::Result<ProgrammeNames> {
    let all = caller
        .read("programme.list", &json!({}), "items", Limit::All)
        .await?;
    let pair = |one: &Value| {
        let [id, name] = ["programme", "name"].map(|field| text(one, field).to_owned());
        (id, name)
    };
    Ok(items(&all, "items").iter().map(pair).collect())
}
