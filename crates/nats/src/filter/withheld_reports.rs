//! Log lines about messages that were withheld: the first at once, then only their number, so that no
//! sender can fill the engine's log output.

use tokio::time::Instant;

use super::fault::Fault;
use super::frame_filter::Fate;
use crate::report_limit::ReportLimit;

/// Counts withheld messages and reports them from time to time.
#[derive(Debug)]
pub(super) struct WithheldReports(ReportLimit);

impl WithheldReports {
    /// No message was withheld yet.
    pub(super) const fn new() -> Self {
        Self(ReportLimit::new())
    }

    /// Reports or counts one message.
    pub(super) fn of(&mut self, fault: Fault, fate: Fate) {
        let effect = match fate {
            // The consumer of the stream reports each of these.
            Fate::FromStream => return,
            Fate::Refused => "refused",
            Fate::Ignored => "ignored",
        };
        if let Some(before) = self.0.due(Instant::now()) {
            tracing::warn!(
                %fault,
                before,
                "a message that does not follow the NATS protocol was {effect}; `before` is the \
                 number of such messages since the last report"
            );
        }
    }
}
