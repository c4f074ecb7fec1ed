//! The result of a verification, for people and for programs.

use std::path::Path;

use plansync_log::anchor::Origin;
use plansync_log::backend::{Finding, FindingKind, Report};
use plansync_log::merkle::Roots;
use serde_json::{Value, json};

use crate::commands::audit::anchors::{self, Compared};
use crate::commands::audit::witness::Comparison;
use crate::output;
use crate::place::Place;
use crate::reply::counted;
use crate::{paths, terminal};

pub(super) fn tell(
    place: &Place,
    report: &Report,
    anchors: &[Compared],
    comparison: Option<&Comparison>,
) -> std::io::Result<()> {
    let log = report.log.map_or("none".to_owned(), |log| log.to_string());
    let (what, path) = match place {
        Place::Folder(data) => ("data folder", data),
        Place::Backup(file) => ("backup     ", file),
    };
    output::line(&format!("{what}  {}", paths::shown(path)))?;
    output::line(&format!("log          {log}"))?;
    if let Some(tip) = &report.tip {
        let (position, incarnation) = (tip.position, tip.incarnation);
        output::line(&format!(
            "end          position {position}, incarnation {incarnation}"
        ))?;
    }
    let (commits, volumes, bytes) = (report.commits, report.volumes, report.bytes);
    let within = match place {
        Place::Folder(_) => format!(" in {}", counted(volumes, "volume")),
        Place::Backup(_) => String::new(),
    };
    output::line(&format!(
        "read         {}{within}, {bytes} bytes",
        counted(commits, "commit"),
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
            output::line(&told(path, finding))?;
        }
    }
    let what = match place {
        Place::Folder(_) => "log",
        Place::Backup(_) => "backup",
    };
    output::line(&if report.is_whole() {
        format!("The {what} is intact.")
    } else if report.is_only_unchecked() {
        format!("The {what} could not be verified completely; no damage was found.")
    } else {
        format!("The {what} is NOT intact.")
    })
}

/// The tree of the commits that were read, if all of them were.
pub(super) fn tree_json(report: &Report, roots: &Roots) -> Value {
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
fn told(place: &Path, finding: &Finding) -> String {
    let within = finding.path.strip_prefix(place).ok();
    let path = within.filter(|path| !path.as_os_str().is_empty());
    format!(
        "{}: {}\n  {}\n  {}\n",
        finding.kind,
        paths::shown(path.unwrap_or(&finding.path)),
        terminal::line(&finding.what),
        finding.remedy,
    )
}

pub(super) fn as_json(place: &Place, report: &Report, comparison: Option<&Comparison>) -> Value {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "kind": finding.kind.to_string(),
            "path": paths::exact(&finding.path),
            "what": finding.what,
            "remedy": finding.remedy,
        })
    });
    let is_of = |kind| move |finding: &&Finding| finding.kind == kind;
    let (data, backup) = match place {
        Place::Folder(data) => (Some(paths::exact(data)), None),
        Place::Backup(file) => (None, Some(paths::exact(file))),
    };
    json!({
        "whole": report.is_whole(),
        "data": data,
        "backup": backup,
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
