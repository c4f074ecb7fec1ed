//! Turning faults of this crate into findings of a report.

use std::path::Path;

use plansync_log::backend::{Finding, FindingKind, GIVE_KEY, OpenError, Report};
use plansync_log::environment::{advice, remedy};

use crate::damage::{Damage, Failed, Fault, NEWER, RESTORE};
use crate::head;

/// Adds findings to a report.
pub(super) trait Tell {
    /// Adds lost or changed commits.
    fn damage(&mut self, path: &Path, what: impl Into<String>);
    /// Adds something that is not wrong.
    fn note(&mut self, path: &Path, what: impl Into<String>, remedy: &'static str);
    /// Adds what could not be read.
    fn fault(&mut self, fault: Fault);
    /// Adds what keeps the folder from being opened.
    fn refusal(&mut self, dir: &Path, error: OpenError);
}

impl Tell for Report {
    fn damage(&mut self, path: &Path, what: impl Into<String>) {
        self.add(Finding {
            path: path.to_owned(),
            what: what.into(),
            remedy: RESTORE,
            kind: FindingKind::Damage,
        });
    }

    fn note(&mut self, path: &Path, what: impl Into<String>, remedy: &'static str) {
        self.add(Finding {
            path: path.to_owned(),
            what: what.into(),
            remedy,
            kind: FindingKind::Note,
        });
    }

    fn fault(&mut self, fault: Fault) {
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
                remedy: advice(&source),
                path,
                kind: match remedy(&source) {
                    Some(_) => FindingKind::Unchecked,
                    None => FindingKind::Damage,
                },
            },
        });
    }

    fn refusal(&mut self, dir: &Path, error: OpenError) {
        let text = error.to_string();
        let (path, what, remedy) = match error {
            OpenError::Corrupt { path, what, remedy } | OpenError::Keys { path, what, remedy } => {
                (path, what, remedy)
            }
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
                let what = format!("the log ends at {tip}, but it once reached {head}");
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
            OpenError::NoErasureKey { path } => {
                return self.add(Finding {
                    path,
                    what: "it is encrypted with a key that is kept elsewhere".to_owned(),
                    remedy: GIVE_KEY,
                    kind: FindingKind::Unchecked,
                });
            }
            OpenError::NotAFolder { path } => (path, "it is not a folder".to_owned(), NAME_IT),
            OpenError::InTheWay { path } => {
                (path, "it does not belong to a log".to_owned(), NAME_IT)
            }
            OpenError::NoLog { dir, within } => {
                let hint = within.map_or(String::new(), |log| {
                    format!("; did you mean {}", log.display())
                });
                (dir, format!("there is no log in it{hint}"), NAME_IT)
            }
            OpenError::Locked { dir } => (dir, text, "stop the other process first"),
            OpenError::Interrupted => (dir.to_owned(), text, "start again"),
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
const NAME_IT: &str = "give the data folder of a log";
