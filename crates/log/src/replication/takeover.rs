//! How a node comes to lead and ceases to, as a state machine: which step comes next, and what each result leads to. It
//! does nothing itself.
//!
//! 1. The node has the lease: see [`Lease`](super::Lease).
//! 2. It follows the log to the end.
//! 3. It begins the next term there, which is a *write*: an outdated server cannot answer that. If the stream has more
//!    messages, it follows on and tries again.
//! 4. It leads, until it hears of a later term, or that another node has the lease.

use super::Proposed;

/// What a node does next about who leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Follow what comes.
    Follow,
    /// Follow until nothing comes any more, and call [`Takeover::followed_to_the_end`].
    CatchUp,
    /// Begin the next term, and call [`Takeover::proposed`].
    BeginTerm,
    /// Lead.
    Lead,
    /// Stop leading: answer nobody any more, discard what was decided and not accepted, and follow with a new process
    /// or engine.
    StepDown,
}

/// How far a node is with leading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Follows,
    /// Everything was followed, and the next term may begin.
    AtEnd,
    Leads,
    Deposed,
}

/// How a node comes to lead and ceases to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Takeover {
    phase: Phase,
}

impl Takeover {
    /// Of a node that follows.
    pub fn new() -> Self {
        Self::default()
    }

    /// What comes next, if the node has the lease or not ([`Lease::is_held`](super::Lease::is_held)).
    pub const fn next(&self, has_lease: bool) -> Step {
        match (self.phase, has_lease) {
            (Phase::Follows | Phase::AtEnd, false) => Step::Follow,
            (Phase::Follows, true) => Step::CatchUp,
            (Phase::AtEnd, true) => Step::BeginTerm,
            (Phase::Leads, true) => Step::Lead,
            (Phase::Leads, false) | (Phase::Deposed, _) => Step::StepDown,
        }
    }

    /// The node has followed everything that the stream had. `leads` says whether the last term is the node's own: then
    /// an earlier attempt to begin it was stored without the node hearing of it.
    pub const fn followed_to_the_end(&mut self, leads: bool) {
        if matches!(self.phase, Phase::Follows | Phase::AtEnd) {
            self.phase = if leads { Phase::Leads } else { Phase::AtEnd };
        }
    }

    /// What became of the attempt to begin a term.
    pub const fn proposed(&mut self, proposed: &Proposed) {
        self.phase = match (self.phase, proposed) {
            (Phase::AtEnd, Proposed::Begun) => Phase::Leads,
            // It may be stored, or be stored later: what is in the stream tells.
            (Phase::AtEnd, Proposed::Refused | Proposed::Unknown(_)) => Phase::Follows,
            (phase @ (Phase::Follows | Phase::Leads | Phase::Deposed), _) => phase,
        };
    }

    /// A later term began.
    pub const fn deposed(&mut self) {
        self.phase = Phase::Deposed;
    }
}
