//! Exit codes, and which error leads to which.

use std::process::ExitCode;

use plansync_export::ExportError;
use plansync_export::query::QueryError;
use plansync_log::backend::{BackupError, RestoreError};
use plansync_nats::{
    AnotherEngine, BridgeError, CommandsError, ConnectError, Denied, ReadError, RelayError,
    StreamError, SubscriberError,
};

use crate::ask_error::AskError;
use crate::names::Unresolved;
use crate::nats_process::NatsProcessError;
use crate::settings::WrongSettings;
use crate::view::ViewError;

/// The text of `--help` after the list of commands.
pub(crate) const AFTER_HELP: &str = "\
Names and ids:
  Learners, programmes, components and administrators are given by name or id.
  Case and accents are ignored. A unique part of a name or a unique prefix of an
  id (at least 4 characters) is enough. `name:` or `id:` before it states which
  of the two it is.

Settings:
  Options that can also be given by a variable (`[env: …]`) or in a settings file
  are explained by `plansync config --help`. An option is stronger than the
  variable, and the variable than the file.

Exit codes:
  0    done
  1    refused by the service; the error states the reason. Of `doctor`: something
       is wrong
  2    invalid arguments, file or JSON
  3    NATS or the service is not reachable, or did not reply in time
  4    the data folder, a backup or a stream is not usable, or a part of the log
       that is needed is damaged
  5    any other failure, such as a full disk or output that cannot be written
  6    declined: a question was answered with no, with Ctrl-C or by the end of the
       input; nothing was done
  130  interrupted: ended before it was done, by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT.
       `load` and `import` end after the first signal, other commands after a
       second signal that comes at least a second later

If the reader of standard output is gone (closed pipe), the exit code does not
change. With `--output json` or `jsonl`, errors are written to standard error as
{\"error\": {\"code\": …, \"message\": …, \"exit\": N}}, and refusals of the service to
standard output as {\"error\": {\"code\": …, \"message\": …}}.";

/// One of the ways to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Refused,
    /// An examination found something that is wrong.
    Wrong,
    NotUnderstood,
    NotReachable,
    NotUsable,
    Failed,
    Declined,
    Interrupted,
}

/// The number of a process that was asked to end and did so before it was done.
pub(crate) const INTERRUPTED: u8 = 130;

impl Exit {
    /// The way to end after an error: the first cause that decides it.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(exit_of).unwrap_or(Self::Failed)
    }

    /// The number that scripts see.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused | Self::Wrong => 1,
            Self::NotUnderstood => 2,
            Self::NotReachable => 3,
            Self::NotUsable => 4,
            Self::Failed => 5,
            Self::Declined => 6,
            Self::Interrupted => INTERRUPTED,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Something on the command line or in a file that is not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotUnderstood(pub(crate) String);

/// Signatures or proofs that do not hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotTrusted(pub(crate) String);

fn exit_of(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if cause.is::<NotUnderstood>() || cause.is::<Unresolved>() || cause.is::<WrongSettings>() {
        return Some(Exit::NotUnderstood);
    }
    if let Some(exit) = cause.downcast_ref().and_then(of_asking) {
        return Some(exit);
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_view(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_backup(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_restore(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_export(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_query(error));
    }
    if let Some(plansync_log::backend::OpenError::Interrupted) = cause.downcast_ref() {
        return Some(Exit::Interrupted);
    }
    if is_of_folder_or_streams(cause) {
        return Some(Exit::NotUsable);
    }
    if cause.is::<ReadError>() || cause.is::<Denied>() {
        return Some(Exit::NotReachable);
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_subscriber(error));
    }
    if let Some(BridgeError::NotPermitted(_)) = cause.downcast_ref() {
        return Some(Exit::NotReachable);
    }
    cause.downcast_ref().map(of_connection)
}

fn of_asking(error: &AskError) -> Option<Exit> {
    match error {
        AskError::Refused { .. } if error.is_of_damage() => Some(Exit::NotUsable),
        AskError::Refused { .. } | AskError::RefusedOtherwise(_) => Some(Exit::Refused),
        AskError::Subject(_) | AskError::TooLarge { .. } => Some(Exit::NotUnderstood),
        AskError::NoService
        | AskError::TimedOut { .. }
        | AskError::Connection { .. }
        | AskError::NotStored { .. }
        | AskError::Events { .. }
        | AskError::EventsNotPermitted(_)
        | AskError::NotPermitted(_)
        | AskError::Closed
        | AskError::CommandUnverified { .. }
        | AskError::ResultUnknown { .. } => Some(Exit::NotReachable),
        AskError::View(error) => Some(of_view(error)),
        AskError::Answer(_) | AskError::Client(_) => None,
    }
}

fn of_view(error: &ViewError) -> Exit {
    match error {
        ViewError::Interrupted => Exit::Interrupted,
        ViewError::Crashed(_) => Exit::Failed,
    }
}

fn of_subscriber(error: &SubscriberError) -> Exit {
    match error {
        SubscriberError::NotFound { .. }
        | SubscriberError::Gone { .. }
        | SubscriberError::Different { .. }
        | SubscriberError::NameTaken { .. }
        | SubscriberError::OfOthers { .. }
        | SubscriberError::Ambiguous { .. } => Exit::NotUnderstood,
        SubscriberError::NoStream { .. }
        | SubscriberError::OldServer { .. }
        | SubscriberError::NotMoved { .. } => Exit::NotUsable,
        SubscriberError::Overtaken { .. } => Exit::Failed,
        SubscriberError::NotPermitted(_) | SubscriberError::Server { .. } => Exit::NotReachable,
    }
}

fn of_connection(error: &ConnectError) -> Exit {
    match error {
        ConnectError::Address { .. }
        | ConnectError::NoAddress
        | ConnectError::Credentials { .. }
        | ConnectError::Nkey { .. }
        | ConnectError::Seed { .. }
        | ConnectError::Jwt { .. }
        | ConnectError::Certificate { .. }
        | ConnectError::Unclear { .. }
        | ConnectError::HalfCertificate => Exit::NotUnderstood,
        ConnectError::Refused { .. } | ConnectError::Unreachable { .. } => Exit::NotReachable,
    }
}

fn of_backup(error: &BackupError) -> Exit {
    match error {
        BackupError::Interrupted => Exit::Interrupted,
        BackupError::Exists { .. } | BackupError::Within { .. } => Exit::NotUnderstood,
        BackupError::Folder(error) if error.is_of_the_environment() => Exit::Failed,
        BackupError::Behind { .. } | BackupError::Folder(_) | BackupError::Unreadable { .. } => {
            Exit::NotUsable
        }
        BackupError::Busy { .. } | BackupError::Io { .. } | BackupError::NotReadBack { .. } => {
            Exit::Failed
        }
    }
}

fn of_restore(error: &RestoreError) -> Exit {
    match error {
        RestoreError::Interrupted => Exit::Interrupted,
        RestoreError::NotEmpty { .. }
        | RestoreError::NoName { .. }
        | RestoreError::MountPoint { .. }
        | RestoreError::InTheWay { .. }
        | RestoreError::Beyond { .. }
        | RestoreError::NoKeys { .. }
        | RestoreError::OtherKeys { .. }
        | RestoreError::ForeignKeys { .. }
        | RestoreError::Incarnation(_) => Exit::NotUnderstood,
        RestoreError::Archive(_) | RestoreError::Unreadable { .. } => Exit::NotUsable,
        RestoreError::Busy { .. }
        | RestoreError::Append { .. }
        | RestoreError::Step(_)
        | RestoreError::Open(_)
        | RestoreError::NotWhole { .. }
        | RestoreError::NotChecked { .. }
        | RestoreError::NotPrepared(_)
        | RestoreError::Io { .. } => Exit::Failed,
    }
}

fn of_export(error: &ExportError) -> Exit {
    match error {
        ExportError::Interrupted => Exit::Interrupted,
        ExportError::Inconsistent(_) => Exit::NotUsable,
        ExportError::Sqlite(_)
        | ExportError::Io(_)
        | ExportError::TooManyNames(_)
        | ExportError::Names(_) => Exit::Failed,
    }
}

fn of_query(error: &QueryError) -> Exit {
    match error {
        QueryError::Refused { .. }
        | QueryError::Several
        | QueryError::Empty
        | QueryError::Wrong { .. } => Exit::NotUnderstood,
        QueryError::Export(error) => of_export(error),
    }
}

fn is_of_folder_or_streams(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<NotTrusted>()
        || cause.is::<plansync_log::backend::OpenError>()
        || cause.is::<plansync_engine::OpenError>()
        || cause.is::<StreamError>()
        || matches!(cause.downcast_ref(), Some(CommandsError::Stream(_)))
        || cause.is::<RelayError>()
        || cause.is::<AnotherEngine>()
        || matches!(
            cause.downcast_ref(),
            Some(
                BridgeError::Stream { .. }
                    | BridgeError::NoTarget { .. }
                    | BridgeError::OtherLog { .. }
            )
        )
        || matches!(cause.downcast_ref(), Some(NatsProcessError::InUse { .. }))
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use plansync_nats::CommandsError;

    use super::{AskError, Exit, NotUnderstood, exit_of};

    #[test]
    fn the_cause_decides_however_deep_it_is() {
        let error = Err::<(), _>(AskError::NoService)
            .context("asking")
            .unwrap_err();
        assert_eq!(error.chain().find_map(exit_of), Some(Exit::NotReachable));
        let error = anyhow::Error::new(NotUnderstood("no JSON".to_owned())).context("line 3");
        assert_eq!(error.chain().find_map(exit_of), Some(Exit::NotUnderstood));
        assert_eq!(anyhow::anyhow!("else").chain().find_map(exit_of), None);
        let error = anyhow::Error::new(CommandsError::EngineGone).context("the consumer stopped");
        assert_eq!(error.chain().find_map(exit_of), None);
    }
}
