//! Owns the engine's steps and who takes them: threads, as in a service, or one hand after
//! another. Knows nothing of what is asked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plansync_engine::{Engine, LogFailed, Refusal, Worked};

use crate::worker::WorkError;

const IDLE: Duration = Duration::from_millis(2);

/// Works on everything that waits, and makes it durable.
pub(super) fn work_off(engine: &Engine) -> Result<(), WorkError> {
    while work(engine)? != Worked::Nothing {
        write(engine)?;
    }
    write(engine)
}

/// Writes what waits.
pub(super) fn write(engine: &Engine) -> Result<(), WorkError> {
    engine
        .write_step()
        .map(|_| ())
        .map_err(|error| failed(&error))
}

/// One step of a worker.
pub(super) fn work(engine: &Engine) -> Result<Worked, WorkError> {
    engine
        .work_step()
        .map_err(|refusal: Refusal| WorkError::refused("working", &refusal))
}

/// Does something while one thread writes and two work.
pub(super) fn beside(
    engine: &Engine,
    asking: impl FnOnce() -> Result<(), WorkError>,
) -> Result<(), WorkError> {
    let stop = AtomicBool::new(false);
    let until_stopped = |step: &dyn Fn() -> Result<(), WorkError>| {
        while !stop.load(Ordering::Acquire) {
            step()?;
        }
        Ok(())
    };
    let writing = || {
        engine.wait_queued(IDLE);
        write(engine)
    };
    let working = || {
        match work(engine)? {
            Worked::Targets(_) => {}
            Worked::Nothing => engine.wait_work(IDLE),
            Worked::Waits => std::thread::sleep(IDLE),
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads = [
            scope.spawn(|| until_stopped(&writing)),
            scope.spawn(|| until_stopped(&working)),
            scope.spawn(|| until_stopped(&working)),
        ];
        let asked = asking();
        stop.store(true, Ordering::Release);
        threads.into_iter().fold(asked, |first, thread| {
            let ended = thread.join().unwrap_or_else(|_| {
                let text = "a thread of the engine panicked".to_owned();
                Err(WorkError::Wrong(text))
            });
            first.and(ended)
        })
    })
}

fn failed(error: &LogFailed) -> WorkError {
    WorkError::refused("writing", error)
}
