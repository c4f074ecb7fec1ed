//! Says why a command failed: as text for people, or as JSON for programs, one object on standard error.
//!
//! The format of the object is `{"error": {"code", "message", "exit", …}}`; fields are only added. `code` is the code
//! of the service if the service refused, otherwise one of the words below; `exit` is the exit code.

use serde_json::{Value, json};

use crate::ask_error::AskError;
use crate::connecting;
use crate::exit::Exit;
use crate::names::Unresolved;
use crate::output::{self, Output};
use crate::settings::{Problem, WrongSettings};
use crate::view;

/// What clap ends with, for people.
const SEE_HELP: &str = "\n\nFor more information, try ";

/// Prints an error to standard error, and returns the exit code for it.
pub(crate) fn explain(output: Output, error: &anyhow::Error) -> Exit {
    let mut exit = Exit::of(error);
    let mut said = said(error);
    let may_be_behind =
        exit == Exit::Refused || error.chain().any(<dyn std::error::Error>::is::<Unresolved>);
    if let Some(wrong) = view::damage().filter(|_| may_be_behind) {
        exit = Exit::NotUsable;
        said = format!(
            "{said}. This is only true of what is before the damage in the log: {wrong}; `plansync audit verify` reports \
             all damage"
        );
    }
    if exit == Exit::NotReachable
        && let Some(hint) = connecting::inbox_hint()
    {
        said = format!("{said}; {hint}");
    }
    if output.is_json() {
        output::failure(&of(error, &said, exit));
    } else {
        output::aside(&format!("plansync: {said}"));
    }
    exit
}

/// The error and its causes, each once: some say already what is behind them.
fn said(error: &anyhow::Error) -> String {
    let said = error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |said, cause| {
            if said.is_empty() {
                cause
            } else if said.contains(&cause) {
                said
            } else {
                format!("{said}: {cause}")
            }
        });
    if error.chain().any(is_of_open_files) && !said.contains(MORE_FILES) {
        format!("{said}; raise the limit of open files for this process ({MORE_FILES})")
    } else {
        said
    }
}

/// What allows a process more open files.
const MORE_FILES: &str = "ulimit -n";
/// No further file can be opened, in the process or in the system.
const OPEN_FILES: [i32; 2] = [24, 23];

fn is_of_open_files(cause: &(dyn std::error::Error + 'static)) -> bool {
    let error = cause.downcast_ref::<std::io::Error>();
    let number = error.and_then(std::io::Error::raw_os_error);
    number.is_some_and(|number| OPEN_FILES.contains(&number))
}

/// Why a command failed, as programs read it.
pub(crate) fn of(error: &anyhow::Error, message: &str, exit: Exit) -> Value {
    let refusal = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<AskError>()?.refusal());
    if let Some(mut refusal) = refusal {
        let mut value = failure(refusal["code"].as_str().unwrap_or_default(), message, exit);
        let details = refusal["details"].take();
        if !details.is_null() {
            value["error"]["details"] = details;
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
    let mut value = failure(word(exit), message, exit);
    let wrong = (error.chain()).find_map(|cause| cause.downcast_ref::<WrongSettings>());
    if let Some(WrongSettings(problems)) = wrong {
        value["error"]["problems"] = problems.iter().map(Problem::json).collect();
    }
    value
}

/// What clap has to say of arguments that it does not understand, and what there is to add.
pub(crate) fn of_arguments(error: &clap::Error, notes: &[String]) -> Value {
    let said = error.render().to_string();
    let said = said.split(SEE_HELP).next().unwrap_or_default();
    let (what, usage) = said.split_once("\n\nUsage: ").unwrap_or((said, ""));
    let what = what.strip_prefix("error: ").unwrap_or(what).trim();
    let what = if notes.is_empty() {
        what.to_owned()
    } else {
        format!("{what}\n\n{}", notes.join("\n"))
    };
    let mut value = failure(word(Exit::NotUnderstood), &what, Exit::NotUnderstood);
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
        Exit::Wrong => "wrong",
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
    use plansync_protocol::{Error, ErrorCode};
    use serde_json::json;

    use super::{of, of_arguments, said};
    use crate::ask_error::AskError;
    use crate::exit::{Exit, NotUnderstood};

    #[test]
    fn too_many_open_files_are_said_with_what_to_do_once() {
        let error = || anyhow::Error::new(std::io::Error::from_raw_os_error(24));
        let advice = "; raise the limit of open files for this process (ulimit -n)";
        assert!(said(&error()).ends_with(advice), "{}", said(&error()));
        let error = error().context("raise it (ulimit -n)");
        assert!(!said(&error).ends_with(advice), "{}", said(&error));
        let other = anyhow::Error::new(std::io::Error::from_raw_os_error(13));
        assert!(!said(&other).contains("ulimit"), "{}", said(&other));
    }

    #[test]
    fn the_code_is_the_services_own_or_the_kind_of_exit() {
        let refused = Error::new(ErrorCode::SyncNotFound, "none");
        let refused = anyhow::Error::new(AskError::Refused { error: refused }).context("asking");
        let value = of(&refused, "said", Exit::Refused);
        let expected = json!({ "code": "sync_not_found", "message": "said", "exit": 1 });
        assert_eq!(value, json!({ "error": expected }));
        let away = of(&AskError::NoService.into(), "away", Exit::NotReachable);
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
    fn a_refusal_that_this_version_does_not_know_keeps_its_code_and_details() {
        let body = json!({ "error": { "code": "merged", "message": "no", "details": { "a": 1 } } });
        let refused = crate::asking::refused(&body);
        let value = of(&refused.into(), "said", Exit::Refused);
        let expected =
            json!({ "code": "merged", "message": "said", "exit": 1, "details": { "a": 1 } });
        assert_eq!(value, json!({ "error": expected }));
    }

    #[test]
    fn arguments_that_are_not_understood_are_told_with_how_they_are_used() {
        let command = clap::Command::new("plansync").arg(clap::Arg::new("x").required(true));
        let error = command.try_get_matches_from(["plansync"]).unwrap_err();
        let value = of_arguments(&error, &[]);
        assert_eq!(value["error"]["code"], "not_understood");
        assert_eq!(value["error"]["usage"], "plansync <x>");
        let message = value["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("the following required"), "{message}");
        let number = clap::Arg::new("n").value_parser(clap::value_parser!(u8));
        let command = clap::Command::new("plansync").arg(number);
        let error = command.try_get_matches_from(["plansync", "x"]);
        let value = of_arguments(&error.unwrap_err(), &["It is so.".to_owned()]);
        let expected = "invalid value 'x' for '[n]': invalid digit found in string\n\nIt is so.";
        assert_eq!(value["error"]["message"], expected);
    }
}
