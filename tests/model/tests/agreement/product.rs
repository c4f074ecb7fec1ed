//! The product on a log in memory: the engine, stepped by hand, asked in JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use plansync_engine::{Clock, Config, Engine, Worked};
use plansync_log::memory::MemoryLog;
use plansync_log::{LogId, Recorded};
use plansync_model::refusal::Refusal;
use plansync_model::world::Limits;
use plansync_protocol::Encoding;
use plansync_service::{Headers, Ids, Inbound, Service};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Room for a few of a history's plans, so that they come and go.
const PLAN_BYTES_MAX: usize = 3_000;

struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Recorded {
        Recorded::new(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct Counting(AtomicU64);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(0xf00d_0000 + u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

struct None;

impl Headers for None {
    fn get(&self, _name: &str) -> Option<&str> {
        Option::None
    }
}

/// A service before an engine on a log.
pub(crate) struct Product {
    service: Service,
    log: MemoryLog,
    limits: Limits,
}

impl Product {
    /// One on an empty log.
    pub(crate) fn new(limits: Limits) -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        Self::on(log, limits, PLAN_BYTES_MAX)
    }

    /// I1: another on the same log, which replays it from nothing.
    pub(crate) fn replayed(&self) -> Self {
        let all = Config::default().plan_bytes_max;
        Self::on(self.log.clone(), self.limits, all)
    }

    fn on(log: MemoryLog, limits: Limits, plan_bytes_max: usize) -> Self {
        let mut config = Config {
            plan_bytes_max,
            // Memory begins anew whenever it can.
            values_min: 1,
            clock: Arc::new(Ticking(AtomicI64::new(1_795_426_200_000_000))),
            // A batch holds every target of a case: of two syncs, the first is done first.
            batch_targets_max: 32,
            ..Config::default()
        };
        config.limits.components = limits.components;
        config.limits.learners = limits.learners;
        config.limits.open_records = limits.open_records;
        config.limits.running_syncs = limits.running_syncs;
        let engine = Engine::open(Box::new(log.clone()), Arc::new(log.clone()), config).unwrap();
        let ids = Arc::new(Counting(AtomicU64::new(0)));
        Self {
            service: Service::new(engine, Encoding::Json, ids),
            log,
            limits,
        }
    }

    /// Asks, and makes durable what it did.
    pub(crate) fn ask(&self, actor: &str, operation: &str, body: &Json) -> Result<Json, Refusal> {
        let answer = self.service.request(Inbound {
            subject: &format!("plansync.v1.req.acme.{actor}.{operation}"),
            headers: &None,
            body: body.to_string().as_bytes(),
        });
        self.service.engine().write_step().unwrap();
        self.service.engine().renew_step();
        let reply: Json = serde_json::from_slice(&answer.body).unwrap();
        if answer.error.is_none() {
            return Ok(reply);
        }
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let error = &reply["error"];
        let code = text(&error["code"]).unwrap();
        let by_permission = code == "not_permitted";
        let reason = text(&error["details"]["reason"]).filter(|_| by_permission);
        Err(Refusal { code, reason })
    }

    /// The whole of a list.
    pub(crate) fn read(&self, actor: &str, operation: &str, body: &Json) -> Result<Json, Refusal> {
        let mut whole = body.clone();
        whole["page_size"] = json!(500);
        self.ask(actor, operation, &whole)
    }

    /// Works until no target of a sync waits.
    pub(crate) fn work(&self) {
        while self.service.engine().work_step().unwrap() != Worked::Nothing {
            self.service.engine().write_step().unwrap();
        }
        self.service.engine().write_step().unwrap();
    }
}
