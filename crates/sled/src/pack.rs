//! Commits packed into values of 4 to 6 KiB. sled stores those several times faster than one key per
//! commit, and they never make its leaves so large that it puts them into files of their own.
//!
//! ```text
//! key: position of the first commit u64 · part u16
//! value: crc u32 of key and rest · kind u8 · rest
//!   kind 1, whole commits: { length u32 · stored commit }*
//!   kind 2, one part of a large commit: parts in all u16 · bytes
//! ```

use std::sync::Arc;

use plansync_log::bytes::Cursor;
use plansync_log::{Position, Sequenced};

/// A value is written when it has this size, in bytes.
const VALUE_BYTES_MIN: usize = 4 << 10;
/// The largest value in bytes, with room for what sled adds.
const VALUE_BYTES_MAX: usize = 6 << 10;
const PREFIX_BYTES: usize = 5;
const PART_BYTES_MAX: usize = 5 << 10;

const WHOLE: u8 = 1;
const PART: u8 = 2;

pub(crate) const KEY_BYTES: usize = 10;

/// The key of a value.
pub(crate) fn key(first: Position, part: u16) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    let (position, rest) = key.split_at_mut(8);
    position.copy_from_slice(&first.get().to_be_bytes());
    rest.copy_from_slice(&part.to_be_bytes());
    key
}

/// The position in a key.
pub(crate) fn first_of(key: &[u8]) -> Option<Position> {
    Cursor::new(key).u64().map(Position::new)
}

/// A key with its value.
pub(crate) type Pair = ([u8; KEY_BYTES], Vec<u8>);

/// Collects commits until they fill a value.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    first: Option<Position>,
    rest: Vec<u8>,
}

impl Packer {
    /// Takes a commit, and appends the values that it fills to `full`.
    pub(crate) fn push(&mut self, commit: &Sequenced, full: &mut Vec<Pair>) {
        let stored = commit.stored();
        let is_large = stored.len() > PART_BYTES_MAX;
        if is_large || PREFIX_BYTES + self.rest.len() + 4 + stored.len() > VALUE_BYTES_MAX {
            self.finish(full);
        }
        if is_large {
            split(commit, full);
            return;
        }
        self.first.get_or_insert(commit.position());
        self.rest.extend_from_slice(
            &u32::try_from(stored.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        self.rest.extend_from_slice(stored);
        if PREFIX_BYTES + self.rest.len() >= VALUE_BYTES_MIN {
            self.finish(full);
        }
    }

    /// Appends a value with the collected commits to `full`, although they do not fill it.
    pub(crate) fn finish(&mut self, full: &mut Vec<Pair>) {
        if let Some(first) = self.first.take() {
            full.push(pair(key(first, 0), WHOLE, &[&self.rest]));
            self.rest.clear();
        }
    }

    /// The first collected commit that is in no value yet.
    pub(crate) fn waiting(&self) -> Option<Position> {
        self.first
    }
}

fn split(commit: &Sequenced, full: &mut Vec<Pair>) {
    let parts = commit.stored().chunks(PART_BYTES_MAX);
    let count = u16::try_from(parts.len()).unwrap_or(u16::MAX).to_be_bytes();
    full.extend(parts.zip(0..).map(|(part, number)| {
        pair(
            key(commit.position(), number),
            PART,
            &[count.as_slice(), part],
        )
    }));
}

fn pair(key: [u8; KEY_BYTES], kind: u8, rest: &[&[u8]]) -> Pair {
    let mut value = vec![0; 4];
    value.push(kind);
    for part in rest {
        value.extend_from_slice(part);
    }
    let crc = checksum(&key, value.get(4..).unwrap_or_default()).to_be_bytes();
    value.splice(..4, crc);
    (key, value)
}

fn checksum(key: &[u8], rest: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(rest);
    crc.finalize()
}

/// The content of a value.
pub(crate) enum Unpacked<'a> {
    /// Whole commits, in order.
    Commits(Vec<Sequenced>),
    /// A part of one, and how many there are.
    Part { bytes: &'a [u8], count: u16 },
}

/// Reads a value; `None` if it is not what was written under this key.
pub(crate) fn unpack<'a>(key: &[u8], value: &'a [u8]) -> Option<Unpacked<'a>> {
    let (crc, covered) = value.split_first_chunk::<4>()?;
    if checksum(key, covered).to_be_bytes() != *crc {
        return None;
    }
    let mut cursor = Cursor::new(covered);
    match cursor.u8()? {
        WHOLE => whole(cursor).map(Unpacked::Commits),
        PART => {
            let count = cursor.u16()?;
            Some(Unpacked::Part {
                bytes: covered.get(3..)?,
                count,
            })
        }
        _ => None,
    }
}

fn whole(mut cursor: Cursor<'_>) -> Option<Vec<Sequenced>> {
    let mut commits = Vec::new();
    while !cursor.is_empty() {
        let length = usize::try_from(cursor.u32()?).ok()?;
        commits.push(Sequenced::from_stored(Arc::from(cursor.take(length)?)).ok()?);
    }
    Some(commits)
}

#[cfg(test)]
mod tests {
    use plansync_log::contract::Author;
    use plansync_log::{COMMIT_BYTES_MAX, LogId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn values_stay_within_their_bounds_and_give_back_what_went_in() {
        let mut author = Author::new(LogId::new(Uuid::from_u128(1)));
        let most = COMMIT_BYTES_MAX - 400;
        let sizes = [
            10, 300, 4_900, 20, 5_200, 7, 6_000, 4_000, 4_800, 80, most, 1,
        ];
        let commits: Vec<_> = sizes
            .into_iter()
            .map(|bytes| author.write(Author::plan(1), bytes))
            .collect();
        let (mut packer, mut pairs) = (Packer::default(), Vec::new());
        for commit in &commits {
            packer.push(commit, &mut pairs);
        }
        packer.finish(&mut pairs);

        let longest = pairs.iter().map(|(_, value)| value.len()).max().unwrap();
        assert!(longest <= VALUE_BYTES_MAX, "a value has {longest} bytes");
        let (mut read, mut large) = (Vec::new(), Vec::new());
        for (key, value) in &pairs {
            match unpack(key, value).unwrap() {
                Unpacked::Commits(whole) => read.extend(whole),
                Unpacked::Part { bytes, count } => {
                    large.extend_from_slice(bytes);
                    if key[8..] == (count - 1).to_be_bytes() {
                        read.push(
                            Sequenced::from_stored(std::mem::take(&mut large).into()).unwrap(),
                        );
                    }
                }
            }
        }
        assert_eq!(read, commits);
    }

    #[test]
    fn a_changed_byte_or_key_is_noticed() {
        let commit = Author::new(LogId::new(Uuid::from_u128(1))).write(Author::plan(1), 20);
        let (mut packer, mut pairs) = (Packer::default(), Vec::new());
        packer.push(&commit, &mut pairs);
        packer.finish(&mut pairs);
        let (key, value) = pairs.remove(0);
        for index in 0..value.len() {
            let mut changed = value.clone();
            changed[index] ^= 0x40;
            assert!(unpack(&key, &changed).is_none(), "byte {index}");
        }
        assert!(unpack(&super::key(Position::new(2), 0), &value).is_none());
    }
}
