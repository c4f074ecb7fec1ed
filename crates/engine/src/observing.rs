//! What the engine has counted, and how much of everything there is now, for whoever observes it.
//!
//! It is put together from what each part counts. No learner and no plan is looked at, only each tenant and each
//! waiting sync, and no disk is read. How the numbers are shown is not known here.
//!
//! May import: `plans`, `reading`, `recorded`, `sequencing`, `syncing`, `writing`.

use plansync_log::{Lookups, Position};

use crate::plans::reader::PlanReader;
use crate::reading::Readings;
use crate::recorded::sync_cache::CacheName;
use crate::sequencing::lock::Sequencing;
use crate::syncing::measures::SyncsMeasured;
use crate::syncing::workers::SyncWorkers;
use crate::writing::group_writer::{GroupWriter, GroupsMeasured};
use crate::writing::published::Published;

/// What the engine has counted since it was opened, and how much there is now.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The last position that was decided.
    pub decided: Position,
    /// The last position that is durable.
    pub durable: Position,
    /// Commits that wait for the disk.
    pub queued_commits: usize,
    /// Their bytes.
    pub queued_bytes: usize,
    /// Whether the disk refuses commits at the moment.
    pub disk_refuses: bool,
    /// The groups of commits that became durable.
    pub groups: GroupsMeasured,
    /// The syncs.
    pub syncs: SyncsMeasured,
    /// The plans.
    pub plans: PlansMeasured,
    /// What the log of all tenants leads to.
    pub totals: Totals,
    /// How often each cache had what was looked for.
    pub caches: Vec<(CacheName, Lookups)>,
}

/// The plans that are in memory, and those that were fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlansMeasured {
    /// Plans in memory.
    pub resident: usize,
    /// The bytes that they are counted with, as if they shared nothing.
    pub resident_bytes: usize,
    /// Plans that were fetched from the log, since the engine was opened.
    pub fetched: u64,
    /// The commits that were read for them.
    pub fetched_commits: u64,
}

/// How many there are of all tenants, durable ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Tenants that have settings.
    pub tenants: usize,
    /// Learners.
    pub learners: usize,
    /// Plans that have commits, in memory or not.
    pub plans: usize,
    /// Open records.
    pub open_records: usize,
    /// Syncs that run.
    pub running_syncs: usize,
}

/// The parts of the engine that count.
pub(crate) struct Observed<'a> {
    pub(crate) sequencing: &'a Sequencing,
    pub(crate) writer: &'a GroupWriter,
    pub(crate) published: &'a Published,
    pub(crate) plans: &'a PlanReader,
    pub(crate) workers: &'a SyncWorkers,
    pub(crate) readings: &'a Readings,
}

impl Observed<'_> {
    /// What they have counted.
    pub(crate) fn measured(&self) -> Measured {
        let sequencer = self.sequencing.lock();
        let decided = sequencer.position();
        let (queued_commits, queued_bytes) = sequencer.queued();
        let (resident, resident_bytes) = sequencer.resident();
        drop(sequencer);
        let (fetched, fetched_commits) = self.plans.fetched();
        Measured {
            decided,
            durable: self.writer.durable().current(),
            queued_commits,
            queued_bytes,
            disk_refuses: self.writer.disk_refuses(),
            groups: self.writer.measured(),
            syncs: self.workers.measured(),
            plans: PlansMeasured {
                resident,
                resident_bytes,
                fetched,
                fetched_commits,
            },
            totals: self.totals(),
            caches: self.readings.lookups(),
        }
    }

    fn totals(&self) -> Totals {
        let state = self.published.state();
        let mut totals = Totals::default();
        for (_, tenant) in state.tenants() {
            totals.tenants += usize::from(tenant.settings().is_some());
            totals.learners += tenant.learner_count();
            totals.plans += tenant.plans().count();
            totals.open_records += tenant.records().count();
            totals.running_syncs += tenant.syncs().running_count();
        }
        totals
    }
}
