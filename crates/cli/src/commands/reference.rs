//! Commands for reference data: tenants, administrators, learners, programmes and templates.
//!
//! The service accepts whole records only. Each record is therefore read before it is written, so that fields that
//! are not given on the command line stay unchanged.

pub(crate) mod administrator;
pub(crate) mod difference;
pub(crate) mod find;
pub(crate) mod learner;
mod listing;
pub(crate) mod programme;
pub(crate) mod putting;
pub(crate) mod template;
pub(crate) mod tenant;

use plansync_protocol::ErrorCode;
use serde_json::Value;

use crate::ask_error::AskError;
use crate::caller::{Caller, CallerArguments};
use crate::exit::NotUnderstood;
use crate::output::{Format, Output};

/// A connection with unescaped replies, because records are read and written again.
pub(crate) async fn open(caller: &CallerArguments) -> anyhow::Result<Caller> {
    caller
        .open(Output::new(Format::Json, crate::table::Ids::Full))
        .await
}

/// The same, of whoever may change reference data. Others would be told first that they may not read what they
/// want to change.
pub(crate) async fn open_to_change(caller: &CallerArguments) -> anyhow::Result<Caller> {
    if caller.actor != "system" {
        let told = format!(
            "nothing was sent: only `system` may change reference data, but the actor is `{}`; give `--as system`",
            caller.actor
        );
        return Err(NotUnderstood(told).into());
    }
    open(caller).await
}

/// Whether the service refused, with this code.
pub(crate) fn is(error: &AskError, code: ErrorCode) -> bool {
    matches!(error, AskError::Refused { error } if error.code == code)
}

/// The texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    let all = list.as_array().map_or(&[][..], Vec::as_slice);
    all.iter().filter_map(Value::as_str).collect()
}
