//! Why nothing would be synchronised, where the service only says that nothing is.

use plansync_protocol::ErrorCode;
use serde_json::{Value, json};

use crate::asking::AskError;
use crate::desk::{Desk, Limit};
use crate::reply::{counted, items, number};

/// The error of a request, with the cause where the request chose too little. What cannot be found out
/// is not said: the refusal is what matters.
pub(super) async fn explained(desk: &Desk, request: &Value, error: anyhow::Error) -> anyhow::Error {
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
    let Ok(Some(message)) = cause(desk, request, code).await else {
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

async fn cause(desk: &Desk, request: &Value, code: ErrorCode) -> anyhow::Result<Option<String>> {
    let body = json!({ "session": request["session"], "programme": request["programme"] });
    let is_preselected = |one: &Value| one["preselected"] == true;
    let components = desk
        .read_where(
            "sync.components",
            &body,
            "items",
            Limit::All,
            is_preselected,
        )
        .await?;
    let recent = number(&components, "recent");
    if recent == 0 && (code == ErrorCode::NoRecentChanges || request["components"] == "recent") {
        return Ok(Some(
            "there are no recent changes: nothing of this programme is different on the plan from when \
             you opened the record"
                .to_owned(),
        ));
    }
    if code == ErrorCode::NoRecentChanges {
        return Ok(None);
    }
    if request["components"] == "recent" && items(&components, "items").is_empty() {
        let recent = counted(recent, "component");
        return Ok(Some(format!(
            "none is preselected any more of the {recent} with recent changes, because synchronisations \
             have them already; choose with `--components` which go to further learners"
        )));
    }
    Ok(match &request["learners"] {
        Value::Object(filter) if !filter.is_empty() => {
            Some("no learner of this programme whom you see passes the filters".to_owned())
        }
        Value::String(_) | Value::Object(_) => Some(
            "there is no other learner on this programme whom you see and onto whose plan can be \
             synchronised"
                .to_owned(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    })
}
