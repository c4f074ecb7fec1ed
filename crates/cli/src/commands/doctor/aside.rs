//! Work that may wait for a disk that never answers: on a thread of its own, and only for some time.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The result of the work, unless it takes longer.
pub(super) async fn aside<T: Send + 'static>(
    within: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    timeout(within, spawn_blocking(work)).await.ok()?.ok()
}
