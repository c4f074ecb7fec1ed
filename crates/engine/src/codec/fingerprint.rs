//! The fingerprints of commands as the log holds them: under a key of the log, so that nobody can find out what a
//! command said by trying. Earlier versions stored them as they are; a repeat of a command of then still matches.

use plansync_log::Fingerprint;
use plansync_log::sealing::Keys;

/// The bytes of a digest that are kept. The others are zero, which tells that it is one under a key.
const KEPT_BYTES: usize = 24;

/// The fingerprint to be stored for a command with this one.
pub(crate) fn stored(fingerprint: Fingerprint, keys: &Keys) -> Fingerprint {
    let Some(mut digest) = keys.digest("fingerprint", &fingerprint.get()) else {
        return fingerprint;
    };
    digest
        .iter_mut()
        .skip(KEPT_BYTES)
        .for_each(|byte| *byte = 0);
    Fingerprint::new(digest)
}

/// Whether a stored fingerprint was made under a key.
pub(crate) fn is_keyed(stored: Fingerprint) -> bool {
    stored.get().iter().skip(KEPT_BYTES).all(|byte| *byte == 0)
}

/// Whether a command that was recorded with this fingerprint is one that has any of these.
pub(crate) fn is_of(known: [Option<Fingerprint>; 2], recorded: Fingerprint, keys: &Keys) -> bool {
    let mut known = known.into_iter().flatten();
    known.any(|fingerprint| fingerprint == recorded || stored(fingerprint, keys) == recorded)
}
