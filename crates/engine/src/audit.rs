//! Audit reads. Who may read what is decided here. Each is a method of [`Reading`](crate::reading::Reading).
//!
//! A request does a bounded amount of work, however long the log is.
//!
//! | file | what it reads |
//! | --- | --- |
//! | `tree` | the Merkle tree over the commits: `audit.head`, `audit.proof` |
//!
//! May import: `call`, `reading`.

pub(crate) mod tree;
