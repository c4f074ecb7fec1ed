//! `plansync audit verify`: verifies a data folder, and compares its log with anchors and with the published
//! events.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use plansync_engine::EventBodies;
use plansync_log::Incarnations;
use plansync_log::anchor::{Log, Origin};
use plansync_log::backend::{Finding, FindingKind, OpenError, Report};
use plansync_log::merkle::Roots;
use plansync_nats::{ClientConnection, ConnectError, CursorError, CursorFile, EVENTS, Witness};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::backend;
use crate::clock_check;
use crate::commands::audit::anchors::{self, Anchor, AnchorArguments, Compared};
use crate::commands::audit::witness::{Comparison, compare};
use crate::connecting::{IdentityArguments, seconds};
use crate::erasure_key::ErasureKeyArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::progress::CommitsBar;
use crate::reply::counted;
use crate::{paths, terminal};

/// Verify a data folder, and compare its log with anchors and with the published events.
#[derive(Debug, Args)]
#[command(after_help = "\
The engine may be running, and the folder is not changed. The checksum of every
file, the hash chain of all commits, and all derived data are verified. Every
event is decoded; events that this version cannot decode are reported with
their position as `unreadable`.

With `--nats-url`, position and hash of every event in PLANSYNC_EVENTS are
compared with the log. This also finds a log that was edited and given a new
hash chain.

With `--anchor`, the log must begin with exactly the commits that the anchor
covers (see `plansync audit anchor`). This finds a log that was edited, given a
new hash chain and put in place of the whole folder, without NATS. An anchor
whose last commits were lost by a restore to an earlier position is reported as
unchecked, unless an anchor that was made after the restore is given, too.

Exit code 0: the log and all derived data are intact.
Exit code 4: they are damaged, there is no log, or it is not that of an anchor;
each finding states what to do. Or no trusted key signed an anchor.
Exit code 5: the check could not be completed (free space in TMPDIR, open files,
locks, permissions); no damage was found.")]
pub(crate) struct Verify {
    /// Data folder of the engine.
    #[arg(long, env = "PLANSYNC_DATA", value_name = "FOLDER")]
    data: PathBuf,
    #[command(flatten)]
    anchors: AnchorArguments,
    /// Address of the NATS server whose event stream is compared with the log.
    #[arg(long, value_name = "URL")]
    nats_url: Option<String>,
    #[command(flatten)]
    erasure_key: ErasureKeyArguments,
    #[command(flatten)]
    identity: IdentityArguments,
    /// Time to wait for a reply of NATS, in seconds, up to 86,400.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = seconds())]
    timeout: u64,
}

/// Messages that are read ahead of the log.
const WITNESSES_AHEAD: usize = 4_096;
/// A running engine writes `HEAD` behind its events, by so much at most on a disk that is not slow.
const HEAD_BEHIND: Duration = Duration::from_millis(200);
/// How often the log is looked at again where it seems to end before its events.
const LOOKS_MAX: u32 = 3;

impl Verify {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let anchors = self.anchors.read()?;
        let connection = self.connect().await?;
        let (mut report, roots) = self.check(output, &anchors).await?;
        let compared = match (self.incarnations(), report.tip) {
            (Some(incarnations), Some(tip)) => {
                let log = Log {
                    tip: &tip,
                    incarnations: &incarnations,
                };
                anchors::compare(anchors, log, &roots)
            }
            _ => Vec::new(),
        };
        report
            .findings
            .extend(anchors::findings(&compared, report.is_in_use));
        let comparison = match connection {
            Some(connection) => {
                Box::pin(self.compare_if_readable(&connection, &mut report)).await?
            }
            None => None,
        };
        if let (Some(comparison), Some(tip)) = (&comparison, &report.tip) {
            let is_in_use = report.is_in_use;
            report.findings.extend(comparison.findings(tip, is_in_use));
        }
        if output.is_for_people() {
            tell(&self.data, &report, &compared, comparison.as_ref())?;
        } else {
            let mut value = as_json(&self.data, &report, comparison.as_ref());
            value["tree"] = tree_json(&report, &roots);
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

    /// The incarnations of the log, if so much of it can be read.
    fn incarnations(&self) -> Option<Incarnations> {
        let log = backend::of_folder(&self.data, None).inspect().ok()?;
        Some(log.incarnations())
    }

    /// Checks the log, and computes the roots of its tree on the way.
    async fn check(&self, output: Output, anchors: &[Anchor]) -> anyhow::Result<(Report, Roots)> {
        let (data, erasure_key) = (self.data.clone(), self.erasure_key.read()?);
        let mut roots = Roots::at(anchors.iter().map(|anchor| anchor.head.size));
        let bar = CommitsBar::new(output, "checking");
        let checked = spawn_blocking(move || {
            let each = &mut |position, leaf| roots.push(position, leaf);
            let watch = &mut |progress| bar.show(progress);
            let log = backend::of_folder(&data, erasure_key);
            let report = log.verify(&EventBodies, each, watch);
            (report, roots)
        });
        let (mut report, roots) = checked.await.context("the check crashed")?;
        // The log does not know the relay's cursor, which belongs there all the same.
        let cursor = self.data.join(CursorFile::NAME);
        report.findings.retain(|finding| {
            finding.kind != FindingKind::Note || finding.path.with_extension("") != cursor
        });
        if report.log.is_some() {
            report.findings.extend(wrong_cursor(&self.data));
            report.findings.extend(ahead_of_now(&self.data, &report));
        }
        Ok((report, roots))
    }

    /// Compares with the stream, unless the log is so damaged that it cannot be read for that.
    async fn compare_if_readable(
        &self,
        connection: &ClientConnection,
        report: &mut Report,
    ) -> anyhow::Result<Option<Comparison>> {
        match self.compare(connection).await {
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
    async fn compare(&self, connection: &ClientConnection) -> anyhow::Result<Comparison> {
        let mut looks = 0;
        loop {
            looks += 1;
            let (comparison, is_in_use) = self.compare_once(connection).await?;
            if comparison.beyond == 0 || !is_in_use || looks >= LOOKS_MAX {
                return Ok(comparison);
            }
            tokio::time::sleep(HEAD_BEHIND * looks).await;
        }
    }

    async fn compare_once(
        &self,
        connection: &ClientConnection,
    ) -> anyhow::Result<(Comparison, bool)> {
        let witnesses = connection.unless_denied(connection.witnesses()).await;
        let mut witnesses = witnesses.context("the event stream cannot be read")??;
        tokio::time::sleep(HEAD_BEHIND).await;
        let (sender, receiver) = mpsc::channel(WITNESSES_AHEAD);
        let data = self.data.clone();
        let comparing = spawn_blocking(move || compare_with(&data, receiver));
        while let Some(witness) = witnesses.next().await {
            if sender.send(witness?).await.is_err() {
                break;
            }
        }
        drop(sender);
        Ok(comparing.await.context("the comparison crashed")??)
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

fn compare_with(
    data: &Path,
    mut witnesses: mpsc::Receiver<Witness>,
) -> Result<(Comparison, bool), OpenError> {
    let log = backend::of_folder(data, None).inspect()?;
    let comparison = compare(&*log, &mut std::iter::from_fn(|| witnesses.blocking_recv()))?;
    Ok((comparison, log.is_in_use()))
}

fn tell(
    data: &Path,
    report: &Report,
    anchors: &[Compared],
    comparison: Option<&Comparison>,
) -> std::io::Result<()> {
    let log = report.log.map_or("none".to_owned(), |log| log.to_string());
    output::line(&format!("data folder  {}", paths::shown(data)))?;
    output::line(&format!("log          {log}"))?;
    if let Some(tip) = &report.tip {
        let (position, incarnation) = (tip.position, tip.incarnation);
        output::line(&format!(
            "end          position {position}, incarnation {incarnation}"
        ))?;
    }
    let (commits, volumes, bytes) = (report.commits, report.volumes, report.bytes);
    output::line(&format!(
        "read         {} in {}, {bytes} bytes",
        counted(commits, "commit"),
        counted(volumes, "volume"),
    ))?;
    if report.is_in_use {
        output::line("             the engine is running: its latest writes were not checked")?;
    }
    for anchor in anchors {
        output::line(&format!("anchor       {}", anchors::line(anchor)))?;
    }
    if let Some(comparison) = comparison {
        let (messages, agreeing) = (comparison.messages, comparison.agreeing);
        output::line(&format!(
            "compared     {agreeing} of {messages} messages in the event stream match"
        ))?;
    }
    if !report.findings.is_empty() {
        output::line("")?;
        for finding in &report.findings {
            output::line(&told(data, finding))?;
        }
    }
    output::line(if report.is_whole() {
        "The log is intact."
    } else if report.is_only_unchecked() {
        "The log could not be verified completely; no damage was found."
    } else {
        "The log is NOT intact."
    })
}

/// The tree of the commits that were read, if all of them were.
fn tree_json(report: &Report, roots: &Roots) -> Value {
    let (head, tip) = (roots.head(), report.tip);
    let Some(tip) = tip.filter(|tip| tip.position.get() == head.size) else {
        return Value::Null;
    };
    let origin = Origin {
        log: tip.log,
        incarnation: tip.incarnation,
    };
    json!({ "origin": origin.to_string(), "size": head.size, "root": head.root.to_string() })
}

/// Sentences, which no table would have room for.
fn told(data: &Path, finding: &Finding) -> String {
    let within = finding.path.strip_prefix(data).ok();
    let path = within.filter(|path| !path.as_os_str().is_empty());
    format!(
        "{}: {}\n  {}\n  {}\n",
        finding.kind,
        paths::shown(path.unwrap_or(&finding.path)),
        terminal::line(&finding.what),
        finding.remedy,
    )
}

fn as_json(data: &Path, report: &Report, comparison: Option<&Comparison>) -> Value {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "kind": finding.kind.to_string(),
            "path": paths::exact(&finding.path),
            "what": finding.what,
            "remedy": finding.remedy,
        })
    });
    let is_of = |kind| move |finding: &&Finding| finding.kind == kind;
    json!({
        "whole": report.is_whole(),
        "data": paths::exact(data),
        "log": report.log,
        "incarnation": report.tip.map(|tip| tip.incarnation),
        "position": report.tip.map(|tip| tip.position),
        "chain": report.tip.map(|tip| tip.chain.to_string()),
        "in_use": report.is_in_use,
        "commits": report.commits,
        "volumes": report.volumes,
        "bytes": report.bytes,
        "events": comparison.map(|comparison| json!({
            "messages": comparison.messages,
            "agreeing": comparison.agreeing,
        })),
        "damaged": report.findings.iter().filter(is_of(FindingKind::Damage)).count(),
        "unreadable": report.findings.iter().filter(is_of(FindingKind::Unreadable)).count(),
        "unchecked": report.findings.iter().filter(is_of(FindingKind::Unchecked)).count(),
        "findings": findings.collect::<Vec<_>>(),
    })
}
