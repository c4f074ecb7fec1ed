//! A refusal of the service, and what to do on this command line about it, where its own words cannot
//! know.

use plansync_protocol::{DetailReason, Error, ErrorCode, PermissionReason};
use serde_json::json;

use crate::asking::AskError;
use crate::exit::{self, Exit};
use crate::output::{self, Output};
use crate::typed::Typed;

/// Ends a command: a refusal is said with what to do about it; everything else goes on.
pub(crate) fn ended(
    output: Output,
    typed: &Typed,
    ended: anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let error = match ended {
        Ok(exit) => return Ok(exit),
        Err(error) => error,
    };
    let Some(AskError::Refused { error: refusal }) = error.downcast_ref() else {
        return Err(error);
    };
    if output.is_json() {
        output.value(&json!({ "error": refusal }))?;
        return Ok(Exit::Refused);
    }
    let hint = what_to_do(refusal);
    let exit = exit::explain(output, &error);
    if let Some(hint) = hint {
        output::aside(&hint.said(typed));
    }
    Ok(exit)
}

/// The next thing to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// In words.
    Words(&'static str),
    /// In words, and as a command that can be typed as it is.
    Command(&'static str, &'static str),
}

impl Hint {
    fn said(self, typed: &Typed) -> String {
        match self {
            Self::Words(words) => words.to_owned(),
            Self::Command(words, command) => format!("{words}\n  {}", typed.command(command, "")),
        }
    }
}

/// The next thing to try, if the command line has one.
fn what_to_do(refusal: &Error) -> Option<Hint> {
    let reason = refusal.details.as_ref().and_then(|it| it.reason);
    match reason {
        Some(DetailReason::Permission(PermissionReason::SystemOnly)) => Some(Hint::Words(
            "Only `system` sets up; say `--as system`, with the NATS user who may speak for it.",
        )),
        Some(DetailReason::Permission(_) | DetailReason::Session(_)) | None => about(refusal.code),
    }
}

/// The next thing to try about a code.
fn about(code: ErrorCode) -> Option<Hint> {
    Some(match code {
        ErrorCode::SourceChanged => Hint::Words(
            "Nothing was started. See what has changed by another `sync preview`, and start it with \
             the `--confirm` which that shows.",
        ),
        ErrorCode::SessionNotOpen => Hint::Command(
            "`record open` and a learner's name opens a record; yours that are open:",
            "record list",
        ),
        ErrorCode::NoRecentChanges => Hint::Words(
            "`--type all_attributes` synchronises components as they are; choose them with \
             `--components`.",
        ),
        ErrorCode::NothingSelected => Hint::Words(
            "`sync components` and `sync learners` list what can be chosen with `--components` and \
             `--learners`.",
        ),
        ErrorCode::TooManyComponents => {
            Hint::Words("Choose fewer with `--components`, and synchronise the others afterwards.")
        }
        ErrorCode::TooManyLearners => Hint::Words(
            "Choose fewer with `--learners`, or filter with `--group`, `--tutor`, \
             `--programme-status` or `--search`, and synchronise the others afterwards.",
        ),
        ErrorCode::ComponentNotFound => Hint::Words(
            "`sync components` lists the components that can be synchronised, one that is explained \
             must be among those chosen with `--components`, and `plan show` lists those of a plan.",
        ),
        ErrorCode::ProgrammeNotFound => {
            Hint::Words("Leave out `--programme` to take the one that is preselected.")
        }
        ErrorCode::SyncNotFound => Hint::Command("Those that you may see:", "sync list"),
        ErrorCode::LearnerNotAvailable => {
            Hint::Command("The learners whom you see:", "learner list")
        }
        ErrorCode::AttributeNotAllowed => Hint::Words(
            "`--attribute` goes with `--type selected_attributes`, which needs at least one.",
        ),
        ErrorCode::ReasonRequired => Hint::Words("Say why with `--reason`."),
        ErrorCode::SyncNotPermitted | ErrorCode::NotPermitted => {
            Hint::Command("Which permissions you hold:", "request actor.get")
        }
        ErrorCode::TenantNotFound => Hint::Words(
            "`tenant put --as system` sets up a tenant, and comes before everything else.",
        ),
        ErrorCode::Overloaded | ErrorCode::Unavailable => {
            Hint::Words("Nothing was done; try it again in a moment.")
        }
        ErrorCode::InvalidRequest
        | ErrorCode::PageTooLarge
        | ErrorCode::UnknownActor
        | ErrorCode::UnknownOperation
        | ErrorCode::AdministratorNotFound
        | ErrorCode::VersionConflict
        | ErrorCode::CommandIdReused
        | ErrorCode::ComponentExists
        | ErrorCode::SessionExists
        | ErrorCode::SyncExists
        | ErrorCode::ReadingExpired
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::Internal => return None,
    })
}
