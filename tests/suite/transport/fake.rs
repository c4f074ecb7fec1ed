//! An engine that does nothing but remember what it was given, and says what a test wants.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use plansync_log::{Chain, Position};
use plansync_nats::{Handler, LogName, Outbox};
use plansync_protocol::Encoding;
use plansync_service::{
    Answer, Batch, EventsError, Inbound, Outbound, Place, ServiceError, Verdict, Weight,
};
use tokio::sync::watch;

/// Answers with the subject's last token; its behaviour is in that token too.
pub(super) struct FakeEngine {
    pub(super) durable: watch::Sender<Position>,
    /// The bodies that were decided, in order.
    pub(super) seen: Mutex<Vec<String>>,
    /// Bodies of commands that must wait.
    pub(super) waiting: Mutex<BTreeSet<String>>,
}

impl FakeEngine {
    pub(super) fn durable_to(position: u64) -> Self {
        Self {
            durable: watch::Sender::new(Position::new(position)),
            seen: Mutex::default(),
            waiting: Mutex::default(),
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
        let body = self.see(inbound);
        assert!(!inbound.subject.contains(".crash."), "as the test wants it");
        match inbound.subject.rsplit('.').next() {
            Some("edit") => answer(5, None, &body),
            Some("refuse") => answer(0, Some((409, "first line\nsecond")), "{\"error\":{}}"),
            _ => answer(0, None, &body),
        }
    }

    fn overloaded(&self, _: Inbound<'_>, _: Duration) -> Answer {
        answer(0, Some((429, "overloaded")), "")
    }

    fn crashed(&self, _: Inbound<'_>) -> Answer {
        answer(0, Some((500, "internal")), "")
    }

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

    fn durable(&self) -> watch::Receiver<Position> {
        self.durable.subscribe()
    }
}

/// A log in which every position but the multiples of three gives an event.
pub(super) struct FakeLog {
    pub(super) durable: watch::Sender<Position>,
    /// Told apart from the real hash by a test that changes the log.
    pub(super) chain: u8,
}

impl FakeLog {
    pub(super) fn durable_to(position: u64) -> Self {
        Self {
            durable: watch::Sender::new(Position::new(position)),
            chain: 0xab,
        }
    }

    /// The positions of its events up to where it is durable.
    pub(super) fn event_positions(&self) -> Vec<u64> {
        let tip = self.durable.borrow().get();
        (1..=tip).filter(|position| position % 3 != 0).collect()
    }

    fn event(&self, position: u64) -> Outbound {
        let id = format!("{}.{}/{position}", self.name().log, self.name().incarnation);
        let mut chain = [self.chain; 32];
        chain[24..].copy_from_slice(&position.to_be_bytes());
        let chain = Chain::new(chain);
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
        super::name()
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
