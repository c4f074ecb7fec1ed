//! Waiting for something that comes about by itself.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How long it may take: a machine that runs tests is busy.
const PATIENCE: Duration = Duration::from_mins(2);
/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is the one that is wanted, and returns it.
///
/// # Panics
/// It is another one after two minutes.
pub async fn until<T: Debug>(ask: impl AsyncFn() -> T, is_wanted: impl Fn(&T) -> bool) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = ask().await;
        if is_wanted(&answer) {
            return answer;
        }
        assert!(Instant::now() < end, "it is still {answer:?}");
        tokio::time::sleep(PAUSE).await;
    }
}
