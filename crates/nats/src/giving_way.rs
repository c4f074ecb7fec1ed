//! Whoever reads the whole log gives way to whoever writes to it: after a page, the next one waits while others write.
//! Otherwise one reader that asks for page after page would take the processor from every command.

use std::time::{Duration, Instant};

use plansync_log::Position;
use plansync_service::OperationName;
use tokio::sync::watch;

/// So many times as long as a page took, its reply waits.
const TIMES: u32 = 4;
/// The longest wait. A slow disk delays a page, too, and no reader should wait long for that.
const PAUSE_MAX: Duration = Duration::from_millis(100);

/// A page of the log that is being read.
pub(crate) struct GivingWay {
    began: Instant,
    durable: watch::Receiver<Position>,
    before: Position,
}

impl GivingWay {
    /// Begins a page; `None` if the operation does not give way.
    pub(crate) fn begin(
        operation: Option<OperationName>,
        durable: watch::Receiver<Position>,
    ) -> Option<Self> {
        let before = *durable.borrow();
        (operation == Some(OperationName::AuditRead)).then(|| Self {
            began: Instant::now(),
            durable,
            before,
        })
    }

    /// How long its reply waits, now that it is there.
    pub(crate) fn pause(&self) -> Option<Duration> {
        let has_grown = *self.durable.borrow() > self.before;
        pause(self.began.elapsed(), has_grown)
    }
}

fn pause(took: Duration, log_has_grown: bool) -> Option<Duration> {
    log_has_grown.then(|| took.saturating_mul(TIMES).min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use plansync_log::Position;
    use plansync_service::OperationName;
    use tokio::sync::watch;

    use super::{GivingWay, PAUSE_MAX, pause};

    #[test]
    fn a_page_waits_in_proportion_to_what_it_took_if_others_wrote_meanwhile() {
        let millis = Duration::from_millis;
        assert_eq!(pause(millis(3), true), Some(millis(12)));
        assert_eq!(pause(millis(3), false), None);
        assert_eq!(pause(Duration::from_secs(9), true), Some(PAUSE_MAX));
        assert_eq!(pause(Duration::MAX, true), Some(PAUSE_MAX));
    }

    #[test]
    fn only_the_reading_of_the_log_gives_way_and_only_to_what_was_written_meanwhile() {
        let (written, durable) = watch::channel(Position::new(5));
        let begin = |operation| GivingWay::begin(operation, durable.clone());
        assert!(begin(Some(OperationName::PlanGet)).is_none());
        assert!(begin(None).is_none());
        let page = begin(Some(OperationName::AuditRead)).unwrap();
        assert_eq!(page.pause(), None);
        written.send_replace(Position::new(6));
        assert!(page.pause().is_some());
        let next = begin(Some(OperationName::AuditRead)).unwrap();
        assert_eq!(next.pause(), None);
    }
}
