//! One run of events into the stream, pipelined, each at the place that it expects.
//!
//! Owns what the server's answers mean. Knows neither log nor cursor.

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;

use plansync_log::Position;
use plansync_service::Outbound;

/// How far a run came.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// How many events are known to be where they belong.
    pub(crate) count: u64,
    /// The position of the last of them.
    pub(crate) last: Option<Position>,
    /// Why the run ended early, if it did.
    pub(crate) why: Option<String>,
    /// The first event that the server refused to put where it belongs.
    refused: Option<Position>,
}

/// An event that is missing from the stream, with later ones behind where it belongs.
#[derive(Debug)]
pub(crate) struct LeftOut(pub(crate) Position);

/// Publishes events behind `last_sequence`.
///
/// The first goes alone: if somebody else has published meanwhile, then it fails before any other
/// is sent that could by chance expect just the place which that message took.
pub(crate) async fn publish(
    context: &Context,
    mut events: Vec<Outbound>,
    last_sequence: u64,
) -> Result<Published, LeftOut> {
    let mut published = Published::default();
    let rest = events.split_off(events.len().min(1));
    for run in [events, rest] {
        if published.why.is_none() {
            publish_run(context, run, last_sequence, &mut published).await?;
        }
    }
    Ok(published)
}

/// Sends all, then takes the answers in order.
async fn publish_run(
    context: &Context,
    events: Vec<Outbound>,
    last_sequence: u64,
    published: &mut Published,
) -> Result<(), LeftOut> {
    let mut sent = Vec::with_capacity(events.len());
    for (expected, event) in (last_sequence + published.count..).zip(events) {
        let position = event.position;
        let (subject, message) = message(event, expected);
        sent.push((
            position,
            expected,
            context.send_publish(subject, message).await,
        ));
    }
    for (position, expected, sent) in sent {
        published.note(position, expected, acknowledged(sent).await)?;
    }
    Ok(())
}

impl Published {
    fn note(
        &mut self,
        position: Position,
        expected: u64,
        acknowledged: Result<PublishAck, PublishError>,
    ) -> Result<(), LeftOut> {
        match acknowledged {
            Ok(ack) if ack.duplicate => self.because(|| format!("{position} was there already")),
            Ok(ack) => match self.refused {
                Some(refused) => return Err(LeftOut(refused)),
                None if ack.sequence != expected + 1 => {
                    self.because(|| format!("{position} went elsewhere"));
                }
                None if self.why.is_none() => {
                    self.count += 1;
                    self.last = Some(position);
                }
                None => {}
            },
            Err(error) => {
                if error.kind() == PublishErrorKind::WrongLastSequence {
                    self.refused.get_or_insert(position);
                }
                self.because(|| error.to_string());
            }
        }
        Ok(())
    }

    fn because(&mut self, why: impl FnOnce() -> String) {
        self.why.get_or_insert_with(why);
    }
}

async fn acknowledged(
    sent: Result<PublishAckFuture, PublishError>,
) -> Result<PublishAck, PublishError> {
    sent?.await
}

fn message(event: Outbound, expected_last_sequence: u64) -> (String, PublishMessage) {
    let mut headers = HeaderMap::new();
    for (name, value) in event.headers {
        headers.insert(name, value);
    }
    let message = PublishMessage::build()
        .payload(event.body.into())
        .headers(headers)
        .message_id(event.id)
        .expected_last_sequence(expected_last_sequence);
    (event.subject, message)
}

#[cfg(test)]
mod tests {
    use async_nats::jetstream::context::{PublishError, PublishErrorKind};
    use async_nats::jetstream::publish::PublishAck;

    use super::{LeftOut, Published};
    use plansync_log::Position;

    fn stored(sequence: u64) -> PublishAck {
        PublishAck {
            sequence,
            ..PublishAck::default()
        }
    }

    fn refused(kind: PublishErrorKind) -> PublishError {
        PublishError::new(kind)
    }

    #[test]
    fn an_event_that_was_refused_before_one_that_was_stored_is_left_out() {
        let mut published = Published::default();
        published
            .note(Position::new(1), 10, Ok(stored(11)))
            .unwrap();
        published
            .note(
                Position::new(2),
                11,
                Err(refused(PublishErrorKind::WrongLastSequence)),
            )
            .unwrap();
        let LeftOut(position) = published
            .note(Position::new(4), 12, Ok(stored(13)))
            .unwrap_err();
        assert_eq!(position, Position::new(2));
    }

    #[test]
    fn a_lost_answer_is_no_gap_but_nothing_behind_it_counts() {
        let mut published = Published::default();
        published
            .note(Position::new(1), 10, Ok(stored(11)))
            .unwrap();
        published
            .note(
                Position::new(2),
                11,
                Err(refused(PublishErrorKind::TimedOut)),
            )
            .unwrap();
        published
            .note(Position::new(4), 12, Ok(stored(13)))
            .unwrap();
        assert_eq!(
            (published.count, published.last),
            (1, Some(Position::new(1)))
        );
        assert!(published.why.is_some());
    }
}
