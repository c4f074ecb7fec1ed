//! `plansync audit verify`: verifies a data folder or a backup, and compares its log with anchors and with the
//! published events.

mod backup;
mod published;
mod told;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::anchor::Log;
use plansync_log::backend::{Finding, FindingKind, Report};
use plansync_log::merkle::Roots;
use plansync_nats::{ClientConnection, ConnectError, CursorError, CursorFile};
use tokio::task::spawn_blocking;

use crate::backend;
use crate::clock_check;
use crate::commands::audit::anchors::{self, Anchor, AnchorArguments};
use crate::connecting::{IdentityArguments, seconds};
use crate::erasure_key::ErasureKeyArguments;
use crate::exit::Exit;
use crate::output::Output;
use crate::place::{Place, PlaceArguments};
use crate::progress::Watch;
use crate::settings::setting;
use crate::view::ViewError;

/// Verify a data folder or a backup, and compare its log with anchors and with the published events.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine may be running, and the folder is not changed. The checksum of every
file, the hash chain of all commits, and all derived data are verified. Every
event is decoded; events that this version cannot decode are reported with
their position as `unreadable`.

Of a backup, the checksum of every block, the hash chain and every event are
verified, up to the first damage. Nothing is restored.

With `--nats-url`, position and hash of every event in PLANSYNC_EVENTS are
compared with the log. This also finds a log that was edited and given a new
hash chain.

With `--anchor`, the log must begin with exactly the commits that the anchor
covers (see `plansync audit anchor`). This finds a log that was edited, given a
new hash chain and put in place of the whole folder, without NATS. An anchor
whose last commits were lost by a restore to an earlier position is reported as
unchecked, unless an anchor that was made after the restore is given, too.

Exit code 0: the log and all derived data, or the backup, are intact.
Exit code 4: they are damaged, there is no log, or it is not that of an anchor;
each finding states what to do. Or no trusted key signed an anchor.
Exit code 5: the check could not be completed (free space in TMPDIR, open files,
locks, permissions); no damage was found.")]
pub(crate) struct Verify {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    anchors: AnchorArguments,
    /// Address of the NATS server whose event stream is compared with the log.
    #[arg(
        long,
        short = 's',
        visible_alias = "server",
        value_name = "URL",
        conflicts_with = "backup"
    )]
    nats_url: Option<String>,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    #[command(flatten)]
    identity: IdentityArguments,
    /// Time to wait for a reply of NATS, in seconds, up to 86,400.
    #[arg(
        long,
        env = "PLANSYNC_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = seconds(),
        add = setting("client.timeout")
    )]
    timeout: u64,
}

impl Verify {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let anchors = self.anchors.read()?;
        let place = self.place.place()?;
        let connection = self.connect().await?;
        let (mut report, roots) = match &place {
            Place::Folder(data) => self.check(data, output, &anchors).await?,
            Place::Backup(file) => backup::verify(file, output, &anchors).await?,
        };
        let compared = match (&report.incarnations, &report.tip) {
            (Some(incarnations), Some(tip)) => {
                let log = Log { tip, incarnations };
                anchors::compare(anchors, log, &roots)
            }
            _ => Vec::new(),
        };
        report
            .findings
            .extend(anchors::findings(&compared, report.is_in_use));
        let comparison = match (connection, &place) {
            (Some(connection), Place::Folder(data)) => {
                Box::pin(published::compare_if_readable(
                    data,
                    &connection,
                    &mut report,
                ))
                .await?
            }
            (None, _) | (_, Place::Backup(_)) => None,
        };
        if let (Some(comparison), Some(tip)) = (&comparison, &report.tip) {
            let is_in_use = report.is_in_use;
            report.findings.extend(comparison.findings(tip, is_in_use));
        }
        if output.is_for_people() {
            told::tell(&place, &report, &compared, comparison.as_ref())?;
        } else {
            let mut value = told::as_json(&place, &report, comparison.as_ref());
            value["tree"] = told::tree_json(&report, &roots);
            value["anchors"] = compared.iter().map(anchors::as_json).collect();
            output.value(&value)?;
        }
        Ok(if report.is_whole() {
            Exit::Done
        } else if report.is_only_unchecked() {
            Exit::Failed
        } else {
            Exit::NotUsable
        })
    }

    async fn connect(&self) -> Result<Option<ClientConnection>, ConnectError> {
        let Some(url) = &self.nats_url else {
            return Ok(None);
        };
        let patience = Duration::from_secs(self.timeout);
        let connection = self.identity.connection(url, None);
        ClientConnection::open(&connection, patience)
            .await
            .map(Some)
    }

    /// Checks the log, and computes the roots of its tree on the way.
    async fn check(
        &self,
        data: &Path,
        output: Output,
        anchors: &[Anchor],
    ) -> anyhow::Result<(Report, Roots)> {
        let (folder, erasure_key) = (data.to_owned(), self.erasure_key.read()?);
        let mut roots = Roots::at(anchors.iter().map(|anchor| anchor.head.size));
        let watch = Watch::begin(output, "checking")?;
        let checked = spawn_blocking(move || {
            let each = &mut |position, leaf| roots.push(position, leaf);
            let show = &mut |progress| watch.show(progress);
            let report = backend::of_folder(&folder, erasure_key).verify(&EventBodies, each, show);
            (report, roots, watch.is_asked_to_end())
        });
        let (mut report, roots, is_ended) = checked.await.context("the check crashed")?;
        if is_ended {
            return Err(ViewError::Interrupted.into());
        }
        // The log does not know the relay's cursor, which belongs there all the same.
        let cursor = data.join(CursorFile::NAME);
        report.findings.retain(|finding| {
            finding.kind != FindingKind::Note || finding.path.with_extension("") != cursor
        });
        if report.log.is_some() {
            report.findings.extend(wrong_cursor(data));
            report.findings.extend(ahead_of_now(data, &report));
        }
        Ok((report, roots))
    }
}

/// A note where the log's last commit was recorded later than it is now.
fn ahead_of_now(data: &Path, report: &Report) -> Option<Finding> {
    let what = clock_check::note(report.tip.as_ref()?.at)?;
    Some(Finding {
        path: data.to_owned(),
        what,
        remedy: clock_check::REMEDY,
        kind: FindingKind::Note,
    })
}

/// What is wrong with the relay's cursor: with a damaged one the engine does not start.
fn wrong_cursor(data: &Path) -> Option<Finding> {
    let error = CursorFile::in_folder(data).check().err()?;
    let (what, remedy, kind) = match &error {
        CursorError::Damaged { .. } => (
            "it is damaged".to_owned(),
            "remove it; the relay then continues after the last event in the stream",
            FindingKind::Derived,
        ),
        CursorError::Io { source, .. } => (
            format!("it could not be read: {source}"),
            "check the disk and the permissions of the data folder",
            FindingKind::Unchecked,
        ),
    };
    Some(Finding {
        path: data.join(CursorFile::NAME),
        what,
        remedy,
        kind,
    })
}
