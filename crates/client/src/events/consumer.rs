//! A durable pull consumer, read in order and without gaps.
//!
//! After a crash or a lost connection, the server delivers new events at once, and those that were delivered but not
//! acknowledged only after `ack_wait`. A subscriber that kept the newest position as its checkpoint would then take the
//! earlier ones for repetitions. Reading therefore begins, and begins again, only when `ack_wait` has passed, and
//! then with all of these events, in the order of the stream ([`Overdue`]). The sequence of the consumer, which counts
//! deliveries, shows any delivery that did not arrive.
//!
//! A subscriber that is closed gives such events back, and the server delivers these at once, before all new ones. Before
//! it waits, the client therefore asks for as many events as were not acknowledged: if it gets exactly these, reading
//! begins with them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{Config, MessagesError, MessagesErrorKind};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, Info};
use async_nats::jetstream::stream::ConsumerCreateStrictErrorKind;
use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep_until, timeout};

use super::fault::{check, is_missing, not_read};
use super::overdue::Overdue;
use super::unanswered::{Unanswered, place};
use super::{Delivery, Source, Start};
use crate::error::Error;

/// The most events that are requested at a time.
const BATCH_MAX: usize = 64;
/// The interval at which the consumer is polled: the library may not report that it was cut off.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The interval within which a consumer without events shows that it is there.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How much longer than `ack_wait` is waited: the server finds overdue events a little later.
const OVERDUE_AFTER: Duration = Duration::from_millis(500);
/// How long events that were given back are waited for.
const GIVEN_BACK_WITHIN: Duration = Duration::from_millis(300);
/// The longest name of a consumer.
const NAME_BYTES_MAX: usize = 255;
/// The number of readings in a row of which even the first event was not the expected one.
const STRAYS_MAX: u32 = 3;
/// The time for acknowledging an event of a consumer that the client makes.
const ACK_WAIT: Duration = Duration::from_secs(30);

/// A durable consumer to be made.
#[derive(Debug, Clone)]
pub struct NewConsumer {
    name: String,
    start: Start,
    ack_wait: Duration,
}

impl NewConsumer {
    /// A consumer with this name, whose first event is the one at `start`. The name has letters, digits, `_` and `-`.
    pub fn new(name: &str, start: Start) -> Self {
        Self {
            name: name.to_owned(),
            start,
            ack_wait: ACK_WAIT,
        }
    }

    /// With another time after which an event that was not acknowledged is delivered again; 30 seconds by default.
    /// A subscriber that was ended waits for this time before it continues.
    #[must_use]
    pub fn with_ack_wait(self, ack_wait: Duration) -> Self {
        Self { ack_wait, ..self }
    }
}

/// A consumer that is read.
pub(super) struct Consumed {
    source: Source,
    name: String,
    state: State,
    /// Events that were collected, in the order of the stream.
    ready: VecDeque<Delivery>,
    unanswered: Arc<Unanswered>,
    strays: u32,
}

enum State {
    /// Reading begins, or begins again.
    Closed,
    /// Events that were not acknowledged become due at this time.
    Waiting { until: Instant },
    Open {
        /// The number of the delivery that follows.
        expected: u64,
        is_first: bool,
        /// The events that were delivered before, until all of them have come.
        overdue: Option<Overdue<Delivery>>,
    },
}

impl Consumed {
    /// Checks the consumer; reading begins with the first event that is asked for.
    pub(super) async fn open(source: Source, name: &str) -> Result<Self, Error> {
        check_name(name)?;
        let unanswered = Arc::new(Unanswered::new(&source, name));
        source.link.add(&unanswered);
        let consumed = Self {
            source,
            name: name.to_owned(),
            state: State::Closed,
            ready: VecDeque::new(),
            unanswered,
            strays: 0,
        };
        consumed.consumer().await?;
        Ok(consumed)
    }

    pub(super) async fn make(source: Source, new: NewConsumer) -> Result<Self, Error> {
        if new.ack_wait.is_zero() {
            let zero = "the time after which an event is delivered again is zero";
            return Err(Error::Argument(zero.to_owned()));
        }
        let existing = Self::open(source.clone(), &new.name).await;
        if matches!(&existing, Err(Error::Events { source, .. }) if is_missing(source)) {
            let (filter_subject, filter_subjects) = source.filter();
            let config = Config {
                durable_name: Some(new.name.clone()),
                deliver_policy: source.deliver_policy(new.start).await?.0,
                ack_policy: AckPolicy::Explicit,
                ack_wait: new.ack_wait,
                filter_subject,
                filter_subjects,
                ..Config::default()
            };
            let (context, stream) = (&source.context, &source.stream);
            // One that somebody else made in the same moment is not changed.
            let made = context.create_consumer_strict_on_stream(config, stream);
            match made.await {
                Err(error) if error.kind() != ConsumerCreateStrictErrorKind::AlreadyExists => {
                    return Err(not_read(&new.name, error));
                }
                Ok(_) | Err(_) => return Self::open(source, &new.name).await,
            }
        }
        existing
    }

    pub(super) async fn next(&mut self) -> Result<Delivery, Error> {
        loop {
            if let Some(delivery) = self.ready.pop_front() {
                return Ok(delivery);
            }
            match &mut self.state {
                State::Closed => self.begin().await?,
                State::Waiting { until } => {
                    sleep_until(*until).await;
                    let consumer = self.consumer().await?;
                    self.state = self.opened(consumer).await?;
                }
                State::Open { .. } => match timeout(LOOK_EVERY, self.received()).await {
                    Ok(message) => self.take(message)?,
                    Err(_) => self.collected().await?,
                },
            }
        }
    }

    /// What the library says next; none if the subscription has ended.
    async fn received(&self) -> Option<Result<Message, MessagesError>> {
        self.unanswered.messages.lock().await.as_mut()?.next().await
    }

    async fn begin(&mut self) -> Result<(), Error> {
        self.unanswered.forget().await;
        let consumer = self.consumer().await?;
        if consumer.cached_info().num_ack_pending == 0 {
            self.state = self.opened(consumer).await?;
        } else if self.were_given_back(&consumer).await {
            let mut state = self.opened(self.consumer().await?).await?;
            if let State::Open { overdue, .. } = &mut state {
                *overdue = None;
            }
            self.state = state;
        } else {
            self.ready.clear();
            self.unanswered.give_back().await;
            let until = Instant::now() + overdue_after(consumer.cached_info());
            tracing::debug!(consumer = self.name, "waiting for unacknowledged events");
            self.state = State::Waiting { until };
        }
        Ok(())
    }

    /// Whether all events that were not acknowledged were given back: then they are ready to be read.
    async fn were_given_back(&mut self, consumer: &Consumer<Config>) -> bool {
        let info = consumer.cached_info();
        let (count, newest) = (info.num_ack_pending, info.delivered.stream_sequence);
        let batch = usize::try_from(info.config.max_batch).unwrap_or_default();
        let limit = if batch == 0 { count } else { batch.min(count) };
        let mut overdue = Overdue::new(count, newest);
        while !overdue.is_complete() {
            let asked = consumer.batch().max_messages(limit.min(overdue.missing()));
            let Ok(mut messages) = asked.expires(GIVEN_BACK_WITHIN).messages().await else {
                return false;
            };
            let before = overdue.missing();
            while let Some(Ok(message)) = messages.next().await {
                let Some((number, sequence)) = place(&message) else {
                    continue;
                };
                let delivery = Delivery::acknowledged(message, number, &self.unanswered);
                overdue.collect(sequence, delivery);
                if sequence > newest {
                    return false;
                }
            }
            if overdue.missing() == before {
                return false;
            }
        }
        self.ready.extend(overdue.into_deliveries());
        true
    }

    /// Ends reading, and gives back what was delivered and not acknowledged.
    pub(super) async fn give_back(&mut self) {
        self.ready.clear();
        self.state = State::Closed;
        self.unanswered.give_back().await;
    }

    async fn opened(&self, consumer: Consumer<Config>) -> Result<State, Error> {
        let info = consumer.cached_info();
        let delivered = info.delivered;
        let unacknowledged = info.num_ack_pending;
        let overdue = Overdue::new(unacknowledged, delivered.stream_sequence);
        let batch = usize::try_from(info.config.max_batch).ok();
        let batch = batch.filter(|batch| *batch > 0).unwrap_or(BATCH_MAX);
        let messages = consumer
            .stream()
            .max_messages_per_batch(batch.min(BATCH_MAX))
            .heartbeat(HEARTBEAT)
            .messages()
            .await
            .map_err(|error| self.failed(error))?;
        *self.unanswered.messages.lock().await = Some(Box::new(messages));
        Ok(State::Open {
            expected: delivered.consumer_sequence + 1,
            is_first: true,
            overdue: (unacknowledged > 0).then_some(overdue),
        })
    }

    /// Takes what the library says.
    fn take(&mut self, message: Option<Result<Message, MessagesError>>) -> Result<(), Error> {
        match message {
            Some(Ok(message)) => self.deliver(message),
            Some(Err(error)) if error.kind() == MessagesErrorKind::RequestLimitExceeded => {
                self.state = State::Closed;
                Err(self.failed(error))
            }
            // The cause is known when the consumer is asked for again.
            Some(Err(_)) | None => {
                self.state = State::Closed;
                Ok(())
            }
        }
    }

    /// Takes a delivery, if it is the expected one; otherwise, reading begins again.
    fn deliver(&mut self, message: Message) -> Result<(), Error> {
        let State::Open {
            expected,
            is_first,
            overdue,
            ..
        } = &mut self.state
        else {
            return Ok(());
        };
        let Some((number, sequence)) = place(&message) else {
            // It is no delivery of the consumer, whoever sent it.
            return Ok(());
        };
        if number != *expected {
            let was_first = *is_first;
            return self.missed(number, was_first);
        }
        (*expected, *is_first) = (number + 1, false);
        self.strays = 0;
        let delivery = Delivery::acknowledged(message, number, &self.unanswered);
        match overdue {
            None => self.ready.push_back(delivery),
            Some(collected) => {
                collected.collect(sequence, delivery);
                if collected.is_complete() {
                    self.ready_all();
                }
            }
        }
        Ok(())
    }

    /// A delivery did not arrive, so that others could come before it.
    fn missed(&mut self, number: u64, was_first: bool) -> Result<(), Error> {
        tracing::debug!(consumer = self.name, number, "a delivery did not arrive");
        self.state = State::Closed;
        self.strays += u32::from(was_first);
        if self.strays < STRAYS_MAX {
            return Ok(());
        }
        self.strays = 0;
        Err(Error::Shared {
            name: self.name.clone(),
        })
    }

    /// Nothing has come for a while: whether anything is still overdue.
    async fn collected(&mut self) -> Result<(), Error> {
        let is_collecting = |overdue: &Overdue<_>| !overdue.is_complete();
        let State::Open { overdue, .. } = &self.state else {
            return Ok(());
        };
        if overdue.as_ref().is_some_and(is_collecting) {
            let unacknowledged = self.consumer().await?.cached_info().num_ack_pending;
            if let State::Open { overdue, .. } = &self.state
                && overdue
                    .as_ref()
                    .is_some_and(|overdue| overdue.has_all(unacknowledged))
            {
                self.ready_all();
            }
        }
        Ok(())
    }

    fn ready_all(&mut self) {
        if let State::Open { overdue, .. } = &mut self.state
            && let Some(overdue) = overdue.take()
        {
            self.ready.extend(overdue.into_deliveries());
        }
    }

    /// The consumer with its state, if it can be read without losing events.
    async fn consumer(&self) -> Result<Consumer<Config>, Error> {
        let Source {
            context, stream, ..
        } = &self.source;
        let ask = || async {
            let found = context.get_consumer_from_stream(&self.name, stream).await;
            found.map_err(|error| self.failed(error))
        };
        let consumer: Consumer<Config> = self.source.retries.run(ask).await?;
        check(&self.name, &consumer.cached_info().config)?;
        Ok(consumer)
    }

    fn failed(&self, error: impl Into<async_nats::Error>) -> Error {
        not_read(&self.name, error)
    }
}

/// How long after the last delivery every event that was not acknowledged is due again.
fn overdue_after(info: &Info) -> Duration {
    let waits = info.config.backoff.iter().copied();
    let longest = waits.fold(info.config.ack_wait, Duration::max);
    longest + OVERDUE_AFTER
}

/// Refuses a name that cannot stand in a subject.
fn check_name(name: &str) -> Result<(), Error> {
    let is_unfit =
        |letter: char| letter.is_whitespace() || letter.is_control() || ".*>/\\".contains(letter);
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(is_unfit) {
        return Err(Error::Argument(format!(
            "the name of a consumer `{name}`: 1 to {NAME_BYTES_MAX} letters, digits, `_` or `-`"
        )));
    }
    Ok(())
}
