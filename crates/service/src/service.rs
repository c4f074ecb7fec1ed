//! The service: its parts, and the weight of a request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plansync_engine::Engine;
use plansync_log::Position;
use plansync_protocol as protocol;
use plansync_protocol::audit::Relayed;
use plansync_protocol::subject::Subject;
use plansync_protocol::{Encoding, OperationName, Weight};
use uuid::Uuid;

/// The source of ids for commands that were sent without one.
pub trait Ids: Send + Sync {
    /// A new id.
    fn fresh(&self) -> Uuid;
}

/// Random ids (version 4).
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn fresh(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Answers messages. It is cheap to clone, and its methods may be called from any thread.
#[derive(Clone)]
pub struct Service {
    pub(crate) engine: Engine,
    /// The encoding of events; a reply has the encoding of its request.
    pub(crate) events: Encoding,
    pub(crate) ids: Arc<dyn Ids>,
    /// The position up to which events were asked for; zero before the first time.
    pub(crate) handed_out: Arc<AtomicU64>,
    /// How far events are published, if that is known.
    relayed: Arc<Mutex<Option<Relayed>>>,
}

impl Service {
    /// A service for an engine. `events` is the encoding of published events.
    pub fn new(engine: Engine, events: Encoding, ids: Arc<dyn Ids>) -> Self {
        Self {
            engine,
            events,
            ids,
            handed_out: Arc::default(),
            relayed: Arc::default(),
        }
    }

    /// The number of durable commits whose events have not been asked for yet; 0 if events have never been
    /// asked for.
    pub fn events_behind(&self) -> u64 {
        match self.handed_out.load(Ordering::Relaxed) {
            0 => 0,
            position => {
                let durable = self.engine.durable().current();
                durable.get().saturating_sub(position)
            }
        }
    }

    /// Notes how far events are published: those of all commits up to a position are in the stream, whose last
    /// sequence that is. `None` while it is not known.
    pub fn note_relayed(&self, relayed: Option<(Position, u64)>) {
        let relayed = relayed.map(|(position, stream_sequence)| Relayed {
            position: protocol::Position(position.get()),
            stream_sequence,
        });
        *self.relayed.lock().unwrap_or_else(PoisonError::into_inner) = relayed;
    }

    /// How far events are published, if that is known.
    pub(crate) fn relayed(&self) -> Option<Relayed> {
        *self.relayed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The weight of a request on this subject; light if there is no such operation, because it is refused.
    pub fn weight(&self, subject: &str) -> Weight {
        operation(subject).map_or(Weight::Light, OperationName::weight)
    }
}

/// The operation that a subject asks for; `None` if it is malformed or there is no such operation.
pub fn operation(subject: &str) -> Option<OperationName> {
    let subject = Subject::parse(subject).ok()?;
    OperationName::parse(subject.operation)
}
