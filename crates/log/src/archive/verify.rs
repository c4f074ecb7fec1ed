//! Verifying an archive: every block, every commit against the chain, every event.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use super::{ArchiveError, ArchiveReader};
use crate::backend::{Finding, FindingKind, Progress, Report};
use crate::merkle::Hash;
use crate::{Bodies, Incarnations, Position, Sequenced};

/// What to do about a damaged archive.
const COPY: &str = "copy it again, or use another backup";
/// What to do about bytes that could not be read.
const AGAIN: &str = "check the disk, and try again";
/// What to do about a commit that was not damaged, but cannot be decoded.
const NEWER: &str = "use the version that wrote it";
/// What to do about a remark.
const NOTHING: &str = "nothing is to be done";
/// So often `watch` is called, in commits.
const WATCH_EVERY: u64 = 1_000;

/// An archive that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedArchive {
    /// What was read and found. Its tip is the last commit that could be read.
    pub report: Report,
    /// The incarnations of the log, if so much of the archive could be read.
    pub incarnations: Option<Incarnations>,
}

/// Reads an archive to its end: the checksum of every block, every commit against the chain, and every event
/// by `bodies`. It ends at the first damage, because nothing after it can be trusted; that is a finding then,
/// with `path` as its place.
///
/// `each` gets the position and the leaf hash of every commit, in order. `watch` gets the progress, with a
/// total of 0; if it breaks, the result is [`None`].
pub fn verify_archive(
    archive: impl Read,
    path: &Path,
    bodies: &dyn Bodies,
    each: &mut dyn FnMut(Position, Hash),
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Option<VerifiedArchive> {
    let mut report = Report::default();
    let mut reader = match ArchiveReader::new(archive) {
        Ok(reader) => reader,
        Err(error) => {
            report.add(found(path, &error));
            let incarnations = None;
            return Some(VerifiedArchive {
                report,
                incarnations,
            });
        }
    };
    report.log = Some(reader.log());
    while let Some(read) = reader.next() {
        let commit = match read {
            Ok(commit) => commit,
            Err(error) => {
                report.add(found(path, &error));
                break;
            }
        };
        each(commit.position(), Hash::of_leaf(commit.stored()));
        events(&commit, path, bodies, &mut report);
        report.commits += 1;
        report.bytes += u64::try_from(commit.stored().len()).unwrap_or_default();
        let progress = Progress {
            commits: report.commits,
            commits_total: 0,
            bytes: reader.bytes(),
        };
        if report.commits.is_multiple_of(WATCH_EVERY) && watch(progress).is_break() {
            return None;
        }
    }
    report.tip = Some(reader.tip());
    Some(VerifiedArchive {
        report,
        incarnations: Some(reader.incarnations().clone()),
    })
}

/// Has the events of a commit decoded.
fn events(commit: &Sequenced, path: &Path, bodies: &dyn Bodies, report: &mut Report) {
    let position = commit.position();
    let read = commit.decode().map_err(|error| error.to_string());
    match read.and_then(|decoded| bodies.read(&decoded)) {
        Ok(remarks) => {
            for remark in remarks {
                report.add(Finding {
                    path: path.to_owned(),
                    what: format!("the commit {position}: {remark}"),
                    remedy: NOTHING,
                    kind: FindingKind::Note,
                });
            }
        }
        Err(problem) => report.add(Finding {
            path: path.to_owned(),
            what: format!("the commit {position} is intact, but cannot be decoded: {problem}"),
            remedy: NEWER,
            kind: FindingKind::Unreadable,
        }),
    }
}

fn found(path: &Path, error: &ArchiveError) -> Finding {
    let (kind, remedy) = match error {
        ArchiveError::NotOne | ArchiveError::CutOff { .. } | ArchiveError::Damaged { .. } => {
            (FindingKind::Damage, COPY)
        }
        ArchiveError::Newer { .. } | ArchiveError::Commit { .. } => {
            (FindingKind::Unreadable, NEWER)
        }
        ArchiveError::Io { .. } => (FindingKind::Unchecked, AGAIN),
    };
    let what = match error {
        ArchiveError::Io { source, .. } => format!("{error}: {source}"),
        ArchiveError::NotOne
        | ArchiveError::CutOff { .. }
        | ArchiveError::Damaged { .. }
        | ArchiveError::Newer { .. }
        | ArchiveError::Commit { .. } => error.to_string(),
    };
    Finding {
        path: path.to_owned(),
        what,
        remedy,
        kind,
    }
}
