//! Waiting until `HEAD` covers what is in a folder that a process appends to: a commit is acknowledged
//! only after it is in the folder, and `HEAD` is written a few milliseconds later.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use plansync_log::Position;
use plansync_log::backend::OpenError;

use crate::folder_inspection::read_manifest;
use crate::volume_inspection::{self, How};

/// How long is waited for `HEAD`.
const HEAD_WAIT_MAX: Duration = Duration::from_secs(5);
const HEAD_POLL: Duration = Duration::from_millis(5);

/// What was seen of a folder, and the end of the folder if `HEAD` did not reach it in time.
#[derive(Debug)]
pub(crate) struct CaughtUp<T> {
    pub(crate) seen: T,
    /// The last commit in the folder, durable or not.
    pub(crate) behind: Option<Position>,
}

/// Looks at the folder until everything is seen that was in it at the first look. `durable` gives the end
/// of what was seen if a process has the log open; otherwise, everything in the folder was seen.
pub(crate) fn caught_up<T>(
    dir: &Path,
    mut look: impl FnMut() -> Result<T, OpenError>,
    durable: impl Fn(&T) -> Option<Position>,
) -> Result<CaughtUp<T>, OpenError> {
    let mut seen = look()?;
    if durable(&seen).is_none() {
        return Ok(CaughtUp { seen, behind: None });
    }
    let begun = Instant::now();
    let reached = reached(dir, begun)?;
    while durable(&seen).is_some_and(|position| position < reached) {
        if begun.elapsed() > HEAD_WAIT_MAX {
            let behind = Some(reached);
            return Ok(CaughtUp { seen, behind });
        }
        thread::sleep(HEAD_POLL);
        seen = look()?;
    }
    Ok(CaughtUp { seen, behind: None })
}

/// The last commit in the folder, durable or not. A volume that is sealed while it is looked at
/// makes another look necessary.
fn reached(dir: &Path, begun: Instant) -> Result<Position, OpenError> {
    loop {
        let manifest = read_manifest(dir)?;
        let inspection = volume_inspection::inspect(dir, &manifest, None, How::Alone);
        match inspection.wrong.into_iter().next() {
            None => return Ok(inspection.tip.position),
            Some(error) if begun.elapsed() > HEAD_WAIT_MAX => return Err(error),
            Some(_) => thread::sleep(HEAD_POLL),
        }
    }
}
