//! Owns the keys of texts under accidents: it destroys them one after another, and looks at which are gone
//! when the log was opened. Knows nothing of what should be gone; the campaign does.

use std::io::Write;

use plansync_log::Fingerprint;
use plansync_log::sealing::{Keys, Leaf};

use super::{Reporter, WorkError};
use crate::line::Line;

/// So many keys are never destroyed, and those after the first that is left are looked at.
const KEPT_COUNT: u64 = 50;

fn leaf(kind: &[u8], number: u64) -> Leaf {
    Leaf::of(&[b"powercut", kind, &number.to_be_bytes()])
}

/// Says which keys are gone, and what others give. Returns the number of the first that is left.
pub(super) fn found<W: Write>(keys: &Keys, reporter: &Reporter<W>) -> Result<u64, WorkError> {
    let is_gone = |number: &u64| keys.is_destroyed(&leaf(b"erased", *number));
    let mut gone = 0;
    while is_gone(&gone) {
        gone += 1;
    }
    if let Some(number) = (gone..gone + KEPT_COUNT).find(is_gone) {
        return Err(WorkError::Wrong(format!(
            "key {number} is gone, and key {gone} is not"
        )));
    }
    let mut kept = Vec::new();
    for number in 0..KEPT_COUNT {
        let sealed = keys.seal(&leaf(b"kept", number), b"kept", b"text");
        kept.extend(sealed.map_err(|error| WorkError::refused("sealing", &error))?);
    }
    let digest = keys.digest("kept", b"bytes");
    kept.extend(digest.ok_or_else(|| WorkError::Wrong("the log has no keys".to_owned()))?);
    reporter.say(&Line::Keys(gone, Fingerprint::of(&kept)))?;
    Ok(gone)
}

/// Destroys the key of this number.
pub(super) fn erase<W: Write>(
    keys: &Keys,
    number: u64,
    reporter: &Reporter<W>,
) -> Result<(), WorkError> {
    reporter.say(&Line::Erasing(number))?;
    let destroyed = keys
        .destroy(&[leaf(b"erased", number)])
        .map_err(|error| WorkError::refused("destroying a key", &error))?;
    if destroyed != 1 {
        let what = format!("key {number} was gone before it was destroyed");
        return Err(WorkError::Wrong(what));
    }
    Ok(reporter.say(&Line::Erased(number))?)
}
