//! Errors of a command as JSON for programs, one object on standard error.
//!
//! The format is `{"error": {"code", "message", "exit", …}}`; fields are only added. `code` is the code of the
//! service if the service refused, otherwise one of the words below; `exit` is the exit code.

use serde_json::{Value, json};

use crate::asking::AskError;
use crate::exit::Exit;
use crate::names::Unresolved;

/// What clap ends with, for people.
const SEE_HELP: &str = "\n\nFor more information, try ";

/// Why a command failed, as programs read it.
pub(crate) fn of(error: &anyhow::Error, message: &str, exit: Exit) -> Value {
    let refusal = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(AskError::Refused { error }) => Some(error),
        Some(_) | None => None,
    });
    if let Some(refusal) = refusal {
        let mut value = failure(refusal.code.as_str(), message, exit);
        if let Some(details) = &refusal.details {
            value["error"]["details"] = json!(details);
        }
        return value;
    }
    let unresolved = error
        .chain()
        .find_map(<dyn std::error::Error>::downcast_ref);
    if let Some(unresolved) = unresolved {
        let unresolved: &Unresolved = unresolved;
        let mut value = failure(unresolved.code(), message, exit);
        value["error"]["candidates"] = unresolved.candidates();
        return value;
    }
    failure(word(exit), message, exit)
}

/// What clap has to say of arguments that it does not understand.
pub(crate) fn of_arguments(error: &clap::Error) -> Value {
    let said = error.render().to_string();
    let said = said.split(SEE_HELP).next().unwrap_or_default();
    let (what, usage) = said.split_once("\n\nUsage: ").unwrap_or((said, ""));
    let what = what.strip_prefix("error: ").unwrap_or(what).trim();
    let mut value = failure(word(Exit::NotUnderstood), what, Exit::NotUnderstood);
    let usage = usage.split("\n\n").next().unwrap_or_default().trim();
    if !usage.is_empty() {
        value["error"]["usage"] = json!(usage);
    }
    value
}

/// A failure that is none of an error's.
pub(crate) fn failure(code: &str, message: &str, exit: Exit) -> Value {
    json!({ "error": { "code": code, "message": message, "exit": exit.number() } })
}

/// The kind of a failure, where nothing closer is known.
pub(crate) fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Done => "done",
        Exit::Refused => "refused",
        Exit::NotUnderstood => "not_understood",
        Exit::NotReachable => "not_reachable",
        Exit::NotUsable => "not_usable",
        Exit::Failed => "failed",
        Exit::Declined => "declined",
        Exit::Interrupted => "interrupted",
    }
}

#[cfg(test)]
mod tests {
    use plansync_nats::ClientError;
    use plansync_protocol::{Error, ErrorCode};
    use serde_json::json;

    use super::{of, of_arguments};
    use crate::asking::AskError;
    use crate::exit::{Exit, NotUnderstood};

    #[test]
    fn the_code_is_the_services_own_or_the_kind_of_exit() {
        let refused = Error::new(ErrorCode::SyncNotFound, "none");
        let refused = anyhow::Error::new(AskError::Refused { error: refused }).context("asking");
        let value = of(&refused, "said", Exit::Refused);
        let expected = json!({ "code": "sync_not_found", "message": "said", "exit": 1 });
        assert_eq!(value, json!({ "error": expected }));
        let away = of(&ClientError::NoService.into(), "away", Exit::NotReachable);
        assert_eq!(away["error"]["code"], "not_reachable");
        let bad = of(
            &NotUnderstood("x".to_owned()).into(),
            "x",
            Exit::NotUnderstood,
        );
        let expected = json!({ "code": "not_understood", "message": "x", "exit": 2 });
        assert_eq!(bad, json!({ "error": expected }));
    }

    #[test]
    fn arguments_that_are_not_understood_are_told_with_how_they_are_used() {
        let command = clap::Command::new("plansync").arg(clap::Arg::new("x").required(true));
        let error = command.try_get_matches_from(["plansync"]).unwrap_err();
        let value = of_arguments(&error);
        assert_eq!(value["error"]["code"], "not_understood");
        assert_eq!(value["error"]["usage"], "plansync <x>");
        let message = value["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("the following required"), "{message}");
        let number = clap::Arg::new("n").value_parser(clap::value_parser!(u8));
        let command = clap::Command::new("plansync").arg(number);
        let error = command.try_get_matches_from(["plansync", "x"]);
        let value = of_arguments(&error.unwrap_err());
        let expected = "invalid value 'x' for '[n]': invalid digit found in string";
        assert_eq!(value["error"]["message"], expected);
    }
}
