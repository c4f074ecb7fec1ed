//! Reading events: from a durable consumer, from history onwards, or as they are published.

mod consumer;
mod fault;
mod kinds;
mod live;
mod overdue;
mod replay;
mod start;
mod unanswered;

use std::fmt;
use std::sync::{Arc, Weak};

use async_nats::jetstream::message::Acker;
use async_nats::jetstream::{Context, Message};
use futures_util::Stream;
use futures_util::stream::unfold;
use plansync_primitives::ids::TenantId;
use plansync_protocol::{Position, subject};

use crate::error::Error;
use crate::event::Event;
use crate::link::Link;
use crate::retry::RetryPolicy;
use consumer::Consumed;
use live::Live;
use replay::Replay;

pub(crate) use live::subscribe;
pub(crate) use unanswered::Unanswered;

pub use consumer::NewConsumer;
pub use start::Start;

/// The name of the stream of events.
pub const STREAM: &str = "PLANSYNC_EVENTS";

/// Which events are read, and how: made by [`Client::events`](crate::Client::events), or by
/// [`Exchange::events`](crate::exchange::Exchange::events).
#[derive(Debug, Clone)]
pub struct EventsBuilder {
    source: Source,
    /// The kinds that were named, if any were.
    kinds: Option<Vec<String>>,
}

/// The stream, and the events in it that are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) context: Context,
    pub(crate) stream: String,
    /// What all subjects of the tenant's events begin with.
    pub(crate) prefix: String,
    /// How the subjects of the wanted events end.
    pub(crate) tails: Vec<String>,
    pub(crate) retries: RetryPolicy,
    pub(crate) link: Arc<Link>,
}

impl Source {
    /// The subjects of the wanted events.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = String> {
        let prefix = &self.prefix;
        self.tails.iter().map(move |tail| format!("{prefix}{tail}"))
    }

    /// The filter of a consumer: one subject, or several.
    fn filter(&self) -> (String, Vec<String>) {
        let mut subjects: Vec<_> = self.subjects().collect();
        if subjects.len() == 1 {
            return (subjects.remove(0), Vec::new());
        }
        (String::new(), subjects)
    }
}

impl EventsBuilder {
    /// The events of a tenant, or of all.
    pub(crate) fn over(context: Context, tenant: Option<&TenantId>, link: Arc<Link>) -> Self {
        let tenant = tenant.map_or("*", TenantId::as_str);
        Self {
            source: Source {
                context,
                stream: STREAM.to_owned(),
                prefix: format!("{}.evt.{tenant}.", subject::PREFIX),
                tails: vec![">".to_owned()],
                retries: RetryPolicy::default(),
                link,
            },
            kinds: None,
        }
    }

    /// With another policy of retries, by which a lost connection is awaited.
    #[must_use]
    pub fn with_retries(mut self, retries: RetryPolicy) -> Self {
        self.source.retries = retries;
        self
    }

    /// Only the events whose subjects end like this: `<kind>.<id>.<what>`, with the wildcards of NATS, for example
    /// `sync.*.completed`. A consumer that exists already has its own filter.
    #[must_use]
    pub fn matching(mut self, tail: &str) -> Self {
        self.source.tails = vec![tail.to_owned()];
        self.kinds = None;
        self
    }

    /// Only the events of these kinds, such as `sync.target`. A consumer that exists already has its own filter.
    ///
    /// A kind that this version does not know, none at all, or one that is named twice is [`Error::Argument`] when reading
    /// begins. For kinds of later versions, use [`matching`](Self::matching).
    #[must_use]
    pub fn kinds<K: AsRef<str>>(mut self, kinds: impl IntoIterator<Item = K>) -> Self {
        let kinds: Vec<_> = kinds
            .into_iter()
            .map(|kind| kind.as_ref().to_owned())
            .collect();
        let tail = |kind: &String| kind.replacen('.', ".*.", 1);
        self.source.tails = kinds.iter().map(tail).collect();
        self.kinds = Some(kinds);
        self
    }

    /// What is read, if it can be named so.
    fn checked(self) -> Result<Source, Error> {
        if let Some(kinds) = &self.kinds {
            kinds::checked(kinds)?;
        }
        self.source.link.check(None)?;
        Ok(self.source)
    }

    /// Through another `JetStream` context: with another domain or API prefix, as accounts have that import the API of
    /// the engine's account.
    #[must_use]
    pub fn through(mut self, context: Context) -> Self {
        self.source.context = context;
        self
    }

    /// From a stream with another name, such as a mirror of `PLANSYNC_EVENTS`.
    #[must_use]
    pub fn from_stream(mut self, stream: &str) -> Self {
        stream.clone_into(&mut self.source.stream);
        self
    }

    /// Events from a durable consumer that exists, made for instance by the operator of NATS.
    ///
    /// The events come in order and without gaps: an event is followed by a later one only after it was delivered
    /// to this subscriber. A subscriber that was ended while events were not acknowledged, without
    /// [closing](Events::close) them, therefore waits for the `ack_wait` of the consumer before it continues. Each
    /// subscriber has a consumer of its own.
    ///
    /// The NATS user needs the permission to publish on `$JS.API.CONSUMER.INFO.PLANSYNC_EVENTS.<name>`,
    /// `$JS.API.CONSUMER.MSG.NEXT.PLANSYNC_EVENTS.<name>` and `$JS.ACK.PLANSYNC_EVENTS.<name>.>` (with another API
    /// prefix, if there is one), and to subscribe to its inbox.
    pub async fn durable(self, name: &str) -> Result<Events, Error> {
        let source = self.checked()?;
        let link = source.link.clone();
        let consumed = Consumed::open(source, name).await?;
        Ok(Events::of(Reading::Consumed(Box::new(consumed)), link))
    }

    /// Events from a durable consumer, which is made if it does not exist, in order and without gaps (see
    /// [`durable`](Self::durable)). A consumer that exists continues where it is.
    ///
    /// The NATS user also needs the permission to create consumers.
    pub async fn make_durable(self, new: NewConsumer) -> Result<Events, Error> {
        let source = self.checked()?;
        let link = source.link.clone();
        let consumed = Consumed::make(source, new).await?;
        Ok(Events::of(Reading::Consumed(Box::new(consumed)), link))
    }

    /// Events from a place in the history, and then those that are published, without gap or repetition. Nothing
    /// is acknowledged: the subscriber itself knows how far it has come (see [`Checkpoint`](crate::Checkpoint)).
    ///
    /// [`Start::After`] continues at the sequence of the checkpoint if its event is still there, and otherwise reads the
    /// stream from its beginning and leaves out what the checkpoint covers.
    ///
    /// An event of another log than that of the checkpoint is [`Error::OtherLog`], and reading does not go past it.
    ///
    /// The NATS user needs the permission to create consumers and to read the stream's state.
    pub async fn replay(self, start: Start) -> Result<Events, Error> {
        let source = self.checked()?;
        let link = source.link.clone();
        let replay = Replay::begin(source, start).await?;
        Ok(Events::of(Reading::Replay(Box::new(replay)), link))
    }

    /// As [`replay`](Self::replay), from a position of the log on. The stream is read from its beginning, and events with
    /// lower positions are left out.
    pub async fn replay_from(self, position: Position) -> Result<Events, Error> {
        let source = self.checked()?;
        let link = source.link.clone();
        let replay = Replay::begin(source, Start::Beginning).await?;
        let replay = replay.beginning_at(position);
        Ok(Events::of(Reading::Replay(Box::new(replay)), link))
    }

    /// Events as they are published from now on, for NATS users who may only subscribe. Events that are published
    /// while the connection is cut, or faster than they are read, are lost.
    pub async fn listen(self) -> Result<Events, Error> {
        let source = self.checked()?;
        let link = source.link.clone();
        Ok(Events::of(Reading::Live(Live::begin(&source).await?), link))
    }
}

/// A running subscription.
///
/// A message of any form is an event, if need be an [`Unknown`](crate::EventBody::Unknown) one. A lost connection is
/// awaited according to the policy of retries; after an error that [may pass](Error::is_transient), reading can
/// continue with another call.
pub struct Events {
    reading: Reading,
    link: Arc<Link>,
    /// An event that [`process`](Self::process) has not finished with.
    pub(crate) held: Option<Delivery>,
}

enum Reading {
    Consumed(Box<Consumed>),
    Replay(Box<Replay>),
    Live(Live),
}

/// An event, and how to acknowledge it.
pub struct Delivery {
    /// The event.
    pub event: Event,
    /// The number of events that wait behind it in the stream; 0 means that it is the newest one.
    pub waiting: u64,
    message: async_nats::Message,
    answer: Option<Answer>,
}

/// How a delivery is acknowledged.
struct Answer {
    acker: Acker,
    number: u64,
    /// Weak: a delivery that is kept does not keep the subscription.
    unanswered: Weak<Unanswered>,
}

impl Events {
    fn of(reading: Reading, link: Arc<Link>) -> Self {
        Self {
            reading,
            link,
            held: None,
        }
    }

    /// The next event, however long it takes. If the returned future is dropped, no event is lost.
    ///
    /// [Acknowledge](Delivery::ack) an event before you ask for the next one: one that is left out comes again only
    /// behind later ones.
    ///
    /// Once the client is [closed](crate::Client::close), what was delivered and not acknowledged is given back, and this
    /// is [`Error::Closed`].
    pub async fn next(&mut self) -> Result<Delivery, Error> {
        let link = self.link.clone();
        let next = async {
            if let Some(held) = self.held.take() {
                return Ok(held);
            }
            match &mut self.reading {
                Reading::Consumed(consumed) => consumed.next().await,
                Reading::Replay(replay) => replay.next().await,
                Reading::Live(live) => live.next().await,
            }
        };
        let ended = tokio::select! {
            biased;
            () = link.closed() => Err(Error::Closed { command: None }),
            next = next => next,
        };
        if let Err(Error::Closed { .. }) = ended {
            self.give_back().await;
        }
        ended
    }

    /// Ends reading, and gives back what was delivered and not acknowledged, so that the next subscriber gets it at once.
    /// Without this, it waits for the `ack_wait` of the consumer. So does an event that the server sends in the moment in
    /// which the subscription ends.
    pub async fn close(mut self) {
        self.give_back().await;
    }

    async fn give_back(&mut self) {
        self.held = None;
        if let Reading::Consumed(consumed) = &mut self.reading {
            consumed.give_back().await;
        }
    }

    /// The events as a stream. It ends after the first error that cannot pass.
    pub fn into_stream(self) -> impl Stream<Item = Result<Delivery, Error>> {
        unfold(Some(self), |events| async {
            let mut events = events?;
            let next = events.next().await;
            let goes_on = match &next {
                Ok(_) => true,
                Err(error) => error.is_transient() || matches!(error, Error::Removed { .. }),
            };
            Some((next, goes_on.then_some(events)))
        })
    }
}

/// The sequence of a message in the stream, and the number of those that wait behind it.
fn place(message: &Message) -> (Option<u64>, u64) {
    match message.info() {
        Ok(info) => (Some(info.stream_sequence), info.pending),
        Err(_) => (None, 0),
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event", &self.event)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// A delivery that is to be acknowledged.
    fn acknowledged(message: Message, number: u64, unanswered: &Arc<Unanswered>) -> Self {
        let (sequence, waiting) = place(&message);
        if let Some(answered_on) = &message.reply {
            unanswered.add(number, answered_on.clone());
        }
        let (message, acker) = message.split();
        Self {
            waiting,
            answer: Some(Answer {
                acker,
                number,
                unanswered: Arc::downgrade(unanswered),
            }),
            ..Self::published(message, sequence)
        }
    }

    /// A delivery that is not acknowledged.
    fn of(message: Message) -> Self {
        let (sequence, waiting) = place(&message);
        Self {
            waiting,
            ..Self::published(message.message, sequence)
        }
    }

    /// A message as it was published; `sequence` is that in the stream, if it was read from there.
    fn published(message: async_nats::Message, sequence: Option<u64>) -> Self {
        let (headers, body) = (message.headers.as_ref(), message.payload.clone());
        Self {
            event: Event::decode(&message.subject, headers, body, sequence),
            waiting: 0,
            message,
            answer: None,
        }
    }

    /// The message as it was received, with all headers and the encoded body.
    pub fn message(&self) -> &async_nats::Message {
        &self.message
    }

    /// Acknowledges the event: call it once what was made of the event is stored. Until then, the event is delivered
    /// again. Does nothing for events that are not acknowledged.
    pub async fn ack(&self) -> Result<(), Error> {
        let Some(answer) = &self.answer else {
            return Ok(());
        };
        let acknowledged = answer.acker.ack().await;
        acknowledged.map_err(|source| Error::Transport {
            source,
            command: None,
        })?;
        if let Some(unanswered) = answer.unanswered.upgrade() {
            unanswered.remove(answer.number);
        }
        Ok(())
    }
}
