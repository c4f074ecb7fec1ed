//! The service endpoint: it receives requests and sends replies, each only when the log is durable
//! as far as the reply depends on it.
//!
//! Light requests of an actor are answered in order of arrival, and tenants take turns. Heavy
//! requests, and those that need the disk, run beside the others. Every request is queued at once,
//! or refused at once if too many wait, so that no unbounded queue grows.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::{Client, Message, Subject, Subscriber};
use futures_util::StreamExt as _;
use plansync_log::Position;
use plansync_service::{Answer, OperationName, Weight, operation};
use plansync_traces::Event;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::arrivals::Arrivals;
use crate::discovery::{Discovery, QUEUE_GROUP, SUBJECTS};
use crate::endpoint_measures::EndpointMeasures;
use crate::filter::{self, Filtered, Undeliverable};
use crate::gate::{self, Gate, gate};
use crate::giving_way::GivingWay;
use crate::headers::Received;
use crate::inbox::Refused;
use crate::message_trace::MessageTrace;
use crate::port::Handler;
use crate::replying::{Alone, Lease, Reply, needs_lease, reply_all, send};
use crate::request_measures::{RequestMeasures, Times};
use crate::stop::requested;

/// The number of replies that may wait for the disk at once. Beyond it, requests are refused as
/// `overloaded`.
const REPLIES_WAITING_MAX: usize = 8 * 1024;
/// Heavy requests that run at once, for each core. One tenant has half of them at most: what it asks for can
/// take seconds, and another one's request must not wait for that.
const HEAVY_THREADS_PER_CORE: usize = 2;
/// Light requests that are decided, where as many wait, before the disk is asked.
pub(crate) const RUN_MAX: usize = 64;
/// The number of commits whose events may wait to be published before requests are slowed down, so
/// that a flood of requests does not leave subscribers behind.
const EVENTS_BEHIND_MAX: u64 = 8 * 1024;
/// The pause before the next requests in that case.
const BREATH: Duration = Duration::from_millis(1);
/// The time that a sender is told to wait with `overloaded`.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The outcome of a request that was carried out.
const DONE: &str = "done";
/// The numbers of errors from which on the sender is not at fault.
const SERVER_ERRORS: u16 = 500;

/// Why the endpoint does not run.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The server refused a subscription.
    #[error("the service cannot subscribe to its subjects")]
    Subscribe(#[from] async_nats::SubscribeError),
    /// The connection was closed for good.
    #[error("the connection to NATS was closed; start again once the server is back")]
    Closed,
    /// The announcement could not be sent.
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
    arrivals: Arc<Arrivals>,
}

/// What the handling of each request needs. It is cloned for requests that run beside the others.
pub(crate) struct Handling<H> {
    client: Client,
    pub(crate) handler: Arc<H>,
    /// Limits the heavy requests that run at once.
    running: Arc<Semaphore>,
    pub(crate) replies: gate::GateQueue<Reply>,
    measures: RequestMeasures,
    /// Reply subjects that get no answers.
    refused: Refused,
    lease: Arc<dyn Lease>,
}

/// A request, and the subject of its reply.
pub(crate) struct Asked {
    pub(crate) message: Received,
    to: Subject,
    pub(crate) received: Instant,
    pub(crate) trace: MessageTrace,
    /// Up to where the log was durable when the request began to be decided.
    durable_before: Option<Position>,
}

impl<H: Handler> Endpoint<H> {
    /// Subscribes to the requests, then announces the service, so that it answers as soon as it is
    /// announced.
    pub async fn open(filtered: Filtered, handler: Arc<H>) -> Result<Self, EndpointError> {
        Self::open_leading(filtered, handler, Arc::new(Alone)).await
    }

    /// The same, of a node that leads: what shows no new commit is answered only while the lease is valid, otherwise
    /// with `unavailable`.
    pub async fn open_leading(
        filtered: Filtered,
        handler: Arc<H>,
        lease: Arc<dyn Lease>,
    ) -> Result<Self, EndpointError> {
        let client = filtered.into_client();
        let requests = client
            .queue_subscribe(SUBJECTS, QUEUE_GROUP.to_owned())
            .await?;
        client.flush().await?;
        let measures = RequestMeasures::default();
        let discovery = Discovery::announce(client.clone(), measures.clone()).await?;
        client.flush().await?;
        let (waiting, replies) = gate(handler.durable(), REPLIES_WAITING_MAX);
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let handling = Handling {
            client: client.clone(),
            handler,
            running: Arc::new(Semaphore::new(HEAVY_THREADS_PER_CORE * cores)),
            replies: waiting,
            measures,
            refused: Refused::default(),
            lease,
        };
        Ok(Self {
            client,
            requests,
            discovery,
            handling,
            replies,
            arrivals: Arc::new(Arrivals::new()),
        })
    }

    /// What it counts, and how much waits in it, while it runs.
    pub fn measures(&self) -> EndpointMeasures {
        EndpointMeasures {
            requests: self.handling.measures.clone(),
            arrivals: Arc::clone(&self.arrivals),
            replies: self.handling.replies.depth(),
        }
    }

    /// Answers until `stop` is true (or its sender is gone), then answers what has arrived and
    /// returns.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), EndpointError> {
        let Self {
            client,
            requests,
            discovery,
            handling,
            replies,
            arrivals,
        } = self;
        let measures = handling.measures.clone();
        let replying = tokio::spawn(reply_all(client.clone(), replies, measures));
        let taking_in = {
            let (handling, arrivals) = (handling.clone(), Arc::clone(&arrivals));
            tokio::spawn(handling.take_in_all(requests, discovery, arrivals, stop))
        };
        let mut running = JoinSet::new();
        loop {
            while running.try_join_next().is_some() {}
            handling.start_heavy(&arrivals, &mut running).await;
            handling.start_disk_requests(&arrivals, &mut running).await;
            if handling.take_run(&arrivals).await {
                continue;
            }
            if running.is_empty() && arrivals.waiting().is_last() {
                break;
            }
            tokio::select! {
                () = arrivals.more.notified() => {}
                Some(_) = running.join_next() => {}
            }
        }
        drop(handling);
        let stopped = taking_in.await;
        let replied = replying.await;
        filter::settled(&client).await?;
        match (stopped, replied) {
            (Ok(Ok(true)), Ok(())) => Ok(()),
            _closed => Err(EndpointError::Closed),
        }
    }
}

impl<H> Clone for Handling<H> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            handler: Arc::clone(&self.handler),
            running: Arc::clone(&self.running),
            replies: self.replies.clone(),
            measures: self.measures.clone(),
            refused: self.refused.clone(),
            lease: Arc::clone(&self.lease),
        }
    }
}

impl<H: Handler> Handling<H> {
    /// Takes in what arrives, until told to stop and nothing more comes. Returns whether it was
    /// told.
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
                () = requested(&mut stop), if !stopping => {
                    stopping = true;
                    discovery.abort();
                    if let Err(error) = requests.drain().await {
                        break Err(error);
                    }
                }
            }
        };
        arrivals.waiting().is_last = true;
        arrivals.ended.send_replace(true);
        arrivals.more.notify_one();
        ended
    }

    /// Queues a message, or refuses it if too many of its tenant wait.
    async fn take_in(&self, message: Message, arrivals: &Arc<Arrivals>) {
        let received = Instant::now();
        let message = Received(message);
        let tenant = || self.handler.tenant(&message.0.subject);
        let Some(to) = self.refused.inbox(&message.0, tenant) else {
            return;
        };
        if let Some(undeliverable) = Undeliverable::of(&message.0) {
            let answer = undeliverable.request(&*self.handler);
            let reply = Reply {
                operation: operation(&message.0.subject),
                to,
                answer,
                times: Times::at_once(received),
                trace: MessageTrace::default(),
                needs_lease: false,
            };
            return send(&self.client, reply, &self.measures).await;
        }
        let weight = self.handler.weight(&message.0.subject);
        let (subject, bytes) = (message.0.subject.clone(), message.0.length);
        let asked = Asked {
            trace: MessageTrace::of(&message, Event::Request, &*self.handler),
            message,
            to,
            received,
            durable_before: None,
        };
        let awaited = match weight {
            Weight::Light => None,
            Weight::Heavy => self.handler.awaited(asked.message.inbound()),
        };
        let offered = if let Some(awaited) = awaited {
            self.hold_back(asked, awaited, arrivals)
        } else {
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

    /// Answers a run of light requests that have arrived, and returns whether there were any. Their
    /// commits are written to the disk together, and no answer is sent before it may be.
    async fn take_run(&self, arrivals: &Arrivals) -> bool {
        let run = self.decide_run(arrivals);
        let taken = run.taken;
        for (room, reply) in run.replies {
            self.reply(room, reply).await;
        }
        for asked in run.refused {
            self.refuse(asked).await;
        }
        if let Some(breath) = breath(taken, self.handler.events_behind()) {
            tokio::time::sleep(breath).await;
        }
        // The task that sends the answers may be waiting for this thread.
        tokio::task::yield_now().await;
        taken > 0
    }

    /// Starts as many heavy requests as may run.
    async fn start_heavy(&self, arrivals: &Arc<Arrivals>, heavy: &mut JoinSet<()>) {
        loop {
            let threads_free = self.running.available_permits();
            let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else {
                return;
            };
            let next = arrivals.waiting().next_heavy(threads_free);
            let Some(mut asked) = next else { return };
            let tenant = Box::<str>::from(tenant_of(&asked.message.0.subject));
            let Some(room) = self.replies.room() else {
                arrivals.waiting().heavy_ended(&tenant);
                self.refuse(asked).await;
                continue;
            };
            let (taking, arrivals) = (self.clone(), Arc::clone(arrivals));
            heavy.spawn(async move {
                let operation = operation(asked.subject());
                let giving_way = GivingWay::begin(operation, taking.handler.durable());
                let answer = taking.ask_on_thread(&mut asked).await;
                let reply = asked.reply(answer, Instant::now());
                drop(permit);
                arrivals.waiting().heavy_ended(&tenant);
                arrivals.more.notify_one();
                if let Some(pause) = giving_way.and_then(|page| page.pause()) {
                    tokio::time::sleep(pause).await;
                }
                taking.reply(room, reply).await;
            });
        }
    }

    /// Answers on a thread that may block.
    pub(crate) async fn ask_on_thread(&self, asked: &mut Asked) -> Answer {
        let handler = Arc::clone(&self.handler);
        let message = asked.message.clone();
        asked.begins(self.replies.durable());
        let span = asked.trace.steps.message();
        let ask = move || span.within(|| handler.request(message.inbound()));
        let ran = tokio::task::spawn_blocking(ask).await;
        asked.trace.steps.pause();
        ran.unwrap_or_else(|_| self.crashed(asked))
    }

    /// Refuses a request whose handling crashed. What the crash said may quote the request, so it is not told.
    pub(crate) fn crashed(&self, asked: &Asked) -> Answer {
        tracing::error!(
            operation = operation(asked.subject()).map(OperationName::as_str),
            "a defect in plansync ended the processing of a request; it is answered with `internal`"
        );
        self.handler.crashed(asked.message.inbound())
    }

    /// Sends a reply if it may be sent already; otherwise it waits in the gate, and delays only
    /// replies that wait too.
    pub(crate) async fn reply(&self, room: gate::Permit<Reply>, reply: Reply) {
        let mut reply = reply.if_leading(&self.lease, &*self.handler);
        if self.replies.may_pass(reply.answer.after) {
            send(&self.client, reply, &self.measures).await;
        } else {
            reply.trace.steps.durable();
            room.put(reply.answer.after, reply);
        }
    }

    /// Refuses a request at once because there is no room for it.
    pub(crate) async fn refuse(&self, asked: Asked) {
        let answer = self
            .handler
            .overloaded(asked.message.inbound(), RETRY_AFTER);
        let decided = asked.received;
        send(&self.client, asked.reply(answer, decided), &self.measures).await;
    }
}

impl Asked {
    /// The name of its lane: `<tenant>.<actor>` of `plansync.v1.req.<tenant>.<actor>.…`.
    pub(crate) fn who(&self) -> &str {
        who_of(&self.message.0.subject)
    }

    pub(crate) fn subject(&self) -> &str {
        &self.message.0.subject
    }

    /// The bytes that it occupies.
    pub(crate) fn length(&self) -> usize {
        self.message.0.length
    }

    /// It begins to be decided, when the log is durable up to a position.
    pub(crate) fn begins(&mut self, durable: Position) {
        self.durable_before = Some(durable);
        self.trace.steps.decided();
    }

    /// The reply with an answer that was decided at this time.
    pub(crate) fn reply(self, answer: Answer, decided: Instant) -> Reply {
        let error = answer.error.as_ref();
        let outcome = error.map_or(DONE, |error| error.code.as_str());
        let is_failure = error.is_some_and(|error| error.number >= SERVER_ERRORS);
        self.trace.steps.outcome(outcome, is_failure);
        Reply {
            operation: operation(&self.message.0.subject),
            to: self.to,
            needs_lease: needs_lease(&answer, self.durable_before),
            answer,
            times: Times {
                decided,
                ..Times::at_once(self.received)
            },
            trace: self.trace,
        }
    }
}

/// The pause after a run of `taken` requests if this many commits wait for their events to be
/// published.
fn breath(taken: usize, events_behind: u64) -> Option<Duration> {
    (taken >= RUN_MAX && events_behind > EVENTS_BEHIND_MAX).then_some(BREATH)
}

/// The tenant: the fourth part of `plansync.v1.req.<tenant>.…`.
pub(crate) fn tenant_of(subject: &str) -> &str {
    subject.split('.').nth(3).unwrap_or_default()
}

/// The tenant and actor.
fn who_of(subject: &str) -> &str {
    let rest = subject.splitn(4, '.').nth(3).unwrap_or_default();
    let mut stops = rest.match_indices('.').map(|(place, _)| place);
    let end = stops.nth(1).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{BREATH, EVENTS_BEHIND_MAX, RUN_MAX, breath, who_of};

    #[test]
    fn who_asks_is_told_by_tenant_and_actor() {
        assert_eq!(
            who_of("plansync.v1.req.college.ann.plan.edit"),
            "college.ann"
        );
        assert_eq!(who_of("plansync.v1.req.college.ann"), "college.ann");
        assert_eq!(who_of("plansync.v1.req.college"), "college");
        assert_eq!(who_of("plansync.v1.req"), "");
    }

    #[test]
    fn only_a_flood_that_leaves_its_events_behind_is_slowed_down() {
        assert_eq!(breath(RUN_MAX, EVENTS_BEHIND_MAX + 1), Some(BREATH));
        assert_eq!(breath(RUN_MAX, EVENTS_BEHIND_MAX), None);
        assert_eq!(breath(RUN_MAX - 1, u64::MAX), None);
    }
}
