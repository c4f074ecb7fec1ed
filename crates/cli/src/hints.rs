//! Adds a hint to a refusal of the service: what to do next with this command line.

use plansync_protocol::{DetailReason, Error, ErrorCode, PermissionReason};
use serde_json::json;

use crate::ask_error::AskError;
use crate::exit::Exit;
use crate::failure;
use crate::output::{self, Output};
use crate::printed_command::PrintedCommand;

/// Ends a command: a refusal is printed with a hint; any other result is passed on.
pub(crate) fn ended(
    output: Output,
    printed: &PrintedCommand,
    ended: anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let error = match ended {
        Ok(exit) => return Ok(exit),
        Err(error) => error,
    };
    let asked = error.downcast_ref::<AskError>();
    let Some(refusal) = asked.and_then(AskError::refusal) else {
        return Err(error);
    };
    if output.is_json() {
        output.value(&json!({ "error": refusal }))?;
        return Ok(Exit::of(&error));
    }
    let hint = match asked {
        Some(AskError::Refused { error }) => what_to_do(error),
        Some(_) | None => None,
    };
    let exit = failure::explain(output, &error);
    if let Some(hint) = hint {
        output::aside(&hint.said(printed));
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
    /// The same with several commands.
    Commands(&'static str, &'static [&'static str]),
}

impl Hint {
    fn said(self, printed: &PrintedCommand) -> String {
        match self {
            Self::Words(words) => words.to_owned(),
            Self::Command(words, command) => format!("{words}\n  {}", printed.command(command, "")),
            Self::Commands(words, commands) => {
                let lines = commands.iter();
                let lines = lines.map(|command| format!("\n  {}", printed.command(command, "")));
                words.to_owned() + &lines.collect::<String>()
            }
        }
    }
}

/// The next thing to try, if the command line has one.
fn what_to_do(refusal: &Error) -> Option<Hint> {
    let reason = refusal.details.as_ref().and_then(|it| it.reason);
    match reason {
        Some(DetailReason::Permission(PermissionReason::SystemOnly)) => Some(Hint::Words(
            "Only `system` may do this: give `--as system`, with a NATS user who may act as `system`.",
        )),
        Some(DetailReason::Permission(_) | DetailReason::Session(_)) | None => about(refusal.code),
    }
}

/// The next thing to try about a code.
fn about(code: ErrorCode) -> Option<Hint> {
    Some(match code {
        ErrorCode::SourceChanged => Hint::Words(
            "Nothing was started. Run `plansync sync preview` again to see what has changed, and start with the new \
             `--confirm` value.",
        ),
        ErrorCode::SessionNotOpen => Hint::Command(
            "To open a record, run `plansync record open` with the name of a learner. To list your open records:",
            "record list",
        ),
        ErrorCode::NoRecentChanges => Hint::Words(
            "To synchronise components without recent changes, choose them with `--components` and give \
             `--type all_attributes`.",
        ),
        ErrorCode::NothingSelected => Hint::Commands(
            "To list what `--components` and `--learners` can choose:",
            &["sync components", "sync learners"],
        ),
        ErrorCode::TooManyComponents => {
            Hint::Words("Choose fewer with `--components`, and synchronise the others afterwards.")
        }
        ErrorCode::TooManyLearners => Hint::Words(
            "Choose fewer with `--learners`, or filter with `--group`, `--tutor`, \
             `--programme-status` or `--search`, and synchronise the others afterwards.",
        ),
        ErrorCode::ComponentNotFound => Hint::Words(
            "`plansync sync components` lists the components that can be synchronised, and `plansync plan show` \
             lists the components of a plan. `plansync sync explain` requires one that is chosen with `--components`.",
        ),
        ErrorCode::ProgrammeNotFound => {
            Hint::Words("Omit `--programme` to use the preselected programme.")
        }
        ErrorCode::SyncNotFound => Hint::Command(
            "To list the synchronisations that you may see:",
            "sync list",
        ),
        ErrorCode::LearnerNotAvailable => {
            Hint::Command("To list the learners whom you may see:", "learner list")
        }
        ErrorCode::LearnerErased => Hint::Words("`plansync plan show` still shows the plan."),
        ErrorCode::LearnerHeld => {
            Hint::Words("`plansync learner release` lifts the hold, if it may be lifted.")
        }
        ErrorCode::AttributeNotAllowed => Hint::Words(
            "`--attribute` requires `--type selected_attributes`, and that type requires at least one attribute.",
        ),
        ErrorCode::ReasonRequired => Hint::Words("Give a reason with `--reason`."),
        ErrorCode::SyncNotPermitted | ErrorCode::NotPermitted => {
            Hint::Command("To see your permissions:", "request actor.get")
        }
        ErrorCode::TenantNotFound => Hint::Words(
            "Check the name of the tenant. A new one is created by `plansync tenant put --as system`.",
        ),
        ErrorCode::Overloaded | ErrorCode::Unavailable => {
            Hint::Words("Nothing was changed. Try again in a moment.")
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
        | ErrorCode::LogDamaged
        | ErrorCode::Internal => return None,
    })
}
