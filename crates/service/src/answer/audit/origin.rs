//! Who set something, in the form of the protocol.

use plansync_engine::read::{Origin, OriginSync, OriginTemplate};
use plansync_protocol::audit as wire;
use plansync_protocol::{Position, Version};

use crate::answer::{time, version};

pub(super) fn origins(all: Vec<Origin>) -> Vec<wire::Origin> {
    all.into_iter().map(origin).collect()
}

pub(super) fn origin(origin: Origin) -> wire::Origin {
    wire::Origin {
        kind: match (&origin.sync, &origin.template) {
            (Some(_), _) => wire::OriginKind::Sync,
            (None, Some(_)) => wire::OriginKind::Template,
            (None, None) => wire::OriginKind::Edit,
        },
        learner: origin.learner,
        version: version(origin.version),
        position: Position(origin.position.get()),
        at: time(origin.at),
        by: origin.by,
        command_id: origin.command,
        reason: origin.reason.map(|reason| reason.to_string()),
        sync: origin.sync.map(sync),
        template: origin.template.map(template),
    }
}

fn sync(sync: OriginSync) -> wire::OriginSync {
    wire::OriginSync {
        sync: sync.sync,
        requested_by: sync.requested_by,
        accepted_at: Position(sync.accepted_at.get()),
        source: sync.source.map(|source| source.learner),
        session: sync.source.map(|source| source.session),
        source_version: sync.source.map(|source| version(source.version)),
    }
}

fn template(template: OriginTemplate) -> wire::OriginTemplate {
    wire::OriginTemplate {
        programme: template.programme,
        version: Version(u64::from(template.version)),
        put: template.put.map(|put| wire::TemplatePutBy {
            version: Version(u64::from(put.version)),
            position: Position(put.position.get()),
            at: time(put.at),
            by: put.by,
            command_id: put.command,
        }),
    }
}
