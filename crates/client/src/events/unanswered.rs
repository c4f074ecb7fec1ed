//! What one subscription has received and nobody has acknowledged or given back. Closing a client reaches it here, whether
//! or not somebody reads the subscription.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use async_nats::Subject;
use async_nats::jetstream::consumer::Info;
use async_nats::jetstream::consumer::pull::{Config, Stream};
use async_nats::jetstream::{AckKind, Context, Message};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::timeout;

use super::Source;
use crate::link::lock;

/// How often what arrives while a subscription is closed is looked for.
const ROUNDS_MAX: usize = 256;
/// How long an answer of the server is waited for then.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The deliveries of one subscription.
pub(crate) struct Unanswered {
    context: Context,
    stream: String,
    consumer: String,
    /// By the numbers that the consumer gave them, each with the subject on which it is answered.
    deliveries: Mutex<BTreeMap<u64, Subject>>,
    /// Where deliveries come from. Whoever waits for one holds the lock; closing the client ends the waiting.
    pub(super) messages: tokio::sync::Mutex<Option<Box<Stream>>>,
}

impl fmt::Debug for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unanswered")
            .field("deliveries", &self.deliveries)
            .finish_non_exhaustive()
    }
}

impl Unanswered {
    pub(super) fn new(source: &Source, consumer: &str) -> Self {
        Self {
            context: source.context.clone(),
            stream: source.stream.clone(),
            consumer: consumer.to_owned(),
            deliveries: Mutex::default(),
            messages: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn add(&self, number: u64, answered_on: Subject) {
        lock(&self.deliveries).insert(number, answered_on);
    }

    pub(super) fn remove(&self, number: u64) {
        lock(&self.deliveries).remove(&number);
    }

    /// Ends the subscription; the server delivers what was received again by itself.
    pub(super) async fn forget(&self) {
        *self.messages.lock().await = None;
        lock(&self.deliveries).clear();
    }

    /// Ends the subscription, and gives back what it has received, so that it is delivered again at once; waits until the
    /// server has this. What cannot be given back is delivered again after `ack_wait`.
    pub(crate) async fn give_back(&self) {
        // Ended first: the server would deliver the events to this subscription again.
        if let Some(mut messages) = self.messages.lock().await.take() {
            self.receive_all(&mut messages).await;
        }
        let deliveries = std::mem::take(&mut *lock(&self.deliveries));
        if deliveries.is_empty() {
            return;
        }
        tracing::debug!(count = deliveries.len(), "events are given back");
        let nats = self.context.client();
        let given_back = Bytes::from(AckKind::Nak(None));
        for answered_on in deliveries.into_values() {
            if let Err(error) = nats.publish(answered_on, given_back.clone()).await {
                tracing::debug!(%error, "events are not given back");
                return;
            }
        }
        match timeout(ANSWER_WITHIN, nats.flush()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "events may not be given back"),
            Err(_) => tracing::debug!("events may not be given back: there is no connection"),
        }
    }

    /// Takes what the server has delivered and nobody has read. The server says how many events are not acknowledged; its
    /// answer comes behind those that it has sent before.
    async fn receive_all(&self, messages: &mut Stream) {
        for _ in 0..ROUNDS_MAX {
            while let Some(Some(Ok(message))) = messages.next().now_or_never() {
                if let (Some((number, _)), Some(answered_on)) = (place(&message), &message.reply) {
                    self.add(number, answered_on.clone());
                }
            }
            let asked = self
                .context
                .get_consumer_from_stream::<Config, _, _>(&self.consumer, &self.stream);
            let Ok(Ok(consumer)) = timeout(ANSWER_WITHIN, asked).await else {
                return;
            };
            let info = consumer.cached_info();
            let has_all = lock(&self.deliveries).len() >= info.num_ack_pending;
            if has_all && delivers_no_more(info) {
                return;
            }
        }
    }
}

/// Whether the server sends nothing more as things are: there is nothing, or too much is not acknowledged. What it sent
/// after the subscription has ended would be given back by nobody.
fn delivers_no_more(info: &Info) -> bool {
    let limit = usize::try_from(info.config.max_ack_pending).unwrap_or(0);
    info.num_pending == 0 || (limit > 0 && info.num_ack_pending >= limit)
}

/// The number of a delivery, and the sequence of its event in the stream.
pub(super) fn place(message: &Message) -> Option<(u64, u64)> {
    let info = message.info().ok()?;
    Some((info.consumer_sequence, info.stream_sequence))
}
