//! A bounded pool for requests that take long: some run, some wait, the rest is told to come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinError;

/// Admits a bounded number of long jobs and runs a smaller number of them at once.
#[derive(Clone)]
pub(crate) struct HeavyPool {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// The right to run one long job, now or soon.
pub(crate) struct Admission {
    _admitted: OwnedSemaphorePermit,
    running: Arc<Semaphore>,
}

impl HeavyPool {
    /// A pool that runs `running_max` jobs at once and lets `waiting_max` more wait.
    pub(crate) fn new(running_max: usize, waiting_max: usize) -> Self {
        Self {
            admitted: Arc::new(Semaphore::new(running_max + waiting_max)),
            running: Arc::new(Semaphore::new(running_max)),
        }
    }

    /// Admits one job, unless too many wait already.
    pub(crate) fn admit(&self) -> Option<Admission> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().ok()?;
        Some(Admission {
            _admitted: admitted,
            running: Arc::clone(&self.running),
        })
    }
}

impl Admission {
    /// Runs the job on a thread that may block; the error is a job that crashed.
    pub(crate) async fn run<T, F>(self, job: F) -> Result<T, JoinError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        // The semaphore is never closed, so waiting for it cannot fail.
        let _running = self.running.acquire().await.ok();
        tokio::task::spawn_blocking(job).await
    }
}

#[cfg(test)]
mod tests {
    use super::HeavyPool;

    #[tokio::test]
    async fn beyond_its_bound_nothing_is_admitted_until_a_job_ends() {
        let pool = HeavyPool::new(1, 1);
        let first = pool.admit().unwrap();
        let second = pool.admit().unwrap();
        assert!(pool.admit().is_none());
        assert_eq!(first.run(|| 7).await.unwrap(), 7);
        assert!(pool.admit().is_some());
        assert!(
            second
                .run(|| panic!("crashed"))
                .await
                .unwrap_err()
                .is_panic()
        );
    }
}
