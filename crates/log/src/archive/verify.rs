//! Verifying an archive: every block, every commit against the chain, every event.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::{ArchiveError, ArchiveReader};
use crate::backend::{Finding, FindingKind, Progress, Report};
use crate::merkle::Hash;
use crate::{Bodies, Position, Sequenced};

/// What to do about a damaged archive.
const COPY: &str = "copy it again, or use another backup";
/// What to do about bytes that could not be read.
const AGAIN: &str = "check the disk, and try again";
/// What to do about a commit that was not damaged, but cannot be decoded.
const NEWER: &str = "use the version that wrote it";
/// What to do about a remark.
const NOTHING: &str = "nothing is to be done";
/// Commits are read in pages of about this size, in bytes.
const PAGE_BYTES: usize = 1 << 20;

/// Reads an archive to its end: the checksum of every block, every commit against the chain, and every event
/// by `bodies`, on all cores. It ends at the first damage, because nothing after it can be trusted; that is a
/// finding then, with `path` as its place. The tip of the report is the last commit that could be read.
///
/// `each` gets the position and the leaf hash of every commit, in order. `watch` gets the progress, with a
/// total of 0; if it breaks, the result is [`None`].
pub fn verify_archive(
    archive: impl Read + Send,
    path: &Path,
    bodies: &dyn Bodies,
    each: &mut dyn FnMut(Position, Hash),
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Option<Report> {
    let mut report = Report::default();
    let mut reader = match ArchiveReader::new(archive) {
        Ok(reader) => reader,
        Err(error) => {
            report.add(found(path, &error));
            return Some(report);
        }
    };
    report.log = Some(reader.log());
    let mut page = Page::read(&mut reader);
    loop {
        let (looked, next) = rayon::join(
            || look(&page.commits, bodies),
            || page.error.is_none().then(|| Page::read(&mut reader)),
        );
        for (commit, (leaf, events)) in page.commits.iter().zip(looked) {
            each(commit.position(), leaf);
            told(commit.position(), events, path, &mut report);
            report.commits += 1;
            report.bytes += u64::try_from(commit.stored().len()).unwrap_or_default();
        }
        let progress = Progress {
            commits: report.commits,
            commits_total: 0,
            bytes: page.read,
        };
        if watch(progress).is_break() {
            return None;
        }
        if let Some(error) = &page.error {
            report.add(found(path, error));
        }
        match next {
            Some(next) if !page.commits.is_empty() => page = next,
            _ => break,
        }
    }
    report.tip = Some(reader.tip());
    report.incarnations = Some(reader.incarnations().clone());
    Some(report)
}

/// Commits that were read together.
struct Page {
    commits: Vec<Sequenced>,
    /// What kept the next commit from being read.
    error: Option<ArchiveError>,
    /// Bytes of the archive that were read up to here.
    read: u64,
}

impl Page {
    /// Reads the next commits. There are none at the end.
    fn read(reader: &mut ArchiveReader<impl Read>) -> Self {
        let mut commits = Vec::new();
        let (mut bytes, mut error) = (0, None);
        while bytes < PAGE_BYTES
            && error.is_none()
            && let Some(read) = reader.next()
        {
            match read {
                Ok(commit) => {
                    bytes += commit.stored().len();
                    commits.push(commit);
                }
                Err(damage) => error = Some(damage),
            }
        }
        Self {
            commits,
            error,
            read: reader.bytes(),
        }
    }
}

/// What the events of a commit have to be remarked, or why they cannot be decoded.
type Events = Result<Vec<String>, String>;

/// The leaf hash of every commit, with what there is to say about its events.
fn look(commits: &[Sequenced], bodies: &dyn Bodies) -> Vec<(Hash, Events)> {
    let looked = commits
        .par_iter()
        .map(|commit| (Hash::of_leaf(commit.stored()), commit.read_with(bodies)));
    looked.collect()
}

/// Reports what there is to say about the events of a commit.
fn told(position: Position, events: Events, path: &Path, report: &mut Report) {
    match events {
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
