//! Publishes one run of events to the stream, pipelined, each with the sequence that it expects;
//! and defines what the server's answers mean.

use std::collections::VecDeque;
use std::time::Duration;

use plansync_log::Position;
use plansync_service::Outbound;
use tokio::time::{Instant, timeout_at};

use crate::port::{EventStream, NotPlaced, Placed};

/// The time within which all answers to one run must arrive.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The result of a run.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// The number of events that are known to be in their places.
    pub(crate) count: u64,
    /// The position of the last of them.
    pub(crate) last: Option<Position>,
    /// Why the run ended early, if it did.
    pub(crate) why: Option<String>,
    /// The first event that the server refused to store in its place.
    refused: Option<Position>,
}

/// An event that is missing from the stream, although later ones follow its place.
#[derive(Debug)]
pub(crate) struct LeftOut(pub(crate) Position);

/// Events on their way to a stream, each with the sequence that it expects.
///
/// If somebody else publishes between two of them, the next one is refused, and the one after it
/// may by chance expect exactly the sequence of the foreign message: it is stored, and one event is
/// left out. To limit this to messages in that very moment, the first event of a run is sent alone
/// if the stream has been silent.
pub(crate) struct PublishRun<S: EventStream> {
    /// The sequence at which the stream ends when all of these are stored.
    sequence: u64,
    /// Whether the stream was just seen to end there.
    is_certain: bool,
    /// Events whose answers are still to be awaited, the oldest first.
    on_their_way: VecDeque<(Position, u64, S::Sent)>,
    published: Result<Published, LeftOut>,
}

impl<S: EventStream> PublishRun<S> {
    /// An empty run after a sequence of the stream, and whether the stream was just seen to end
    /// there.
    pub(crate) fn behind(last_sequence: u64, is_certain: bool) -> Self {
        Self {
            sequence: last_sequence,
            is_certain,
            on_their_way: VecDeque::new(),
            published: Ok(Published::default()),
        }
    }

    /// Whether all answers so far were as expected.
    pub(crate) fn goes_well(&self) -> bool {
        let published = self.published.as_ref();
        published.is_ok_and(|published| published.why.is_none())
    }

    /// Sends events after those that were sent. If more than the maximum are then on their way,
    /// waits until half of them have arrived.
    pub(crate) async fn send(
        &mut self,
        stream: &mut S,
        events: Vec<Outbound>,
        on_their_way_max: usize,
    ) {
        for event in events {
            let (position, expected) = (event.position, self.sequence);
            match stream.send(event, expected).await {
                Ok(sent) => self.on_their_way.push_back((position, expected, sent)),
                // Events that were sent count, as far as they are confirmed.
                Err(error) => {
                    self.take_answers(stream, 0).await;
                    return self.note(position, expected, Err(error));
                }
            }
            self.sequence += 1;
            if !self.is_certain {
                self.take_answers(stream, 0).await;
                self.is_certain = true;
                if !self.goes_well() {
                    return;
                }
            }
        }
        if self.on_their_way.len() > on_their_way_max {
            self.take_answers(stream, on_their_way_max / 2).await;
        }
    }

    /// The result of the run, when all answers have arrived.
    pub(crate) async fn end(mut self, stream: &mut S) -> Result<Published, LeftOut> {
        self.take_answers(stream, 0).await;
        self.published
    }

    /// Takes answers in order until only this many are missing.
    async fn take_answers(&mut self, stream: &mut S, missing: usize) {
        // One timeout for all: a connection that breaks loses every answer.
        let patience = Instant::now() + ANSWERS_WITHIN;
        while self.on_their_way.len() > missing
            && let Some((position, expected, sent)) = self.on_their_way.pop_front()
        {
            let answer = timeout_at(patience, stream.answer(sent)).await;
            let unanswered = || {
                Err(NotPlaced::Unknown(
                    "the server did not answer in time".to_owned(),
                ))
            };
            self.note(position, expected, answer.unwrap_or_else(|_| unanswered()));
        }
    }

    fn note(&mut self, position: Position, expected: u64, answer: Result<Placed, NotPlaced>) {
        if let Ok(published) = &mut self.published
            && let Err(left_out) = published.note(position, expected, answer)
        {
            self.published = Err(left_out);
        }
    }
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
                self.because(|| {
                    format!("the event of position {position} was in the stream already")
                });
            }
            Ok(stored) => match self.refused {
                Some(refused) => return Err(LeftOut(refused)),
                None if stored.sequence != expected + 1 => {
                    self.because(|| {
                        format!("the event of position {position} was stored at another sequence")
                    });
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
    use std::time::Duration;

    use super::{ANSWERS_WITHIN, LeftOut, PublishRun, Published};
    use crate::port::{EventStream, LogName, NotPlaced, Placed};
    use crate::resume::{End, Found};
    use crate::streams::StreamError;
    use plansync_log::{Chain, Incarnations, LogId, Position};
    use plansync_service::Outbound;

    /// A stream that stores everything, on a connection that takes a limited number of events and
    /// returns a limited number of answers.
    struct Breaking {
        answers: u64,
        room: usize,
        sent: Vec<u64>,
    }

    fn breaking(answers: u64) -> Breaking {
        Breaking {
            answers,
            room: usize::MAX,
            sent: Vec::new(),
        }
    }

    impl EventStream for Breaking {
        type Sent = u64;

        async fn find_end(
            &self,
            _name: &LogName,
            _incarnations: &Incarnations,
        ) -> Result<Found, StreamError> {
            unreachable!("nobody looks")
        }

        async fn end(&self) -> Result<End, StreamError> {
            unreachable!("nobody asks")
        }

        async fn send(
            &mut self,
            event: Outbound,
            expected_last_sequence: u64,
        ) -> Result<u64, NotPlaced> {
            if self.sent.len() == self.room {
                return Err(NotPlaced::Unknown("no connection".to_owned()));
            }
            self.sent.push(event.position.get());
            Ok(expected_last_sequence + 1)
        }

        async fn answer(&mut self, sequence: u64) -> Result<Placed, NotPlaced> {
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
        let mut stream = breaking(20);
        let mut run = PublishRun::behind(0, true);
        for events in [1..=150, 151..=200] {
            run.send(&mut stream, events.map(event).collect(), 200)
                .await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        let published = run.end(&mut stream).await.unwrap();
        assert_eq!(
            (published.count, published.last),
            (20, Some(Position::new(20)))
        );
        let expected = Some("the server did not answer in time");
        assert_eq!(published.why.as_deref(), expected);
        assert_eq!(began.elapsed(), ANSWERS_WITHIN);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_run_goes_on_as_its_oldest_events_arrive_and_until_one_does_not() {
        let began = tokio::time::Instant::now();
        let mut stream = breaking(20);
        let mut run = PublishRun::behind(0, true);
        run.send(&mut stream, (1..=30).map(event).collect(), 29)
            .await;
        assert!(run.goes_well());
        assert_eq!(began.elapsed(), Duration::ZERO);
        run.send(&mut stream, (31..=60).map(event).collect(), 29)
            .await;
        assert!(!run.goes_well());
        assert_eq!(began.elapsed(), ANSWERS_WITHIN);
        let published = run.end(&mut stream).await.unwrap();
        assert_eq!(published.count, 20);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_behind_a_silent_stream_goes_alone_and_takes_no_other_with_it() {
        let mut stream = breaking(0);
        let mut run = PublishRun::behind(0, false);
        run.send(&mut stream, (1..=30).map(event).collect(), 100)
            .await;
        assert!(!run.goes_well());
        assert_eq!(stream.sent, [1]);
        let mut stream = breaking(1);
        let mut run = PublishRun::behind(0, false);
        run.send(&mut stream, (1..=30).map(event).collect(), 100)
            .await;
        assert!(run.goes_well());
        assert_eq!(stream.sent.len(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn where_an_event_cannot_be_sent_those_before_it_count_and_none_is_tried_behind_it() {
        let mut stream = Breaking {
            room: 10,
            ..breaking(30)
        };
        let mut run = PublishRun::behind(0, true);
        run.send(&mut stream, (1..=30).map(event).collect(), 100)
            .await;
        assert!(!run.goes_well());
        let published = run.end(&mut stream).await.unwrap();
        assert_eq!(published.count, 10);
        assert_eq!(published.why.as_deref(), Some("no connection"));
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
