//! What is seen only by looking again after a while: commits that do not become durable, and overload.

use std::time::{Duration, Instant};

use plansync_log::Position;

/// How long commits may wait for the disk before the log counts as stuck.
const STUCK_AFTER: Duration = Duration::from_secs(10);
/// How long it is until a log that stays stuck is told of again.
const STUCK_TOLD_EVERY: Duration = Duration::from_mins(1);
/// How long an overload is told of.
const OVERLOAD_TOLD_FOR: Duration = Duration::from_mins(1);

/// What was seen before.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse {
    durable: Position,
    /// Since when commits wait and none becomes durable.
    waiting_since: Option<Instant>,
    is_stuck: bool,
    stuck_count: u64,
    /// For how long commits had waited when that was told last.
    told: Option<Duration>,
    overloaded: u64,
    overloaded_at: Option<Instant>,
}

/// What there is to tell of a log that is or was stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Commits have waited for so long, and still do.
    Waits(Duration),
    /// Commits become durable again, and it was told that they did not.
    GoesOn,
}

impl Pulse {
    /// Looks at the last positions that were decided and that are durable, and at the requests that were refused as
    /// overloaded.
    pub(super) fn look(
        &mut self,
        now: Instant,
        (decided, durable): (Position, Position),
        overloaded: u64,
    ) {
        let waits = decided > durable && durable == self.durable;
        self.waiting_since = waits.then(|| self.waiting_since.unwrap_or(now));
        self.durable = durable;
        let is_stuck = self.stuck_for(now).is_some();
        if is_stuck && !self.is_stuck {
            self.stuck_count += 1;
        }
        self.is_stuck = is_stuck;
        if overloaded > self.overloaded {
            self.overloaded_at = Some(now);
        }
        self.overloaded = overloaded;
    }

    /// For how long commits have waited, if the log is stuck.
    pub(super) fn stuck_for(&self, now: Instant) -> Option<Duration> {
        let waited = now.saturating_duration_since(self.waiting_since?);
        (waited >= STUCK_AFTER).then_some(waited)
    }

    /// What there is to tell since it was asked last: once when the log is stuck, then every minute, and when it goes on.
    pub(super) fn news(&mut self, now: Instant) -> Option<News> {
        let Some(waited) = self.stuck_for(now) else {
            return self.told.take().map(|_| News::GoesOn);
        };
        let is_due = self
            .told
            .is_none_or(|told| waited >= told + STUCK_TOLD_EVERY);
        is_due.then(|| {
            self.told = Some(waited);
            News::Waits(waited)
        })
    }

    /// How often the log was stuck.
    pub(super) fn stuck_count(&self) -> u64 {
        self.stuck_count
    }

    /// Whether requests were refused as overloaded of late.
    pub(super) fn is_overloaded(&self, now: Instant) -> bool {
        self.overloaded_at
            .is_some_and(|at| now.saturating_duration_since(at) < OVERLOAD_TOLD_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_stuck_while_commits_wait_and_none_becomes_durable() {
        let (begin, mut pulse) = (Instant::now(), Pulse::default());
        let mut look = |second: u64, decided: u64, durable: u64| {
            let now = begin + Duration::from_secs(second);
            let positions = (Position::new(decided), Position::new(durable));
            pulse.look(now, positions, 0);
            (
                pulse.stuck_for(now).map(|time| time.as_secs()),
                pulse.stuck_count(),
            )
        };
        assert_eq!(look(0, 5, 5), (None, 0));
        assert_eq!(look(1, 6, 5), (None, 0));
        assert_eq!(look(10, 7, 6), (None, 0));
        assert_eq!(look(11, 9, 6), (None, 0));
        assert_eq!(look(20, 9, 6), (None, 0));
        assert_eq!(look(21, 9, 6), (Some(10), 1));
        assert_eq!(look(30, 12, 6), (Some(19), 1));
        assert_eq!(look(31, 12, 7), (None, 1));
        assert_eq!(look(60, 12, 12), (None, 1));
    }

    #[test]
    fn a_stuck_log_is_news_at_first_then_every_minute_and_when_it_goes_on() {
        let (begin, mut pulse) = (Instant::now(), Pulse::default());
        let mut news = |second: u64, durable: u64| {
            let now = begin + Duration::from_secs(second);
            pulse.look(now, (Position::new(6), Position::new(durable)), 0);
            pulse.news(now)
        };
        let waits = |seconds| Some(News::Waits(Duration::from_secs(seconds)));
        assert_eq!([0, 1, 10].map(|second| news(second, 5)), [None; 3]);
        assert_eq!(
            [11, 12, 70].map(|second| news(second, 5)),
            [waits(10), None, None]
        );
        assert_eq!([71, 72].map(|second| news(second, 5)), [waits(70), None]);
        assert_eq!(
            [73, 74].map(|second| news(second, 6)),
            [Some(News::GoesOn), None]
        );
    }

    #[test]
    fn a_wait_of_some_seconds_is_no_news() {
        let (begin, mut pulse) = (Instant::now(), Pulse::default());
        let mut news = |second: u64, durable: u64| {
            let now = begin + Duration::from_secs(second);
            pulse.look(now, (Position::new(9), Position::new(durable)), 0);
            pulse.news(now)
        };
        let looks = [(0, 5), (1, 5), (9, 5), (10, 6), (19, 6), (20, 9)];
        assert_eq!(
            looks.map(|(second, durable)| news(second, durable)),
            [None; 6]
        );
    }

    #[test]
    fn an_overload_is_told_of_for_a_minute() {
        let (begin, mut pulse) = (Instant::now(), Pulse::default());
        let mut look = |second: u64, overloaded: u64| {
            let now = begin + Duration::from_secs(second);
            pulse.look(now, (Position::ZERO, Position::ZERO), overloaded);
            pulse.is_overloaded(now)
        };
        assert!(!look(0, 0));
        assert!(look(1, 3));
        assert!(look(60, 3));
        assert!(!look(61, 3));
        assert!(look(62, 4));
    }
}
