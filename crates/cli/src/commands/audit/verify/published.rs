//! Compares a log with the events that were published, whose headers have the hashes of its chain.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use plansync_log::backend::{Finding, FindingKind, OpenError, Report};
use plansync_nats::{ClientConnection, EVENTS, Witness};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::backend;
use crate::commands::audit::witness::{Comparison, compare};

/// Messages that are read ahead of the log.
const WITNESSES_AHEAD: usize = 4_096;
/// A running engine writes `HEAD` behind its events, by so much at most on a disk that is not slow.
const HEAD_BEHIND: Duration = Duration::from_millis(200);
/// How often the log is looked at again where it seems to end before its events.
const LOOKS_MAX: u32 = 3;

/// Compares with the stream, unless the log is so damaged that it cannot be read for that.
pub(super) async fn compare_if_readable(
    data: &Path,
    connection: &ClientConnection,
    report: &mut Report,
) -> anyhow::Result<Option<Comparison>> {
    match compare_patiently(data, connection).await {
        Err(error) if error.is::<OpenError>() && !report.is_whole() => {
            report.findings.push(Finding {
                path: PathBuf::from(EVENTS),
                what: "it was not compared, because the log is too damaged".to_owned(),
                remedy: "restore the log from a backup, and verify that one",
                kind: FindingKind::Note,
            });
            Ok(None)
        }
        compared => compared.map(Some),
    }
}

/// Compares with the stream; again where the engine runs, and has not yet written down that the
/// log reaches as far as the last events.
async fn compare_patiently(
    data: &Path,
    connection: &ClientConnection,
) -> anyhow::Result<Comparison> {
    let mut looks = 0;
    loop {
        looks += 1;
        let (comparison, is_in_use) = compare_once(data, connection).await?;
        if comparison.beyond == 0 || !is_in_use || looks >= LOOKS_MAX {
            return Ok(comparison);
        }
        tokio::time::sleep(HEAD_BEHIND * looks).await;
    }
}

async fn compare_once(
    data: &Path,
    connection: &ClientConnection,
) -> anyhow::Result<(Comparison, bool)> {
    let witnesses = connection.unless_denied(connection.witnesses()).await;
    let mut witnesses = witnesses.context("the event stream cannot be read")??;
    tokio::time::sleep(HEAD_BEHIND).await;
    let (sender, receiver) = mpsc::channel(WITNESSES_AHEAD);
    let data = data.to_owned();
    let comparing = spawn_blocking(move || compare_with(&data, receiver));
    while let Some(witness) = witnesses.next().await {
        if sender.send(witness?).await.is_err() {
            break;
        }
    }
    drop(sender);
    Ok(comparing.await.context("the comparison crashed")??)
}

fn compare_with(
    data: &Path,
    mut witnesses: mpsc::Receiver<Witness>,
) -> Result<(Comparison, bool), OpenError> {
    let log = backend::of_folder(data, None).inspect()?;
    let comparison = compare(&*log, &mut std::iter::from_fn(|| witnesses.blocking_recv()))?;
    Ok((comparison, log.is_in_use()))
}
