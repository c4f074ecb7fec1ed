//! The fingerprints of commands as the log holds them: under a key, so that nobody can find out what a command said by
//! trying. That of a command with text about persons is under the key of this text: it falls with it. Earlier versions
//! stored fingerprints as they are, or all under a key of the log; a repeat of a command of then still matches.

use plansync_domain::event::Event;
use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_log::Fingerprint;
use plansync_log::sealing::{Keys, Leaf};

use super::sealing::{learner_leaf, search_leaf};

const LABEL: &str = "fingerprint";
/// The bytes of a digest that are kept. The others are zero, which tells that it is one under a key.
const KEPT_BYTES: usize = 24;

/// The fingerprint to be stored for a command with this one, which led to these events of a stream.
pub(crate) fn stored<'a>(
    fingerprint: Fingerprint,
    (tenant, stream): (&TenantId, &Stream),
    mut events: impl Iterator<Item = &'a Event>,
    keys: &Keys,
) -> Fingerprint {
    let leaf = leaf(tenant, stream).filter(|_| events.any(Event::is_personal));
    let of_leaf = leaf.and_then(|leaf| under_leaf(fingerprint, &leaf, keys));
    of_leaf.unwrap_or_else(|| under_log(fingerprint, keys))
}

/// The same for a command that led to no event with text about persons.
pub(crate) fn under_log(fingerprint: Fingerprint, keys: &Keys) -> Fingerprint {
    let digest = keys.digest(LABEL, &fingerprint.get());
    digest.map_or(fingerprint, kept)
}

/// Whether a stored fingerprint was made under a key.
pub(crate) fn is_keyed(stored: Fingerprint) -> bool {
    stored.get().iter().skip(KEPT_BYTES).all(|byte| *byte == 0)
}

/// Whether a command that was recorded with this fingerprint on this stream is one that has any of these.
pub(crate) fn is_of(
    known: [Option<Fingerprint>; 2],
    recorded: Fingerprint,
    (tenant, stream): (&TenantId, &Stream),
    keys: &Keys,
) -> bool {
    let leaf = leaf(tenant, stream);
    let mut known = known.into_iter().flatten();
    known.any(|fingerprint| {
        let under_leaf = |leaf| under_leaf(fingerprint, leaf, keys);
        fingerprint == recorded
            || under_log(fingerprint, keys) == recorded
            || leaf.as_ref().and_then(under_leaf) == Some(recorded)
    })
}

fn under_leaf(fingerprint: Fingerprint, leaf: &Leaf, keys: &Keys) -> Option<Fingerprint> {
    let digest = keys.digest_of(leaf, LABEL, &fingerprint.get());
    digest.map(kept)
}

fn kept(mut digest: [u8; 32]) -> Fingerprint {
    digest
        .iter_mut()
        .skip(KEPT_BYTES)
        .for_each(|byte| *byte = 0);
    Fingerprint::new(digest)
}

/// The leaf of the texts that a client's commands on this stream can have.
fn leaf(tenant: &TenantId, stream: &Stream) -> Option<Leaf> {
    match stream {
        Stream::Learner(learner) | Stream::Plan(learner) => Some(learner_leaf(tenant, *learner)),
        Stream::Sync(sync) => Some(search_leaf(tenant, *sync)),
        Stream::Tenant
        | Stream::Administrator(_)
        | Stream::Programme(_)
        | Stream::Record(_)
        | Stream::Target(_)
        | Stream::Command(_)
        | Stream::Engine => None,
    }
}
