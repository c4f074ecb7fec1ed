//! Names of administrators: tables show names instead of ids, and options accept names.

use std::collections::BTreeSet;

use plansync_domain::ids::AdministratorId;
use plansync_protocol::ErrorCode;
use serde_json::json;

use crate::ask_error::AskError;
use crate::caller::Caller;
use crate::names::{About, Kind, Lookup, Names, among};
use crate::reply::items;

/// The number of administrators that are requested at the same time.
const AT_ONCE: usize = 500;

/// The names of administrators; unknown ones have none.
pub(crate) async fn administrators<I>(
    caller: &Caller,
    ids: impl IntoIterator<Item = I>,
) -> anyhow::Result<Names>
where
    I: Into<String>,
{
    let ids: BTreeSet<String> = ids.into_iter().map(Into::into).collect();
    let ids: Vec<_> = ids
        .into_iter()
        .filter(|id| id.parse::<AdministratorId>().is_ok())
        .collect();
    let mut names = Names::default();
    for some in ids.chunks(AT_ONCE) {
        let body = json!({ "administrators": some });
        let reply = caller.ask("administrator.names", &body).await?;
        let known = items(&reply, "items").iter();
        let known: Vec<_> = known
            .filter(|one| one["name"].is_string())
            .cloned()
            .collect();
        names.learn(&known, Kind::Administrator);
    }
    Ok(names)
}

/// The id of the administrator who is meant by an id or a name: of all, for those who may list them, and
/// for everybody else of those who are `known` to have to do with it.
///
/// # Errors
/// [`Unresolved`](crate::names::Unresolved) if there is none, or several.
pub(crate) async fn administrator(
    caller: &Caller,
    given: &str,
    known: impl AsyncFnOnce() -> anyhow::Result<BTreeSet<String>>,
) -> anyhow::Result<String> {
    if let Some(id) = given.strip_prefix("id:") {
        return Ok(id.to_owned());
    }
    if administrators(caller, [given]).await?.knows(given) {
        return Ok(given.to_owned());
    }
    let known = known().await?;
    if known.contains(given) {
        return Ok(given.to_owned());
    }
    match Lookup::administrators(caller).one(given).await {
        Err(error) if is_not_permitted(&error) => among_known(caller, known, given).await,
        found => found,
    }
}

fn is_not_permitted(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        Some(AskError::Refused { error }) => error.code == ErrorCode::NotPermitted,
        Some(_) | None => false,
    }
}

async fn among_known(
    caller: &Caller,
    ids: BTreeSet<String>,
    given: &str,
) -> anyhow::Result<String> {
    let all = administrators(caller, ids).await?.into_candidates();
    let found = among(caller, Kind::Administrator, given, all);
    Ok(found.map_err(|error| error.with(About::MayNotLookUp))?.id)
}
