//! The engine's threads: one writes, some work, one for each background task of the log, one keeps the
//! folded state beside the log, one closes records that nobody uses.
//!
//! The engine and the log offer single steps; the threads here run them. If a step of a required thread fails, the
//! process must end, because the state of the disk is unknown then.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use plansync_engine::{Engine, Refusal, Worked, Wrote};
use plansync_log::CheckpointError;
use plansync_log::backend::{BackgroundTask, StepError, StepOutcome};
use tokio::sync::mpsc;

/// How long a thread waits for work before it looks whether it is to stop.
const IDLE: Duration = Duration::from_millis(100);
/// How long it waits before it tries again what the disk refused for lack of room.
const REFUSED: Duration = Duration::from_millis(250);
/// The interval at which it is checked whether a checkpoint is due.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How often idle records are looked for. It may be late by that: a look costs a moment for each tenant.
const IDLE_RECORDS_EVERY: Duration = Duration::from_secs(10);
/// How long that waits after it could not be done: nothing is lost meanwhile.
const KEEPING_REFUSED: Duration = Duration::from_mins(1);

/// The running threads.
pub(crate) struct Threads {
    workers: Group,
    writer: Group,
    keepers: Group,
    failures: mpsc::Receiver<anyhow::Error>,
}

/// Threads that are stopped together.
struct Group {
    stop: Arc<AtomicBool>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// Starts them all; as many work as there are cores.
    pub(crate) fn start(
        engine: &Engine,
        background: Vec<Box<dyn BackgroundTask>>,
    ) -> anyhow::Result<Self> {
        let (failed, failures) = mpsc::channel(8);
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut workers = Group::new();
        for _ in 0..cores {
            let engine = engine.clone();
            workers.start("worker", &failed, move |stop| work(&engine, stop))?;
        }
        let mut writer = Group::new();
        let writing = engine.clone();
        writer.start("writer", &failed, move |stop| write(&writing, stop))?;
        let mut keepers = Group::new();
        for task in background {
            keepers.start(task.name(), &failed, move |stop| run_task(task, stop))?;
        }
        let keeping = engine.clone();
        keepers.start("keeper", &failed, move |stop| {
            keep_state(&keeping, stop);
            Ok(())
        })?;
        let closing = engine.clone();
        workers.start("closer", &failed, move |stop| {
            close_idle_records(&closing, stop);
            Ok(())
        })?;
        Ok(Self {
            workers,
            writer,
            keepers,
            failures,
        })
    }

    /// Waits until one of them fails; nothing if all have ended.
    pub(crate) async fn failure(&mut self) -> Option<anyhow::Error> {
        self.failures.recv().await
    }

    /// Stops the threads in the order of their dependencies, and returns an error if one had failed.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        self.workers.stop();
        self.writer.stop();
        self.keepers.stop();
        self.failures.try_recv().map_or(Ok(()), Err)
    }
}

impl Group {
    fn new() -> Self {
        Self {
            stop: Arc::default(),
            handles: Vec::new(),
        }
    }

    fn start(
        &mut self,
        name: &'static str,
        failed: &mpsc::Sender<anyhow::Error>,
        run: impl FnOnce(&AtomicBool) -> anyhow::Result<()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let (stop, failed) = (Arc::clone(&self.stop), failed.clone());
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| run(&stop)));
            if let Err(error) = ended.unwrap_or_else(|_| Err(anyhow::anyhow!("the thread crashed")))
            {
                // Where the channel is full, others have failed before.
                let _ = failed.try_send(error.context(format!("the {name} failed")));
            }
        });
        self.handles
            .push(thread.with_context(|| format!("the {name} could not be started"))?);
        Ok(())
    }

    fn stop(&mut self) {
        self.stop.store(true, Ordering::Release);
        for handle in self.handles.drain(..) {
            // A crash was reported as a failure.
            let _ = handle.join();
        }
    }
}

fn is_to_stop(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Acquire)
}

/// Writes groups; when it is to stop, whatever still waits first.
fn write(engine: &Engine, stop: &AtomicBool) -> anyhow::Result<()> {
    loop {
        engine.wait_queued(IDLE);
        let is_last = is_to_stop(stop);
        match engine.write_step()? {
            Wrote::Nothing | Wrote::Refused if is_last => return Ok(()),
            Wrote::Upto(_) | Wrote::Nothing => {}
            Wrote::Refused => thread::sleep(REFUSED),
        }
    }
}

fn work(engine: &Engine, stop: &AtomicBool) -> anyhow::Result<()> {
    while !is_to_stop(stop) {
        match engine.work_step() {
            Ok(Worked::Targets(_)) => {}
            Ok(Worked::Nothing) => engine.wait_work(IDLE),
            Ok(Worked::Waits) => thread::sleep(Duration::from_millis(5)),
            Err(refusal @ (Refusal::Unavailable { .. } | Refusal::Overloaded { .. })) => {
                tracing::warn!(%refusal, "a synchronisation is delayed");
                thread::sleep(REFUSED);
            }
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}

/// Runs the steps of a background task of the log according to its schedule.
fn run_task(mut task: Box<dyn BackgroundTask>, stop: &AtomicBool) -> anyhow::Result<()> {
    let schedule = task.schedule();
    loop {
        let is_last = is_to_stop(stop);
        if is_last && !schedule.is_taken_at_stop {
            return Ok(());
        }
        let stepped = task.step();
        if let Err(error @ StepError::Unavailable { .. }) = stepped {
            let (name, error) = (task.name(), anyhow::Error::new(error));
            tracing::warn!("the {name} will try again: {error:#}");
            if is_last {
                return Ok(());
            }
            rest(schedule.retry_after, stop);
            continue;
        }
        let outcome = stepped?;
        if is_last {
            return Ok(());
        }
        thread::sleep(schedule.interval);
        match outcome {
            StepOutcome::Idle => task.wait(IDLE),
            StepOutcome::Worked => {}
        }
    }
}

/// Keeps the folded state beside the log, and a last time when it is to stop: the next start folds
/// what came after.
fn keep_state(engine: &Engine, stop: &AtomicBool) {
    while !is_to_stop(stop) {
        engine.renew_step();
        match engine.keep_step() {
            Ok(_) => rest(KEEP_EVERY, stop),
            Err(error) => {
                not_kept(error);
                rest(KEEPING_REFUSED, stop);
            }
        }
    }
    if let Err(error) = engine.keep_now() {
        not_kept(error);
    }
}

/// Closes records that nobody uses. What could not be closed is tried again by the next look: nobody
/// waits for it.
fn close_idle_records(engine: &Engine, stop: &AtomicBool) {
    while !is_to_stop(stop) {
        match engine.idle_step() {
            Ok(0) => {}
            Ok(closed) => tracing::info!(closed, "closed idle records"),
            Err(refusal) => {
                tracing::warn!(%refusal, "idle records could not be closed yet, trying again");
            }
        }
        rest(IDLE_RECORDS_EVERY, stop);
    }
}

fn not_kept(error: CheckpointError) {
    let error = anyhow::Error::new(error);
    tracing::warn!("a checkpoint could not be saved, trying again: {error:#}");
}

/// Sleeps, unless the thread is to stop.
fn rest(time: Duration, stop: &AtomicBool) {
    let end = Instant::now() + time;
    while !is_to_stop(stop) && Instant::now() < end {
        thread::sleep(IDLE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use plansync_log::backend::{BackgroundTask, Schedule, StepError, StepOutcome};
    use tokio::sync::mpsc;

    use super::{Group, rest, run_task};

    /// Works once, then finds the disk full once, is then idle, and is stopped while it waits.
    struct Task {
        is_taken_at_stop: bool,
        steps: Arc<AtomicUsize>,
        stop: Arc<AtomicBool>,
    }

    impl BackgroundTask for Task {
        fn name(&self) -> &'static str {
            "task"
        }

        fn schedule(&self) -> Schedule {
            Schedule {
                interval: Duration::ZERO,
                retry_after: Duration::ZERO,
                is_taken_at_stop: self.is_taken_at_stop,
            }
        }

        fn step(&mut self) -> Result<StepOutcome, StepError> {
            match self.steps.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(StepOutcome::Worked),
                1 => Err(StepError::Unavailable {
                    doing: "write",
                    path: "file".into(),
                    source: std::io::ErrorKind::StorageFull.into(),
                }),
                _ => Ok(StepOutcome::Idle),
            }
        }

        fn wait(&self, _timeout: Duration) {
            self.stop.store(true, Ordering::Release);
        }
    }

    #[test]
    fn a_task_takes_a_last_step_if_its_schedule_says_so() {
        for (is_taken_at_stop, expected) in [(false, 3), (true, 4)] {
            let (steps, stop) = (Arc::<AtomicUsize>::default(), Arc::default());
            let task = Task {
                is_taken_at_stop,
                steps: Arc::clone(&steps),
                stop: Arc::clone(&stop),
            };
            run_task(Box::new(task), &stop).unwrap();
            assert_eq!(steps.load(Ordering::Relaxed), expected);
        }
    }

    #[test]
    fn a_task_whose_step_fails_ends() {
        struct Fails;
        impl BackgroundTask for Fails {
            fn name(&self) -> &'static str {
                "task"
            }
            fn schedule(&self) -> Schedule {
                Schedule {
                    interval: Duration::ZERO,
                    retry_after: Duration::ZERO,
                    is_taken_at_stop: true,
                }
            }
            fn step(&mut self) -> Result<StepOutcome, StepError> {
                Err(StepError::Corrupt {
                    path: "file".into(),
                    what: "it is empty".to_owned(),
                })
            }
            fn wait(&self, _timeout: Duration) {}
        }
        let failed = run_task(Box::new(Fails), &false.into()).unwrap_err();
        assert!(failed.is::<StepError>(), "{failed:#}");
    }

    #[test]
    fn a_thread_that_fails_or_crashes_is_told_of() {
        let (failed, mut failures) = mpsc::channel(8);
        let mut group = Group::new();
        let mut told = |run: fn() -> anyhow::Result<()>| {
            group.start("worker", &failed, move |_| run()).unwrap();
            format!("{:#}", failures.blocking_recv().unwrap())
        };
        let crash = || panic!("as the test wants it");
        assert_eq!(told(crash), "the worker failed: the thread crashed");
        let fail = || Err(anyhow::anyhow!("no disk"));
        assert_eq!(told(fail), "the worker failed: no disk");
        group.stop();
    }

    #[test]
    fn a_thread_that_rests_can_be_stopped() {
        let (started, stop) = (Instant::now(), true.into());
        rest(Duration::from_mins(1), &stop);
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
