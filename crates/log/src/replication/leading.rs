//! A node between following and leading: it has begun a term, and appends nothing yet.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::clock::MonotonicClock;
use super::judging::Judging;
use super::record::RecordWriter;
use super::standing::Standing;
use super::{LogStream, Replicated, Term};
use crate::Append;

/// Why a node does not lead.
#[derive(Debug, thiserror::Error)]
pub enum NotLed {
    /// The last term that began is not its own.
    #[error("this node did not begin term {term}; follow the node that did")]
    AnotherNode {
        /// The last term.
        term: Term,
    },
    /// No memory to write records with.
    #[error("records cannot be compressed")]
    Zstd(#[from] io::Error),
}

/// A node that has begun a term.
pub struct Leading {
    pub(super) stream: Box<dyn LogStream>,
    pub(super) judging: Judging,
    pub(super) writer: RecordWriter,
    pub(super) clock: Arc<dyn MonotonicClock>,
}

impl Leading {
    /// Where the node stands, also while somebody else has its log.
    pub fn standing(&self) -> Standing {
        self.judging.standing().clone()
    }

    /// The writing side of the replicated log. What is appended there is sent to the stream first, and then appended to
    /// the node's own log, which this is the writing side of.
    pub fn over(self, local: Box<dyn Append>) -> Replicated {
        Replicated::new(self, local)
    }
}

impl fmt::Debug for Leading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leading")
            .field("applied", self.judging.applied())
            .finish_non_exhaustive()
    }
}
