//! Looks up every commit in the indexes of the log: by its stream and version, and by its command.

use std::collections::HashMap;

use plansync_log::{Position, Read, ReadError, Sequenced, Skim, StreamId, StreamKind, Version};

use super::difference::{Difference, DifferenceKind, Place};

/// The streams of a part that were seen, and their last commits.
#[derive(Default)]
pub(super) struct Streams {
    seen: HashMap<StreamId, (u64, Position)>,
    pub(super) lookups: u64,
}

impl Streams {
    /// Looks up a commit by its stream and version.
    pub(super) fn check(
        &mut self,
        log: &dyn Read,
        skim: &Skim<'_>,
        stream: &StreamId,
        position: Position,
    ) -> Result<Option<Difference>, ReadError> {
        let version = skim.version.get();
        let place = || Place::of(stream.clone(), version, position);
        let expected = if ends_at_once(stream.kind()) {
            1
        } else {
            let seen = self
                .seen
                .entry(stream.clone())
                .or_insert((0, Position::ZERO));
            *seen = (seen.0.saturating_add(1), position);
            seen.0
        };
        if version != expected {
            let what = format!("the commit gives {stream} version {version} instead of {expected}");
            return Ok(Some(of_chain(what, place())));
        }
        self.lookups += 1;
        let found = log.locate(stream, skim.version)?;
        if found != Some(position) {
            let found = told(found);
            let what = format!("the index of streams has version {version} of {stream} {found}");
            return Ok(Some(of_stream(what, place())));
        }
        if ends_at_once(stream.kind()) {
            return last(log, stream, (1, position));
        }
        Ok(None)
    }

    /// Looks up where each stream ends.
    pub(super) fn check_ends(&self, log: &dyn Read) -> Result<Option<Difference>, ReadError> {
        let mut first: Option<Difference> = None;
        for (stream, end) in &self.seen {
            let Some(found) = last(log, stream, *end)? else {
                continue;
            };
            let at =
                |difference: &Difference| difference.place.as_ref().map(|place| place.position);
            if first.as_ref().is_none_or(|first| at(&found) < at(first)) {
                first = Some(found);
            }
        }
        Ok(first)
    }
}

/// Looks up a commit by its command.
pub(super) fn check_command(
    log: &dyn Read,
    skim: &Skim<'_>,
    stream: &StreamId,
    position: Position,
) -> Result<Option<Difference>, ReadError> {
    let found = log.command(skim.tenant, skim.command)?;
    if found == Some(position) {
        return Ok(None);
    }
    // A log of an early version may have a second commit of a command.
    if let Some(other) = found
        && let Some(commit) = log.read(other, 1)?.first()
        && is_of(commit, skim)
    {
        return Ok(None);
    }
    let (id, found) = (skim.command.id, told(found));
    Ok(Some(Difference {
        kind: DifferenceKind::CommandIndex,
        what: format!("the index of commands has the command {id} {found}"),
        place: Some(Place::of(stream.clone(), skim.version.get(), position)),
    }))
}

fn is_of(commit: &Sequenced, of: &Skim<'_>) -> bool {
    let skim = commit.skim();
    skim.is_ok_and(|skim| skim.tenant == of.tenant && skim.command == of.command)
}

/// Streams that have one commit. There are too many of them to be remembered.
fn ends_at_once(kind: StreamKind) -> bool {
    matches!(kind, StreamKind::Target | StreamKind::Command)
}

fn last(
    log: &dyn Read,
    stream: &StreamId,
    (version, position): (u64, Position),
) -> Result<Option<Difference>, ReadError> {
    let found = log.stream_version(stream)?;
    if found == Version::new(version) {
        return Ok(None);
    }
    let what =
        format!("the index of streams ends {stream} at version {found} instead of {version}");
    Ok(Some(of_stream(
        what,
        Place::of(stream.clone(), version, position),
    )))
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
