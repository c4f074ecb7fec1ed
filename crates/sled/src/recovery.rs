//! Reading a journal after a crash: every group in order, then zeros, or the remains of the one group
//! that was never acknowledged. Damage must not pass for such a torn tail, so a group that is followed
//! by a valid one counts as damaged. Nothing is repaired here.

use std::sync::Arc;

use plansync_log::backend::OpenError;
use plansync_log::{Position, Sequenced, Tip};

use crate::damage::{Damage, Fault};
use crate::disk;
use crate::head::Head;
use crate::index::Keys;
use crate::journal::{ALIGNMENT, GROUP_HEADER_BYTES, HEADER_BYTES, Journal, JournalGroup};
use crate::unsealed::{Content, Unsealed};

const BLOCK: [u8; 4096] = [0; 4096];

/// What was found in an unsealed volume.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) content: Content,
    /// The checksum of the last group, which the next group contains.
    pub(crate) previous: u32,
    /// The remains of a group that was cut off while it was written.
    pub(crate) torn: Option<Torn>,
    /// The first place after a group with bytes that were never written. They do no harm.
    pub(crate) stray: Option<u64>,
    /// What is wrong after the content.
    pub(crate) damage: Option<OpenError>,
}

/// A part of a journal with remains in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Torn {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// What is known of a log whose journals are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) head: Option<&'a Head>,
    /// Everything up to this position is durable; another process appends after it.
    pub(crate) until: Option<Position>,
}

/// Reads the journal of a volume that continues the log after this tip, up to the first damage.
pub(crate) fn find(
    volume: Arc<Unsealed>,
    before: Tip,
    known: Known<'_>,
) -> Result<Found, OpenError> {
    let journal = Arc::clone(&volume.journal);
    let bytes = journal.content()?;
    let mut found = Found {
        content: Content::empty(volume, before),
        previous: 0,
        torn: None,
        stray: None,
        damage: None,
    };
    let mut offset = offset_of(HEADER_BYTES);
    let is_enough = |tip: Tip| known.until.is_some_and(|until| tip.position >= until);
    while !is_enough(found.content.tip)
        && let Some(group) = journal.group(&bytes, offset)
    {
        if group.previous != found.previous || group.first != found.content.tip.position.next() {
            let what = "does not follow the one before it";
            found.damage = Some(damage(&journal, offset, what));
            return Ok(found);
        }
        if let Err(error) = take(&journal, &group, &mut found.content, known.head) {
            found.damage = Some(error);
            return Ok(found);
        }
        found.previous = group.crc;
        if found.stray.is_none() && group.has_stray_padding(bytes.get(offset..)) {
            found.stray = u64::try_from(offset + group.bytes).ok();
        }
        offset += group.bytes;
    }
    if known.until.is_none() {
        match remains(&journal, &bytes, offset) {
            Ok(torn) => found.torn = torn,
            Err(error) => found.damage = Some(error),
        }
    }
    Ok(found)
}

/// Checks the commits of a group and adds them to the content.
fn take(
    journal: &Journal,
    group: &JournalGroup<'_>,
    content: &mut Content,
    head: Option<&Head>,
) -> Result<(), OpenError> {
    let at = offset_of(content.end);
    let broken = |what: &str| damage(journal, at, what);
    let (mut commits, mut keys) = (Vec::new(), Vec::new());
    let mut tip = content.tip;
    for commit in group.commits(Position::FIRST) {
        let commit: Sequenced = commit.map_err(|error| broken(&error.to_string()))?;
        let skim = commit.skim().map_err(|error| broken(&error.to_string()))?;
        if !tip.precedes(&commit) {
            return Err(broken("breaks the chain"));
        }
        if head.is_some_and(|head| head.denies(&commit)) {
            return Err(broken("is not the one that HEAD knows"));
        }
        keys.push(Keys::of(&skim));
        tip = tip.after(&commit);
        commits.push(commit);
    }
    let bytes = u64::try_from(group.bytes).unwrap_or(u64::MAX);
    content.push(&commits, &keys, content.end.saturating_add(bytes));
    Ok(())
}

/// What follows the last group. Groups are synced one after another, so only the last one can be torn: if
/// a whole group follows a bad place, the bad place was once whole.
fn remains(journal: &Journal, bytes: &[u8], offset: usize) -> Result<Option<Torn>, OpenError> {
    let behind = bytes.get(offset..).unwrap_or_default();
    let Some(length) = used(behind) else {
        return Ok(None);
    };
    let places = (ALIGNMENT..length).step_by(ALIGNMENT);
    for place in places {
        let candidate = behind
            .get(place..place + GROUP_HEADER_BYTES)
            .unwrap_or_default();
        if JournalGroup::claimed_bytes(candidate).is_some()
            && journal.group(bytes, offset + place).is_some()
        {
            return Err(damage(
                journal,
                offset,
                "is not what was written, and a later one is whole",
            ));
        }
    }
    let from = u64::try_from(offset).unwrap_or(u64::MAX);
    let to = from.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
    Ok(Some(Torn { from, to }))
}

/// The end of the bytes that are not zero, in whole blocks; `None` if all are zero.
fn used(bytes: &[u8]) -> Option<usize> {
    let mut blocks = bytes.chunks(BLOCK.len()).enumerate();
    let last = blocks.rfind(|(_, block)| BLOCK.get(..block.len()) != Some(block));
    last.map(|(index, block)| index * BLOCK.len() + block.len())
}

/// Copies torn remains to a file beside the journal and overwrites them with zeros, as the next group
/// expects them.
pub(crate) fn clear(found: &Found) -> Result<(), Fault> {
    let Some(Torn { from, to }) = found.torn else {
        return Ok(());
    };
    let volume = &found.content.volume;
    let bytes = volume.journal.content()?;
    let remains = bytes
        .get(offset_of(from)..offset_of(to))
        .unwrap_or_default();
    // Different remains get different copies; the same remains, after a cut in here, get one.
    let copy = volume
        .dir
        .join(format!("torn-{from}-{:08x}", crc32fast::hash(remains)));
    tracing::info!(volume = %volume.number, from, to, "a group was cut off before it was acknowledged");
    disk::replace(&copy, remains)?;
    volume.journal.blank(from, to)
}

fn damage(journal: &Journal, offset: usize, what: &str) -> OpenError {
    Damage::new(journal.path(), format!("the group at byte {offset} {what}")).into()
}

fn offset_of(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
