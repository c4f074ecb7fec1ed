//! Logs whose indexes, or whose commits, are wrong in one place.

use std::collections::BTreeSet;
use std::sync::Arc;

use plansync_domain::ids::LearnerId;
use plansync_engine::{DifferenceKind, Engine};
use plansync_log::memory::MemoryLog;
use plansync_log::{
    CommandKey, Incarnations, Position, Read, ReadError, Sequenced, StreamId, StreamKey,
    StreamKind, Tip, Version,
};

use super::{found, kept};
use crate::stage::{SOURCE, config};

/// How an index of the log is wrong.
#[derive(Clone, Copy, PartialEq)]
enum Lie {
    /// A version is at the position of another commit.
    Elsewhere,
    /// A version is missing.
    Missing,
    /// A stream goes on where it has ended.
    GoesOn,
    /// A command is unknown.
    NoCommand,
    /// A command is at another position.
    OtherCommand,
    /// A plan lacks its second commit.
    Skips,
    /// A commit does not follow from those before it.
    Chain,
}

/// A log with an index that is wrong about one stream or the command of one commit.
struct Lying {
    log: MemoryLog,
    lie: Lie,
    about: (StreamId, Version),
    command: CommandKey,
}

impl Lying {
    fn is(&self, lie: Lie, stream: &StreamId, version: Version) -> bool {
        self.lie == lie && (stream, version) == (&self.about.0, self.about.1)
    }
}

impl Read for Lying {
    fn tip(&self) -> Tip {
        self.log.tip()
    }

    fn incarnations(&self) -> Incarnations {
        self.log.incarnations()
    }

    fn read(&self, from: Position, count_max: usize) -> Result<Vec<Sequenced>, ReadError> {
        let mut commits = self.log.read(from, count_max)?;
        let about = self.log.locate(&self.about.0, self.about.1)?;
        for commit in &mut commits {
            if self.lie == Lie::Chain && Some(commit.position()) == about {
                let mut stored = commit.stored().to_vec();
                // The last byte of the time.
                stored[15] ^= 1;
                *commit = Sequenced::from_stored(stored.into()).unwrap();
            }
        }
        Ok(commits)
    }

    fn stream(
        &self,
        stream: &StreamId,
        from: Version,
        count_max: usize,
    ) -> Result<Vec<Sequenced>, ReadError> {
        let mut commits = self.log.stream(stream, from, count_max)?;
        if self.lie == Lie::Skips && *stream == self.about.0 && commits.len() > 1 {
            commits[1] = commits[0].clone();
        }
        Ok(commits)
    }

    fn locate(&self, stream: &StreamId, version: Version) -> Result<Option<Position>, ReadError> {
        if self.is(Lie::Missing, stream, version) {
            return Ok(None);
        }
        let found = self.log.locate(stream, version)?;
        Ok(if self.is(Lie::Elsewhere, stream, version) {
            found.map(Position::next)
        } else {
            found
        })
    }

    fn stream_version(&self, stream: &StreamId) -> Result<Version, ReadError> {
        let version = self.log.stream_version(stream)?;
        let goes_on = self.lie == Lie::GoesOn && *stream == self.about.0;
        Ok(if goes_on { version.next() } else { version })
    }

    fn command(&self, tenant: &str, command: CommandKey) -> Result<Option<Position>, ReadError> {
        let found = self.log.command(tenant, command)?;
        Ok(match self.lie {
            Lie::NoCommand if command == self.command => None,
            Lie::OtherCommand if command == self.command => found.map(Position::next),
            Lie::NoCommand
            | Lie::OtherCommand
            | Lie::Elsewhere
            | Lie::Missing
            | Lie::GoesOn
            | Lie::Skips
            | Lie::Chain => found,
        })
    }
}

#[test]
fn a_wrong_entry_of_an_index_is_found_for_every_kind_of_stream() {
    let kept = kept();
    let commits = kept.stage.log.read(Position::FIRST, 10_000).unwrap();
    let mut kinds = BTreeSet::new();
    for commit in &commits {
        let skim = commit.skim().unwrap();
        let stream = skim.stream();
        if !kinds.insert((stream.kind(), skim.version)) {
            continue;
        }
        let lies = [
            (Lie::Elsewhere, DifferenceKind::StreamIndex),
            (Lie::Missing, DifferenceKind::StreamIndex),
            (Lie::GoesOn, DifferenceKind::StreamIndex),
            (Lie::NoCommand, DifferenceKind::CommandIndex),
            (Lie::OtherCommand, DifferenceKind::CommandIndex),
            (Lie::Chain, DifferenceKind::Chain),
        ];
        for (lie, kind) in lies {
            let lying = Lying {
                log: kept.stage.log.clone(),
                lie,
                about: (stream.clone(), skim.version),
                command: skim.command,
            };
            let engine = Engine::view(Arc::new(lying), config()).unwrap();
            let difference = found(&engine).unwrap();
            assert_eq!(difference.kind, kind, "{difference:?}");
            let place = difference.place.unwrap();
            assert_eq!(place.stream, stream);
            if lie != Lie::GoesOn {
                assert_eq!(place.version, skim.version);
                assert_eq!(place.position, Some(commit.position()));
            }
        }
    }
    let kinds: BTreeSet<StreamKind> = kinds.into_iter().map(|(kind, _)| kind).collect();
    assert!(kinds.len() >= 7, "{kinds:?}");
}

#[test]
fn a_plan_that_an_index_composes_of_other_commits_is_found() {
    let kept = kept();
    let stream = |learner: LearnerId| {
        let key = StreamKey::Uuid(*learner.as_uuid());
        StreamId::new("northgate", StreamKind::Plan, key)
    };
    let lying = Lying {
        log: kept.stage.log.clone(),
        lie: Lie::Skips,
        about: (stream(SOURCE), Version::FIRST),
        command: kept.stage.log.read(Position::FIRST, 1).unwrap()[0]
            .skim()
            .unwrap()
            .command,
    };
    let engine = Engine::view(Arc::new(lying), config()).unwrap();
    let difference = found(&engine).unwrap();
    assert_eq!(difference.kind, DifferenceKind::Plan);
    assert_eq!(difference.place.unwrap().stream, stream(SOURCE));
}
