//! The commits that may belong to a list, one after the other in its order: those that an index finds, or every
//! commit of a range.

use std::cmp::Reverse;
use std::collections::VecDeque;

use plansync_domain::ids::LearnerId;
use plansync_domain::ids::stream::Stream;
use plansync_log::{Position, Sequenced, StreamId, Version};

use crate::audit::range::Range;
use crate::call::Refusal;
use crate::reading::Reading;

/// The commits that are read at once.
const AT_ONCE: u64 = 256;

/// Commits in the order of a list.
pub(super) enum Candidates {
    /// At these positions, the next one first.
    At(VecDeque<Position>),
    /// Of several sources, and whether in the reverse order.
    Merged(Vec<Source>, bool),
    /// Every commit of a range.
    All(Run),
}

/// A part of the candidates, in their order.
pub(super) enum Source {
    Stream { id: StreamId, run: Run },
    At(VecDeque<Position>),
}

/// Numbers (positions, or versions of a stream) that are still to be read, and the commits that were read and not
/// taken.
pub(super) struct Run {
    first: u64,
    /// The number after the last.
    end: u64,
    is_reversed: bool,
    read: VecDeque<Sequenced>,
}

impl Run {
    pub(super) fn new(first: u64, last: u64, is_reversed: bool) -> Self {
        Self {
            first,
            end: last.saturating_add(1),
            is_reversed,
            read: VecDeque::new(),
        }
    }

    /// Reads the next commits, unless there are some. `read` gives commits from a number on, at least one of at
    /// most so many. Where some of them are damaged, those before the damage are read.
    fn fill(
        &mut self,
        read: impl Fn(u64, usize) -> Result<Vec<Sequenced>, Refusal>,
    ) -> Result<(), Refusal> {
        if !self.read.is_empty() || self.first >= self.end {
            return Ok(());
        }
        let mut count = AT_ONCE.min(self.end - self.first);
        loop {
            match self.next_run(count, &read) {
                Err(Refusal::Damaged { .. }) if count > 1 => count /= 2,
                Err(refusal) => return Err(refusal),
                Ok(commits) => {
                    self.take(commits, count);
                    return Ok(());
                }
            }
        }
    }

    /// The next commits, oldest first: so many if the order is reversed, and at most so many if it is not.
    fn next_run(
        &self,
        count: u64,
        read: &impl Fn(u64, usize) -> Result<Vec<Sequenced>, Refusal>,
    ) -> Result<Vec<Sequenced>, Refusal> {
        let (mut next, end) = if self.is_reversed {
            (self.end - count, self.end)
        } else {
            (self.first, self.first + count)
        };
        let mut all = Vec::new();
        while next < end {
            let missing = usize::try_from(end - next).unwrap_or(usize::MAX);
            let commits = read(next, missing)?;
            if commits.is_empty() {
                return Err(Refusal::damaged("a commit that an index names is missing"));
            }
            next = next.saturating_add(u64::try_from(commits.len()).unwrap_or(u64::MAX));
            all.extend(commits);
            if !self.is_reversed {
                break;
            }
        }
        Ok(all)
    }

    fn take(&mut self, mut commits: Vec<Sequenced>, count: u64) {
        if self.is_reversed {
            commits.reverse();
            self.end -= count;
        } else {
            let read = u64::try_from(commits.len()).unwrap_or(u64::MAX);
            self.first = self.first.saturating_add(read);
        }
        self.read.extend(commits);
    }
}

impl Reading<'_> {
    /// Every commit of a range.
    pub(super) fn all_candidates(range: Range, is_reversed: bool) -> Candidates {
        Candidates::All(Run::new(range.first.get(), range.last.get(), is_reversed))
    }

    /// The commits at these positions, as far as they are in a range.
    pub(super) fn candidates_at(
        mut positions: Vec<Position>,
        range: Range,
        is_reversed: bool,
    ) -> Candidates {
        positions.retain(|position| range.has(*position));
        Candidates::At(ordered(positions, is_reversed))
    }

    /// The commits on the streams of a learner: plan, data, and the targets of syncs that left the plan as it
    /// was. Every sync of the tenant is looked for, almost always in a filter in memory only.
    pub(super) fn candidates_of(
        &self,
        learner: LearnerId,
        range: Range,
        is_reversed: bool,
    ) -> Result<Candidates, Refusal> {
        let mut sources = Vec::new();
        for stream in [Stream::Plan(learner), Stream::Learner(learner)] {
            let (first, last) = self.versions_in(&stream, range)?;
            let id = self.stream(&stream);
            let run = Run::new(first, last, is_reversed);
            sources.push(Source::Stream { id, run });
        }
        let mut targets = Vec::new();
        for sync in self.tenant().syncs().iter() {
            let id = self.stream(&Stream::Target(sync.id().of_target(learner)));
            if !self.log().surely_lacks_stream(&id) {
                targets.extend(self.log().locate(&id, Version::FIRST)?);
            }
        }
        targets.retain(|position| range.has(*position));
        sources.push(Source::At(ordered(targets, is_reversed)));
        Ok(Candidates::Merged(sources, is_reversed))
    }

    /// The first and the last version of a stream whose commits are in a range; the first is greater if there are
    /// none.
    fn versions_in(&self, stream: &Stream, range: Range) -> Result<(u64, u64), Refusal> {
        let versions = self.versions_at();
        let before = Position::new(range.first.get().saturating_sub(1));
        let first = versions.version_at(stream, before)?.saturating_add(1);
        Ok((first, versions.version_at(stream, range.last)?))
    }

    /// The next candidate; `None` at the end.
    pub(super) fn next_of(
        &self,
        candidates: &mut Candidates,
    ) -> Result<Option<Sequenced>, Refusal> {
        match candidates {
            Candidates::At(positions) => {
                let position = positions.pop_front();
                position.map(|it| self.sequenced_at(it)).transpose()
            }
            Candidates::All(run) => {
                run.fill(|from, count| Ok(self.log().read(Position::new(from), count)?))?;
                Ok(run.read.pop_front())
            }
            Candidates::Merged(sources, is_reversed) => self.next_merged(sources, *is_reversed),
        }
    }

    fn next_merged(
        &self,
        sources: &mut [Source],
        is_reversed: bool,
    ) -> Result<Option<Sequenced>, Refusal> {
        let mut next: Option<(Position, &mut Source)> = None;
        for source in sources {
            let Some(position) = self.head(source)? else {
                continue;
            };
            let is_first = next.as_ref().is_none_or(|(first, _)| {
                if is_reversed {
                    position > *first
                } else {
                    position < *first
                }
            });
            if is_first {
                next = Some((position, source));
            }
        }
        match next {
            None => Ok(None),
            Some((_, Source::Stream { run, .. })) => Ok(run.read.pop_front()),
            Some((position, Source::At(positions))) => {
                positions.pop_front();
                self.sequenced_at(position).map(Some)
            }
        }
    }

    /// The position of the next commit of a source.
    fn head(&self, source: &mut Source) -> Result<Option<Position>, Refusal> {
        match source {
            Source::At(positions) => Ok(positions.front().copied()),
            Source::Stream { id, run } => {
                run.fill(|from, count| Ok(self.log().stream(id, Version::new(from), count)?))?;
                Ok(run.read.front().map(Sequenced::position))
            }
        }
    }
}

fn ordered(mut positions: Vec<Position>, is_reversed: bool) -> VecDeque<Position> {
    positions.sort_unstable();
    if is_reversed {
        positions.sort_unstable_by_key(|position| Reverse(*position));
    }
    positions.dedup();
    positions.into()
}
