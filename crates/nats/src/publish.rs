//! One run of events into the stream, pipelined, each at the place that it expects.
//!
//! Owns what the server's answers mean. Knows neither log nor cursor, and no NATS.

use std::time::Duration;

use plansync_log::Position;
use plansync_service::Outbound;
use tokio::time::{Instant, timeout_at};

use crate::port::{Behind, EventStream, NotPlaced, Placed};

/// How long the answers to one run are waited for, all together.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

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

/// Publishes events behind `last_sequence`: sends all, then takes the answers in order.
///
/// Each names the one that it follows: if somebody else has published meanwhile, the first is refused
/// for its place, and the others for what is there instead, also where the place is by chance theirs.
pub(crate) async fn publish(
    stream: &impl EventStream,
    events: Vec<Outbound>,
    last_sequence: u64,
) -> Result<Published, LeftOut> {
    let mut published = Published::default();
    let mut sent = Vec::with_capacity(events.len());
    let mut last_id = None;
    for (sequence, event) in (last_sequence..).zip(events) {
        let position = event.position;
        let id = last_id.replace(event.id.clone());
        let behind = Behind { sequence, id };
        sent.push((position, sequence, stream.send(event, behind).await));
    }
    // One patience for all: a connection that breaks takes every answer with it.
    let patience = Instant::now() + ANSWERS_WITHIN;
    for (position, expected, sent) in sent {
        let answer = timeout_at(patience, stream.answer(sent)).await;
        let unheard = || Err(NotPlaced::Unknown("no answer in time".to_owned()));
        published.note(position, expected, answer.unwrap_or_else(|_| unheard()))?;
    }
    Ok(published)
}

impl Published {
    fn note(
        &mut self,
        position: Position,
        expected: u64,
        answer: Result<Placed, NotPlaced>,
    ) -> Result<(), LeftOut> {
        match answer {
            Ok(stored) if stored.duplicate => {
                self.because(|| format!("{position} was there already"));
            }
            Ok(stored) => match self.refused {
                Some(refused) => return Err(LeftOut(refused)),
                None if stored.sequence != expected + 1 => {
                    self.because(|| format!("{position} went elsewhere"));
                }
                None if self.why.is_none() => {
                    self.count += 1;
                    self.last = Some(position);
                }
                None => {}
            },
            Err(error) => {
                match error {
                    NotPlaced::Refused(_) => {
                        self.refused.get_or_insert(position);
                    }
                    NotPlaced::Unknown(_) => {}
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

#[cfg(test)]
mod tests {
    use super::{ANSWERS_WITHIN, LeftOut, Published, publish};
    use crate::port::{Behind, EventStream, LogName, NotPlaced, Placed};
    use crate::resume::{End, Found};
    use crate::streams::StreamError;
    use plansync_log::{Chain, Lives, LogId, Position};
    use plansync_service::Outbound;

    /// A stream that stores what comes, and whose connection breaks after some answers.
    struct Breaking {
        answers: u64,
    }

    impl EventStream for Breaking {
        type Sent = u64;

        async fn look(&self, _name: &LogName, _lives: &Lives) -> Result<Found, StreamError> {
            unreachable!("nobody looks")
        }

        async fn end(&self) -> Result<End, StreamError> {
            unreachable!("nobody asks")
        }

        async fn send(&self, _event: Outbound, behind: Behind) -> u64 {
            behind.sequence + 1
        }

        async fn answer(&self, sequence: u64) -> Result<Placed, NotPlaced> {
            if sequence > self.answers {
                std::future::pending::<()>().await;
            }
            Ok(stored(sequence))
        }
    }

    fn event(position: u64) -> Outbound {
        Outbound {
            position: Position::new(position),
            chain: Chain::before_first(LogId::new(uuid::Uuid::nil())),
            id: position.to_string(),
            subject: "plansync.v1.evt.acme.x".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_never_come_are_waited_for_once_and_not_one_by_one() {
        let began = tokio::time::Instant::now();
        let events = (1..=200).map(event).collect();
        let published = publish(&Breaking { answers: 20 }, events, 0).await.unwrap();
        assert_eq!(
            (published.count, published.last),
            (20, Some(Position::new(20)))
        );
        assert_eq!(published.why.as_deref(), Some("no answer in time"));
        assert_eq!(began.elapsed(), ANSWERS_WITHIN);
    }

    fn stored(sequence: u64) -> Placed {
        Placed {
            sequence,
            duplicate: false,
        }
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
                Err(NotPlaced::Refused("wrong last sequence".to_owned())),
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
                Err(NotPlaced::Unknown("timed out".to_owned())),
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
