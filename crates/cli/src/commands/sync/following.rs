//! Follows a running synchronisation to its end.

use std::time::{Duration, Instant};

use plansync_protocol::SyncState;
use plansync_protocol::sync::SyncRecord;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::caller::Caller;
use crate::commands::sync::record_text::tell;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::progress::LearnersBar;
use crate::reply::typed;
use crate::signals::Signals;

/// The interval at which the progress is requested.
const ASK_EVERY: Duration = Duration::from_millis(150);

/// Shows the progress and the result; succeeds if the synchronisation completes.
pub(super) async fn follow(
    caller: &Caller,
    output: Output,
    sync: Uuid,
    patience: Duration,
) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let ended = tokio::select! {
        ended = until_ended(caller, output, sync, patience) => ended?,
        () = signals.asked_to_end() => {
            output::aside(&format!(
                "The synchronisation continues in the background. To follow it:\n  {}",
                caller.printed().command("sync status", &format!("{sync} --wait"))
            ));
            return Ok(Exit::Failed);
        }
    };
    tell(caller, output, &ended).await?;
    let ended: SyncRecord = typed(&ended)?;
    Ok(match ended.state {
        SyncState::Completed => Exit::Done,
        SyncState::Running | SyncState::Cancelled => Exit::Failed,
    })
}

/// Requests the progress until the synchronisation has ended. If the engine is not reachable for less than
/// `patience`, waits for it: the synchronisation then continues.
async fn until_ended(
    caller: &Caller,
    output: Output,
    sync: Uuid,
    patience: Duration,
) -> Result<Value, AskError> {
    let body = json!({ "sync": sync });
    let mut bar: Option<LearnersBar> = None;
    let mut answered = Instant::now();
    loop {
        match caller.ask("sync.get", &body).await {
            Ok(reply) => {
                answered = Instant::now();
                let record: SyncRecord = typed(&reply)?;
                let bar = bar.get_or_insert_with(|| LearnersBar::new(output, record.learners));
                bar.at(record.done);
                if record.state != SyncState::Running {
                    return Ok(reply);
                }
            }
            Err(error) if error.is_without_answer() && answered.elapsed() < patience => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}
