//! The event stream in `JetStream`: an event becomes a message there, and the server's answer one of
//! ours. Owns the headers; what an answer means for the relay is decided elsewhere.

use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, HeaderName};
use plansync_log::Lives;
use plansync_service::Outbound;

use crate::look::{end, look};
use crate::port::{EventStream, LogName, NotPlaced, Placed};
use crate::resume::{End, Found};
use crate::streams::{StreamError, Streams};

impl EventStream for Streams {
    type Sent = Result<PublishAckFuture, PublishError>;

    async fn look(&self, name: &LogName, lives: &Lives) -> Result<Found, StreamError> {
        look(&self.events().await?, name, lives).await
    }

    async fn end(&self) -> Result<End, StreamError> {
        end(&self.events().await?).await
    }

    async fn send(&self, event: Outbound, expected_last_sequence: u64) -> Self::Sent {
        let (subject, message) = message(event, expected_last_sequence);
        self.context().send_publish(subject, message).await
    }

    async fn answer(&self, sent: Self::Sent) -> Result<Placed, NotPlaced> {
        let answered = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match answered {
            Ok(ack) => Ok(Placed {
                sequence: ack.sequence,
                duplicate: ack.duplicate,
            }),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                Err(NotPlaced::Refused(error.to_string()))
            }
            Err(error) => Err(NotPlaced::Unknown(error.to_string())),
        }
    }
}

/// Never with the id that is expected before it: servers of 2.14 and 2.15 lose the leader of a
/// replicated stream over one that differs.
fn message(event: Outbound, expected_last_sequence: u64) -> (String, PublishMessage) {
    let mut headers = HeaderMap::new();
    for (name, value) in event.headers {
        headers.insert(HeaderName::from_static(name), value);
    }
    let message = PublishMessage::build()
        .payload(event.body.into())
        .headers(headers)
        .message_id(event.id)
        .expected_last_sequence(expected_last_sequence);
    (event.subject, message)
}
