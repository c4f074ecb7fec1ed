//! Requests in, replies out: light ones in order of arrival, heavy ones beside them, every reply
//! only once it is durable.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::{Client, HeaderMap, Subject, Subscriber};
use futures_util::StreamExt as _;
use plansync_service::{Answer, Weight};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::discovery::{Discovery, QUEUE_GROUP, SUBJECTS, Statistics};
use crate::gate::{Gate, Room, Waiting, gate};
use crate::headers::Received;
use crate::heavy::{Admission, HeavyPool};
use crate::port::Handler;
use crate::stop::told;

/// Replies that may wait for the disk at once; beyond, requests are refused as `overloaded`.
const REPLIES_WAITING_MAX: usize = 8 * 1024;
/// Heavy requests that may wait for a thread at once.
const HEAVY_WAITING_MAX: usize = 2_048;
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
    pool: HeavyPool,
    replies: Waiting<Reply>,
    statistics: Statistics,
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
            pool: HeavyPool::new(cores, HEAVY_WAITING_MAX),
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
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), EndpointError> {
        let Self {
            client,
            mut requests,
            discovery,
            handling,
            replies,
        } = self;
        let discovery = tokio::spawn(discovery.run());
        let statistics = handling.statistics.clone();
        let replying = tokio::spawn(reply_all(client.clone(), replies, statistics));
        let mut heavy = JoinSet::new();
        let mut stopping = false;
        loop {
            tokio::select! {
                message = requests.next() => match message {
                    Some(message) => handling.take(Received(message), &mut heavy).await,
                    None => break,
                },
                () = told(&mut stop), if !stopping => {
                    stopping = true;
                    discovery.abort();
                    requests.drain().await.map_err(|_| EndpointError::Closed)?;
                }
                Some(_) = heavy.join_next() => {}
            }
        }
        while heavy.join_next().await.is_some() {}
        drop(handling);
        let replied = replying.await;
        client.flush().await?;
        if stopping && replied.is_ok() {
            Ok(())
        } else {
            Err(EndpointError::Closed)
        }
    }
}

impl<H> Clone for Handling<H> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            handler: Arc::clone(&self.handler),
            pool: self.pool.clone(),
            replies: self.replies.clone(),
            statistics: self.statistics.clone(),
        }
    }
}

impl<H: Handler> Handling<H> {
    /// Takes one request: answers it, starts answering it, or refuses it; it never waits long.
    async fn take(&self, message: Received, heavy: &mut JoinSet<()>) {
        let received = Instant::now();
        let Some(to) = message.0.reply.clone().filter(is_inbox) else {
            tracing::debug!(subject = %message.0.subject, "a request without an inbox is ignored");
            return;
        };
        let Some(room) = self.replies.room() else {
            return self.refuse(&message, to, received).await;
        };
        match self.handler.weight(&message.0.subject) {
            Weight::Light => {
                let answer = self.take_light(&message);
                let reply = Reply {
                    to,
                    answer,
                    received,
                };
                self.reply(room, reply).await;
            }
            Weight::Heavy => match self.pool.admit() {
                Some(admission) => {
                    let this = self.clone();
                    let reply = move |answer| Reply {
                        to,
                        answer,
                        received,
                    };
                    heavy.spawn(this.take_heavy(message, admission, room, reply));
                }
                None => self.refuse(&message, to, received).await,
            },
        }
    }

    /// One request that crashes must not end the others.
    fn take_light(&self, message: &Received) -> Answer {
        let ask = AssertUnwindSafe(|| self.handler.request(message.inbound()));
        catch_unwind(ask).unwrap_or_else(|_| {
            tracing::error!(subject = %message.0.subject, "a request crashed");
            self.handler.crashed(message.inbound())
        })
    }

    async fn take_heavy(
        self,
        message: Received,
        admission: Admission,
        room: Room<Reply>,
        reply: impl FnOnce(Answer) -> Reply,
    ) {
        let handler = Arc::clone(&self.handler);
        let asked = message.clone();
        let answer = match admission
            .run(move || handler.request(asked.inbound()))
            .await
        {
            Ok(answer) => answer,
            Err(crash) => {
                tracing::error!(subject = %message.0.subject, %crash, "a request crashed");
                self.handler.crashed(message.inbound())
            }
        };
        self.reply(room, reply(answer)).await;
    }

    /// Sends what is durable already; the rest waits, and holds up nothing but its like.
    async fn reply(&self, room: Room<Reply>, reply: Reply) {
        if self.replies.may_pass(reply.answer.after) {
            send(&self.client, reply, &self.statistics).await;
        } else {
            room.put(reply.answer.after, reply);
        }
    }

    /// Refuses at once: there is no room to wait in.
    async fn refuse(&self, message: &Received, to: Subject, received: Instant) {
        let answer = self.handler.overloaded(message.inbound(), RETRY_AFTER);
        send(
            &self.client,
            Reply {
                to,
                answer,
                received,
            },
            &self.statistics,
        )
        .await;
    }
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
    headers.insert("content-type", answer.encoding.content_type());
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
