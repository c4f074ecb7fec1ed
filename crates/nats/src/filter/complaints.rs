//! What is said in the engine's log of messages that are withheld: the first at once, and then how many
//! there were, so that no sender can fill it.

use tokio::time::Instant;

use super::fault::Fault;
use super::sieve::Fate;
use crate::rarely::Rarely;

/// Counts, and speaks now and then.
#[derive(Debug)]
pub(super) struct Complaints(Rarely);

impl Complaints {
    /// Nothing was withheld yet.
    pub(super) const fn new() -> Self {
        Self(Rarely::new())
    }

    /// Takes note of one message.
    pub(super) fn of(&mut self, subject: &str, fault: Fault, fate: Fate) {
        let effect = match fate {
            // Whoever takes the stream's messages names each.
            Fate::FromStream => return,
            Fate::Refused => "refused",
            Fate::Ignored => "ignored",
        };
        if let Some(before) = self.0.due(Instant::now()) {
            tracing::warn!(
                subject,
                %fault,
                before,
                "a message that no client of NATS should send is {effect}; `before` counts those \
                 since this was last said"
            );
        }
    }
}
