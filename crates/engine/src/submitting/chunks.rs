//! Splits a change set that does not fit into the commit of a sync's acceptance into chunks, which are
//! committed before it. Chunks without an acceptance have no effect.

use plansync_domain::event::Event;
use plansync_domain::event::sync::{ChangeSetChunk, SyncAccepted};
use plansync_domain::ids::SyncId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::stream::Stream;
use plansync_domain::sync::change_set::{ChangeSet, Entry as ChangeEntry};
use plansync_domain::sync::request::SyncRequest;
use plansync_log::sealing::Keys;
use plansync_log::{CommandKey, CommandScope, Fingerprint, Recorded};
use uuid::Uuid;

use crate::call::{Call, Refusal};
use crate::codec::writing::{Encoded, Writing};
use crate::digest::digest_each;
use crate::sequencing::sequencer::{Entry, SequenceError, Sequencer};

/// Bytes of entries in one chunk; a single entry is at most about 300 KiB.
const CHUNK_BYTES: usize = 192 * 1024;

/// The chunks of one sync, encoded.
pub(super) struct Chunks {
    sync: SyncId,
    chunks: Vec<Encoded>,
}

/// Splits a change set into chunks, and completes the acceptance with the rest of it and with the digest.
pub(super) fn split(
    writing: Writing<'_>,
    change_set: &ChangeSet,
    mut accepted: SyncAccepted,
) -> Result<(Chunks, SyncAccepted), Refusal> {
    let keys = &writing.config.keys;
    let (digest, mut parts) = parts((&accepted.request, keys), change_set)?;
    let sync = accepted.sync;
    accepted.digest = digest;
    accepted.entries = parts.pop().unwrap_or_default();
    let mut chunks = Vec::with_capacity(parts.len());
    for (index, entries) in (0_u32..).zip(parts) {
        let chunk = ChangeSetChunk {
            sync,
            index,
            entries,
        };
        let chunk = writing.encoded(Event::ChangeSetChunk(chunk));
        chunks.push(chunk.map_err(SequenceError::from)?);
        accepted.chunks = index.saturating_add(1);
    }
    Ok((Chunks { sync, chunks }, accepted))
}

impl Chunks {
    /// Commits the chunks.
    pub(super) fn write(
        self,
        sequencer: &mut Sequencer,
        (call, fingerprint): (&Call, Fingerprint),
        at: Recorded,
    ) -> Result<(), Refusal> {
        let stream = Stream::Sync(self.sync);
        for chunk in self.chunks {
            let version = sequencer.next_version(&call.tenant, &stream);
            let name = format!("chunk/{version}");
            let entry = Entry {
                tenant: &call.tenant,
                stream: stream.clone(),
                version,
                actor: &call.actor,
                command: CommandKey {
                    scope: CommandScope::Engine,
                    id: Uuid::new_v5(self.sync.as_uuid(), name.as_bytes()),
                },
                fingerprint,
                cause: call.cause(),
                judged_at: sequencer.position(),
                events: vec![chunk],
            };
            sequencer.commit(at, entry)?;
        }
        Ok(())
    }
}

/// The digest, and the entries in parts that each fit into a commit.
fn parts(
    of: (&SyncRequest, &Keys),
    change_set: &ChangeSet,
) -> Result<(Digest, Vec<Vec<ChangeEntry>>), Refusal> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut part_bytes = 0;
    let digest = digest_each(of, change_set, |entry, bytes| {
        if !part.is_empty() && part_bytes + bytes > CHUNK_BYTES {
            parts.push(std::mem::take(&mut part));
            part_bytes = 0;
        }
        part_bytes += bytes;
        part.push(entry.clone());
    })?;
    if !part.is_empty() {
        parts.push(part);
    }
    Ok((digest, parts))
}
