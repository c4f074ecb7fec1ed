//! Reading any part of a log that is not opened: of a data folder, whether or not a process has it open,
//! or of a backup. Nothing is written but to a temporary folder.
//!
//! A log is seen in *parts* that never change (sealed volumes, or stretches of a backup), and in volumes
//! that are not sealed, whose journals are kept open. A search asks the rows of the parts one by one, the
//! newest first: for a key that a part does not have, it reads one page. The filters of groups would save
//! pages only where a log has thousands of volumes.

mod archived;
mod folder;
mod sealed_part;
mod together;

use std::path::PathBuf;
use std::sync::Arc;

use plansync_log::{
    CommandKey, Extent, Incarnations, Position, Read, ReadError, Sequenced, StreamId, Tip, Version,
};

use crate::damage::{Damage, Fault};
use crate::derived::{Derived, Of};
use crate::index::{Key, Run, command_key, stream_key};
use crate::queries::{Runs, is_rows, positions};
use crate::store::Page;
use crate::unsealed::Content;

pub use archived::view_archive;
pub(crate) use folder::view;

/// A part of a log that never changes.
trait Part: Send + Sync {
    /// The position of its last commit.
    fn last(&self) -> Position;

    /// Adds commits to a page, from one that the part has to its last.
    fn read(&self, page: &mut Page) -> Result<(), Fault>;

    /// The rows of its streams and commands.
    fn rows(&self) -> Result<Arc<Derived>, Fault>;

    /// The rows, made again after a page of them was found damaged.
    fn rows_again(&self, damage: Damage) -> Result<Arc<Derived>, Fault>;
}

/// A log as it was at one moment.
struct View {
    /// The place that errors name.
    place: PathBuf,
    incarnations: Incarnations,
    tip: Tip,
    /// In order. The unsealed volumes follow.
    parts: Vec<Box<dyn Part>>,
    unsealed: Vec<Content>,
    read_bytes_max: usize,
}

impl View {
    fn fill(&self, page: &mut Page) -> Result<(), ReadError> {
        while page.wants_more() && page.next <= self.tip.position {
            let before = page.next;
            let part = self.parts.partition_point(|part| part.last() < before);
            if let Some(part) = self.parts.get(part) {
                part.read(page)?;
            } else {
                let content = self
                    .unsealed
                    .iter()
                    .find(|content| before <= content.tip.position);
                let content = content.ok_or_else(|| self.missing(before))?;
                content.volume.read(page, &content.span(before))?;
            }
            if page.next == before {
                return Err(self.missing(before).into());
            }
        }
        Ok(())
    }

    /// The commits at these positions, in their order, within the bound of one answer.
    fn at(&self, positions: &[Position]) -> Result<Vec<Sequenced>, ReadError> {
        let mut commits: Vec<Sequenced> = Vec::new();
        let mut bytes_left = self.read_bytes_max;
        for position in positions {
            if bytes_left == 0 {
                break;
            }
            let mut page = Page::new(*position, 1, 1);
            self.fill(&mut page)?;
            let commit = page.commits.pop().ok_or_else(|| self.missing(*position))?;
            bytes_left = bytes_left.saturating_sub(commit.stored().len());
            commits.push(commit);
        }
        Ok(commits)
    }

    /// The stream's runs, the newest first, until one is enough.
    fn runs(
        &self,
        stream: &StreamId,
        enough: &mut dyn FnMut(&Run) -> bool,
    ) -> Result<Vec<Run>, ReadError> {
        let key = stream_key(stream);
        let mut runs = Runs::new(enough);
        for content in self.unsealed.iter().rev() {
            if !runs.is_enough {
                runs.extend(content.index.stream(key));
            }
        }
        for part in self.parts.iter().rev() {
            if !runs.is_enough {
                let look = |rows: &Derived| rows.stream(key);
                runs.extend(ask(part.as_ref(), Of::Streams, key, look)?);
            }
        }
        Ok(runs.whole(stream, &self.place)?)
    }

    fn positions_of(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Position>, ReadError> {
        let from = from.max(Version::FIRST);
        let runs = self.runs(stream, &mut |run| run.first_version <= from)?;
        Ok(positions(&runs, from, count_max))
    }

    fn missing(&self, position: Position) -> Damage {
        Damage::new(&self.place, format!("the commit {position} is missing"))
    }
}

/// Searches the rows of a part, and has them made again if they are damaged.
fn ask<T>(
    part: &dyn Part,
    of: Of,
    key: Key,
    look: impl Fn(&Derived) -> Result<Option<T>, Fault>,
) -> Result<Option<T>, Fault> {
    search(part, |rows| {
        if rows.may_hold(of, key)? {
            look(rows)
        } else {
            Ok(None)
        }
    })
}

/// Searches the rows of a part without its filters, and has them made again if they are damaged.
fn search<T>(part: &dyn Part, look: impl Fn(&Derived) -> Result<T, Fault>) -> Result<T, Fault> {
    match look(&*part.rows()?) {
        Err(Fault::Damage(damage)) if is_rows(&damage) => look(&*part.rows_again(damage)?),
        answer => answer,
    }
}

impl Read for View {
    fn tip(&self) -> Tip {
        self.tip
    }

    fn incarnations(&self) -> Incarnations {
        self.incarnations.clone()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let mut page = Page::new(from, count_max, self.read_bytes_max);
        self.fill(&mut page)?;
        Ok(page.commits)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        self.at(&self.positions_of(stream, from, count_max)?)
    }

    fn positions(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Position>, ReadError> {
        self.positions_of(stream, from, count_max)
    }

    fn commands(&self, asked: &[(&str, CommandKey)]) -> Result<Vec<Option<Position>>, ReadError> {
        self.commands_together(asked)
    }

    fn extents(&self, asked: &[&StreamId]) -> Result<Vec<Extent>, ReadError> {
        self.extents_together(asked)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        if version == Version::ZERO {
            return Ok(None);
        }
        Ok(self.positions_of(stream, version, 1)?.first().copied())
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        let newest = self.runs(stream, &mut |_| true)?;
        Ok(newest.first().map_or(Version::ZERO, Run::last_version))
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        let key = command_key(tenant, command);
        let mut unsealed = self.unsealed.iter().rev();
        if let Some(position) = unsealed.find_map(|content| content.index.command(key)) {
            return Ok(Some(position));
        }
        for part in self.parts.iter().rev() {
            let look = |rows: &Derived| rows.command(key);
            if let Some(position) = ask(part.as_ref(), Of::Commands, key, look)? {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }
}
