//! The service: what it is made of, and how heavy each request is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plansync_engine::Engine;
use plansync_protocol::subject::Subject;
use plansync_protocol::{Encoding, OperationName};
use uuid::Uuid;

use crate::message::Weight;

/// Where the ids of commands come from that their senders did not name.
pub trait Ids: Send + Sync {
    /// An id that nobody has used.
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

/// Answers messages. Cheap to clone; every method may be called from any thread.
#[derive(Clone)]
pub struct Service {
    pub(crate) engine: Engine,
    /// How events are written; replies are written as their requests were.
    pub(crate) events: Encoding,
    pub(crate) ids: Arc<dyn Ids>,
    /// How far events were handed out; zero as long as nobody has asked for any.
    pub(crate) handed_out: Arc<AtomicU64>,
}

impl Service {
    /// A service over an engine.
    pub fn new(engine: Engine, events: Encoding, ids: Arc<dyn Ids>) -> Self {
        Self {
            engine,
            events,
            ids,
            handed_out: Arc::default(),
        }
    }

    /// How many durable commits there are whose events nobody has asked for yet; none where nobody
    /// ever does.
    pub fn events_behind(&self) -> u64 {
        match self.handed_out.load(Ordering::Relaxed) {
            0 => 0,
            position => {
                let durable = self.engine.durable().current();
                durable.get().saturating_sub(position)
            }
        }
    }

    /// The engine behind it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How heavy a request on this subject is.
    pub fn weight(&self, subject: &str) -> Weight {
        let operation = Subject::parse(subject)
            .ok()
            .and_then(|subject| OperationName::parse(subject.operation));
        operation.map_or(Weight::Light, weight)
    }
}

/// What reads the log, lists a whole tenant or judges targets is heavy.
fn weight(operation: OperationName) -> Weight {
    use OperationName as Name;
    match operation {
        Name::TenantPut
        | Name::AdministratorPut
        | Name::AdministratorRemove
        | Name::LearnerPut
        | Name::ProgrammePut
        | Name::TemplateRemove
        | Name::PlanInstantiate
        | Name::PlanEdit
        | Name::RecordOpen
        | Name::RecordClose
        | Name::SyncCancel
        | Name::TenantGet
        | Name::AdministratorGet
        | Name::AdministratorNames
        | Name::LearnerGet
        | Name::ProgrammeGet
        | Name::ActorGet => Weight::Light,
        Name::TemplatePut
        | Name::SyncStart
        | Name::AdministratorList
        | Name::LearnerList
        | Name::LearnerFind
        | Name::ProgrammeList
        | Name::TemplateGet
        | Name::PlanGet
        | Name::PlanChange
        | Name::PlanHistory
        | Name::RecordList
        | Name::RecordChanges
        | Name::SyncComponents
        | Name::SyncLearners
        | Name::SyncFilters
        | Name::SyncPreview
        | Name::SyncAffected
        | Name::SyncExplain
        | Name::SyncGet
        | Name::SyncOutcomes
        | Name::SyncChanges
        | Name::SyncList => Weight::Heavy,
    }
}
