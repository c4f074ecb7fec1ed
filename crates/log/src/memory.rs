//! The log in memory: the simplest implementation of the ports, for tests and simulations. Other
//! implementations are compared with it.

mod backend;
mod checkpoints;
mod keys;
mod streams;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::{
    Append, AppendError, CommandKey, Incarnation, IncarnationError, Incarnations, LogId, Position,
    Read, ReadError, Sequenced, StreamId, Tip, Version,
};

pub use backend::MemoryBackend;
pub use checkpoints::MemoryCheckpoints;
pub use streams::{MemoryLeaseStream, MemoryLogStream};

/// A log in memory. Clones share one log: give one to the writer and others to readers.
///
/// ```
/// use plansync_log::memory::MemoryLog;
/// use plansync_log::{Append, LogId, Position, Read};
/// # use plansync_log::contract::Author;
/// # use uuid::Uuid;
///
/// # let id = LogId::new(Uuid::from_u128(1));
/// # let commit = Author::new(id).write(Author::plan(1), 100);
/// let log = MemoryLog::new(id);
/// let mut writer = log.clone();
/// writer.append(std::slice::from_ref(&commit))?;
/// assert_eq!(log.read(Position::FIRST, 10)?, [commit]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryLog {
    held: Arc<RwLock<HeldLog>>,
}

#[derive(Debug)]
struct HeldLog {
    tip: Tip,
    incarnations: Incarnations,
    commits: Vec<Sequenced>,
    /// The positions of a stream's commits: the one of version v is at v - 1.
    streams: HashMap<StreamId, Vec<Position>>,
    commands: HashMap<(Box<str>, CommandKey), Position>,
}

impl MemoryLog {
    /// An empty log in its first incarnation.
    pub fn new(log: LogId) -> Self {
        Self::holding(HeldLog::new(log, Incarnations::first(log)))
    }

    /// Another log with the commits of this one up to a position, in its next incarnation.
    ///
    /// # Errors
    ///
    /// [`IncarnationError`] if no incarnation with this number can begin.
    pub fn restored(
        &self,
        to: Position,
        incarnation: Incarnation,
    ) -> Result<Self, IncarnationError> {
        let held = self.held();
        let commits = held.commits.iter();
        let inherited = commits.take_while(|commit| commit.position() <= to);
        let incarnations = held.incarnations.clone();
        Self::inheriting(held.tip.log, incarnations, incarnation, inherited)
    }

    /// A log with these commits of earlier incarnations, in its next incarnation.
    fn inheriting<'a>(
        log: LogId,
        mut incarnations: Incarnations,
        incarnation: Incarnation,
        inherited: impl Iterator<Item = &'a Sequenced> + Clone,
    ) -> Result<Self, IncarnationError> {
        let tip = inherited
            .clone()
            .fold(Tip::empty(log, incarnation), Tip::after);
        incarnations.begin(incarnation, &tip)?;
        Ok(Self::of(log, incarnations, inherited))
    }

    /// A log with these incarnations and commits.
    fn of<'a>(
        log: LogId,
        incarnations: Incarnations,
        commits: impl Iterator<Item = &'a Sequenced>,
    ) -> Self {
        let mut held = HeldLog::new(log, incarnations);
        commits.for_each(|commit| held.push(commit));
        Self::holding(held)
    }

    /// Whether there are other handles on this log.
    fn is_shared(&self) -> bool {
        Arc::strong_count(&self.held) > 1
    }

    fn holding(held: HeldLog) -> Self {
        Self {
            held: Arc::new(RwLock::new(held)),
        }
    }

    fn held(&self) -> RwLockReadGuard<'_, HeldLog> {
        // A lock that is poisoned is used all the same: nothing under it panics, so no change is half done.
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Append for MemoryLog {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.check(group)?;
        for commit in group {
            held.push(commit);
        }
        Ok(())
    }
}

impl HeldLog {
    fn new(log: LogId, incarnations: Incarnations) -> Self {
        Self {
            tip: Tip::empty(log, incarnations.current()),
            incarnations,
            commits: Vec::new(),
            streams: HashMap::new(),
            commands: HashMap::new(),
        }
    }

    fn check(&self, group: &[Sequenced]) -> Result<(), AppendError> {
        group.iter().try_fold(self.tip, |tip, commit| {
            let out_of_order = AppendError::OutOfOrder {
                tip: tip.position,
                given: commit.position(),
            };
            let follows = tip.precedes(commit) && commit.skim().is_ok();
            if follows {
                Ok(tip.after(commit))
            } else {
                Err(out_of_order)
            }
        })?;
        Ok(())
    }

    fn push(&mut self, commit: &Sequenced) {
        if let Ok(skim) = commit.skim() {
            self.streams
                .entry(skim.stream())
                .or_default()
                .push(commit.position());
            self.commands
                .entry((skim.tenant.into(), skim.command))
                .or_insert(commit.position());
        }
        self.tip = self.tip.after(commit);
        self.commits.push(commit.clone());
    }

    fn at(&self, position: Position) -> Option<&Sequenced> {
        self.commits.get(index(position.get())?)
    }

    fn positions(&self, stream: &StreamId) -> &[Position] {
        self.streams
            .get(stream)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// Positions and versions begin with 1, indices with 0.
fn index(number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

impl Read for MemoryLog {
    fn tip(&self) -> Tip {
        self.held().tip
    }

    fn incarnations(&self) -> Incarnations {
        self.held().incarnations.clone()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let skipped = index(from.get()).unwrap_or(0);
        Ok(self
            .held()
            .commits
            .iter()
            .skip(skipped)
            .take(count_max)
            .cloned()
            .collect())
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        let held = self.held();
        let positions = held
            .positions(stream)
            .iter()
            .skip(index(from.get()).unwrap_or(0));
        Ok(positions
            .take(count_max)
            .filter_map(|at| held.at(*at))
            .cloned()
            .collect())
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        let held = self.held();
        Ok(index(version.get())
            .and_then(|index| held.positions(stream).get(index))
            .copied())
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        let count = self.held().positions(stream).len();
        Ok(Version::new(u64::try_from(count).unwrap_or(u64::MAX)))
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        Ok(self.held().commands.get(&(tenant.into(), command)).copied())
    }

    fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        matches!(self.command(tenant, command), Ok(None))
    }

    fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        self.held().positions(stream).is_empty()
    }
}
