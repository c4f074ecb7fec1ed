//! A change set on its way into the log: what does not fit into the acceptance goes before it, in
//! chunks that each fit a commit. Chunks without an acceptance are inert.

use plansync_domain::change_set::{ChangeSet, Entry as ChangeEntry};
use plansync_domain::digest::Digest;
use plansync_domain::event::Event;
use plansync_domain::request::SyncRequest;
use plansync_domain::stream::Stream;
use plansync_domain::sync_event::{ChangeSetChunk, SyncAccepted};
use plansync_log::{CommandKey, CommandScope, Recorded};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::call::{Call, Refusal};
use crate::sequencer::{Entry, Sequencer};

/// Bytes of entries in one chunk; a single entry is at most about 300 KiB.
const CHUNK_BYTES: usize = 192 * 1024;

/// The digest of a request and the change set it comes to: what a preview shows and a run confirms.
pub fn digest(request: &SyncRequest, change_set: &ChangeSet) -> Result<Digest, Refusal> {
    let mut hash = Sha256::new();
    // What confirms a preview has the preview's own digest.
    hash.update(encoded(&request.unconfirmed())?);
    for entry in change_set.entries() {
        hash.update(encoded(entry)?);
    }
    Ok(Digest::new(hash.finalize().into()))
}

/// The same for a decision, which needs no cause.
pub(crate) fn digester(request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
    digest(request, change_set).ok()
}

/// Writes the chunks of a change set, and completes the acceptance that is to follow them.
pub(crate) fn write(
    sequencer: &mut Sequencer,
    call: &Call,
    change_set: &ChangeSet,
    mut accepted: SyncAccepted,
    at: Recorded,
) -> Result<SyncAccepted, Refusal> {
    accepted.digest = digest(&accepted.request, change_set)?;
    let mut chunks = chunks(change_set)?;
    accepted.entries = chunks.pop().unwrap_or_default();
    for (index, entries) in (0_u32..).zip(chunks) {
        write_chunk(
            sequencer,
            call,
            ChangeSetChunk {
                sync: accepted.sync,
                index,
                entries,
            },
            at,
        )?;
        accepted.chunks = index.saturating_add(1);
    }
    Ok(accepted)
}

fn write_chunk(
    sequencer: &mut Sequencer,
    call: &Call,
    chunk: ChangeSetChunk,
    at: Recorded,
) -> Result<(), Refusal> {
    let stream = Stream::Sync(chunk.sync);
    let version = sequencer.next_version(&call.tenant, &stream);
    let name = format!("chunk/{version}");
    let entry = Entry {
        tenant: &call.tenant,
        stream,
        version,
        actor: &call.actor,
        command: CommandKey {
            scope: CommandScope::Engine,
            id: Uuid::new_v5(chunk.sync.as_uuid(), name.as_bytes()),
        },
        fingerprint: call.fingerprint,
        cause: call.cause(),
        judged_at: sequencer.position(),
        events: vec![Event::ChangeSetChunk(chunk)],
    };
    sequencer.commit(at, entry)?;
    Ok(())
}

fn chunks(change_set: &ChangeSet) -> Result<Vec<Vec<ChangeEntry>>, Refusal> {
    let mut chunks = Vec::new();
    let mut chunk = Vec::new();
    let mut chunk_bytes = 0;
    for entry in change_set.entries() {
        let bytes = encoded(entry)?.len();
        if !chunk.is_empty() && chunk_bytes + bytes > CHUNK_BYTES {
            chunks.push(std::mem::take(&mut chunk));
            chunk_bytes = 0;
        }
        chunk_bytes += bytes;
        chunk.push(entry.clone());
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    Ok(chunks)
}

fn encoded<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Refusal> {
    rmp_serde::to_vec_named(value).map_err(|error| Refusal::Internal {
        cause: error.to_string(),
    })
}
