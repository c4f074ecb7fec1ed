//! The event stream of a simulated server: it stores at the place that is expected or not at all,
//! knows ids it has seen, loses what is sent to it and what it answers, goes away, and comes back
//! empty.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_log::{Incarnations, Position};
use plansync_nats::{
    EVENTS, End, EventStream, Found, LogName, NotPlaced, Placed, PublishedEvent, StreamError,
};
use plansync_service::Outbound;

use crate::choices::Choices;

/// An event as the stream has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its `ce-id`.
    pub(crate) id: String,
    /// Its subject.
    pub(crate) subject: String,
    /// The position that its commit has.
    pub(crate) position: Position,
    /// The log's hash there.
    pub(crate) chain: String,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

#[derive(Debug)]
struct Held {
    created_ns: i128,
    messages: Vec<Message>,
    away: bool,
    calm: bool,
}

/// The stream; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Events {
    held: Arc<Mutex<Held>>,
    choices: Choices,
}

/// What the server will say, and whether that is heard.
pub(crate) struct Sent {
    answer: Result<Placed, NotPlaced>,
    heard: bool,
}

impl Events {
    /// An empty one.
    pub(crate) fn new(choices: Choices) -> Self {
        let held = Held {
            created_ns: 1,
            messages: Vec::new(),
            away: false,
            calm: false,
        };
        Self {
            held: Arc::new(Mutex::new(held)),
            choices,
        }
    }

    /// The server goes away or comes back, with what it had.
    pub(crate) fn set_away(&self, away: bool) {
        self.lock().away = away;
    }

    /// Whether it is away.
    pub(crate) fn is_away(&self) -> bool {
        self.lock().away
    }

    /// It has lost everything, and begins a new stream of the same name.
    pub(crate) fn empty(&self) {
        let mut held = self.lock();
        held.created_ns += 1;
        held.messages.clear();
    }

    /// Nothing is lost any more.
    pub(crate) fn heal(&self) {
        let mut held = self.lock();
        held.away = false;
        held.calm = true;
    }

    /// Everything in it.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.lock().messages.clone()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().messages.len()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn loses(&self, in_a_thousand: u32) -> bool {
        let calm = self.lock().calm;
        !calm && self.choices.happens(in_a_thousand)
    }
}

impl Held {
    fn store(&mut self, event: &Outbound, expected: u64) -> Result<Placed, NotPlaced> {
        let place = |index: usize| u64::try_from(index).unwrap_or(u64::MAX) + 1;
        if let Some(index) = self.messages.iter().position(|one| one.id == event.id) {
            return Ok(Placed {
                sequence: place(index),
                duplicate: true,
            });
        }
        if u64::try_from(self.messages.len()) != Ok(expected) {
            return Err(NotPlaced::Refused("wrong last sequence".to_owned()));
        }
        self.messages.push(Message {
            id: event.id.clone(),
            subject: event.subject.clone(),
            position: event.position,
            chain: event.chain.to_string(),
            body: event.body.clone(),
        });
        Ok(Placed {
            sequence: expected + 1,
            duplicate: false,
        })
    }
}

fn no_server() -> StreamError {
    StreamError::Server {
        stream: EVENTS,
        source: "no servers available".into(),
    }
}

fn unknown() -> NotPlaced {
    NotPlaced::Unknown("timed out".to_owned())
}

impl EventStream for Events {
    type Sent = Sent;

    async fn find_end(
        &self,
        _name: &LogName,
        _incarnations: &Incarnations,
    ) -> Result<Found, StreamError> {
        let held = self.lock();
        if held.away {
            return Err(no_server());
        }
        let published = |message: &Message| {
            let (name, _) = message.id.split_once('/')?;
            let (log, incarnation) = name.rsplit_once('.')?;
            Some(PublishedEvent {
                name: LogName {
                    log: log.into(),
                    incarnation: incarnation.parse().ok()?,
                },
                position: message.position,
                chain: message.chain.clone(),
            })
        };
        Ok(Found {
            created_ns: held.created_ns,
            last_sequence: u64::try_from(held.messages.len()).unwrap_or(u64::MAX),
            last: held.messages.last().and_then(published),
        })
    }

    async fn end(&self) -> Result<End, StreamError> {
        let held = self.lock();
        if held.away {
            return Err(no_server());
        }
        Ok(End {
            created_ns: held.created_ns,
            last_sequence: u64::try_from(held.messages.len()).unwrap_or(u64::MAX),
        })
    }

    async fn send(
        &mut self,
        event: Outbound,
        expected_last_sequence: u64,
    ) -> Result<Sent, NotPlaced> {
        if self.lock().away || self.loses(20) {
            return Ok(Sent {
                answer: Err(unknown()),
                heard: true,
            });
        }
        let answer = self.lock().store(&event, expected_last_sequence);
        Ok(Sent {
            answer,
            heard: !self.loses(20),
        })
    }

    async fn answer(&mut self, sent: Sent) -> Result<Placed, NotPlaced> {
        if sent.heard {
            sent.answer
        } else {
            Err(unknown())
        }
    }
}
