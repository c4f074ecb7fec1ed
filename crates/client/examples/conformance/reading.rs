//! Events that are asked for one at a time.
//!
//! `Events::process` hands events to a processor. Here, the processor hands each one on, and waits until the suite
//! acknowledges it or gives it back.

use std::sync::Arc;
use std::time::Duration;

use plansync_client::protocol::Encoding;
use plansync_client::protocol::{cloud_event, decode_known};
use plansync_client::{
    Checkpoint, Delivery, Error, Event, EventBody, Events, ProcessError, Processor, Unknown, json,
};
use serde_json::Value;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::failure::Failure;

/// A subscription.
pub(crate) enum Reading {
    /// It could not begin; told when the first event is asked for.
    Failed(Option<Error>),
    /// Events with acknowledgements, or without.
    Plain {
        events: Box<Events>,
        last: Option<Box<Delivery>>,
    },
    /// Events that are processed exactly once; reading begins when the first one is asked for.
    Once {
        events: Option<Box<Events>>,
        checkpoint: Option<Checkpoint>,
        running: Option<Running>,
    },
}

/// Processing in the background.
pub(crate) struct Running {
    task: JoinHandle<()>,
    handed: mpsc::Receiver<Result<Handed, Error>>,
    last: Option<oneshot::Sender<bool>>,
    ending: Arc<Notify>,
}

/// An event, and whereto it is told whether its data were stored.
struct Handed {
    event: Event,
    verdict: oneshot::Sender<bool>,
}

/// Hands events on.
struct Handing {
    stored: Option<Checkpoint>,
    to: mpsc::Sender<Result<Handed, Error>>,
}

/// The data of an event were not stored.
struct GivenBack;

impl Processor for Handing {
    type Error = GivenBack;

    async fn checkpoint(&mut self) -> Result<Option<Checkpoint>, GivenBack> {
        Ok(self.stored)
    }

    async fn process(
        &mut self,
        event: &Event,
        checkpoint: Option<Checkpoint>,
    ) -> Result<(), GivenBack> {
        let (verdict, told) = oneshot::channel();
        let event = event.clone();
        let handed = self.to.send(Ok(Handed { event, verdict })).await;
        handed.map_err(|_| GivenBack)?;
        if !told.await.unwrap_or(false) {
            return Err(GivenBack);
        }
        self.stored = checkpoint.or(self.stored);
        Ok(())
    }
}

/// Processes events until this is ended, and gives back what was not stored.
async fn process(mut events: Box<Events>, mut handing: Handing, ending: Arc<Notify>) {
    while !handing.to.is_closed() {
        let processed = tokio::select! {
            processed = events.process(&mut handing) => processed,
            () = ending.notified() => return events.close().await,
        };
        match processed {
            // The event comes again, and first.
            Err(ProcessError::Processor(GivenBack)) => {}
            Err(ProcessError::Events(error)) if error.is_transient() => {}
            Err(ProcessError::Events(error)) => {
                // Nobody asks any more if it cannot be handed on.
                let _ = handing.to.send(Err(error)).await;
                return;
            }
        }
    }
}

impl Running {
    fn begin(events: Box<Events>, stored: Option<Checkpoint>) -> Self {
        let (to, handed) = mpsc::channel(1);
        let ending = Arc::new(Notify::new());
        Self {
            task: tokio::spawn(process(events, Handing { stored, to }, ending.clone())),
            handed,
            last: None,
            ending,
        }
    }
}

impl Reading {
    /// Events, or why there are none.
    pub(crate) fn plain(begun: Result<Events, Error>) -> Result<Self, Error> {
        Self::begun(begun, |events| Self::Plain { events, last: None })
    }

    /// Events that are processed exactly once, or why there are none.
    pub(crate) fn once(
        begun: Result<Events, Error>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Self, Error> {
        Self::begun(begun, |events| Self::Once {
            events: Some(events),
            checkpoint,
            running: None,
        })
    }

    /// A wrong argument is told at once.
    fn begun(
        begun: Result<Events, Error>,
        reading: impl FnOnce(Box<Events>) -> Self,
    ) -> Result<Self, Error> {
        match begun {
            Ok(events) => Ok(reading(Box::new(events))),
            Err(Error::Argument(fault)) => Err(Error::Argument(fault)),
            Err(error) => Ok(Self::Failed(Some(error))),
        }
    }

    /// Ends it, and gives back what was not acknowledged.
    pub(crate) async fn close(self) {
        match self {
            Self::Failed(_) => {}
            Self::Plain { events, .. } => events.close().await,
            Self::Once {
                events, running, ..
            } => {
                if let Some(events) = events {
                    events.close().await;
                }
                if let Some(running) = running {
                    running.ending.notify_one();
                    // A task that panicked has told so already.
                    let _ = running.task.await;
                }
            }
        }
    }

    /// The next event, or null if none comes within this time.
    pub(crate) async fn next(&mut self, within: Duration) -> Result<Value, Failure> {
        let next = timeout(within, async {
            match self {
                Self::Failed(error) => match error.take() {
                    Some(error) => Err(error.into()),
                    None => Err(Failure::Other("reading has ended".to_owned())),
                },
                Self::Plain { events, last } => next_plain(events, last).await,
                Self::Once {
                    events,
                    checkpoint,
                    running,
                } => {
                    if let Some(events) = events.take() {
                        *running = Some(Running::begin(events, *checkpoint));
                    }
                    match running {
                        Some(running) => next_handed(running).await,
                        None => Err(Failure::Other("reading has ended".to_owned())),
                    }
                }
            }
        });
        next.await.unwrap_or(Ok(Value::Null))
    }

    /// Acknowledges the last event.
    pub(crate) async fn ack(&mut self) -> Result<(), Failure> {
        if let Self::Plain { last, .. } = self {
            let last = last.take().ok_or_else(no_event)?;
            return Ok(last.ack().await?);
        }
        self.decide(true)
    }

    /// Gives the last event back.
    pub(crate) fn give_back(&mut self) -> Result<(), Failure> {
        self.decide(false)
    }

    fn decide(&mut self, is_stored: bool) -> Result<(), Failure> {
        if let Self::Once {
            running: Some(running),
            ..
        } = self
            && let Some(verdict) = running.last.take()
        {
            return verdict.send(is_stored).map_err(|_| no_event());
        }
        Err(no_event())
    }
}

fn no_event() -> Failure {
    Failure::Other("there is no event that awaits this".to_owned())
}

async fn next_plain(
    events: &mut Events,
    last: &mut Option<Box<Delivery>>,
) -> Result<Value, Failure> {
    loop {
        match events.next().await {
            Ok(delivery) => {
                let seen = seen(&delivery.event, Some(delivery.waiting));
                *last = Some(Box::new(delivery));
                return Ok(seen);
            }
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

async fn next_handed(running: &mut Running) -> Result<Value, Failure> {
    match running.handed.recv().await {
        Some(Ok(Handed { event, verdict })) => {
            running.last = Some(verdict);
            Ok(seen(&event, None))
        }
        Some(Err(error)) => Err(error.into()),
        None => Err(Failure::Other("reading has ended".to_owned())),
    }
}

/// An event in the form of the suite.
fn seen(event: &Event, pending: Option<u64>) -> Value {
    let (is_known, body) = body_of(&event.body);
    let published = event.kind();
    json!({
        "id": event.id().map(|id| id.to_string()),
        "kind": if is_known { published.as_deref() } else { Some("unknown") },
        "published_kind": published,
        "about": event.about(),
        "position": event.position(),
        "actor": event.origin.as_ref().map(|origin| origin.actor.as_str()),
        "checkpoint": event.checkpoint().map(|checkpoint| checkpoint.to_string()),
        "pending": pending,
        "body": body,
    })
}

/// Whether the body could be decoded, and the body in JSON.
fn body_of(body: &EventBody) -> (bool, Value) {
    let body = match body {
        EventBody::PlanChanged(body) => json!(body),
        EventBody::RecordOpened(body) => json!(body),
        EventBody::RecordClosed(body) => json!(body),
        EventBody::SyncStarted(body) => json!(body),
        EventBody::SyncTarget(body) => json!(body),
        EventBody::SyncCompleted(body) | EventBody::SyncCancelled(body) => json!(body),
        EventBody::CommandAccepted(body) => json!(body),
        EventBody::CommandRejected(body) => json!(body),
        EventBody::Unknown(unknown) => return (false, raw_body(unknown)),
        _ => return (false, Value::Null),
    };
    (true, body)
}

/// The body of an event that the client does not know, as far as it can be read.
fn raw_body(unknown: &Unknown) -> Value {
    let headers = &unknown.headers;
    let content_type = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(cloud_event::CONTENT_TYPE));
    let content_type = content_type.map(|(_, value)| value.as_str());
    let encoding = Encoding::of(content_type, &unknown.bytes).ok();
    encoding
        .and_then(|encoding| decode_known(encoding, &unknown.bytes).ok())
        .unwrap_or_default()
}
