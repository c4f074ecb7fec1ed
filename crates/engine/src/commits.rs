//! What a decision puts into the log; and that of a sync's start, which takes so long to decide, to
//! digest and to encode that it is done before anybody has to wait for it.

use std::sync::Arc;

use plansync_domain::access::admission::admit;
use plansync_domain::command::Command;
use plansync_domain::command::context::Context;
use plansync_domain::command::decided::Decided;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::decide::decide;
use plansync_domain::decide::sync::still_starts;
use plansync_domain::event::Event;
use plansync_domain::event::sync::SyncAccepted;
use plansync_domain::ids::stream::Stream;
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use crate::call::{Call, Refusal};
use crate::change_set::{self, Chunks};
use crate::codec::{Encoded, Writing};
use crate::engine::Engine;
use crate::idle::Closing;
use crate::sequencer::SequenceError;

/// What a decision puts into the log.
pub(crate) struct Commits {
    /// What goes before, where it is the acceptance of a sync.
    pub(crate) chunks: Option<Chunks>,
    /// The record that is closed before another one is opened.
    pub(crate) closing: Option<Closing>,
    pub(crate) stream: Stream,
    pub(crate) events: Vec<Encoded>,
}

impl Commits {
    pub(crate) fn of(writing: Writing<'_>, call: &Call, decided: Decided) -> Result<Self, Refusal> {
        match decided {
            Decided::Events { stream, events } => Self::one(writing, stream, events),
            Decided::Displacing { displaced, opened } => {
                let stream = Stream::Record(opened.session);
                Ok(Self {
                    closing: Some(Closing::of(writing, displaced)?),
                    ..Self::one(writing, stream, vec![Event::RecordOpened(opened)])?
                })
            }
            Decided::Unchanged(outcome) => {
                let stream = Stream::Command(call.command);
                Self::one(writing, stream, vec![Event::CommandOutcome(outcome)])
            }
            Decided::Sync {
                change_set,
                accepted,
            } => {
                let stream = Stream::Sync(accepted.sync);
                let (chunks, accepted) = change_set::cut(writing, &change_set, accepted)?;
                Ok(Self {
                    chunks: Some(chunks),
                    ..Self::one(writing, stream, vec![Event::SyncAccepted(accepted)])?
                })
            }
        }
    }

    fn one(writing: Writing<'_>, stream: Stream, events: Vec<Event>) -> Result<Self, Refusal> {
        let events = events.into_iter().map(|event| writing.encoded(event));
        let events = events.collect::<Result<_, _>>();
        Ok(Self {
            chunks: None,
            closing: None,
            stream,
            events: events.map_err(SequenceError::from)?,
        })
    }
}

/// A start as it was decided in some state.
pub(crate) struct Ahead {
    then: Arc<Tenant>,
    /// What was accepted; without entries.
    accepted: SyncAccepted,
    commits: Commits,
}

impl Ahead {
    /// What goes into the log, if the decision is the same now.
    pub(crate) fn still(self, engine: &Engine, now: &Tenant) -> Option<Commits> {
        let limits = &engine.config().limits;
        still_starts(&self.then, now, limits, &self.accepted).then_some(self.commits)
    }
}

impl Engine {
    /// Who writes what an operation comes to.
    pub(crate) fn writing<'a>(&'a self, operation: &'a str) -> Writing<'a> {
        Writing {
            config: &self.parts.config,
            operation,
        }
    }

    /// What a command is decided by, beside the state.
    pub(crate) fn context<'a>(&'a self, call: &'a Call, position: Position) -> Context<'a> {
        Context {
            actor: &call.actor,
            limits: &self.parts.config.limits,
            position: plansync_domain::ids::position::Position::new(position.get()),
            digest: change_set::digester,
            closed_session: None,
        }
    }

    /// Decides on the start of a sync with the sequencer's lock open. A refusal is none yet, nor is a plan
    /// that is not resident: both are the lock's to say.
    pub(crate) fn ahead(&self, call: &Call, command: &Command) -> Result<Option<Ahead>, Refusal> {
        if !matches!(command, Command::StartSync { .. }) {
            return Ok(None);
        }
        let needed = |tenant: &Tenant| self.needed_ahead(command, tenant);
        let sequencer = self.sequencer_with(&call.tenant, needed)?;
        let then = sequencer.state.snapshot(&call.tenant);
        drop(sequencer);
        let context = self.context(call, then.position);
        let admitted = admit(&then.tenant, &call.actor, command);
        let admitted = admitted.map_err(Undecided::from);
        let decided = admitted.and_then(|()| decide(&then.tenant, &context, command));
        let Ok(Decided::Sync {
            change_set,
            accepted,
        }) = decided
        else {
            return Ok(None);
        };
        let decided = Decided::Sync {
            change_set,
            accepted: accepted.clone(),
        };
        Ok(Some(Ahead {
            then: then.tenant,
            accepted,
            commits: Commits::of(self.writing(command.operation()), call, decided)?,
        }))
    }
}
