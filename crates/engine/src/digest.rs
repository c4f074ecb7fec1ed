//! The digest of a sync's request and change set: a preview shows it and a start confirms it.
//!
//! The text of a search is in it only as a digest under a key of the log: otherwise whoever has the log could find out by
//! trying for whom was searched, after the text is erased.
//!
//! May import: `call`, `config`.

use plansync_domain::command::context::Digests;
use plansync_domain::ids::digest::Digest;
use plansync_domain::sync::change_set::{ChangeSet, Entry};
use plansync_domain::sync::request::{Learners, SyncRequest};
use plansync_domain::text::personal::Personal;
use plansync_log::sealing::Keys;
use sha2::{Digest as _, Sha256};

use crate::call::Refusal;
use crate::config::Config;

/// The digest of a request and its change set.
pub fn digest(
    request: &SyncRequest,
    change_set: &ChangeSet,
    keys: &Keys,
) -> Result<Digest, Refusal> {
    digest_each((request, keys), change_set, |_, _| ())
}

/// The same digest; `each` is called with every entry and the number of bytes of its encoding.
pub(crate) fn digest_each(
    (request, keys): (&SyncRequest, &Keys),
    change_set: &ChangeSet,
    mut each: impl FnMut(&Entry, usize),
) -> Result<Digest, Refusal> {
    let (mut hash, mut bytes) = (Sha256::new(), Vec::new());
    // Requests that differ only in form have the same digest. It is not computed again for an accepted sync,
    // which keeps the digest that it was accepted with.
    let mut request = request.canonical();
    hide_search(&mut request, keys);
    encode(&mut bytes, &request)?;
    hash.update(&bytes);
    for entry in change_set.entries() {
        encode(&mut bytes, entry)?;
        hash.update(&bytes);
        each(entry, bytes.len());
    }
    Ok(Digest::new(hash.finalize().into()))
}

/// The same for the domain's decisions, which need no cause of a failure.
impl Digests for Config {
    fn digest(&self, request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
        digest(request, change_set, &self.keys).ok()
    }
}

/// Replaces the text of a search by its digest under a key of the log. Without keys it stays as it is.
fn hide_search(request: &mut SyncRequest, keys: &Keys) {
    if let Learners::Filtered(filter) = &mut request.learners
        && filter.search != Personal::default()
        && let Some(hidden) = keys.digest("search", filter.search.as_str().as_bytes())
    {
        filter.search = Digest::new(hidden).to_string().into();
    }
}

/// Encodes a value in place of the previous bytes.
fn encode<T: serde::Serialize>(bytes: &mut Vec<u8>, value: &T) -> Result<(), Refusal> {
    bytes.clear();
    rmp_serde::encode::write_named(bytes, value).map_err(Refusal::internal)
}
