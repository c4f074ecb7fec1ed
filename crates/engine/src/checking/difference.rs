//! What a check found to differ.

use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_log::{Position, Read, StreamId, Version};

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
    /// The position of the commit in the log.
    pub position: Position,
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

impl Place {
    /// The last commit of a stream of this version, which is at this position of the replay.
    pub(super) fn of(stream: StreamId, version: u64, position: Position) -> Self {
        Self {
            stream,
            version: Version::new(version),
            position,
        }
    }

    /// The commit that gave a stream this version, if the log finds it.
    pub(super) fn found(
        log: &dyn Read,
        tenant: &TenantId,
        stream: &Stream,
        version: u64,
    ) -> Option<Self> {
        let stream = stream_id(tenant, stream);
        let position = log.locate(&stream, Version::new(version));
        let position = position.ok().flatten().unwrap_or(Position::ZERO);
        (version > 0).then(|| Self::of(stream, version, position))
    }
}
