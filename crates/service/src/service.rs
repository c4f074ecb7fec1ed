//! The service: its parts, and the weight of a request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use plansync_domain::ids::TenantId;
use plansync_engine::Engine;
use plansync_log::Position;
use plansync_protocol as protocol;
use plansync_protocol::audit::Relayed;
use plansync_protocol::engine::EngineStatusRecord;
use plansync_protocol::subject::Subject;
use plansync_protocol::{Encoding, OperationName, Weight};
use uuid::Uuid;

use crate::durable_measures::{DurableMeasured, DurableMeasures};

/// The source of ids for commands that were sent without one.
pub trait Ids: Send + Sync {
    /// A new id.
    fn fresh(&self) -> Uuid;
}

/// Whoever runs the engine and observes it.
pub trait Observer: Send + Sync {
    /// How the engine stands. It must not block.
    fn status(&self) -> EngineStatusRecord;
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
    pub(crate) durable_measures: Arc<DurableMeasures>,
    observer: Arc<OnceLock<Weak<dyn Observer>>>,
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
            durable_measures: Arc::default(),
            observer: Arc::default(),
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

    /// How many durable commands of each operation were settled with each outcome, since the start; what did not occur
    /// is left out.
    pub fn durable_commands(&self) -> Vec<DurableMeasured> {
        self.durable_measures.get()
    }

    /// Has an observer asked how the engine stands; the first one stays.
    pub fn observe(&self, observer: Weak<dyn Observer>) {
        // Whoever comes second is not needed.
        let _ = self.observer.set(observer);
    }

    /// How the engine stands, if somebody observes it.
    pub(crate) fn status(&self) -> Option<EngineStatusRecord> {
        let observer = self.observer.get()?.upgrade()?;
        Some(observer.status())
    }

    /// The position up to which events are published, if that is known.
    pub fn relayed_position(&self) -> Option<Position> {
        self.relayed()
            .map(|relayed| Position::new(relayed.position.0))
    }

    /// How far events are published, if that is known.
    pub(crate) fn relayed(&self) -> Option<Relayed> {
        *self.relayed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The tenant of a subject, if there is one of this name: what strangers write belongs in no log output.
    pub fn tenant(&self, subject: &str) -> Option<TenantId> {
        let (tenant, _) = Subject::tenant(subject)?;
        self.existing(&tenant.parse().ok()?)
    }

    /// The tenant, if it exists.
    pub(crate) fn existing(&self, tenant: &TenantId) -> Option<TenantId> {
        let snapshot = self.engine.snapshot(tenant);
        snapshot.tenant.settings().map(|_| tenant.clone())
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
