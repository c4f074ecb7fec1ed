//! What the engine does with its log: it only reads it, follows another node, or leads.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::recorded::open_error::OpenError;

/// What an engine does with its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// It reads a log that somebody else may write. Nothing is decided.
    OnlyReads = 0,
    /// It takes over what another node decided. Nothing is decided here.
    Follows = 1,
    /// It decides. An engine on a log of one machine always does.
    Leads = 2,
    /// It led, until another node did or the stream of the log contradicted it. What was decided last may not be in
    /// the log, so nothing more is.
    Stopped = 3,
}

/// Why an engine does not lead. It follows as before, if it did.
#[derive(Debug, thiserror::Error)]
pub enum LeadError {
    /// The engine was not opened to follow, or leads already.
    #[error("the engine does not follow another node; open it again to follow")]
    NotFollowing,
    /// The unfinished syncs cannot be taken up.
    #[error("the unfinished synchronisations cannot be continued")]
    Unfinished(#[from] OpenError),
}

/// The role of an engine, which all its parts see.
pub(super) struct CurrentRole(AtomicU8);

impl CurrentRole {
    pub(super) const fn new(role: Role) -> Self {
        Self(AtomicU8::new(role as u8))
    }

    pub(super) fn get(&self) -> Role {
        match self.0.load(Ordering::Relaxed) {
            0 => Role::OnlyReads,
            1 => Role::Follows,
            2 => Role::Leads,
            _stopped => Role::Stopped,
        }
    }

    pub(super) fn set(&self, role: Role) {
        self.0.store(role as u8, Ordering::Relaxed);
    }
}
