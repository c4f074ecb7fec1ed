//! Audit reads: the commits of the log, filtered, one by one, by cause, and as a whole for programs. Who may
//! read which commit is decided here. Each is a method of [`Reading`](crate::reading::Reading).
//!
//! A request does a bounded amount of work, however long the log is. What an index finds is looked up there;
//! for everything else, a part of the log is read, and the next request continues after it. Results are in
//! the order of positions, so a position is all that a reader keeps between two requests. Recorded times never
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
//!
//! May import: `call`, `reading`, `recorded`.

mod candidates;
pub(crate) mod caused;
pub(crate) mod kind;
pub(crate) mod list;
mod range;
pub(crate) mod replay;
pub(crate) mod show;
pub(crate) mod tree;
mod visible;
