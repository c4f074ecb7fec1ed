//! One life of the process: the service on its engine, the relay, what was judged and not committed,
//! and the answers and acknowledgements that wait until the log is durable.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plansync_domain::command::limits::Limits as EngineLimits;
use plansync_engine::{Clock, Config, Engine, Fault, JudgedBatch, OpenError};
use plansync_log::Position;
use plansync_log::memory::MemoryCheckpoints;
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_model::histories::LIMITS;
use plansync_nats::{CursorFile, NewStream, Relay, RelayError, Stepped};
use plansync_protocol::Encoding;
use plansync_service::{Answer, Headers, Ids, Inbound, Place, Service, Verdict};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::client::Message;
use crate::disk::Disk;
use crate::events::Events;
use crate::ticking::Ticking;

/// Room for a few plans, so that they come and go.
const PLAN_BYTES_MAX: usize = 6_000;

/// An answer on its way to a client.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// What it answers.
    pub(crate) message: Message,
    /// The answer.
    pub(crate) answer: Answer,
    /// What readers saw when it was made.
    pub(crate) durable: Position,
}

struct Given(Vec<(&'static str, String)>);

impl Given {
    fn of(message: &Message) -> Self {
        match &message.hostile {
            Some(hostile) => Self(hostile.headers.clone()),
            None => Self(vec![("Nats-Msg-Id", message.id.to_string())]),
        }
    }
}

impl Headers for Given {
    fn values(&self, name: &str) -> Vec<&str> {
        let asked = self.0.iter();
        let asked = asked.filter(|(one, _)| one.eq_ignore_ascii_case(name));
        asked.map(|(_, value)| value.as_str()).collect()
    }
}

/// Why a stranger's message is not delivered, where it is not.
const WHY: &str = "its subject is not visible ASCII";

fn is_undeliverable(message: &Message) -> bool {
    let hostile = message.hostile.as_ref();
    hostile.is_some_and(|hostile| hostile.undeliverable)
}

/// Ids that nobody asked for come in order, in every life others.
struct Counting(AtomicU64);

impl Ids for Counting {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(0xf00d_0000_0000 + u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

/// The ids of a life that nobody asked for.
pub(crate) fn ids_of_life(life: u64) -> Arc<dyn Ids> {
    Arc::new(Counting(AtomicU64::new(life << 16)))
}

/// The answer of a service to a request.
pub(crate) fn answer_to(service: &Service, message: &Message) -> Answer {
    let inbound = Inbound {
        subject: &format!("plansync.v1.req.{}", message.rest),
        headers: &Given::of(message),
        body: &message.body,
    };
    if is_undeliverable(message) {
        service.undeliverable(inbound, WHY)
    } else {
        service.request(inbound)
    }
}

/// What a process finds around it.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// Where the relay keeps its cursor.
    pub(crate) folder: PathBuf,
    /// Runs the relay's steps.
    pub(crate) runtime: Arc<Runtime>,
    /// How many processes there were before.
    pub(crate) life: u64,
}

/// The process.
pub(crate) struct Machine {
    service: Service,
    relay: Relay<Service, Events>,
    runtime: Arc<Runtime>,
    /// Answers that may leave in this order, each once the log is durable so far.
    pub(crate) waiting: Vec<Reply>,
    /// Batches that were judged and not committed.
    pub(crate) judged: Vec<JudgedBatch>,
    /// Commands that were taken: until where the log must be durable, and their sequence.
    pub(crate) taken: Vec<(Position, u64)>,
    /// The next command to be taken from the stream.
    pub(crate) next_command: u64,
    /// Whether there may be something to write.
    pub(crate) unwritten: bool,
    /// Whether a target may wait.
    pub(crate) work: bool,
    /// Whether an event may wait.
    pub(crate) unpublished: bool,
}

impl Machine {
    /// The process starts on what the disk has; `None` if it ends again, because an erasure that was asked for cannot be
    /// completed.
    pub(crate) fn start(
        disk: &Disk,
        events: &Events,
        config: &Config,
        around: &Around,
    ) -> Result<Option<Self>, OpenError> {
        let (append, read) = (Box::new(disk.clone()), Arc::new(disk.clone()));
        // Two lives of one version, then another one: some starts are recorded, and others have nothing to say.
        let version = Some(Arc::from(format!("0.{}", around.life / 2)));
        let config = Config {
            version,
            ..config.clone()
        };
        let engine = Engine::open(append, read, config)?;
        let recorded = engine.record_start();
        let recorded = recorded.is_ok_and(|recorded| recorded > 0);
        if engine.erase_step().is_err() {
            return Ok(None);
        }
        let service = Service::new(engine, Encoding::Json, ids_of_life(around.life));
        let file = CursorFile::in_folder(&around.folder);
        let outbox = Arc::new(service.clone());
        let relay = Relay::new(events.clone(), outbox, file, NewStream::Everything);
        Ok(Some(Self {
            service,
            relay,
            runtime: Arc::clone(&around.runtime),
            waiting: Vec::new(),
            judged: Vec::new(),
            taken: Vec::new(),
            next_command: 0,
            unwritten: recorded,
            work: true,
            unpublished: true,
        }))
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        self.service.engine()
    }

    /// Whether an erasure was asked for and is not done.
    pub(crate) fn has_begun_to_erase(&self) -> bool {
        let engine = self.engine();
        let tenants = engine.tenants();
        let mut snapshots = tenants.iter().map(|tenant| engine.snapshot(tenant));
        snapshots.any(|snapshot| snapshot.tenant.erasures().requested_ones().next().is_some())
    }

    /// The service.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// How far the log is durable, as the engine says.
    pub(crate) fn durable(&self) -> Position {
        self.engine().durable().current()
    }

    /// A request arrives.
    pub(crate) fn take_request(&mut self, message: Message) {
        let durable = self.durable();
        let answer = answer_to(&self.service, &message);
        self.waiting.push(Reply {
            message,
            answer,
            durable,
        });
        self.touched();
    }

    /// A durable command is taken from its stream, or stays there where it must wait.
    pub(crate) fn take_command(&mut self, message: &Message, place: Place) {
        let inbound = Inbound {
            subject: &format!("plansync.v1.cmd.{}", message.rest),
            headers: &Given::of(message),
            body: &message.body,
        };
        let verdict = if is_undeliverable(message) {
            self.service.undeliverable_command(inbound, place, WHY)
        } else {
            self.service.command(inbound, place)
        };
        self.touched();
        match verdict {
            Verdict::Settled { after } => {
                self.taken.push((after, place.sequence));
                self.next_command = place.sequence + 1;
            }
            Verdict::Wait { .. } => {}
        }
    }

    fn touched(&mut self) {
        self.unwritten = true;
        self.work = true;
        self.unpublished = true;
    }

    /// The relay takes one step, after a time: that of the runtime goes on in no other way.
    pub(crate) fn publish(&mut self, after: Duration) -> Result<(), RelayError> {
        let relay = &mut self.relay;
        let stepped = self.runtime.block_on(async {
            tokio::time::advance(after).await;
            relay.step().await
        })?;
        self.unpublished = stepped != Stepped::Idle;
        Ok(())
    }

    /// Something was decided or written.
    pub(crate) fn moved(&mut self) {
        self.touched();
    }
}

/// The keys as they were when the log began: the model follows the log with what was erased since.
pub(crate) fn first_keys() -> Arc<Keys> {
    Arc::new(Keys::in_memory(KeyTree::begin(
        &Seed::new([7; 32]),
        Vec::new(),
    )))
}

/// What the engine is set to.
pub(crate) fn config(clock: &Arc<Ticking>, faults: Vec<Fault>) -> Config {
    Config {
        plan_bytes_max: PLAN_BYTES_MAX,
        queue_count_max: 24,
        recent_commands_max: 8,
        batch_targets_max: 2,
        values_min: 1,
        image_commits: 2,
        checkpoint_commits: 3,
        checkpoints: Some(Arc::new(MemoryCheckpoints::new())),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        limits: EngineLimits {
            components: LIMITS.components,
            learners: LIMITS.learners,
            open_records: LIMITS.open_records,
            running_syncs: LIMITS.running_syncs,
            ..EngineLimits::default()
        },
        faults,
        keys: first_keys(),
        ..Config::default()
    }
}
