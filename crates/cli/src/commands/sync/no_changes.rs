//! Finds out why there is nothing to synchronise, which the service does not state.

use plansync_protocol::ErrorCode;
use plansync_protocol::sync::SyncComponentPage;
use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::caller::{Caller, Limit};
use crate::reply::{counted, typed};

/// The error of a request, with the cause where the request chose too little. What cannot be found out
/// is not said: the refusal is what matters.
pub(super) async fn explained(
    caller: &Caller,
    request: &Value,
    error: anyhow::Error,
) -> anyhow::Error {
    let code = match error.downcast_ref() {
        Some(AskError::Refused { error }) => error.code,
        Some(_) | None => return error,
    };
    if !matches!(
        code,
        ErrorCode::NothingSelected | ErrorCode::NoRecentChanges
    ) {
        return error;
    }
    let Ok(Some(message)) = cause(caller, request, code).await else {
        return error;
    };
    match error.downcast() {
        Ok(AskError::Refused { mut error }) => {
            error.message = message;
            AskError::Refused { error }.into()
        }
        Ok(other) => other.into(),
        Err(error) => error,
    }
}

async fn cause(
    caller: &Caller,
    request: &Value,
    code: ErrorCode,
) -> anyhow::Result<Option<String>> {
    let body = json!({ "session": request["session"], "programme": request["programme"] });
    let is_preselected = |one: &Value| one["preselected"] == true;
    let components = caller
        .read_where(
            "sync.components",
            &body,
            "items",
            Limit::All,
            is_preselected,
        )
        .await?;
    let components: SyncComponentPage = typed(&components)?;
    let recent = components.recent;
    if recent == 0 && (code == ErrorCode::NoRecentChanges || request["components"] == "recent") {
        return Ok(Some(
            "there are no recent changes: the components of this programme do not differ from their state when \
             you opened the record"
                .to_owned(),
        ));
    }
    if code == ErrorCode::NoRecentChanges {
        return Ok(None);
    }
    if request["components"] == "recent" && components.items.is_empty() {
        let recent = counted(recent, "component");
        return Ok(Some(format!(
            "all recent changes ({recent}) were already synchronised, so that none is preselected; choose with \
             `--components` which of them to synchronise to further learners"
        )));
    }
    Ok(match &request["learners"] {
        Value::Object(filter) if !filter.is_empty() => {
            Some("no learner of this programme whom you may see matches the filters".to_owned())
        }
        Value::String(_) | Value::Object(_) => Some(
            "there is no other learner on this programme whom you may see and who can be synchronised to"
                .to_owned(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    })
}
