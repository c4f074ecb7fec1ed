//! A subscriber's data: the events that it has processed, and the checkpoint beside them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use plansync_client::protocol::ProgrammePut;
use plansync_client::{Checkpoint, Client, Event, Events, ProcessError, Processor};

use super::world::programme;

/// How long events are waited for on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// The data, which outlives each subscriber. Copies share it.
#[derive(Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    checkpoint: Option<Checkpoint>,
}

/// The disk is full, so to speak.
#[derive(Debug)]
pub(super) struct Full;

/// A subscriber with the data; it fails at the event behind `room` others.
pub(super) struct Subscriber {
    pub(super) ledger: Ledger,
    pub(super) room: usize,
}

impl Ledger {
    pub(super) fn positions(&self) -> Vec<u64> {
        let kept = self.0.lock().unwrap();
        kept.events
            .iter()
            .map(|event| event.position().unwrap().0)
            .collect()
    }

    pub(super) fn checkpoint(&self) -> Option<Checkpoint> {
        self.0.lock().unwrap().checkpoint
    }

    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().events.len()
    }

    /// Processes events until there are so many, and is then ended without any farewell. The next event may have
    /// been delivered.
    pub(super) async fn fill(&self, events: &mut Events, count: usize) {
        let mut subscriber = Subscriber {
            ledger: self.clone(),
            room: count,
        };
        let filled = async {
            while self.len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let processed = async {
            loop {
                let Err(error) = events.process(&mut subscriber).await;
                match error {
                    ProcessError::Events(error) if error.is_transient() => {}
                    ProcessError::Events(error) => panic!("{error:?}"),
                    ProcessError::Processor(Full) => return,
                }
            }
        };
        tokio::select! {
            () = processed => {}
            () = filled => {}
            () = tokio::time::sleep(PATIENCE) => panic!("{} of {count} events came", self.len()),
        }
    }
}

impl Processor for Subscriber {
    type Error = Full;

    async fn checkpoint(&mut self) -> Result<Option<Checkpoint>, Full> {
        Ok(self.ledger.checkpoint())
    }

    async fn process(&mut self, event: &Event, checkpoint: Option<Checkpoint>) -> Result<(), Full> {
        let mut kept = self.ledger.0.lock().unwrap();
        if kept.events.len() >= self.room {
            return Err(Full);
        }
        kept.events.push(event.clone());
        kept.checkpoint = checkpoint;
        Ok(())
    }
}

/// Leaves durable commands, each of which gives one event.
pub(super) async fn leave(client: &Client, numbers: std::ops::Range<u128>) {
    for number in numbers {
        client
            .submit::<ProgrammePut>(programme(number))
            .await
            .unwrap();
    }
}

/// That positions rise, so that no event came twice or out of order.
pub(super) fn assert_rising(positions: &[u64]) {
    let is_rising = positions.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(is_rising, "{positions:?}");
}
