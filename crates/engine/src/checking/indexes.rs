//! Looks up every commit in the indexes of the log: by its stream and version, and by its command.

use std::collections::HashMap;

use plansync_log::{
    CommandKey, Position, Read, ReadError, Sequenced, Skim, StreamId, StreamKind, Version,
};

use super::difference::{Difference, DifferenceKind, Place};

/// So many commits are looked up at once. A log finds many together faster than one by one.
const TOGETHER: usize = 65_536;
/// So many positions of a stream are read at once.
const POSITIONS: usize = 16_384;

/// The commits of a part that were replayed, and are to be looked up.
#[derive(Default)]
pub(super) struct Lookups {
    /// The commits of every stream, in order.
    streams: HashMap<StreamId, Vec<Position>>,
    /// Commits of streams that have one or two, which are not looked up yet. There are too many of them to be
    /// remembered.
    short: Vec<(StreamId, Version, Position)>,
    /// Commits whose commands are not looked up yet.
    commands: Vec<Commanded>,
    /// Lookups that were made.
    pub(super) count: u64,
}

/// A commit that is looked up by its command.
struct Commanded {
    command: CommandKey,
    stream: StreamId,
    version: Version,
    position: Position,
}

impl Lookups {
    /// Notes a commit of a stream, whose version must follow.
    pub(super) fn add_to_stream(
        &mut self,
        skim: &Skim<'_>,
        stream: &StreamId,
        position: Position,
    ) -> Option<Difference> {
        let version = skim.version.get();
        let expected = if let Some(most) = length_max(stream.kind()) {
            self.short.push((stream.clone(), skim.version, position));
            version.clamp(1, most)
        } else {
            let positions = self.streams.entry(stream.clone()).or_default();
            positions.push(position);
            u64::try_from(positions.len()).unwrap_or(u64::MAX)
        };
        (version != expected).then(|| {
            let what = format!("the commit gives {stream} version {version} instead of {expected}");
            of_chain(what, Place::of(stream.clone(), version, position))
        })
    }

    /// Notes a commit, to look up its command.
    pub(super) fn add_command(&mut self, skim: &Skim<'_>, stream: &StreamId, position: Position) {
        self.commands.push(Commanded {
            command: skim.command,
            stream: stream.clone(),
            version: skim.version,
            position,
        });
    }

    /// Whether enough is noted to be looked up.
    pub(super) fn are_many(&self) -> bool {
        self.short.len() >= TOGETHER || self.commands.len() >= TOGETHER
    }

    /// Looks up what is noted. The result is the first difference.
    pub(super) fn check(&mut self, log: &dyn Read) -> Result<Option<Difference>, ReadError> {
        let first = self.check_short(log)?;
        Ok(earlier(first, self.check_commands(log)?))
    }

    /// Looks up all commits of the other streams. The result is the first difference.
    pub(super) fn check_streams(
        &mut self,
        log: &dyn Read,
    ) -> Result<Option<Difference>, ReadError> {
        let mut first = None;
        for (stream, expected) in std::mem::take(&mut self.streams) {
            self.count = self.count.saturating_add(count(&expected));
            let found = check_stream(log, &stream, &expected)?;
            first = earlier(first, found);
        }
        Ok(first)
    }

    fn check_short(&mut self, log: &dyn Read) -> Result<Option<Difference>, ReadError> {
        let short = std::mem::take(&mut self.short);
        self.count = self.count.saturating_add(count(&short));
        let asked: Vec<&StreamId> = short.iter().map(|(stream, ..)| stream).collect();
        let extents = log.extents(&asked)?;
        for ((stream, version, position), extent) in short.iter().zip(extents) {
            let found = if *version == Version::FIRST {
                extent.first
            } else {
                log.locate(stream, *version)?
            };
            if found != Some(*position) {
                return Ok(Some(misplaced(stream, *version, *position, found)));
            }
            // A later one is looked up as well, unless there is none.
            if extent.last != *version && !has(log, stream, extent.last)? {
                return Ok(ends_elsewhere(stream, (*version, *position), extent.last));
            }
        }
        Ok(None)
    }

    fn check_commands(&mut self, log: &dyn Read) -> Result<Option<Difference>, ReadError> {
        let commands = std::mem::take(&mut self.commands);
        self.count = self.count.saturating_add(count(&commands));
        let asked = commands.iter();
        let asked: Vec<_> = asked
            .map(|one| (&**one.stream.tenant(), one.command))
            .collect();
        for (one, found) in commands.iter().zip(log.commands(&asked)?) {
            if let Some(difference) = one.check(log, found)? {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }
}

impl Commanded {
    fn check(
        &self,
        log: &dyn Read,
        found: Option<Position>,
    ) -> Result<Option<Difference>, ReadError> {
        let tenant = self.stream.tenant();
        if found == Some(self.position) {
            return Ok(None);
        }
        // A log of an early version may have a second commit of a command.
        if let Some(other) = found
            && let Some(commit) = log.read(other, 1)?.first()
            && is_of(commit, tenant, self.command)
        {
            return Ok(None);
        }
        let (id, found) = (self.command.id, told(found));
        let place = Place::of(self.stream.clone(), self.version.get(), self.position);
        Ok(Some(Difference {
            kind: DifferenceKind::CommandIndex,
            what: format!("the index of commands has the command {id} {found}"),
            place: Some(place),
        }))
    }
}

/// Looks up all commits of a stream, and where it ends.
fn check_stream(
    log: &dyn Read,
    stream: &StreamId,
    expected: &[Position],
) -> Result<Option<Difference>, ReadError> {
    let mut version = Version::FIRST;
    for some in expected.chunks(POSITIONS) {
        let found = log.positions(stream, version, some.len())?;
        for (place, position) in some.iter().enumerate() {
            let found = found.get(place).copied();
            if found != Some(*position) {
                return Ok(Some(misplaced(stream, version, *position, found)));
            }
            version = version.next();
        }
    }
    let Some(last) = expected.last() else {
        return Ok(None);
    };
    let expected = Version::new(count(expected));
    let found = log.stream_version(stream)?;
    Ok(ends_elsewhere(stream, (expected, *last), found))
}

/// The one that is earlier in the log.
pub(super) fn earlier(one: Option<Difference>, other: Option<Difference>) -> Option<Difference> {
    match (one, other) {
        (Some(one), Some(other)) if other.is_before(&one) => Some(other),
        (None, other) => other,
        (one, _) => one,
    }
}

fn count<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

fn misplaced(
    stream: &StreamId,
    version: Version,
    position: Position,
    found: Option<Position>,
) -> Difference {
    let found = told(found);
    let what = format!("the index of streams has version {version} of {stream} {found}");
    of_stream(what, Place::of(stream.clone(), version.get(), position))
}

fn ends_elsewhere(
    stream: &StreamId,
    (version, position): (Version, Position),
    found: Version,
) -> Option<Difference> {
    (found != version).then(|| {
        let what =
            format!("the index of streams ends {stream} at version {found} instead of {version}");
        of_stream(what, Place::of(stream.clone(), version.get(), position))
    })
}

fn is_of(commit: &Sequenced, tenant: &str, command: CommandKey) -> bool {
    let skim = commit.skim();
    skim.is_ok_and(|skim| skim.tenant == tenant && skim.command == command)
}

/// The most commits of a stream of this kind, if it has few. A durable command has its decision, if it changes
/// nothing, and its outcome.
const fn length_max(kind: StreamKind) -> Option<u64> {
    match kind {
        StreamKind::Target => Some(1),
        StreamKind::Command => Some(2),
        StreamKind::Tenant
        | StreamKind::Administrator
        | StreamKind::Learner
        | StreamKind::Programme
        | StreamKind::Plan
        | StreamKind::Record
        | StreamKind::Sync
        | StreamKind::Engine => None,
    }
}

/// Whether the log has a commit that gives a stream this version.
fn has(log: &dyn Read, stream: &StreamId, version: Version) -> Result<bool, ReadError> {
    let commits = log.stream(stream, version, 1)?;
    let skim = commits.first().and_then(|commit| commit.skim().ok());
    Ok(skim.is_some_and(|skim| skim.stream() == *stream && skim.version == version))
}

fn told(found: Option<Position>) -> String {
    match found {
        Some(position) => format!("at position {position}"),
        None => "nowhere".to_owned(),
    }
}

fn of_stream(what: String, place: Place) -> Difference {
    Difference {
        kind: DifferenceKind::StreamIndex,
        what,
        place: Some(place),
    }
}

fn of_chain(what: String, place: Place) -> Difference {
    Difference {
        kind: DifferenceKind::Chain,
        what,
        place: Some(place),
    }
}
