//! The stream of JSON events: its end, and events on their way into it.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::stream::{Config, RawMessageErrorKind, StorageType, Stream};

use super::{BridgeError, FROM, Interrupted, JSON_EVENTS, TO, Translated};
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;
use crate::subscribers::is_missing;

/// The header of a JSON event that names the place of its event: when its stream was created, in
/// nanoseconds since 1970, and its sequence in it.
const SOURCE: &str = "plansync-source";

/// How long the server remembers an event by its id. The expected sequence prevents an event from being stored twice at
/// any time; the id only makes the answer to a repetition shorter.
const IDS_KNOWN_FOR: Duration = Duration::from_secs(10);

/// The end of the stream of JSON events.
pub(super) struct Target {
    context: Context,
    /// The sequence of its last message.
    last_sequence: u64,
    /// Its last event.
    last: Option<PublishedEvent>,
    /// Where that was read from.
    source: Option<String>,
}

impl Target {
    /// Looks at the end of the stream, which is made if it is missing.
    pub(super) async fn open(context: &Context) -> Result<Self, BridgeError> {
        let stream = match context.get_stream(JSON_EVENTS).await {
            Err(error) if is_missing(&error) => context
                .get_or_create_stream(config())
                .await
                .map_err(|error| BridgeError::NoTarget {
                    source: error.into(),
                })?,
            found => found.map_err(failed)?,
        };
        let info = stream.get_info().await.map_err(failed)?;
        let mut target = Self {
            context: context.clone(),
            last_sequence: info.state.last_sequence,
            last: None,
            source: None,
        };
        target.look(&stream).await?;
        Ok(target)
    }

    async fn look(&mut self, stream: &Stream) -> Result<(), BridgeError> {
        let found = stream
            .get_last_raw_message_by_subject(&format!("{TO}>"))
            .await;
        let message = match found {
            Ok(message) => message,
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => {
                if self.last_sequence > 0 {
                    tracing::warn!(
                        stream = JSON_EVENTS,
                        "the stream was emptied; all events that {} holds are published again",
                        super::EVENTS
                    );
                }
                return Ok(());
            }
            Err(error) => return Err(failed(error)),
        };
        let header = |name: &str| {
            message
                .headers
                .get(name)
                .map(async_nats::HeaderValue::as_str)
        };
        self.last = published_event(header);
        self.source = header(SOURCE).map(str::to_owned);
        // Of this message, not of the stream: another bridge may have stored more since the stream was asked, and the
        // event after this one belongs after this sequence.
        self.last_sequence = message.sequence;
        Ok(())
    }

    /// The sequence of the event stream after the last event that is here. A stream that was made anew
    /// is read from its beginning.
    pub(super) fn next_sequence(&self, created: i128) -> u64 {
        let known = self.source.as_deref().and_then(|source| {
            let (of, sequence) = source.split_once('/')?;
            let sequence: u64 = sequence.parse().ok()?;
            (of == created.to_string()).then_some(sequence)
        });
        known.map_or(1, |sequence| sequence + 1)
    }

    /// Whether an event is here already: incarnation and position increase along both streams.
    pub(super) fn holds(&self, event: &PublishedEvent) -> Result<bool, BridgeError> {
        let Some(last) = &self.last else {
            return Ok(false);
        };
        if last.name.log != event.name.log {
            return Err(BridgeError::OtherLog {
                theirs: last.name.log.to_string(),
                ours: event.name.log.to_string(),
            });
        }
        let place = |event: &PublishedEvent| (event.name.incarnation, event.position);
        Ok(place(event) <= place(last))
    }
}

fn failed(error: impl Into<async_nats::Error>) -> BridgeError {
    BridgeError::Stream {
        stream: JSON_EVENTS,
        source: error.into(),
    }
}

fn config() -> Config {
    Config {
        name: JSON_EVENTS.to_owned(),
        description: Some(
            "The events of plansync in JSON, published again by its bridge".to_owned(),
        ),
        subjects: vec![format!("{TO}>")],
        storage: StorageType::File,
        duplicate_window: IDS_KNOWN_FOR,
        ..Config::default()
    }
}

/// Events whose answers are awaited, the oldest first.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<(PublishedEvent, PublishAckFuture)>);

impl Waiting {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Sends an event to the place after those that were sent.
    pub(super) async fn send(
        &mut self,
        target: &mut Target,
        event: Translated,
    ) -> Result<(), Interrupted> {
        let storing = |error: async_nats::Error| Interrupted::Storing(error);
        let expected = target.last_sequence + u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        let tail = event.event.subject.strip_prefix(FROM).unwrap_or_default();
        let sent = target
            .context
            .publish_with_headers(format!("{TO}{tail}"), headers(&event, expected), event.body)
            .await;
        let sent = sent.map_err(|error| storing(error.into()))?;
        self.0.push_back((event.published, sent));
        Ok(())
    }

    /// Waits until all that were sent are stored.
    pub(super) async fn settle(&mut self, target: &mut Target) -> Result<(), Interrupted> {
        while let Some((event, sent)) = self.0.pop_front() {
            let stored = sent
                .await
                .map_err(|error| Interrupted::Storing(error.into()))?;
            // Every bridge gives an event the same place. An answer that names another one is about an event that was
            // removed since, and that the server still knows by its id.
            let place = target.last_sequence + 1;
            if stored.sequence != place {
                let at = stored.sequence;
                let problem = format!("its place is {place}, but the server names {at}");
                return Err(Interrupted::Storing(problem.into()));
            }
            target.last_sequence = place;
            target.last = Some(event);
        }
        Ok(())
    }
}

/// The headers of an event, with the content type of its new body.
fn headers(event: &Translated, expected: u64) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &event.event.headers {
        let is_servers = name.to_ascii_lowercase().starts_with("nats-");
        if !is_servers && headers.get(name.as_str()).is_none() {
            headers.insert(name.as_str(), value.as_str());
        }
    }
    if event.is_json {
        headers.insert("content-type", "application/json");
    }
    headers.insert(SOURCE, event.source.as_str());
    if let Some(id) = event.event.header("ce-id") {
        headers.insert("Nats-Msg-Id", id);
    }
    headers.insert("Nats-Expected-Last-Sequence", expected.to_string().as_str());
    headers
}
