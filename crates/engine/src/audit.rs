//! Audit reads: the commits of the log, filtered, one by one, by cause, and as a whole for programs; what a
//! plan was at any point, what differs between two points, who set what and why, why a sync decided as it did,
//! and what changed in a period. Who may read what is decided here. Each is a method of
//! [`Reading`](crate::reading::Reading), for `system` and for those whom P1 permits everything. Whom the reader
//! sees today (P8) decides what is shown, also of the past. Nothing is judged again,
//! except what `audit.what-if` supposes.
//!
//! A request does a bounded amount of work, however long the log is. What an index finds is looked up there;
//! for everything else, a part of the log is read, and the next request continues after it. Lists of commits are
//! in the order of positions, so a position is all that a reader keeps between two requests. Recorded times never
//! decrease in a log, so a range of times is a range of positions, found in halves.
//!
//! | file | what it reads |
//! | --- | --- |
//! | `kind` | nothing: the kinds of commits |
//! | `visible` | nothing: which commits an actor may see |
//! | `range` | the positions between which a list lies |
//! | `candidates` | the commits that may belong to a list, one after the other |
//! | `list` | `audit.log` |
//! | `caused` | the commits to which a command led; `audit.trace` |
//! | `show` | `audit.show` |
//! | `replay` | `audit.read` |
//! | `tree` | the Merkle tree over the commits: `audit.head`, `audit.proof` |
//! | `point` | a point in the history of a plan: a version, a position or a time |
//! | `records` | the records of learners, administrators and the tenant at a position |
//! | `template_log` | the commits of a template |
//! | `timelines` | the plans whose commits were passed through to find who set what |
//! | `origins` | who set a field, through syncs back to the first cause |
//! | `plan`, `diff`, `blame` | the reads of one plan |
//! | `recorded_sync` | what the log recorded of a sync |
//! | `why` | the decision of a sync about one learner |
//! | `what_if` | what a sync would have decided otherwise |
//! | `changes` | what changed in a period |
//!
//! May import: `call`, `reading`, `recorded`.

pub(crate) mod blame;
mod candidates;
pub(crate) mod caused;
pub(crate) mod changes;
pub(crate) mod diff;
pub(crate) mod kind;
pub(crate) mod list;
pub(crate) mod origins;
pub(crate) mod plan;
pub(crate) mod point;
mod range;
mod recorded_sync;
pub(crate) mod records;
pub(crate) mod replay;
pub(crate) mod show;
pub(crate) mod template_log;
mod timelines;
pub(crate) mod tree;
mod visible;
pub(crate) mod what_if;
pub(crate) mod why;

/// A part of a list that goes on from where the last part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether there are more.
    pub more: bool,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The number of items before it.
    pub skip: usize,
    /// The most items that are wanted.
    pub take: usize,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            more: false,
        }
    }
}

impl Slice {
    /// The part of a whole list.
    pub(crate) fn of<T>(self, all: Vec<T>) -> Part<T> {
        let more = all.len() > self.skip.saturating_add(self.take);
        Part {
            items: all.into_iter().skip(self.skip).take(self.take).collect(),
            more,
        }
    }
}

impl<T> Part<T> {
    /// The same part with each item converted, or the first error.
    pub(crate) fn try_map<U, E>(self, make: impl FnMut(T) -> Result<U, E>) -> Result<Part<U>, E> {
        Ok(Part {
            items: self.items.into_iter().map(make).collect::<Result<_, _>>()?,
            more: self.more,
        })
    }
}
