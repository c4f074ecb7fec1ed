//! How the program ends: the few numbers that a script can rely on.

use std::io::Write as _;
use std::process::ExitCode;

use plansync_nats::{
    AnotherServes, ClientError, CommandsError, ConnectError, RelayError, StreamError,
};
use plansync_sled::{BackupError, RestoreError};

use crate::asking::AskError;
use crate::output::is_broken_pipe;

/// The numbers, for `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused: the service said no, and why
  2  not understood: an argument, a file or JSON is not as it should be
  3  not reachable: no NATS, no service, or no answer in time
  4  not usable: the data folder, a backup or the streams are not as they must be
  5  failed: anything else";

/// One of the ways to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Refused,
    NotUnderstood,
    NotReachable,
    NotUsable,
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::NotUnderstood => 2,
            Exit::NotReachable => 3,
            Exit::NotUsable => 4,
            Exit::Failed => 5,
        })
    }
}

/// Something on the command line or in a file that is not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotUnderstood(pub(crate) String);

/// Says what went wrong, on the error stream, and how the program ends because of it.
pub(crate) fn explain(error: &anyhow::Error) -> Exit {
    if is_broken_pipe(error) {
        return Exit::Done;
    }
    // Nothing is left to do if even this cannot be said.
    let _ = writeln!(std::io::stderr(), "plansync: {}", said(error));
    error.chain().find_map(exit_of).unwrap_or(Exit::Failed)
}

/// The error and its causes, each once: some say already what is behind them.
fn said(error: &anyhow::Error) -> String {
    error
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
        })
}

fn exit_of(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if cause.is::<NotUnderstood>() {
        return Some(Exit::NotUnderstood);
    }
    if let Some(error) = cause.downcast_ref() {
        match error {
            AskError::Refused { .. } => return Some(Exit::Refused),
            AskError::Subject(_) => return Some(Exit::NotUnderstood),
            AskError::Client(_) => return Some(Exit::NotReachable),
            AskError::Answer(_) => {}
        }
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_backup(error));
    }
    if let Some(error) = cause.downcast_ref() {
        return Some(of_restore(error));
    }
    if is_of_folder_or_streams(cause) {
        return Some(Exit::NotUsable);
    }
    if cause.is::<ClientError>() || cause.is::<ConnectError>() {
        return Some(Exit::NotReachable);
    }
    None
}

fn of_backup(error: &BackupError) -> Exit {
    match error {
        BackupError::Exists { .. } | BackupError::Within { .. } => Exit::NotUnderstood,
        BackupError::Behind { .. } | BackupError::Folder(_) => Exit::NotUsable,
        BackupError::Busy { .. } | BackupError::Io { .. } | BackupError::NotReadBack { .. } => {
            Exit::Failed
        }
    }
}

fn of_restore(error: &RestoreError) -> Exit {
    match error {
        RestoreError::NotEmpty { .. }
        | RestoreError::NoName { .. }
        | RestoreError::MountPoint { .. }
        | RestoreError::InTheWay { .. }
        | RestoreError::Beyond { .. }
        | RestoreError::Life(_) => Exit::NotUnderstood,
        RestoreError::Archive(_) => Exit::NotUsable,
        RestoreError::Busy { .. }
        | RestoreError::Append { .. }
        | RestoreError::Seal(_)
        | RestoreError::Open(_)
        | RestoreError::NotWhole { .. }
        | RestoreError::Io { .. } => Exit::Failed,
    }
}

fn is_of_folder_or_streams(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<plansync_sled::OpenError>()
        || cause.is::<plansync_engine::OpenError>()
        || cause.is::<StreamError>()
        || matches!(cause.downcast_ref(), Some(CommandsError::Stream(_)))
        || cause.is::<RelayError>()
        || cause.is::<AnotherServes>()
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use plansync_nats::{ClientError, CommandsError};

    use super::{Exit, NotUnderstood, exit_of};

    #[test]
    fn the_cause_decides_however_deep_it_is() {
        let error = Err::<(), _>(ClientError::NoService)
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
