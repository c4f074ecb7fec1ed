//! What a check found to differ.

use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_log::{Position, Read, ReadError, StreamId, Version};

use crate::naming::stream_id;

/// The first thing that differs between a replay of the log and what the engine answers from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What kind of thing differs.
    pub kind: DifferenceKind,
    /// What differs, and the value on either side, as a sentence without a full stop.
    pub what: String,
    /// The stream that it is about, and the version and position of the stream's last commit that matters; none if it
    /// is about no stream.
    pub place: Option<Place>,
}

/// A commit of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The stream.
    pub stream: StreamId,
    /// The version that the commit gave to the stream.
    pub version: Version,
    /// The position of the commit in the log; none if the log does not find it.
    pub position: Option<Position>,
}

/// What kind of thing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// A commit does not follow from those before it.
    Chain,
    /// The index of streams.
    StreamIndex,
    /// The index of commands.
    CommandIndex,
    /// The state of a tenant without its plans: records, permissions, enrolments, open records, syncs, names.
    State,
    /// A plan.
    Plan,
    /// The recent changes of an open record.
    RecentChanges,
}

impl DifferenceKind {
    /// Its name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::StreamIndex => "stream_index",
            Self::CommandIndex => "command_index",
            Self::State => "state",
            Self::Plan => "plan",
            Self::RecentChanges => "recent_changes",
        }
    }
}

impl Difference {
    /// The position of the commit that it is about, if it is about one that the log finds.
    pub fn position(&self) -> Option<Position> {
        self.place.as_ref().and_then(|place| place.position)
    }

    /// Whether it comes before another one in the log. One whose position is not known comes last.
    pub fn is_before(&self, other: &Self) -> bool {
        let order = |difference: &Self| {
            let position = difference.position();
            (position.is_none(), position)
        };
        order(self) < order(other)
    }
}

impl Place {
    /// The last commit of a stream of this version, which is at this position of the replay.
    pub(super) fn of(stream: StreamId, version: u64, position: Position) -> Self {
        Self {
            stream,
            version: Version::new(version),
            position: Some(position),
        }
    }

    /// The commit that gave a stream this version, with its position if the log finds it; none if the stream has no
    /// commit.
    ///
    /// # Errors
    ///
    /// If the log cannot be read.
    pub(super) fn find(
        log: &dyn Read,
        tenant: &TenantId,
        stream: &Stream,
        version: u64,
    ) -> Result<Option<Self>, ReadError> {
        if version == 0 {
            return Ok(None);
        }
        let (stream, version) = (stream_id(tenant, stream), Version::new(version));
        let position = log.locate(&stream, version)?;
        Ok(Some(Self {
            stream,
            version,
            position,
        }))
    }
}

#[cfg(test)]
mod tests {
    use plansync_log::{CommandKey, Incarnations, Sequenced, StreamKey, StreamKind, Tip, Version};

    use super::*;

    /// A log of which only the index of streams is asked.
    struct Index(fn() -> Result<Option<Position>, ReadError>);

    impl Read for Index {
        fn tip(&self) -> Tip {
            panic!("not asked")
        }

        fn incarnations(&self) -> Incarnations {
            panic!("not asked")
        }

        fn read(&self, _: Position, _: usize) -> Result<Vec<Sequenced>, ReadError> {
            panic!("not asked")
        }

        fn stream(&self, _: &StreamId, _: Version, _: usize) -> Result<Vec<Sequenced>, ReadError> {
            panic!("not asked")
        }

        fn locate(&self, _: &StreamId, _: Version) -> Result<Option<Position>, ReadError> {
            (self.0)()
        }

        fn stream_version(&self, _: &StreamId) -> Result<Version, ReadError> {
            panic!("not asked")
        }

        fn command(&self, _: &str, _: CommandKey) -> Result<Option<Position>, ReadError> {
            panic!("not asked")
        }
    }

    fn find(
        version: u64,
        index: fn() -> Result<Option<Position>, ReadError>,
    ) -> Result<Option<Place>, ReadError> {
        let tenant = "northgate".parse().unwrap();
        Place::find(&Index(index), &tenant, &Stream::Tenant, version)
    }

    #[test]
    fn a_commit_that_the_index_lacks_has_no_position_and_a_failed_read_is_an_error() {
        let place = find(3, || Ok(Some(Position::new(7)))).unwrap().unwrap();
        assert_eq!(place.position, Some(Position::new(7)));
        let place = find(3, || Ok(None)).unwrap().unwrap();
        assert_eq!((place.version.get(), place.position), (3, None));
        let damaged = || {
            Err(ReadError::Corrupt {
                what: "a page".to_owned(),
                remedy: "restore".to_owned(),
            })
        };
        let failed = find(3, damaged).unwrap_err();
        assert_eq!(failed.to_string(), "the log is damaged: a page; restore");
        assert_eq!(find(0, damaged).unwrap(), None);
    }

    fn difference(position: Option<u64>) -> Difference {
        let key = StreamKey::Name("sam".into());
        Difference {
            kind: DifferenceKind::State,
            what: String::new(),
            place: Some(Place {
                stream: StreamId::new("northgate", StreamKind::Administrator, key),
                version: Version::FIRST,
                position: position.map(Position::new),
            }),
        }
    }

    #[test]
    fn a_difference_without_a_position_comes_last() {
        let [first, second] = [1, 2].map(|position| difference(Some(position)));
        let unknown = difference(None);
        let nowhere = Difference {
            place: None,
            ..first.clone()
        };
        assert!(first.is_before(&second) && !second.is_before(&first));
        for last in [&unknown, &nowhere] {
            assert!(second.is_before(last), "{last:?}");
            assert!(
                !last.is_before(&second) && !last.is_before(&unknown),
                "{last:?}"
            );
        }
    }
}
