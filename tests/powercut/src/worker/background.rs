//! Owns what goes on beside appending: sealing volumes and writing `HEAD`, in threads as a service
//! would, or step by step. Knows nothing of what is appended.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plansync_sled::{HeadWriter, Sealer, Stepped};

use super::{Reporter, WorkError};
use crate::line::Line;

const WAIT_MAX: Duration = Duration::from_millis(2);

/// The background work of one opening.
pub(super) struct Background<'a, W> {
    head: HeadWriter,
    reporter: &'a Reporter<W>,
}

impl<'a, W: Write + Send> Background<'a, W> {
    pub(super) fn new(sealer: &Sealer, reporter: &'a Reporter<W>) -> Self {
        Self {
            head: sealer.head_writer(),
            reporter,
        }
    }

    /// Writes `HEAD` now.
    pub(super) fn write_head(&mut self) -> Result<(), WorkError> {
        self.head
            .step()
            .map_err(|error| WorkError::refused("writing HEAD", &error))?;
        Ok(())
    }

    /// Works, with two threads beside it until the work is done.
    pub(super) fn beside(
        &mut self,
        sealer: &mut Sealer,
        work: impl FnOnce() -> Result<(), WorkError>,
    ) -> Result<(), WorkError> {
        let working = AtomicBool::new(true);
        let reporter = self.reporter;
        std::thread::scope(|scope| {
            let sealing = scope.spawn(|| {
                while working.load(Ordering::Acquire) {
                    seal(sealer, reporter)?;
                    sealer.wait(WAIT_MAX);
                }
                Ok(())
            });
            let heading = scope.spawn(|| {
                while working.load(Ordering::Acquire) {
                    self.write_head()?;
                    self.head.wait(WAIT_MAX);
                }
                Ok(())
            });
            let worked = work();
            working.store(false, Ordering::Release);
            let ends = [sealing.join(), heading.join()];
            ends.into_iter()
                .fold(worked, |first, end| first.and(end.unwrap_or_else(panicked)))
        })
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Result<(), WorkError> {
    Err(WorkError::Wrong(
        "a thread of the background work panicked".to_owned(),
    ))
}

/// One step of sealing, with words around it.
pub(super) fn seal<W: Write>(sealer: &mut Sealer, reporter: &Reporter<W>) -> Result<(), WorkError> {
    let mut said = Ok(());
    let stepped = sealer.step_watched(&mut |_phase| {
        if said.is_ok() {
            said = reporter.say(&Line::Sealing);
        }
    });
    said?;
    if stepped.map_err(|error| WorkError::refused("sealing", &error))? == Stepped::Sealed {
        reporter.say(&Line::Sealed)?;
    }
    Ok(())
}
