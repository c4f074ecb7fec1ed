//! Translates the domain's streams to stream ids of the log and back.
//!
//! May import: no other folder.

use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{
    AdministratorId, CommandId, LearnerId, ProgrammeId, SessionId, SyncId, TenantId,
};
use plansync_log::{StreamId, StreamKey, StreamKind};
use uuid::Uuid;

/// The log's id of one of the tenant's streams.
pub(crate) fn stream_id(tenant: &TenantId, stream: &Stream) -> StreamId {
    let (kind, key) = match stream {
        Stream::Tenant => (StreamKind::Tenant, StreamKey::Name(Arc::from(""))),
        Stream::Administrator(id) => (
            StreamKind::Administrator,
            StreamKey::Name(Arc::from(id.as_str())),
        ),
        Stream::Learner(id) => (StreamKind::Learner, StreamKey::Uuid(*id.as_uuid())),
        Stream::Programme(id) => (StreamKind::Programme, StreamKey::Uuid(*id.as_uuid())),
        Stream::Plan(id) => (StreamKind::Plan, StreamKey::Uuid(*id.as_uuid())),
        Stream::Record(id) => (StreamKind::Record, StreamKey::Uuid(*id.as_uuid())),
        Stream::Sync(id) => (StreamKind::Sync, StreamKey::Uuid(*id.as_uuid())),
        Stream::Target(id) => (StreamKind::Target, StreamKey::Uuid(*id)),
        Stream::Command(id) => (StreamKind::Command, StreamKey::Uuid(*id.as_uuid())),
        Stream::Engine => (StreamKind::Engine, StreamKey::Name(Arc::from(""))),
    };
    StreamId::new(tenant.as_str(), kind, key)
}

/// The domain's stream behind an id of the log; `None` for an id that no version of plansync writes.
pub(crate) fn domain_stream(stream: &StreamId) -> Option<Stream> {
    let uuid = || match stream.key() {
        StreamKey::Uuid(uuid) => Some(*uuid),
        StreamKey::Name(_) => None,
    };
    match stream.kind() {
        StreamKind::Tenant => Some(Stream::Tenant),
        StreamKind::Administrator => match stream.key() {
            StreamKey::Name(name) => name
                .parse::<AdministratorId>()
                .ok()
                .map(Stream::Administrator),
            StreamKey::Uuid(_) => None,
        },
        StreamKind::Learner => uuid().map(LearnerId::from_uuid).map(Stream::Learner),
        StreamKind::Programme => uuid().map(ProgrammeId::from_uuid).map(Stream::Programme),
        StreamKind::Plan => uuid().map(LearnerId::from_uuid).map(Stream::Plan),
        StreamKind::Record => uuid().map(SessionId::from_uuid).map(Stream::Record),
        StreamKind::Sync => uuid().map(SyncId::from_uuid).map(Stream::Sync),
        StreamKind::Target => uuid().map(|id: Uuid| Stream::Target(id)),
        StreamKind::Command => uuid().map(CommandId::from_uuid).map(Stream::Command),
        StreamKind::Engine => Some(Stream::Engine),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_is_found_again_by_its_name() {
        let tenant: TenantId = "college".parse().unwrap();
        let uuid = Uuid::from_u128(7);
        let streams = [
            Stream::Tenant,
            Stream::Administrator("alice".parse().unwrap()),
            Stream::Learner(LearnerId::from_uuid(uuid)),
            Stream::Programme(ProgrammeId::from_uuid(uuid)),
            Stream::Plan(LearnerId::from_uuid(uuid)),
            Stream::Record(SessionId::from_uuid(uuid)),
            Stream::Sync(SyncId::from_uuid(uuid)),
            Stream::Target(uuid),
            Stream::Command(CommandId::from_uuid(uuid)),
            Stream::Engine,
        ];
        for stream in streams {
            assert_eq!(domain_stream(&stream_id(&tenant, &stream)), Some(stream));
        }
    }
}
