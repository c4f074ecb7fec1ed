//! What only the operating system and the disk know of the engine: memory, open files, free space, the size of the log
//! and the age of the oldest event that waits. It is taken on a thread that may block.

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use plansync_engine::Engine;
use plansync_log::Position;

use super::disk::Disk;

/// What was found at one time. What this machine does not tell is `None`.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// When it was complete.
    pub(super) taken: Instant,
    pub(super) process: Process,
    pub(super) disk: Option<Disk>,
    pub(super) log_bytes: Option<u64>,
    /// How long the oldest commit has waited whose events are not published.
    pub(super) relay_behind_seconds: Option<f64>,
}

/// The process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Process {
    pub(super) resident_bytes: Option<u64>,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) open_files: Option<u64>,
    pub(super) open_files_max: Option<u64>,
    pub(super) threads: Option<u64>,
}

/// The time of a commit that was read before: it does not change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oldest {
    position: Position,
    /// Microseconds since 1970.
    at: i64,
}

impl Sample {
    /// Takes a sample. `relayed` is the position up to which events are published, if that is known.
    pub(super) fn take(
        data: &Path,
        engine: Option<&Engine>,
        relayed: Option<Position>,
        oldest: &mut Option<Oldest>,
    ) -> Self {
        let behind = engine
            .zip(relayed)
            .and_then(|(engine, relayed)| behind_seconds(engine, relayed, oldest));
        let log_bytes = engine.and_then(|engine| engine.log().disk_bytes().ok().flatten());
        Self {
            process: process(),
            disk: Disk::of(data),
            log_bytes,
            relay_behind_seconds: behind,
            taken: Instant::now(),
        }
    }
}

/// How long the commit after `relayed` has waited; 0 if there is none.
fn behind_seconds(engine: &Engine, relayed: Position, oldest: &mut Option<Oldest>) -> Option<f64> {
    if engine.durable().current() <= relayed {
        return Some(0.0);
    }
    let position = relayed.next();
    if oldest.is_none_or(|known| known.position != position) {
        let read = engine.log().read(position, 1).ok()?;
        let at = read.first()?.at().get();
        *oldest = Some(Oldest { position, at });
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let now = i64::try_from(now.as_micros()).ok()?;
    // A clock that was put back must not tell a negative time.
    let micros = now.saturating_sub((*oldest)?.at).max(0);
    #[allow(clippy::cast_precision_loss)] // A time in seconds needs no more.
    Some(micros as f64 / 1e6)
}

#[cfg(target_os = "linux")]
fn process() -> Process {
    use procfs::process::{LimitValue, Process as Own};

    let Ok(own) = Own::myself() else {
        return Process::default();
    };
    let stat = own.stat().ok();
    let limits = own.limits().ok();
    let open_files_max = limits.and_then(|limits| match limits.max_open_files.soft_limit {
        LimitValue::Value(limit) => Some(limit),
        LimitValue::Unlimited => None,
    });
    #[allow(clippy::cast_precision_loss)] // Hundredths of a second of some years fit.
    let cpu_seconds = stat.as_ref().map(|stat| {
        let ticks = stat.utime.saturating_add(stat.stime);
        ticks as f64 / procfs::ticks_per_second() as f64
    });
    let resident = own.statm().ok().map(|statm| statm.resident);
    let count = |count: usize| u64::try_from(count).ok();
    Process {
        resident_bytes: resident.map(|pages| pages.saturating_mul(procfs::page_size())),
        cpu_seconds,
        open_files: own.fd_count().ok().and_then(count),
        open_files_max,
        threads: stat.and_then(|stat| u64::try_from(stat.num_threads).ok()),
    }
}

#[cfg(not(target_os = "linux"))]
fn process() -> Process {
    Process::default()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_itself_and_its_disk() {
        let folder = tempfile::tempdir().unwrap();
        let sample = Sample::take(folder.path(), None, None, &mut None);
        assert!(sample.process.resident_bytes.unwrap() > 0);
        assert!(sample.process.cpu_seconds.unwrap() >= 0.0);
        assert!(sample.process.open_files.unwrap() > 2);
        assert!(sample.process.threads.unwrap() > 0);
        let disk = sample.disk.unwrap();
        assert!(disk.bytes >= disk.free_bytes && disk.bytes > 0);
        let gone = folder.path().join("gone");
        assert_eq!(Sample::take(&gone, None, None, &mut None).disk, None);
        assert!(sample.log_bytes.is_none() && sample.relay_behind_seconds.is_none());
    }
}
