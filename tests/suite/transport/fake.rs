//! An engine that does nothing but remember what it was given, and says what a test wants.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use plansync_log::{Chain, Incarnation, Incarnations, LogId, Position, Recorded, Tip};
use plansync_nats::{Handler, LogName, Outbox};
use plansync_protocol::Encoding;
use plansync_service::{
    Answer, Batch, ErrorCode, EventsError, Inbound, NeedsDisk, Outbound, Place, ServiceError,
    Verdict, Weight,
};
use tokio::sync::watch;
use uuid::Uuid;

const LOG: LogId = LogId::new(Uuid::from_u128(7));

/// Answers with the subject's last token; its behaviour is in that token too.
pub(super) struct FakeEngine {
    pub(super) durable: watch::Sender<Position>,
    /// The bodies that were decided, in order.
    pub(super) seen: Mutex<Vec<String>>,
    /// Bodies of commands that must wait.
    pub(super) waiting: Mutex<BTreeSet<String>>,
    /// What requests that need the disk wait for.
    pub(super) disk: Disk,
}

/// A disk that gives nothing until it is told to.
#[derive(Default)]
pub(super) struct Disk {
    /// How many reads wait.
    reads: AtomicUsize,
    answers: Mutex<bool>,
    told: Condvar,
}

impl Disk {
    fn wait(&self) {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.lock().unwrap();
        drop(self.told.wait_while(answers, |answers| !*answers).unwrap());
        self.reads.fetch_sub(1, Ordering::SeqCst);
    }

    /// How many wait for it.
    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// From now on, it answers.
    pub(super) fn answer(&self) {
        *self.answers.lock().unwrap() = true;
        self.told.notify_all();
    }
}

impl FakeEngine {
    pub(super) fn durable_to(position: u64) -> Self {
        Self {
            durable: watch::Sender::new(Position::new(position)),
            seen: Mutex::default(),
            waiting: Mutex::default(),
            disk: Disk::default(),
        }
    }

    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn see(&self, inbound: Inbound<'_>) -> String {
        let body = String::from_utf8(inbound.body.to_vec()).unwrap();
        self.seen.lock().unwrap().push(body.clone());
        body
    }
}

fn answer(after: u64, error: Option<(u16, &str)>, body: &str) -> Answer {
    Answer {
        after: Position::new(after),
        encoding: Encoding::Json,
        error: error.map(|(number, text)| ServiceError {
            code: ErrorCode::InvalidRequest,
            number,
            text: text.to_owned(),
        }),
        body: body.as_bytes().to_vec(),
    }
}

impl Handler for FakeEngine {
    fn weight(&self, subject: &str) -> Weight {
        if subject.ends_with(".preview") {
            Weight::Heavy
        } else {
            Weight::Light
        }
    }

    fn request(&self, inbound: Inbound<'_>) -> Answer {
        if inbound.subject.rsplit('.').next() == Some("cold") {
            self.disk.wait();
        }
        let body = self.see(inbound);
        assert!(!inbound.subject.contains(".crash."), "as the test wants it");
        match inbound.subject.rsplit('.').next() {
            Some("edit") => answer(5, None, &body),
            Some("refuse") => answer(0, Some((409, "first line\nsecond")), "{\"error\":{}}"),
            _ => answer(0, None, &body),
        }
    }

    fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer {
        let body = format!("{} {} {why}", inbound.subject, inbound.body.escape_ascii());
        answer(0, Some((400, "invalid_request")), &body)
    }

    fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk> {
        if inbound.subject.rsplit('.').next() == Some("cold") {
            return Err(NeedsDisk);
        }
        Ok(self.request(inbound))
    }

    fn overloaded(&self, _: Inbound<'_>, _: Duration) -> Answer {
        answer(0, Some((429, "overloaded")), "")
    }

    fn withheld(&self, _: &Answer) -> Answer {
        answer(0, Some((503, "unavailable")), "")
    }

    fn crashed(&self, _: Inbound<'_>) -> Answer {
        answer(0, Some((500, "internal")), "")
    }

    fn events_behind(&self) -> u64 {
        0
    }

    fn gathering(&self) -> impl Send + 'static {}

    fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        let body = String::from_utf8(inbound.body.to_vec()).unwrap();
        if self.waiting.lock().unwrap().contains(&body) {
            return Verdict::Wait {
                retry_after: Duration::from_millis(1),
            };
        }
        self.see(inbound);
        assert_ne!(body, "crash", "as the test wants it");
        Verdict::Settled {
            after: Position::new(place.sequence),
        }
    }

    fn set_aside(&self, _: Inbound<'_>, place: Place) -> Verdict {
        self.seen
            .lock()
            .unwrap()
            .push(format!("set aside {}", place.sequence));
        Verdict::Settled {
            after: Position::new(place.sequence),
        }
    }

    fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, _: &str) -> Verdict {
        self.seen
            .lock()
            .unwrap()
            .push(format!("undeliverable {}", inbound.subject));
        Verdict::Settled {
            after: Position::new(place.sequence),
        }
    }

    fn durable(&self) -> watch::Receiver<Position> {
        self.durable.subscribe()
    }
}

/// A log in which every position but the multiples of three gives an event.
pub(super) struct FakeLog {
    pub(super) durable: watch::Sender<Position>,
    /// Told apart from the real hash by a test that changes the log.
    pub(super) chain: u8,
    pub(super) incarnations: Incarnations,
}

impl FakeLog {
    pub(super) fn durable_to(position: u64) -> Self {
        Self {
            durable: watch::Sender::new(Position::new(position)),
            chain: 0xab,
            incarnations: Incarnations::first(LOG),
        }
    }

    /// The same log in a further incarnation that began behind a position.
    pub(super) fn restored(&self, incarnation: u32, after: u64, durable_to: u64) -> Self {
        let incarnation = Incarnation::new(incarnation);
        let after = Position::new(after);
        let at = Tip {
            log: LOG,
            incarnation,
            position: after,
            chain: self.chain_at(after.get()),
            at: Recorded::ZERO,
        };
        let mut incarnations = self.incarnations.clone();
        incarnations.begin(incarnation, &at).unwrap();
        Self {
            incarnations,
            chain: self.chain,
            ..Self::durable_to(durable_to)
        }
    }

    fn chain_at(&self, position: u64) -> Chain {
        let mut chain = [self.chain; 32];
        chain[24..].copy_from_slice(&position.to_be_bytes());
        Chain::new(chain)
    }

    /// The name that an event has in the stream.
    pub(super) fn id(&self, position: u64) -> String {
        let incarnation = self.incarnations.of(Position::new(position));
        format!("{}.{incarnation}/{position}", super::name().log)
    }

    /// The positions of its events up to where it is durable.
    pub(super) fn event_positions(&self) -> Vec<u64> {
        let tip = self.durable.borrow().get();
        (1..=tip).filter(|position| position % 3 != 0).collect()
    }

    fn event(&self, position: u64) -> Outbound {
        let (id, chain) = (self.id(position), self.chain_at(position));
        Outbound {
            position: Position::new(position),
            chain,
            subject: "plansync.v1.evt.college.plan.x.changed".to_owned(),
            headers: vec![("ce-id", id.clone()), ("ce-chain", chain.to_string())],
            id,
            body: position.to_string().into_bytes(),
        }
    }
}

impl Outbox for FakeLog {
    fn name(&self) -> LogName {
        LogName {
            incarnation: self.incarnations.current().get(),
            ..super::name()
        }
    }

    fn incarnations(&self) -> Incarnations {
        self.incarnations.clone()
    }

    fn durable(&self) -> watch::Receiver<Position> {
        self.durable.subscribe()
    }

    fn chain(&self, position: Position) -> Result<Option<Chain>, EventsError> {
        Ok(Some(self.event(position.get()).chain))
    }

    fn events(&self, after: Position, count_max: usize) -> Result<Batch, EventsError> {
        let tip = self.durable.borrow().get();
        let through = tip.min(after.get() + u64::try_from(count_max).unwrap());
        let events = (after.get() + 1..=through)
            .filter(|position| position % 3 != 0)
            .map(|position| self.event(position))
            .collect();
        Ok(Batch {
            events,
            through: Position::new(through),
        })
    }
}
