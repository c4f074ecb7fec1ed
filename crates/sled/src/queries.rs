//! Finding positions by stream and by command: first in memory for what is not sealed, then from volume
//! to volume, the newest first, with filters before each.

use std::path::Path;
use std::sync::Arc;

use plansync_log::{CommandKey, Position, ReadError, StreamId, Version};

use crate::damage::{Damage, Fault};
use crate::derived::{Derived, Of};
use crate::index::{Index, Key, Run, command_key, stream_key};
use crate::sealed::Sealed;
use crate::shared::{Shared, State};

impl State {
    /// Volumes that are not sealed, the newest first.
    fn indexes(&self) -> impl Iterator<Item = &Index> {
        let full = self.full.iter().rev().map(|full| &full.index);
        std::iter::once(&self.active.index).chain(full)
    }
}

impl Shared {
    pub(crate) fn command(
        &self,
        tenant: &str,
        command: CommandKey,
    ) -> Result<Option<Position>, ReadError> {
        let key = command_key(tenant, command);
        let state = self.state();
        if let Some(position) = state.indexes().find_map(|index| index.command(key)) {
            return Ok(Some(position));
        }
        let sealed = Arc::clone(&state.sealed);
        drop(state);
        let mut ask =
            |volume: &Sealed| self.ask(volume, Of::Commands, key, |derived| derived.command(key));
        Ok(self.filters.search(&sealed, Of::Commands, key, &mut ask)?)
    }

    /// Whether no volume has the command, as far as memory can tell.
    pub(crate) fn surely_lacks(&self, tenant: &str, command: CommandKey) -> bool {
        let key = command_key(tenant, command);
        self.surely_lack(Of::Commands, key, |index| index.command(key).is_some())
    }

    /// Whether no volume has a commit of the stream, as far as memory can tell.
    pub(crate) fn surely_lacks_stream(&self, stream: &StreamId) -> bool {
        let key = stream_key(stream);
        self.surely_lack(Of::Streams, key, |index| index.next_version(key).is_some())
    }

    fn surely_lack(&self, of: Of, key: Key, has: impl Fn(&Index) -> bool) -> bool {
        let state = self.state();
        if state.indexes().any(has) {
            return false;
        }
        let sealed = Arc::clone(&state.sealed);
        drop(state);
        self.filters.surely_lack(sealed.len(), of, key)
    }

    pub(crate) fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        let newest = self.runs(stream, &mut |_| true)?.pop();
        Ok(newest.map_or(Version::ZERO, |run| run.last_version()))
    }

    /// The positions of the stream's commits, from this version on.
    pub(crate) fn positions(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Position>, ReadError> {
        let from = from.max(Version::FIRST);
        let runs = self.runs(stream, &mut |run| run.first_version <= from)?;
        Ok(positions(&runs, from, count_max))
    }

    /// The stream's runs, the newest first, until one is enough.
    fn runs(
        &self,
        stream: &StreamId,
        enough: &mut dyn FnMut(&Run) -> bool,
    ) -> Result<Vec<Run>, ReadError> {
        let key = stream_key(stream);
        let mut runs = Runs::new(enough);
        let state = self.state();
        for run in state.indexes().filter_map(|index| index.stream(key)) {
            runs.push(run);
            if runs.is_enough {
                return Ok(runs.found);
            }
        }
        let sealed = Arc::clone(&state.sealed);
        drop(state);
        let mut ask = |volume: &Sealed| {
            let run = self.ask(volume, Of::Streams, key, |derived| derived.stream(key))?;
            runs.extend(run);
            Ok::<_, Fault>(runs.is_enough.then_some(()))
        };
        self.filters.search(&sealed, Of::Streams, key, &mut ask)?;
        Ok(runs.whole(stream, &self.volumes)?)
    }

    /// Searches the rows of a sealed volume, and makes them again if they are damaged.
    fn ask<T>(
        &self,
        volume: &Sealed,
        of: Of,
        key: Key,
        look: impl Fn(&Derived) -> Result<Option<T>, Fault>,
    ) -> Result<Option<T>, Fault> {
        let ask = || {
            let derived = volume.derived(|| self.open.store(volume))?;
            if !self.filters.may_hold(&derived, of, key)? {
                return Ok(None);
            }
            look(&derived)
        };
        match ask() {
            Err(Fault::Damage(damage))
                if damage.path.starts_with(&volume.dir) && is_rows(&damage) =>
            {
                tracing::warn!(volume = %volume.number(), ?damage, "index rows of a volume are damaged; no commit is lost, and they are rebuilt from the commits");
                volume.discard_derived()?;
                ask()
            }
            answer => answer,
        }
    }
}

/// Whether a file of rows is damaged.
pub(crate) fn is_rows(damage: &Damage) -> bool {
    damage.path.ends_with(crate::derived::NAME)
}

/// The runs of one stream as they are found, the newest first.
pub(crate) struct Runs<'a> {
    found: Vec<Run>,
    enough: &'a mut dyn FnMut(&Run) -> bool,
    /// Whether no older run is needed: the first version is there, or enough of them.
    pub(crate) is_enough: bool,
}

impl<'a> Runs<'a> {
    /// Nothing is found yet; `enough` says whether no run before this one is needed.
    pub(crate) fn new(enough: &'a mut dyn FnMut(&Run) -> bool) -> Self {
        Self {
            found: Vec::new(),
            enough,
            is_enough: false,
        }
    }

    /// Adds the next older run.
    pub(crate) fn push(&mut self, run: Run) {
        self.is_enough = run.first_version <= Version::FIRST || (self.enough)(&run);
        self.found.push(run);
    }

    /// The runs, after everything was searched that may have one.
    pub(crate) fn whole(self, stream: &StreamId, volumes: &Path) -> Result<Vec<Run>, Damage> {
        match self.found.last().filter(|_| !self.is_enough) {
            // A stream begins with version 1, so a run is missing.
            Some(oldest) => Err(Damage::new(
                volumes,
                format!("{stream} has no version before {}", oldest.first_version),
            )),
            None => Ok(self.found),
        }
    }
}

impl Extend<Run> for Runs<'_> {
    fn extend<I: IntoIterator<Item = Run>>(&mut self, runs: I) {
        runs.into_iter().for_each(|run| self.push(run));
    }
}

/// The positions of a stream's commits from this version on, from its runs, the newest first.
pub(crate) fn positions(runs: &[Run], from: Version, count_max: usize) -> Vec<Position> {
    let all = runs.iter().rev();
    let positions = all.flat_map(|run| run.from(from).iter().copied());
    positions.take(count_max).collect()
}
