//! Lines in the engine's log about messages that were withheld: the first at once, then only how
//! many there were, so that no sender can fill the log.

use tokio::time::Instant;

use super::fault::Fault;
use super::sieve::Fate;
use crate::rarely::Rarely;

/// Counts withheld messages and reports them from time to time.
#[derive(Debug)]
pub(super) struct Complaints(Rarely);

impl Complaints {
    /// No message was withheld yet.
    pub(super) const fn new() -> Self {
        Self(Rarely::new())
    }

    /// Notes one message.
    pub(super) fn of(&mut self, subject: &str, fault: Fault, fate: Fate) {
        let effect = match fate {
            // The consumer of the stream reports each of these.
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
