//! When and how often something is tried again.
//!
//! Commands keep their id across attempts, so that a repeated command is carried out once. Only errors that may
//! pass are followed by another attempt: [`Error::is_transient`].

use std::future::Future;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::time::{Instant, sleep};

use crate::error::Error;

/// How often, and after which delays, an operation is tried again.
///
/// The delay doubles with each attempt, and a random part of it is added, so that clients that failed at the
/// same time do not return at the same time. If the service names a longer delay (`details.retry_after_ms`), that
/// one is used.
///
/// ```
/// use std::time::Duration;
///
/// use plansync_client::RetryPolicy;
///
/// let patient = RetryPolicy { total_max: Duration::from_secs(600), ..RetryPolicy::default() };
/// assert_eq!(patient.delay_min, Duration::from_millis(100));
/// assert_eq!(RetryPolicy::never().attempts_max, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The number of attempts, the first one included; at least one is made.
    pub attempts_max: usize,
    /// The delay after the first attempt.
    pub delay_min: Duration,
    /// The longest delay, if the service does not name a longer one.
    pub delay_max: Duration,
    /// No attempt begins later than this after the first one.
    pub total_max: Duration,
    /// Whether another attempt follows if no service answers on the subject, as while an engine is started again.
    pub awaits_service: bool,
}

impl Default for RetryPolicy {
    /// Ten attempts within a minute, with delays from 100 ms to 5 s.
    fn default() -> Self {
        Self {
            attempts_max: 10,
            delay_min: Duration::from_millis(100),
            delay_max: Duration::from_secs(5),
            total_max: Duration::from_mins(1),
            awaits_service: true,
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes of it.
    pub fn never() -> Self {
        Self {
            attempts_max: 1,
            ..Self::default()
        }
    }

    /// Whether another attempt may succeed after this error.
    fn follows(&self, error: &Error) -> bool {
        error.is_transient() && (self.awaits_service || !error.is_without_service())
    }

    fn delays(&self) -> impl Iterator<Item = Duration> {
        ExponentialBuilder::default()
            .with_min_delay(self.delay_min)
            .with_max_delay(self.delay_max)
            .with_max_times(self.attempts_max.saturating_sub(1))
            .with_jitter()
            .build()
    }

    /// Makes attempts until one succeeds, fails for good, or was the last one.
    pub(crate) async fn run<T, A, F>(&self, mut attempt: A) -> Result<T, Error>
    where
        A: FnMut() -> F,
        F: Future<Output = Result<T, Error>>,
    {
        let begun = Instant::now();
        let mut delays = self.delays();
        loop {
            let error = match attempt().await {
                Err(error) if self.follows(&error) => error,
                ended => return ended,
            };
            let Some(delay) = delays.next() else {
                return Err(error);
            };
            let delay = delay.max(error.retry_after().unwrap_or_default());
            if delay > self.total_max.saturating_sub(begun.elapsed()) {
                return Err(error);
            }
            // What the error says may quote what was sent.
            tracing::debug!(?delay, "trying again");
            sleep(delay).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use plansync_protocol::{Details, ErrorCode};
    use tokio::time::Instant;

    use super::RetryPolicy;
    use crate::error::{Error, Unavailable};

    fn overloaded(retry_after_ms: u64) -> Error {
        let error = plansync_protocol::Error::new(ErrorCode::Overloaded, "busy");
        let details = Details {
            retry_after_ms: Some(retry_after_ms),
            ..Details::default()
        };
        Error::of_refusal(error.with(details), None)
    }

    /// The number of attempts, and the time that they took, if every one ends with this error.
    async fn attempts(policy: RetryPolicy, error: impl Fn() -> Error) -> (usize, Duration) {
        let (count, begun) = (Cell::new(0), Instant::now());
        let ended = policy
            .run(|| {
                count.set(count.get() + 1);
                let error = error();
                async { Err::<(), _>(error) }
            })
            .await;
        assert!(ended.is_err());
        (count.get(), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_again_as_often_as_allowed() {
        let policy = RetryPolicy {
            attempts_max: 4,
            ..RetryPolicy::default()
        };
        let (count, took) = attempts(policy, || overloaded(0)).await;
        assert_eq!(count, 4);
        // 100 + 200 + 400 ms, and up to as much again at random.
        let took = took.as_millis();
        assert!((700..=1_500).contains(&took), "{took} ms");
        assert_eq!(attempts(RetryPolicy::never(), || overloaded(0)).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_not_tried_again() {
        let refused = || {
            let error = plansync_protocol::Error::new(ErrorCode::NotPermitted, "no");
            Error::of_refusal(error, None)
        };
        assert_eq!(attempts(RetryPolicy::default(), refused).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_is_not_there_is_awaited_unless_the_policy_says_otherwise() {
        let nobody = || Error::Unavailable {
            why: Unavailable::NoService,
            command: None,
        };
        assert_eq!(attempts(RetryPolicy::default(), nobody).await.0, 10);
        let policy = RetryPolicy {
            awaits_service: false,
            ..RetryPolicy::default()
        };
        assert_eq!(attempts(policy, nobody).await.0, 1);
        assert_eq!(attempts(policy, || overloaded(0)).await.0, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn the_delay_of_the_service_is_kept_unless_it_is_too_long() {
        let (count, took) = attempts(RetryPolicy::default(), || overloaded(25_000)).await;
        assert_eq!(count, 3);
        assert!(took >= Duration::from_secs(50), "{took:?}");
        let (count, took) = attempts(RetryPolicy::default(), || overloaded(u64::MAX)).await;
        assert_eq!(count, 1);
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}
