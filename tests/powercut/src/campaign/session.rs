//! Owns one life of a worker on a mounted disk: started, listened to, and ended by itself or by
//! the accident that was planned. Knows nothing of chains.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::figures::{Figures, Phase};
use super::guarantees::Guarantees;
use super::ledger::Violation;
use crate::disk::{Accident, Trigger};
use crate::line::Line;
use crate::mount::{MountError, Mounted, SharedDisk};
use crate::worker::Load;

/// Longer than any worker needs on a slow machine.
const SESSION_SECONDS_MAX: u64 = 120;

/// Where the log is on the disk: in folders that the log makes itself, and must make durable.
const LOG: &str = "folders/around/log";

/// How often the ending of a worker is looked for while no accident has come.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// As much of a worker's standard error as a report repeats.
const LAST_WORDS_BYTES_MAX: usize = 2_000;

/// What one session is to be.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What is under load.
    pub load: Load,
    /// What the clients of an engine ask, the same in every life of an image.
    pub script: u64,
    /// The worker's seed.
    pub seed: u64,
    /// Whether rows of sealed volumes are lost and made again first.
    pub tend: bool,
    /// Whether the log is backed up and restored once it is closed.
    pub copy: bool,
    /// Groups before it closes by itself.
    pub groups: u64,
    /// When the accident comes, if it does.
    pub trigger: Trigger,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The worker closed the log.
    Closed,
    /// The accident came first.
    Accident(Accident, Phase),
}

/// Why a session has no ending.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The log did what it must not.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The disk could not be mounted or unmounted.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// The worker could not be started or waited for.
    #[error("cannot run the worker")]
    Worker(#[from] std::io::Error),
}

/// Runs one session to its end, and leaves the disk unmounted.
pub(super) fn run(
    disk: &SharedDisk,
    plan: Plan,
    guarantees: &mut Guarantees,
    figures: &mut Figures,
) -> Result<Ended, SessionError> {
    let folder = tempfile::tempdir()?;
    let mounted = Mounted::mount(disk.clone(), folder.path())?;
    disk.lock().arm(plan.trigger);
    let mut listener = Listener {
        disk,
        guarantees,
        figures,
        had_stopped: false,
        phase: Phase::Opening,
        closed: false,
    };
    let heard = live(disk, plan, folder.path(), &mut listener);
    let (phase, closed, had_stopped) = (listener.phase, listener.closed, listener.had_stopped);
    mounted.unmount()?;
    let accident = disk.lock().accident();
    let heard = heard?;
    match heard.heard {
        // Whatever the log says of a disk that has stopped is no fault of the log.
        Err(Violation::Refused(_) | Violation::Wrong(_)) if had_stopped => {}
        Err(violation) => return Err(violation.into()),
        Ok(()) => {}
    }
    match (closed, accident) {
        (true, None) => Ok(Ended::Closed),
        (_, Some(accident)) => Ok(Ended::Accident(accident, phase)),
        (false, None) => Err(Violation::Died(heard.last_words).into()),
    }
}

/// What a worker left behind.
struct Heard {
    /// The last thing it said on its standard error, and how it ended.
    last_words: String,
    heard: Result<(), Violation>,
}

/// Starts the worker, listens to it, and kills it when the accident has come.
fn live(
    disk: &SharedDisk,
    plan: Plan,
    at: &Path,
    listener: &mut Listener<'_>,
) -> Result<Heard, SessionError> {
    let mut complaints = tempfile::tempfile()?;
    let mut child = start(plan, at, listener.guarantees, complaints.try_clone()?)?;
    let Some(out) = child.stdout.take() else {
        return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
    };
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| listener.listen(out));
        let hung = end(disk, &mut child)?;
        let status = child.wait()?;
        let heard = listening
            .join()
            .unwrap_or_else(|_| Err(Violation::Died("the listener panicked".to_owned())));
        let heard = if hung {
            Err(Violation::Hung(SESSION_SECONDS_MAX))
        } else {
            heard
        };
        Ok(Heard {
            last_words: last_words(&mut complaints, status)?,
            heard,
        })
    })
}

fn last_words(complaints: &mut File, status: ExitStatus) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    complaints.seek(SeekFrom::Start(0))?;
    complaints.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let start = text.len().saturating_sub(LAST_WORDS_BYTES_MAX);
    let start = text.ceil_char_boundary(start);
    Ok(format!("{status}; {}", text[start..].trim_end()))
}

fn start(
    plan: Plan,
    at: &Path,
    guarantees: &Guarantees,
    complaints: File,
) -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .arg("work")
        .arg("--dir")
        .arg(at.join(LOG))
        .args(["--load", plan.load.name()])
        .args(["--seed", &plan.seed.to_string()])
        .args(["--groups", &plan.groups.to_string()])
        .args(["--commands", &guarantees.commands().to_string()])
        .args(["--script", &plan.script.to_string()])
        .args(["--promised", &guarantees.answers.durable().to_string()])
        .args(["--saw", &guarantees.answers.saw_at().to_string()])
        .args(plan.tend.then_some("--tend"))
        .args(plan.copy.then_some("--copy"))
        .stdout(Stdio::piped())
        .stderr(complaints)
        .spawn()
}

/// Waits for the accident or for the worker's own end; true if neither came in time.
fn end(disk: &SharedDisk, child: &mut Child) -> std::io::Result<bool> {
    let deadline = Instant::now() + Duration::from_secs(SESSION_SECONDS_MAX);
    while child.try_wait()?.is_none() {
        let hung = Instant::now() > deadline;
        if hung || disk.wait_fired(LOOK_EVERY) {
            child.kill()?;
            return Ok(hung);
        }
    }
    Ok(false)
}

/// Takes down what the worker says.
struct Listener<'a> {
    disk: &'a SharedDisk,
    guarantees: &'a mut Guarantees,
    figures: &'a mut Figures,
    phase: Phase,
    closed: bool,
    /// Whether the disk had stopped when the first violation was heard.
    had_stopped: bool,
}

impl Listener<'_> {
    fn listen(&mut self, out: impl Read) -> Result<(), Violation> {
        let mut out = BufReader::new(out);
        let mut text = String::new();
        let mut heard = Ok(());
        // The pipe is read to its end whatever is heard, so that the worker never waits for us.
        while out.read_line(&mut text).is_ok_and(|count| count > 0) {
            // A killed worker may leave half a line.
            if let Some(line) = text.strip_suffix('\n') {
                heard = heard.and_then(|()| self.hear(line).inspect_err(|_| self.note_accident()));
            }
            text.clear();
        }
        heard
    }

    /// Whether the disk has stopped by now: only then may what was just heard follow from that.
    fn note_accident(&mut self) {
        self.had_stopped = self.disk.lock().accident().is_some();
    }

    fn hear(&mut self, text: &str) -> Result<(), Violation> {
        let line: Line = text
            .parse()
            .map_err(|error| Violation::Died(format!("{error}")))?;
        self.guarantees.hear(&line)?;
        match line {
            Line::Opening => self.phase = Phase::Opening,
            Line::Found(..) | Line::Stands { .. } => {
                self.phase = Phase::Working;
                self.figures.openings += 1;
            }
            Line::Ended(count) => self.figures.syncs = self.figures.syncs.max(count),
            Line::Tending => self.phase = Phase::Tending,
            Line::Copying | Line::Removing => self.phase = Phase::Copying,
            Line::Erasing(_) => self.phase = Phase::Erasing,
            Line::Erased(_) => self.phase = Phase::Working,
            Line::Restored(_) => self.figures.restored += 1,
            Line::Remade(count) => self.figures.remade += count,
            Line::Whole => self.figures.verified += 1,
            Line::Sealing => self.phase = Phase::Sealing,
            Line::Sealed => {
                self.phase = Phase::Working;
                self.figures.volumes += 1;
            }
            Line::Closed => self.closed = true,
            Line::Try(..)
            | Line::Done(_)
            | Line::Asked(_)
            | Line::Answered { .. }
            | Line::Denied(..)
            | Line::Upto(..)
            | Line::Saw(..)
            | Line::Shown(..)
            | Line::Keys(..)
            | Line::CopiesFound { .. }
            | Line::BackedUp(_)
            | Line::Wrong(_)
            | Line::Refused(_) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::disk::{Disk, Inode};

    /// Whether the disk had stopped when the worker's words were found to break a guarantee.
    fn had_stopped(disk: &SharedDisk) -> bool {
        let mut listener = Listener {
            disk,
            guarantees: &mut Guarantees::default(),
            figures: &mut Figures::default(),
            phase: Phase::Opening,
            closed: false,
            had_stopped: false,
        };
        let heard = listener.listen("wrong so\nclosed\n".as_bytes());
        assert_eq!(heard, Err(Violation::Wrong("so".to_owned())));
        listener.had_stopped
    }

    #[test]
    fn only_what_is_said_of_a_stopped_disk_may_be_its_fault() {
        let disk = SharedDisk::new(Disk::new());
        assert!(!had_stopped(&disk));
        disk.lock().arm(Trigger::at_operation(Accident::Kill, 1));
        assert!(!had_stopped(&disk));
        let made = disk.lock().create(Inode::ROOT, OsStr::new("file"));
        assert!(made.is_err() && had_stopped(&disk));
    }
}
