//! The stream of durable commands of a simulated server: it keeps each until it is acknowledged, and
//! drops a repeat of what it still has.

use std::collections::VecDeque;

use plansync_service::Place;

use crate::client::Message;

/// The stream.
#[derive(Debug)]
pub(crate) struct Commands {
    created_ns: i128,
    messages: VecDeque<(u64, Message)>,
    last_sequence: u64,
}

impl Commands {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self {
            created_ns: 1,
            messages: VecDeque::new(),
            last_sequence: 0,
        }
    }

    /// A message arrives; its place, unless it is a repeat.
    pub(crate) fn store(&mut self, message: Message) -> Option<Place> {
        if self.messages.iter().any(|(_, one)| one.id == message.id) {
            return None;
        }
        self.last_sequence += 1;
        self.messages.push_back((self.last_sequence, message));
        Some(self.place(self.last_sequence))
    }

    /// Where a sequence is.
    pub(crate) const fn place(&self, sequence: u64) -> Place {
        Place {
            stream_created_ns: self.created_ns,
            sequence,
        }
    }

    /// The first message from this sequence on, and its place.
    pub(crate) fn next(&self, from: u64) -> Option<(Place, &Message)> {
        let mut messages = self.messages.iter();
        let (sequence, message) = messages.find(|(sequence, _)| *sequence >= from)?;
        Some((self.place(*sequence), message))
    }

    /// A message was dealt with.
    pub(crate) fn remove(&mut self, sequence: u64) {
        self.messages.retain(|(one, _)| *one != sequence);
    }

    /// Everything is lost, and a new stream of the same name begins.
    pub(crate) fn empty(&mut self) {
        self.created_ns += 1;
        self.last_sequence = 0;
        self.messages.clear();
    }
}
