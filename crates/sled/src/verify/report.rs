//! What a check of a folder found. It refuses to check.

use std::fmt;
use std::path::{Path, PathBuf};

use plansync_log::{LogId, Tip};

use crate::damage::{self, Damage, Failed, Fault, NEWER, OpenError, RESTORE};
use crate::environment;
use crate::head;

/// So many findings are told; what is damaged beyond that is restored with the rest.
const FINDINGS_MAX: usize = 1_000;

/// What was found in a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which log it is, if that could be read.
    pub log: Option<LogId>,
    /// The last commit that could be read, and in which incarnation of the log.
    pub tip: Option<Tip>,
    /// Whether a process had the log open. Then what it wrote last was left out.
    pub is_in_use: bool,
    /// So many commits were read, and all that a commit guarantees was checked.
    pub commits: u64,
    /// So many volumes were read.
    pub volumes: u64,
    /// So many bytes of commits were read.
    pub bytes: u64,
    /// Everything worth telling, at most 1,000 findings.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder.
    pub path: PathBuf,
    /// What is so.
    pub what: String,
    /// What to do.
    pub remedy: &'static str,
    /// How bad it is.
    pub kind: FindingKind,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Commits are lost or changed, or could not be read.
    Damage,
    /// A commit is what was written, but the events in it cannot be read.
    Unreadable,
    /// The machine refused something that is needed to check them; nothing is known to be wrong.
    Unchecked,
    /// Something that is made from the commits is not what they give; it can be made again.
    Derived,
    /// Nothing is wrong, but it may be good to know.
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
    pub(crate) fn new() -> Self {
        Self {
            log: None,
            tip: None,
            is_in_use: false,
            commits: 0,
            volumes: 0,
            bytes: 0,
            findings: Vec::new(),
        }
    }

    /// Whether all that is wrong is that the machine refused something.
    pub fn is_only_unchecked(&self) -> bool {
        let wrong = |finding: &&Finding| finding.kind != FindingKind::Note;
        let mut wrong = self.findings.iter().filter(wrong).peekable();
        wrong.peek().is_some() && wrong.all(|finding| finding.kind == FindingKind::Unchecked)
    }

    /// Whether every commit is there and is what was written, and everything made from them too.
    pub fn is_whole(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.kind == FindingKind::Note)
    }

    /// Adds a finding; where there are too many, what is wrong takes the place of a note.
    pub(crate) fn add(&mut self, finding: Finding) {
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

    pub(crate) fn damage(&mut self, path: &Path, what: impl Into<String>) {
        self.add(Finding {
            path: path.to_owned(),
            what: what.into(),
            remedy: RESTORE,
            kind: FindingKind::Damage,
        });
    }

    pub(crate) fn note(&mut self, path: &Path, what: impl Into<String>, remedy: &'static str) {
        self.add(Finding {
            path: path.to_owned(),
            what: what.into(),
            remedy,
            kind: FindingKind::Note,
        });
    }

    /// Adds what could not be read.
    pub(crate) fn fault(&mut self, fault: Fault) {
        self.add(match fault {
            Fault::Damage(Damage { path, what, remedy }) => Finding {
                path,
                what,
                remedy,
                kind: FindingKind::Damage,
            },
            Fault::Failed(Failed {
                doing,
                path,
                source,
            }) => Finding {
                what: format!("cannot {doing} it ({source})"),
                remedy: damage::advice(&source),
                path,
                kind: match environment::remedy(&source) {
                    Some(_) => FindingKind::Unchecked,
                    None => FindingKind::Damage,
                },
            },
        });
    }

    /// Adds what keeps the folder from being opened.
    pub(crate) fn refusal(&mut self, dir: &Path, error: OpenError) {
        let text = error.to_string();
        let (path, what, remedy) = match error {
            OpenError::Corrupt { path, what, remedy } => (path, what, remedy),
            OpenError::Io {
                doing,
                path,
                source,
            } => {
                return self.fault(
                    Failed {
                        doing,
                        path,
                        source,
                    }
                    .into(),
                );
            }
            OpenError::Newer { path, format } => {
                let Damage { path, what, .. } = Damage::newer(&path, format);
                (path, what, NEWER)
            }
            OpenError::Behind { head, tip } => {
                let what = format!("the log ends at {tip}, but it is known to have reached {head}");
                (dir.join(head::NAME), what, RESTORE)
            }
            OpenError::Foreign {
                path,
                found,
                expected,
            } => {
                let what = format!("it belongs to the log {found}, but this is the log {expected}");
                (path, what, PUT_BACK)
            }
            OpenError::NotAFolder { path } => (path, "it is not a folder".to_owned(), NAME_IT),
            OpenError::InTheWay { path } => (path, "no log made it".to_owned(), NAME_IT),
            OpenError::NoLog { dir } => {
                let within = damage::log_within(&dir);
                let hint = within.map_or(String::new(), |log| {
                    format!("; did you mean {}", log.display())
                });
                (dir, format!("there is no log in it{hint}"), NAME_IT)
            }
            OpenError::Locked { dir } => (dir, text, "stop the other process first"),
        };
        self.add(Finding {
            path,
            what,
            remedy,
            kind: FindingKind::Damage,
        });
    }
}

const PUT_BACK: &str = "put back the file of this log, or restore it from a backup";
const NAME_IT: &str = "name the data folder of a log";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_however_much_else_there_is() {
        let mut report = Report::new();
        for number in 0..=FINDINGS_MAX {
            report.note(Path::new("note"), number.to_string(), "nothing");
        }
        assert!(report.is_whole());
        report.damage(Path::new("volume"), "it is missing");
        assert!(!report.is_whole());
        assert_eq!(report.findings.len(), FINDINGS_MAX);
        let first = |report: &Report| report.findings.first().map(|told| told.what.clone());
        assert_eq!(first(&report).as_deref(), Some("0"));
    }
}
