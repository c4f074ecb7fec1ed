//! A change set on its way into the log: what does not fit into the acceptance goes before it, in
//! chunks that each fit a commit. Chunks without an acceptance are inert.

use plansync_domain::event::Event;
use plansync_domain::event::sync::{ChangeSetChunk, SyncAccepted};
use plansync_domain::ids::SyncId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::stream::Stream;
use plansync_domain::sync::change_set::{ChangeSet, Entry as ChangeEntry};
use plansync_domain::sync::request::SyncRequest;
use plansync_log::{CommandKey, CommandScope, Recorded};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::call::{Call, Refusal};
use crate::codec::{Encoded, Writing};
use crate::sequencer::{Entry, SequenceError, Sequencer};

/// Bytes of entries in one chunk; a single entry is at most about 300 KiB.
const CHUNK_BYTES: usize = 192 * 1024;

/// The digest of a request and the change set it comes to: what a preview shows and a run confirms.
pub fn digest(request: &SyncRequest, change_set: &ChangeSet) -> Result<Digest, Refusal> {
    encoding(request, change_set, |_, _| ())
}

/// The digest, and each entry with the bytes that it takes.
fn encoding(
    request: &SyncRequest,
    change_set: &ChangeSet,
    mut each: impl FnMut(&ChangeEntry, usize),
) -> Result<Digest, Refusal> {
    let (mut hash, mut bytes) = (Sha256::new(), Vec::new());
    // What confirms a preview, in whatever form, has the preview's own digest. An accepted sync keeps
    // the digest that it was accepted with: none is made again for it.
    encode(&mut bytes, &request.canonical())?;
    hash.update(&bytes);
    for entry in change_set.entries() {
        encode(&mut bytes, entry)?;
        hash.update(&bytes);
        each(entry, bytes.len());
    }
    Ok(Digest::new(hash.finalize().into()))
}

/// The same for a decision, which needs no cause.
pub(crate) fn digester(request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
    digest(request, change_set).ok()
}

/// What goes before an acceptance.
pub(crate) struct Chunks {
    sync: SyncId,
    chunks: Vec<Encoded>,
}

/// Completes an acceptance with its change set: what goes before it, and itself.
pub(crate) fn cut(
    writing: Writing<'_>,
    change_set: &ChangeSet,
    mut accepted: SyncAccepted,
) -> Result<(Chunks, SyncAccepted), Refusal> {
    let (digest, mut parts) = parts(&accepted.request, change_set)?;
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
    pub(crate) fn write(
        self,
        sequencer: &mut Sequencer,
        call: &Call,
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
                fingerprint: call.fingerprint,
                cause: call.cause(),
                judged_at: sequencer.position(),
                events: vec![chunk],
            };
            sequencer.commit(at, entry)?;
        }
        Ok(())
    }
}

/// The digest, and the entries in parts that each fit a commit.
fn parts(
    request: &SyncRequest,
    change_set: &ChangeSet,
) -> Result<(Digest, Vec<Vec<ChangeEntry>>), Refusal> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut part_bytes = 0;
    let digest = encoding(request, change_set, |entry, bytes| {
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

/// In place of what the bytes were.
fn encode<T: serde::Serialize>(bytes: &mut Vec<u8>, value: &T) -> Result<(), Refusal> {
    bytes.clear();
    rmp_serde::encode::write_named(bytes, value).map_err(|error| Refusal::Internal {
        cause: error.to_string(),
    })
}
