//! An engine on a log in memory, advanced step by step, and a service on top of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use plansync_domain::event::Event;
use plansync_engine::{Clock, Config, Engine, Worked, decided};
use plansync_log::memory::MemoryLog;
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_log::{Append, LogId, Position, Read, Recorded, Recording, sequence};
use plansync_protocol::Encoding;
use plansync_service::{Answer, Headers, Ids, Inbound, Outbound, Place, Service, Verdict};
use serde_json::Value;
use uuid::Uuid;

use crate::typed;

/// A microsecond passes between two looks at the clock.
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

/// Headers of a message.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a>(pub(crate) &'a [(&'a str, &'a str)]);

impl Headers for Given<'_> {
    fn values(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter();
        named
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
            .collect()
    }
}

/// A service and the log that it stands on.
pub(crate) struct World {
    log: MemoryLog,
    pub(crate) service: Service,
    pub(crate) encoding: Encoding,
    sequence: AtomicU64,
    clock: Arc<Ticking>,
}

impl World {
    pub(crate) fn new(encoding: Encoding) -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        let reader = Arc::new(log.clone());
        Self::on(log, reader, encoding, 1)
    }

    /// One whose log is read through something else.
    pub(crate) fn read_through(
        encoding: Encoding,
        reader: impl FnOnce(MemoryLog) -> Arc<dyn Read>,
    ) -> Self {
        let log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        Self::on(log.clone(), reader(log), encoding, 1)
    }

    /// Another engine on what is durable of the log.
    pub(crate) fn restarted(self) -> Self {
        let sequence = self.sequence.load(Ordering::Relaxed);
        let reader = Arc::new(self.log.clone());
        Self::on(self.log, reader, self.encoding, sequence)
    }

    /// A world on a copy of the log in which each event is stored as `stored` makes it.
    pub(crate) fn rewritten(&self, stored: impl Fn(&mut Recording)) -> Self {
        let mut log = MemoryLog::new(LogId::new(Uuid::from_u128(1)));
        for commit in self.log.read(Position::new(1), usize::MAX).unwrap() {
            let mut commit = commit.decode().unwrap();
            commit.proposal.events.iter_mut().for_each(&stored);
            let (sequenced, _) = sequence(&log.tip(), commit.at, &commit.proposal).unwrap();
            log.append(&[sequenced]).unwrap();
        }
        let reader = Arc::new(log.clone());
        let world = Self::on(log, reader, self.encoding, 1);
        world
            .clock
            .0
            .store(self.clock.0.load(Ordering::Relaxed), Ordering::Relaxed);
        world
    }

    fn on(log: MemoryLog, reader: Arc<dyn Read>, encoding: Encoding, sequence: u64) -> Self {
        let clock = Arc::new(Ticking(AtomicI64::new(1_795_426_200_000_000)));
        let config = Config {
            clock: Arc::clone(&clock) as _,
            keys: Arc::new(Keys::in_memory(KeyTree::begin(
                &Seed::new([7; 32]),
                Vec::new(),
            ))),
            ..Config::default()
        };
        let engine = Engine::open(Box::new(log.clone()), reader, config).unwrap();
        let ids = Arc::new(Counting(AtomicU64::new(0)));
        Self {
            log,
            service: Service::new(engine, Encoding::Json, ids),
            encoding,
            sequence: AtomicU64::new(sequence),
            clock,
        }
    }

    /// So many hours pass, and what is idle by then is closed.
    pub(crate) fn pass_hours(&self, hours: i64) {
        let micros = hours * 3_600_000_000;
        self.clock.0.fetch_add(micros, Ordering::Relaxed);
        self.service.engine().idle_step().unwrap();
        self.settle();
    }

    /// Makes everything durable that was decided.
    pub(crate) fn settle(&self) {
        self.service.engine().write_step().unwrap();
    }

    /// Works until no target of a sync waits.
    pub(crate) fn work(&self) {
        while self.service.engine().work_step().unwrap() != Worked::Nothing {
            self.settle();
        }
    }

    /// Sends bytes on a subject, and makes durable what they did.
    pub(crate) fn send(
        &self,
        actor: &str,
        operation: &str,
        headers: Given<'_>,
        body: &[u8],
    ) -> Answer {
        let subject = format!("plansync.v1.req.acme.{actor}.{operation}");
        let answer = self.service.request(Inbound {
            subject: &subject,
            headers: &headers,
            body,
        });
        self.settle();
        assert!(answer.after <= self.durable(), "the answer may never leave");
        answer
    }

    fn durable(&self) -> Position {
        self.service.engine().durable().current()
    }

    /// Asks in the world's encoding; both the question and the answer are shown as JSON.
    pub(crate) fn ask(&self, actor: &str, operation: &str, body: &Value) -> Result<Value, Value> {
        let bytes = match self.encoding {
            Encoding::Json => body.to_string().into_bytes(),
            Encoding::MessagePack => typed::body(operation, body),
        };
        let answer = self.send(actor, operation, Given(&[]), &bytes);
        assert_eq!(
            answer.encoding, self.encoding,
            "the reply has the request's encoding"
        );
        match (&answer.error, self.encoding) {
            (None, Encoding::Json) => Ok(serde_json::from_slice(&answer.body).unwrap()),
            (None, Encoding::MessagePack) => Ok(typed::reply(operation, &answer.body)),
            (Some(error), encoding) => {
                let body = typed::error(encoding, &answer.body);
                assert_eq!(error.number, typed::number(&body));
                Err(body["error"].clone())
            }
        }
    }

    #[track_caller]
    pub(crate) fn get(&self, actor: &str, operation: &str, body: &Value) -> Value {
        match self.ask(actor, operation, body) {
            Ok(reply) => reply,
            Err(error) => panic!("{operation} was refused: {error}"),
        }
    }

    /// The code of the refusal.
    #[track_caller]
    pub(crate) fn refusal(&self, actor: &str, operation: &str, body: &Value) -> String {
        match self.ask(actor, operation, body) {
            Ok(reply) => panic!("{operation} was not refused: {reply}"),
            Err(error) => error["code"].as_str().unwrap().to_owned(),
        }
    }

    /// Gives a durable command, at the next place of its stream.
    pub(crate) fn give(
        &self,
        actor: &str,
        operation: &str,
        headers: Given<'_>,
        body: &[u8],
    ) -> Place {
        let place = Place {
            stream_created_ns: 7,
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed),
        };
        self.give_at(place, actor, operation, headers, body);
        place
    }

    pub(crate) fn give_at(
        &self,
        place: Place,
        actor: &str,
        operation: &str,
        headers: Given<'_>,
        body: &[u8],
    ) {
        let subject = format!("plansync.v1.cmd.acme.{actor}.{operation}");
        let inbound = Inbound {
            subject: &subject,
            headers: &headers,
            body,
        };
        let verdict = self.service.command(inbound, place);
        self.settle();
        let Verdict::Settled { after } = verdict else {
            panic!("the command waits");
        };
        assert!(
            after <= self.durable(),
            "the command may never be acknowledged"
        );
    }

    /// Everything that was told since a position.
    pub(crate) fn events_after(&self, position: u64) -> Vec<Outbound> {
        let mut events = Vec::new();
        let mut after = Position::new(position);
        loop {
            let batch = self.service.events(after, 3).unwrap();
            if batch.through == after {
                return events;
            }
            events.extend(batch.events);
            after = batch.through;
        }
    }

    /// The bytes that are kept of each command that was rejected since a position; null of one of which none are.
    /// They are not published.
    pub(crate) fn kept_after(&self, position: u64) -> Vec<Value> {
        let commits = self.log.read(Position::new(position + 1), 1_000).unwrap();
        let keys = &self.service.engine().config().keys;
        let events = commits
            .iter()
            .flat_map(|commit| decided(commit, keys).unwrap().events);
        let kept = events.filter_map(|event| match event {
            Event::CommandRejected(rejected) => Some(rejected.bytes.as_slice().to_vec()),
            _ => None,
        });
        kept.map(|bytes| match bytes.as_slice() {
            [] => Value::Null,
            _ => serde_json::to_value(plansync_protocol::Bytes(bytes)).unwrap(),
        })
        .collect()
    }

    /// The last position in the log.
    pub(crate) fn position(&self) -> u64 {
        self.durable().get()
    }
}
