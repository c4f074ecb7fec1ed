//! The digest of a sync's request and change set: a preview shows it and a start confirms it.
//!
//! May import: `call`.

use plansync_domain::ids::digest::Digest;
use plansync_domain::sync::change_set::{ChangeSet, Entry};
use plansync_domain::sync::request::SyncRequest;
use sha2::{Digest as _, Sha256};

use crate::call::Refusal;

/// The digest of a request and its change set.
pub fn digest(request: &SyncRequest, change_set: &ChangeSet) -> Result<Digest, Refusal> {
    digest_each(request, change_set, |_, _| ())
}

/// The same digest; `each` is called with every entry and the number of bytes of its encoding.
pub(crate) fn digest_each(
    request: &SyncRequest,
    change_set: &ChangeSet,
    mut each: impl FnMut(&Entry, usize),
) -> Result<Digest, Refusal> {
    let (mut hash, mut bytes) = (Sha256::new(), Vec::new());
    // Requests that differ only in form have the same digest. It is not computed again for an accepted sync,
    // which keeps the digest that it was accepted with.
    encode(&mut bytes, &request.canonical())?;
    hash.update(&bytes);
    for entry in change_set.entries() {
        encode(&mut bytes, entry)?;
        hash.update(&bytes);
        each(entry, bytes.len());
    }
    Ok(Digest::new(hash.finalize().into()))
}

/// The same for the domain's decisions, which need no cause of a failure.
pub(crate) fn digester(request: &SyncRequest, change_set: &ChangeSet) -> Option<Digest> {
    digest(request, change_set).ok()
}

/// Encodes a value in place of the previous bytes.
fn encode<T: serde::Serialize>(bytes: &mut Vec<u8>, value: &T) -> Result<(), Refusal> {
    bytes.clear();
    rmp_serde::encode::write_named(bytes, value).map_err(Refusal::internal)
}
