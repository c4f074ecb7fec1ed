//! The product on a log in memory: the engine, stepped by hand, asked in JSON.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use plansync_domain::command::limits::Limits as EngineLimits;
use plansync_engine::{Clock, Config, Difference, Engine, Worked};
use plansync_log::memory::{MemoryCheckpoints, MemoryLog};
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_log::{LogId, Recorded};
use plansync_model::refusal::Refusal;
use plansync_model::world::Limits;
use plansync_protocol::Encoding;
use plansync_service::{Headers, Ids, Inbound, Service};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Room for a few of a history's plans, so that they come and go.
const PLAN_BYTES_MAX: usize = 3_000;
/// Whoever asks so often finds another engine, which begins with what the last one kept.
const ASKS_PER_ENGINE: u64 = 11;

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
    fn values(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}

/// A service before an engine on a log.
pub(crate) struct Product {
    service: RefCell<Service>,
    opens: Opens,
    clock: Arc<Ticking>,
    config: Config,
    ids: Arc<Counting>,
    log: MemoryLog,
    asked: AtomicU64,
}

impl Product {
    /// One on an empty log.
    pub(crate) fn new(limits: Limits) -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        let clock = Arc::new(Ticking(AtomicI64::new(1_795_426_200_000_000)));
        let config = Config {
            plan_bytes_max: PLAN_BYTES_MAX,
            // Memory begins anew whenever it can.
            values_min: 1,
            image_commits: 2,
            checkpoint_commits: 3,
            checkpoints: Some(Arc::new(MemoryCheckpoints::new())),
            clock: Arc::clone(&clock) as _,
            // A batch holds every target of a case: of two syncs, the first is done first.
            batch_targets_max: 32,
            limits: limits_of(limits),
            keys: Arc::new(Keys::in_memory(KeyTree::begin(
                &Seed::new([7; 32]),
                Vec::new(),
            ))),
            ..Config::default()
        };
        Self::on(log, config, clock, open)
    }

    /// I1: another on the same log, which replays it from nothing.
    pub(crate) fn replayed(&self) -> Self {
        let config = Config {
            plan_bytes_max: Config::default().plan_bytes_max,
            checkpoints: Option::None,
            ..self.config.clone()
        };
        Self::on(self.log.clone(), config, Arc::clone(&self.clock), open)
    }

    /// One that only reads the same log, and begins with what was kept.
    pub(crate) fn viewed(&self) -> Self {
        let (log, config) = (self.log.clone(), self.config.clone());
        Self::on(log, config, Arc::clone(&self.clock), view)
    }

    fn on(log: MemoryLog, config: Config, clock: Arc<Ticking>, opens: Opens) -> Self {
        let ids = Arc::new(Counting(AtomicU64::new(0)));
        Self {
            service: RefCell::new(serving(&log, &config, &ids, opens)),
            opens,
            clock,
            config,
            ids,
            log,
            asked: AtomicU64::new(0),
        }
    }

    /// Keeps what there is to keep, and now and then goes on with another engine.
    fn pass_on(&self) {
        let engine = self.engine();
        engine.renew_step();
        engine.keep_step().unwrap();
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        if self.config.checkpoints.is_some() && asked.is_multiple_of(ASKS_PER_ENGINE) {
            // A start of another version, which the log records: no answer may depend on it.
            let config = Config {
                version: Some(Arc::from(format!("{asked}"))),
                ..self.config.clone()
            };
            self.service
                .replace(serving(&self.log, &config, &self.ids, self.opens));
            self.engine().record_start().unwrap();
            self.engine().write_step().unwrap();
        }
    }

    /// Asks, and makes durable what it did.
    pub(crate) fn ask(&self, actor: &str, operation: &str, body: &Json) -> Result<Json, Refusal> {
        let answer = self.service.borrow().request(Inbound {
            subject: &format!("plansync.v1.req.acme.{actor}.{operation}"),
            headers: &None,
            body: body.to_string().as_bytes(),
        });
        self.engine().write_step().unwrap();
        self.pass_on();
        let reply: Json = serde_json::from_slice(&answer.body).unwrap();
        if answer.error.is_none() {
            return Ok(reply);
        }
        let refusal = Refusal::of_reply(&reply);
        assert!(!refusal.code.is_empty(), "{reply}");
        Err(refusal)
    }

    /// The whole of a list.
    pub(crate) fn read(&self, actor: &str, operation: &str, body: &Json) -> Result<Json, Refusal> {
        let mut whole = body.clone();
        whole["page_size"] = json!(500);
        self.ask(actor, operation, &whole)
    }

    /// So many hours pass, and what is idle by then is closed.
    pub(crate) fn pass(&self, hours: u64) {
        let micros = i64::try_from(hours * 3_600_000_000).unwrap();
        self.clock.0.fetch_add(micros, Ordering::Relaxed);
        let engine = self.engine();
        engine.idle_step().unwrap();
        engine.write_step().unwrap();
    }

    /// Works until no target of a sync waits.
    pub(crate) fn work(&self) {
        let engine = self.engine();
        while engine.work_step().unwrap() != Worked::Nothing {
            engine.write_step().unwrap();
        }
        engine.write_step().unwrap();
    }

    /// What a replay of the log gives otherwise than the engine answers; nothing if all is right.
    pub(crate) fn differing(&self) -> Option<Difference> {
        let engine = self.engine();
        let check = engine.check(2);
        let go_on = &mut |_| ControlFlow::Continue(());
        let mut parts = (0..check.parts()).map(|part| check.part(part, go_on).unwrap());
        parts.find_map(Result::err)
    }

    fn engine(&self) -> Engine {
        self.service.borrow().engine().clone()
    }
}

fn limits_of(limits: Limits) -> EngineLimits {
    EngineLimits {
        components: limits.components,
        learners: limits.learners,
        open_records: limits.open_records,
        running_syncs: limits.running_syncs,
        ..EngineLimits::default()
    }
}

/// How an engine is opened on a log.
type Opens = fn(&MemoryLog, Config) -> Engine;

fn open(log: &MemoryLog, config: Config) -> Engine {
    let (append, read) = (Box::new(log.clone()), Arc::new(log.clone()));
    Engine::open(append, read, config).unwrap()
}

fn view(log: &MemoryLog, config: Config) -> Engine {
    Engine::view(Arc::new(log.clone()), config).unwrap()
}

fn serving(log: &MemoryLog, config: &Config, ids: &Arc<Counting>, opens: Opens) -> Service {
    let engine = opens(log, config.clone());
    Service::new(engine, Encoding::Json, Arc::clone(ids) as Arc<dyn Ids>)
}
