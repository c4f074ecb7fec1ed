//! Tells a stream that lost its end from an outdated server that answers for a while: the first one stays so.

use std::time::Duration;

use super::clock::Monotonic;

/// How long a stream may seem to be too short: longer than its servers need to elect a leader, which takes up to 9 s.
const PATIENCE: Duration = Duration::from_secs(15);
/// So often it must have been seen: two looks that are far apart may have met an outdated server each.
const SEEN_MIN: u32 = 8;

/// Since when a stream seems to be too short.
#[derive(Debug, Default)]
pub(super) struct Shortness {
    since: Option<Monotonic>,
    seen: u32,
}

impl Shortness {
    /// The stream seems to be too short. Whether it has been so for longer than an outdated server explains.
    pub(super) fn lasts(&mut self, now: Monotonic) -> bool {
        let since = *self.since.get_or_insert(now);
        self.seen = self.seen.saturating_add(1);
        now.since(since) >= PATIENCE && self.seen >= SEEN_MIN
    }

    /// It is not too short.
    pub(super) fn over(&mut self) {
        *self = Self::default();
    }
}
