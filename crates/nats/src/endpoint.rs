//! Requests in, replies out: each tenant's in order of arrival, the tenants in turn, heavy ones beside
//! the light ones, every reply only once it is durable.
//!
//! What arrives is taken in at once, and refused at once where too much waits: nothing gathers where
//! nobody counts it.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::{Client, HeaderMap, HeaderName, Message, Subject, Subscriber};
use futures_util::StreamExt as _;
use plansync_service::{Answer, Weight};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::discovery::{Discovery, QUEUE_GROUP, SUBJECTS, Statistics};
use crate::gate::{self, Gate, gate};
use crate::headers::Received;
use crate::intake::{Intake, Room};
use crate::port::Handler;
use crate::stop::told;

/// Replies that may wait for the disk at once; beyond, requests are refused as `overloaded`.
const REPLIES_WAITING_MAX: usize = 8 * 1024;
/// Light requests that may wait for their turn at once.
const LIGHT_ROOM: Room = Room {
    count: 32 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// Heavy requests that may wait for a thread at once.
const HEAVY_ROOM: Room = Room {
    count: 4 * 1024,
    bytes: 64 * 1024 * 1024,
};
/// Light requests that are decided, where as many wait, before the disk is asked.
const RUN_MAX: usize = 64;
/// So many commits may wait for their events to be published before requests are slowed down: whoever
/// floods the engine is not to leave its subscribers behind.
const EVENTS_BEHIND_MAX: u64 = 8 * 1024;
/// How long the next requests wait then, where many do.
const BREATH: Duration = Duration::from_millis(1);
/// What an `overloaded` sender is asked to wait.
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// Replies go to inboxes only: any other subject could be one that the sender may not publish on.
const INBOXES: [&str; 2] = ["_INBOX.", "_R_."];

/// Why the endpoint does not run.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The server did not take a subscription.
    #[error("the service cannot subscribe to its subjects")]
    Subscribe(#[from] async_nats::SubscribeError),
    /// The connection was closed for good.
    #[error("the connection to NATS was closed; start again once the server is back")]
    Closed,
    /// The server could not be told.
    #[error("the service cannot be announced")]
    Announce(#[from] async_nats::client::FlushError),
}

/// The service, subscribed and announced.
pub struct Endpoint<H> {
    client: Client,
    requests: Subscriber,
    discovery: Discovery,
    handling: Handling<H>,
    replies: Gate<Reply>,
}

/// What each request needs; cloned into those that run beside the others.
struct Handling<H> {
    client: Client,
    handler: Arc<H>,
    /// Heavy requests that may run at once.
    running: Arc<Semaphore>,
    replies: gate::Waiting<Reply>,
    statistics: Statistics,
}

/// A request, and where its reply goes.
struct Asked {
    message: Received,
    to: Subject,
    received: Instant,
}

/// What has arrived and was not dealt with.
struct Arrivals {
    waiting: Mutex<Waiting>,
    /// Wakes whoever deals with it.
    more: Notify,
}

struct Waiting {
    light: Intake<Asked>,
    heavy: Intake<Asked>,
    /// Nothing more will arrive.
    is_last: bool,
}

impl Arrivals {
    fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                light: Intake::new(LIGHT_ROOM),
                heavy: Intake::new(HEAVY_ROOM),
                is_last: false,
            }),
            more: Notify::new(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply on its way out.
struct Reply {
    to: Subject,
    answer: Answer,
    received: Instant,
}

impl<H: Handler> Endpoint<H> {
    /// Subscribes to the requests, then announces the service: whoever is told that it is there
    /// finds it answering.
    pub async fn open(client: Client, handler: Arc<H>) -> Result<Self, EndpointError> {
        let requests = client
            .queue_subscribe(SUBJECTS, QUEUE_GROUP.to_owned())
            .await?;
        client.flush().await?;
        let statistics = Statistics::default();
        let discovery = Discovery::announce(client.clone(), statistics.clone()).await?;
        client.flush().await?;
        let (waiting, replies) = gate(handler.durable(), REPLIES_WAITING_MAX);
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let handling = Handling {
            client: client.clone(),
            handler,
            running: Arc::new(Semaphore::new(cores)),
            replies: waiting,
            statistics,
        };
        Ok(Self {
            client,
            requests,
            discovery,
            handling,
            replies,
        })
    }

    /// Answers until `stop` turns true (or its sender is gone), then answers what has arrived and
    /// returns.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), EndpointError> {
        let Self {
            client,
            requests,
            discovery,
            handling,
            replies,
        } = self;
        let statistics = handling.statistics.clone();
        let replying = tokio::spawn(reply_all(client.clone(), replies, statistics));
        let arrivals = Arc::new(Arrivals::new());
        let taking_in = {
            let (handling, arrivals) = (handling.clone(), Arc::clone(&arrivals));
            tokio::spawn(handling.take_in_all(requests, discovery, arrivals, stop))
        };
        let mut heavy = JoinSet::new();
        loop {
            while heavy.try_join_next().is_some() {}
            handling.start_heavy(&arrivals, &mut heavy).await;
            if handling.take_run(&arrivals).await {
                continue;
            }
            if heavy.is_empty() && arrivals.waiting().is_last() {
                break;
            }
            tokio::select! {
                () = arrivals.more.notified() => {}
                Some(_) = heavy.join_next() => {}
            }
        }
        drop(handling);
        let stopped = taking_in.await;
        let replied = replying.await;
        client.flush().await?;
        match (stopped, replied) {
            (Ok(Ok(true)), Ok(())) => Ok(()),
            _closed => Err(EndpointError::Closed),
        }
    }
}

impl Waiting {
    fn is_last(&self) -> bool {
        self.is_last && self.light.is_empty() && self.heavy.is_empty()
    }
}

impl<H> Clone for Handling<H> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            handler: Arc::clone(&self.handler),
            running: Arc::clone(&self.running),
            replies: self.replies.clone(),
            statistics: self.statistics.clone(),
        }
    }
}

impl<H: Handler> Handling<H> {
    /// Takes in what arrives, until told to stop and nothing more comes. Says whether it was told.
    async fn take_in_all(
        self,
        mut requests: Subscriber,
        discovery: Discovery,
        arrivals: Arc<Arrivals>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<bool, async_nats::UnsubscribeError> {
        let discovery = tokio::spawn(discovery.run());
        let mut stopping = false;
        let ended = loop {
            tokio::select! {
                message = requests.next() => match message {
                    Some(message) => self.take_in(message, &arrivals).await,
                    None => break Ok(stopping),
                },
                () = told(&mut stop), if !stopping => {
                    stopping = true;
                    discovery.abort();
                    if let Err(error) = requests.drain().await {
                        break Err(error);
                    }
                }
            }
        };
        arrivals.waiting().is_last = true;
        arrivals.more.notify_one();
        ended
    }

    /// Takes a message in, or refuses it where too much of its tenant waits.
    async fn take_in(&self, message: Message, arrivals: &Arrivals) {
        let received = Instant::now();
        let Some(to) = message.reply.clone().filter(is_inbox) else {
            tracing::debug!(subject = %message.subject, "a request without an inbox is ignored");
            return;
        };
        let weight = self.handler.weight(&message.subject);
        let (subject, bytes) = (message.subject.clone(), message.length);
        let asked = Asked {
            message: Received(message),
            to,
            received,
        };
        let offered = {
            let mut waiting = arrivals.waiting();
            let intake = match weight {
                Weight::Light => &mut waiting.light,
                Weight::Heavy => &mut waiting.heavy,
            };
            intake.offer(tenant_of(&subject), bytes, asked)
        };
        match offered {
            Ok(()) => arrivals.more.notify_one(),
            Err(asked) => self.refuse(asked).await,
        }
    }

    /// Answers light requests that have arrived, and says whether any had: what they decide goes to
    /// the disk together.
    async fn take_run(&self, arrivals: &Arrivals) -> bool {
        let (mut gathering, mut taken) = (None, 0);
        while taken < RUN_MAX {
            let next = arrivals.waiting().light.next();
            let Some(asked) = next else { break };
            gathering.get_or_insert_with(|| self.handler.gathering());
            self.take_light(asked).await;
            taken += 1;
        }
        drop(gathering);
        if let Some(breath) = breath(taken, self.handler.events_behind()) {
            tokio::time::sleep(breath).await;
        }
        // Whoever sends the answers may be waiting for this thread.
        tokio::task::yield_now().await;
        taken > 0
    }

    /// Answers a light request; one that crashes must not end the others.
    async fn take_light(&self, asked: Asked) {
        let Some(room) = self.replies.room() else {
            return self.refuse(asked).await;
        };
        let message = &asked.message;
        let ask = AssertUnwindSafe(|| self.handler.request(message.inbound()));
        let answer = catch_unwind(ask).unwrap_or_else(|_| {
            tracing::error!(subject = %message.0.subject, "a request crashed");
            self.handler.crashed(message.inbound())
        });
        self.reply(room, asked.reply(answer)).await;
    }

    /// Starts as many heavy requests as may run.
    async fn start_heavy(&self, arrivals: &Arrivals, heavy: &mut JoinSet<()>) {
        loop {
            let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else {
                return;
            };
            let next = arrivals.waiting().heavy.next();
            let Some(asked) = next else { return };
            match self.replies.room() {
                Some(room) => {
                    heavy.spawn(self.clone().take_heavy(asked, room, permit));
                }
                None => self.refuse(asked).await,
            }
        }
    }

    async fn take_heavy(
        self,
        asked: Asked,
        room: gate::Room<Reply>,
        running: OwnedSemaphorePermit,
    ) {
        let handler = Arc::clone(&self.handler);
        let message = asked.message.clone();
        let ran = tokio::task::spawn_blocking(move || handler.request(message.inbound())).await;
        drop(running);
        let answer = ran.unwrap_or_else(|crash| {
            let message = &asked.message;
            tracing::error!(subject = %message.0.subject, %crash, "a request crashed");
            self.handler.crashed(message.inbound())
        });
        self.reply(room, asked.reply(answer)).await;
    }

    /// Sends what is durable already; the rest waits, and holds up nothing but its like.
    async fn reply(&self, room: gate::Room<Reply>, reply: Reply) {
        if self.replies.may_pass(reply.answer.after) {
            send(&self.client, reply, &self.statistics).await;
        } else {
            room.put(reply.answer.after, reply);
        }
    }

    /// Refuses at once: there is no room to wait in.
    async fn refuse(&self, asked: Asked) {
        let answer = self
            .handler
            .overloaded(asked.message.inbound(), RETRY_AFTER);
        send(&self.client, asked.reply(answer), &self.statistics).await;
    }
}

impl Asked {
    fn reply(self, answer: Answer) -> Reply {
        Reply {
            to: self.to,
            answer,
            received: self.received,
        }
    }
}

/// How long the next requests wait after a run of so many, where so many commits wait for their events to
/// be published.
fn breath(taken: usize, events_behind: u64) -> Option<Duration> {
    (taken == RUN_MAX && events_behind > EVENTS_BEHIND_MAX).then_some(BREATH)
}

/// Whose turn it is told by: the fourth part of `plansync.v1.req.<tenant>.…`.
fn tenant_of(subject: &str) -> &str {
    subject.split('.').nth(3).unwrap_or_default()
}

fn is_inbox(reply: &Subject) -> bool {
    INBOXES.iter().any(|prefix| reply.starts_with(prefix))
}

/// Line ends would end the header; the client library does not take them.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

async fn reply_all(client: Client, mut replies: Gate<Reply>, statistics: Statistics) {
    while let Some(reply) = replies.next().await {
        send(&client, reply, &statistics).await;
    }
}

async fn send(client: &Client, reply: Reply, statistics: &Statistics) {
    let Reply {
        to,
        answer,
        received,
    } = reply;
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("content-type"),
        answer.encoding.content_type(),
    );
    if let Some(error) = &answer.error {
        headers.insert("Nats-Service-Error-Code", error.number.to_string());
        headers.insert("Nats-Service-Error", one_line(&error.text));
    }
    statistics.count(received.elapsed(), answer.error.as_ref());
    if let Err(error) = client
        .publish_with_headers(to, headers, answer.body.into())
        .await
    {
        tracing::warn!(%error, "a reply could not be sent");
    }
}

#[cfg(test)]
mod tests {
    use super::{BREATH, EVENTS_BEHIND_MAX, RUN_MAX, breath};

    #[test]
    fn only_a_flood_that_leaves_its_events_behind_is_slowed_down() {
        assert_eq!(breath(RUN_MAX, EVENTS_BEHIND_MAX + 1), Some(BREATH));
        assert_eq!(breath(RUN_MAX, EVENTS_BEHIND_MAX), None);
        assert_eq!(breath(RUN_MAX - 1, u64::MAX), None);
    }
}
