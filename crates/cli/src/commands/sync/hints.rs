//! What to do on this command line about a refusal, where its own words cannot know.

use plansync_protocol::ErrorCode;

/// The next thing to try, if the command line has one.
pub(super) fn what_to_do(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::SourceChanged => Some(
            "Nothing was started. See what has changed with `plansync sync preview`, and start it \
             with the `--confirm` which that shows.",
        ),
        ErrorCode::SessionNotOpen => Some(
            "`plansync request record.list` lists your open records, and `plansync request \
             record.open '{\"learner\": \"…\"}'` opens one.",
        ),
        ErrorCode::NoRecentChanges => Some(
            "`--type all_attributes` synchronises components as they are; choose them with \
             `--components`.",
        ),
        ErrorCode::NothingSelected => Some(
            "`plansync sync components` and `plansync sync learners` list what can be chosen with \
             `--components` and `--learners`.",
        ),
        ErrorCode::TooManyComponents => {
            Some("Choose fewer with `--components`, and synchronise the others afterwards.")
        }
        ErrorCode::TooManyLearners => Some(
            "Choose fewer with `--learners`, or filter with `--group`, `--tutor`, \
             `--programme-status` or `--search`, and synchronise the others afterwards.",
        ),
        ErrorCode::ComponentNotFound => Some(
            "`plansync sync components` lists the components; one that is explained must be among \
             those chosen with `--components`.",
        ),
        ErrorCode::ProgrammeNotFound => {
            Some("Leave out `--programme` to take the one that is preselected.")
        }
        ErrorCode::SyncNotFound => Some("`plansync sync list` lists those that you may see."),
        ErrorCode::AttributeNotAllowed => {
            Some("`--attribute` goes with `--type selected_attributes`, which needs at least one.")
        }
        ErrorCode::SyncNotPermitted | ErrorCode::NotPermitted => {
            Some("`plansync request actor.get` shows which permissions you hold.")
        }
        ErrorCode::Overloaded | ErrorCode::Unavailable => {
            Some("Nothing was done; try it again in a moment.")
        }
        ErrorCode::InvalidRequest
        | ErrorCode::PageTooLarge
        | ErrorCode::UnknownActor
        | ErrorCode::UnknownOperation
        | ErrorCode::TenantNotFound
        | ErrorCode::AdministratorNotFound
        | ErrorCode::LearnerNotAvailable
        | ErrorCode::VersionConflict
        | ErrorCode::CommandIdReused
        | ErrorCode::ComponentExists
        | ErrorCode::SessionExists
        | ErrorCode::SyncExists
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::ReasonRequired
        | ErrorCode::Internal => None,
    }
}
