//! The result of a check: what was read, and what was found wrong with it.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Incarnations, LogId, Tip};

/// A report lists at most so many findings: whoever has more restores the whole log.
const FINDINGS_MAX: usize = 1_000;

/// What a check read and found.
///
/// ```
/// use plansync_log::backend::{Finding, FindingKind, Report};
///
/// let mut report = Report::default();
/// report.add(Finding {
///     path: "volumes/00000001".into(),
///     what: "the volume is missing".to_owned(),
///     remedy: "restore the log from a backup",
///     kind: FindingKind::Damage,
/// });
/// assert!(!report.is_whole());
/// let said = "damage: volumes/00000001: the volume is missing; restore the log from a backup";
/// assert_eq!(report.findings[0].to_string(), said);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The log, if its id could be read.
    pub log: Option<LogId>,
    /// The last commit that could be read, and its incarnation.
    pub tip: Option<Tip>,
    /// All incarnations of the log, if they could be read.
    pub incarnations: Option<Incarnations>,
    /// Whether the log was open. Then the last commits were left out.
    pub is_in_use: bool,
    /// Commits that were read and checked.
    pub commits: u64,
    /// Volumes that were read: parts of the log that a backend checks one at a time.
    pub volumes: u64,
    /// Bytes of commits that were read.
    pub bytes: u64,
    /// At most 1,000 findings, in the order of the check.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder, or the name of a stream.
    pub path: PathBuf,
    /// What was found.
    pub what: String,
    /// What to do.
    pub remedy: &'static str,
    /// How serious it is.
    pub kind: FindingKind,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Commits are lost or changed, or could not be read.
    Damage,
    /// A commit is what was written, but its events cannot be decoded.
    Unreadable,
    /// The environment refused something that the check needs; nothing is known to be wrong.
    Unchecked,
    /// Derived data is not what the commits give; it can be made again.
    Derived,
    /// Nothing is wrong, but it may be useful to know.
    Note,
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damage => "damage",
            Self::Unreadable => "unreadable",
            Self::Unchecked => "unchecked",
            Self::Derived => "derived",
            Self::Note => "note",
        })
    }
}

impl Finding {
    /// That whoever watched a check ended it before it was complete.
    #[must_use]
    pub fn ended(place: &Path) -> Self {
        Self {
            path: place.to_owned(),
            what: "the check was interrupted before it was complete".to_owned(),
            remedy: "start it again",
            kind: FindingKind::Unchecked,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            what,
            remedy,
            kind,
        } = self;
        write!(f, "{kind}: {}: {what}; {remedy}", path.display())
    }
}

impl Report {
    /// Whether findings that are not notes exist, and all of them are [`FindingKind::Unchecked`].
    pub fn is_only_unchecked(&self) -> bool {
        let wrong = |finding: &&Finding| finding.kind != FindingKind::Note;
        let mut wrong = self.findings.iter().filter(wrong).peekable();
        wrong.peek().is_some() && wrong.all(|finding| finding.kind == FindingKind::Unchecked)
    }

    /// Whether every commit is there and is what was written, and all derived data, too.
    pub fn is_whole(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.kind == FindingKind::Note)
    }

    /// Adds a finding. If there are too many, a finding that is not a note replaces the last note.
    pub fn add(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else if finding.kind != FindingKind::Note
            && let Some(note) = self
                .findings
                .iter_mut()
                .rfind(|told| told.kind == FindingKind::Note)
        {
            *note = finding;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: FindingKind, what: String) -> Finding {
        Finding {
            path: PathBuf::from("volume"),
            what,
            remedy: "nothing",
            kind,
        }
    }

    #[test]
    fn damage_is_told_however_much_else_there_is() {
        let mut report = Report::default();
        for number in 0..=FINDINGS_MAX {
            report.add(finding(FindingKind::Note, number.to_string()));
        }
        assert!(report.is_whole());
        report.add(finding(FindingKind::Damage, "it is missing".to_owned()));
        assert!(!report.is_whole());
        assert_eq!(report.findings.len(), FINDINGS_MAX);
        let first = report.findings.first().map(|told| told.what.as_str());
        assert_eq!(first, Some("0"));
    }
}
