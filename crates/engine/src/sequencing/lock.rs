//! The sequencer's lock, and waking the writer when commits wait to be written.

use std::io::Write as _;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use plansync_domain::ids::TenantId;
use plansync_log::Position;

use super::sequencer::Sequencer;
use crate::state::snapshot::Snapshot;

/// The sequencer, locked by whoever uses it.
pub(crate) struct Sequencing {
    /// No write to the disk is waited for under this lock. Whoever does one thing after another under it
    /// hands it to those who wait in between.
    sequencer: Mutex<Sequencer>,
    /// Notified when queued commits are due.
    due: Condvar,
}

impl Sequencing {
    pub(crate) fn new(sequencer: Sequencer) -> Self {
        Self {
            sequencer: Mutex::new(sequencer),
            due: Condvar::new(),
        }
    }

    /// Locks the sequencer. Ends the process if an earlier commit was not folded completely.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Sequencer> {
        let sequencer = self.sequencer.lock();
        if sequencer.is_torn() {
            abort_torn(sequencer.position());
        }
        sequencer
    }

    /// The tenant with all that was decided, durable or not.
    pub(crate) fn current(&self, tenant: &TenantId) -> Snapshot {
        self.lock().snapshot(tenant)
    }

    /// Releases the lock, and wakes the writer if commits are due. The lock is not taken again for that.
    pub(crate) fn release(&self, sequencer: MutexGuard<'_, Sequencer>) {
        let is_due = sequencer.is_due();
        drop(sequencer);
        self.wake_writer_if(is_due);
    }

    /// Wakes the writer if commits are due.
    pub(crate) fn wake_writer(&self) {
        let is_due = self.lock().is_due();
        self.wake_writer_if(is_due);
    }

    /// To wake somebody is a system call: it is made only where there is something to write.
    fn wake_writer_if(&self, is_due: bool) {
        if is_due {
            self.due.notify_one();
        }
    }

    /// Waits until commits are due, or `patience` has passed. Returns whether they are due.
    pub(crate) fn wait_due(&self, patience: Duration) -> bool {
        let mut sequencer = self.lock();
        let is_waiting = |sequencer: &mut Sequencer| !sequencer.is_due();
        self.due
            .wait_while_for(&mut sequencer, is_waiting, patience);
        sequencer.is_due()
    }
}

/// Ends the process: a fold that broke off leaves a state that contradicts the log. Only folding the log
/// again repairs it, and nothing may be decided before.
fn abort_torn(position: Position) -> ! {
    let what = "a commit was folded into the state only in part, and the process ends. Every acknowledged \
                commit is safe in the log: start the engine again, and report the log output before this \
                message";
    tracing::error!(%position, "{what}");
    // Perhaps no log output is set up, and nothing can be written once the process has ended.
    let mut stderr = std::io::stderr().lock();
    let _ =
        writeln!(stderr, "plansync: {what} (position {position})").and_then(|()| stderr.flush());
    std::process::abort();
}
