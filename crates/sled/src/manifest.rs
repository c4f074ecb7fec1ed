//! `MANIFEST`: the id of the log in a folder, its incarnations, and the list of sealed volumes. The
//! file is small, and is read and replaced as a whole. The format is frozen: another layout gets
//! another number.
//!
//! ```text
//! magic 8 · format u32 · log 16 · keys 8 · incarnations: count u32 · { incarnation u32 · after u64 · chain 32 }*
//! · count u32 · { last u64 · chain 32 · at i64 · crc of the volume's `files` u32 }* · crc u32
//! ```
//!
//! `keys` is the id of the tree of keys with which texts about persons are sealed: without the keys, the log
//! is not opened. Format 1 has no keys, and is written as long as a log has none.

use std::fmt;
use std::path::Path;

use plansync_log::backend::OpenError;
use plansync_log::bytes::Cursor;
use plansync_log::sealing::TreeId;
use plansync_log::{Chain, Incarnations, LogId, Position, Recorded, Tip};
use uuid::Uuid;

use crate::damage::{Failed, RESTORE};
use crate::disk;

pub(crate) const NAME: &str = "MANIFEST";
const MAGIC: [u8; 8] = *b"plansynM";
/// A log without keys.
const FORMAT_WITHOUT_KEYS: u32 = 1;
const FORMAT: u32 = 2;

/// The number of a volume in its log. The first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct VolumeNumber(u64);

impl VolumeNumber {
    pub(crate) const FIRST: Self = Self(1);

    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for VolumeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

/// The entry of a sealed volume. Its number is its place in the list, and its first position follows the
/// last one of the volume before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) last: Position,
    pub(crate) chain: Chain,
    pub(crate) at: Recorded,
    /// Ties the list of the volume's files to this log and place.
    pub(crate) files_crc: u32,
}

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) log: LogId,
    /// The keys with which texts about persons are sealed; `None` if the log was only opened by earlier
    /// versions.
    pub(crate) keys: Option<TreeId>,
    /// Every incarnation of the log; the last is the current one.
    pub(crate) incarnations: Incarnations,
    pub(crate) sealed: Vec<Entry>,
}

impl Manifest {
    /// The manifest of a log without a commit.
    pub(crate) fn new(log: LogId, incarnations: Incarnations) -> Self {
        Self {
            log,
            keys: None,
            incarnations,
            sealed: Vec::new(),
        }
    }

    /// The last sealed commit.
    pub(crate) fn tip(&self) -> Tip {
        let empty = Tip::empty(self.log, self.incarnations.current());
        self.sealed.last().map_or(empty, |last| Tip {
            position: last.last,
            chain: last.chain,
            at: last.at,
            ..empty
        })
    }

    /// The number of the first volume that is not sealed.
    pub(crate) fn unsealed_from(&self) -> VolumeNumber {
        VolumeNumber::new(u64::try_from(self.sealed.len()).unwrap_or(u64::MAX)).next()
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<(), Failed> {
        disk::replace(&dir.join(NAME), &self.encode())
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(104 + self.sealed.len() * 52);
        let format = self.keys.map_or(FORMAT_WITHOUT_KEYS, |_| FORMAT);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&format.to_be_bytes());
        out.extend_from_slice(self.log.get().as_bytes());
        if let Some(keys) = self.keys {
            out.extend_from_slice(&keys.get());
        }
        self.incarnations.encode(&mut out);
        out.extend_from_slice(
            &u32::try_from(self.sealed.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        for entry in &self.sealed {
            out.extend_from_slice(&entry.last.get().to_be_bytes());
            out.extend_from_slice(&entry.chain.get());
            out.extend_from_slice(&entry.at.get().to_be_bytes());
            out.extend_from_slice(&entry.files_crc.to_be_bytes());
        }
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    /// Reads the manifest of a folder, `None` if it has none.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, OpenError> {
        let path = dir.join(NAME);
        let Some(bytes) = disk::read(&path)? else {
            return Ok(None);
        };
        let mut cursor = Cursor::new(&bytes);
        let magic = cursor.array::<8>();
        let format = cursor.u32().unwrap_or_default();
        if magic == Some(MAGIC) && format > FORMAT {
            return Err(OpenError::Newer { path, format });
        }
        let whole = bytes.split_last_chunk::<4>();
        whole
            .filter(|(covered, crc)| crc32fast::hash(covered).to_be_bytes() == **crc)
            .and_then(|(covered, _)| Self::decode(covered))
            .map(Some)
            .ok_or_else(|| OpenError::Corrupt {
                path,
                what: "it is not what was written".to_owned(),
                remedy: RESTORE,
            })
    }

    fn decode(covered: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(covered);
        cursor.take(MAGIC.len())?;
        let format = cursor.u32()?;
        let log = LogId::new(Uuid::from_bytes(cursor.array()?));
        let keys = match format {
            FORMAT_WITHOUT_KEYS => None,
            FORMAT => Some(TreeId::new(cursor.array()?)),
            _ => return None,
        };
        let incarnations = Incarnations::decode(log, &mut cursor)?;
        let count = cursor.u32()?;
        let sealed = (0..count)
            .map(|_| entry(&mut cursor))
            .collect::<Option<_>>()?;
        let whole = Self {
            log,
            keys,
            incarnations,
            sealed,
        };
        cursor.is_empty().then_some(whole)
    }
}

fn entry(cursor: &mut Cursor<'_>) -> Option<Entry> {
    Some(Entry {
        last: Position::new(cursor.u64()?),
        chain: Chain::new(cursor.array()?),
        at: Recorded::new(cursor.i64()?),
        files_crc: cursor.u32()?,
    })
}

#[cfg(test)]
mod tests {
    use plansync_log::Incarnation;

    use super::*;

    fn manifest() -> Manifest {
        let log = LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10));
        let mut incarnations = Incarnations::first(log);
        let tip = Tip {
            position: Position::new(300),
            chain: Chain::new([7; 32]),
            ..Tip::empty(log, Incarnation::FIRST)
        };
        incarnations.begin(Incarnation::new(2), &tip).unwrap();
        let entry = |last, fill| Entry {
            last: Position::new(last),
            chain: Chain::new([fill; 32]),
            at: Recorded::new(1_700_000_000_000_000),
            files_crc: 0xabcd_ef01,
        };
        Manifest {
            sealed: vec![entry(250, 8), entry(0x0400, 9)],
            ..Manifest::new(log, incarnations)
        }
    }

    #[test]
    fn golden_bytes_of_format_1_are_read_and_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let golden = include_bytes!("../tests/golden/format-1.manifest");
        std::fs::write(dir.path().join(NAME), golden).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), Some(manifest()));
        manifest().write(dir.path()).unwrap();
        assert_eq!(std::fs::read(dir.path().join(NAME)).unwrap(), golden);
    }

    #[test]
    fn golden_bytes_of_format_2_are_read_and_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let golden = include_bytes!("../tests/golden/format-2.manifest");
        let with_keys = Manifest {
            keys: Some(TreeId::new(*b"tree-id!")),
            ..manifest()
        };
        with_keys.write(dir.path()).unwrap();
        assert_eq!(std::fs::read(dir.path().join(NAME)).unwrap(), golden);
        assert_eq!(Manifest::read(dir.path()).unwrap(), Some(with_keys));
    }
}
