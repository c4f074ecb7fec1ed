//! The journal of a volume: groups of commits, each written and synced after the one before it, in a
//! preallocated file of zeros. It protects the commits that sled has but that are not sealed.
//!
//! ```text
//! header, 512 bytes: magic 8 · format u32 · log 16 · volume u64 · capacity u64 · salt 8 · zeros · crc u32
//! group, at multiples of 16: magic u32 · payload bytes u32 · first position u64 · commits u32
//!                            · crc of the group before u32 · zero u32 · crc u32 · payload
//! payload: { length u32 · stored commit }*
//! ```
//!
//! The crc of a group covers the salt, the header and the payload. The salt is random, so that no
//! bytes which a sender chose pass for a group.

mod group;
mod reading;
mod writing;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use plansync_log::LogId;
use plansync_log::backend::OpenError;
use plansync_log::bytes::Cursor;
use uuid::Uuid;

pub(crate) use group::{ALIGNMENT, HEADER_BYTES as GROUP_HEADER_BYTES, JournalGroup};
pub(crate) use reading::{Next, Places};
pub(crate) use writing::{Writer, encoded_bytes};

use crate::damage::{Damage, Fault, RESTORE, While};
use crate::disk;
use crate::manifest::VolumeNumber;

const MAGIC: [u8; 8] = *b"plansynJ";
const FORMAT: u32 = 1;
/// The size of the header: one sector, so that no group shares a sector with it.
pub(crate) const HEADER_BYTES: u64 = 512;
const CRC_AT: usize = 508;
/// The file is read in pieces of this size, in bytes.
const READ_BYTES: usize = 256 * 1024;

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// An open journal file with the content of its header.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    capacity: u64,
    salt: [u8; 8],
}

impl Journal {
    /// Makes and syncs a journal with room for this many bytes of groups. The caller syncs the folder.
    pub(crate) fn create(
        path: &Path,
        log: LogId,
        volume: VolumeNumber,
        room: u64,
    ) -> Result<Self, Fault> {
        let capacity = (HEADER_BYTES + room).next_multiple_of(HEADER_BYTES);
        let salt = Uuid::new_v4()
            .into_bytes()
            .first_chunk()
            .copied()
            .unwrap_or_default();
        let header = header(log, volume, capacity, salt);
        let file = disk::create_zeroed(path, &header, capacity)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            capacity,
            salt,
        })
    }

    /// Opens a journal whose folder has its final name, so that the header must be whole.
    pub(crate) fn open(
        path: &Path,
        log: LogId,
        volume: VolumeNumber,
        access: Access,
    ) -> Result<Self, OpenError> {
        let file = OpenOptions::new()
            .read(true)
            .write(access == Access::Write)
            .open(path);
        let file = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Damage::new(path, "it is missing").into());
            }
            opened => opened.while_doing("open", path)?,
        };
        let mut header = [0; 512];
        match file.read_exact_at(&mut header, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Damage::new(path, "it is cut off").into());
            }
            read => read.while_doing("read", path)?,
        }
        let length = file
            .metadata()
            .while_doing("read the length of", path)?
            .len();
        let (capacity, salt) = parse_header(path, &header, log, volume)?;
        if length != capacity {
            let what = format!("it has {length} bytes instead of {capacity}");
            return Err(Damage::new(path, what).into());
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            capacity,
            salt,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same journal under the name that its folder was given.
    pub(crate) fn renamed(self, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    /// The size of all groups that it has room for, in bytes.
    pub(crate) fn room(&self) -> u64 {
        self.capacity - HEADER_BYTES
    }

    /// The whole file. Zeros are not copied to the memory, which is zero already, so that the unused part of
    /// a journal takes no memory.
    pub(crate) fn content(&self) -> Result<Vec<u8>, Fault> {
        let bytes = usize::try_from(self.capacity)
            .map_err(|_| Damage::new(&self.path, "it is larger than the memory"))?;
        let mut content = vec![0; bytes];
        let mut buffer = vec![0; READ_BYTES.min(bytes)];
        let mut at = 0;
        for part in content.chunks_mut(READ_BYTES) {
            let read = &mut buffer[..part.len()];
            self.file
                .read_exact_at(read, at)
                .while_doing("read", &self.path)?;
            if read.iter().any(|byte| *byte != 0) {
                part.copy_from_slice(read);
            }
            at += READ_BYTES as u64;
        }
        Ok(content)
    }

    /// The group at this place of the file's content, if there is one.
    pub(crate) fn group<'a>(&self, content: &'a [u8], offset: usize) -> Option<JournalGroup<'a>> {
        JournalGroup::parse(content.get(offset..)?, self.salt)
    }

    /// Syncs what was read, which may only have been in the memory of the system.
    pub(crate) fn sync(&self) -> Result<(), Fault> {
        Ok(self.file.sync_all().while_doing("sync", &self.path)?)
    }

    /// Writes a part of the file as it is, so that the next sync has it to write.
    pub(crate) fn write_again(&self, from: u64, to: u64) -> Result<(), Fault> {
        let bytes = usize::try_from(to.saturating_sub(from)).unwrap_or_default();
        let mut part = vec![0; bytes];
        self.file
            .read_exact_at(&mut part, from)
            .while_doing("read", &self.path)?;
        Ok(self
            .file
            .write_all_at(&part, from)
            .while_doing("write", &self.path)?)
    }

    /// Overwrites a part of the file with zeros and syncs it.
    pub(crate) fn blank(&self, from: u64, to: u64) -> Result<(), Fault> {
        let bytes = usize::try_from(to.saturating_sub(from)).unwrap_or_default();
        self.file
            .write_all_at(&vec![0; bytes], from)
            .while_doing("write", &self.path)?;
        self.file.sync_data().while_doing("sync", &self.path)?;
        Ok(())
    }
}

fn header(log: LogId, volume: VolumeNumber, capacity: u64, salt: [u8; 8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(512);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&FORMAT.to_be_bytes());
    header.extend_from_slice(log.get().as_bytes());
    header.extend_from_slice(&volume.get().to_be_bytes());
    header.extend_from_slice(&capacity.to_be_bytes());
    header.extend_from_slice(&salt);
    header.resize(CRC_AT, 0);
    let crc = crc32fast::hash(&header);
    header.extend_from_slice(&crc.to_be_bytes());
    header
}

fn parse_header(
    path: &Path,
    header: &[u8],
    log: LogId,
    volume: VolumeNumber,
) -> Result<(u64, [u8; 8]), OpenError> {
    let damaged = |what: &str| OpenError::Corrupt {
        path: path.to_owned(),
        what: what.to_owned(),
        remedy: RESTORE,
    };
    let mut cursor = Cursor::new(header);
    let magic = cursor.array::<8>();
    let format = cursor.u32().unwrap_or_default();
    if magic == Some(MAGIC) && format > FORMAT {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            format,
        });
    }
    let (covered, crc) = header
        .split_at_checked(CRC_AT)
        .ok_or_else(|| damaged("it is cut off"))?;
    if crc32fast::hash(covered).to_be_bytes() != *crc {
        return Err(damaged("its header is not what was written"));
    }
    let found = cursor.array().map(|id| LogId::new(Uuid::from_bytes(id)));
    let number = cursor.u64().map(VolumeNumber::new);
    match (found, number, cursor.u64(), cursor.array()) {
        (Some(found), ..) if found != log => Err(OpenError::Foreign {
            path: path.to_owned(),
            found,
            expected: log,
        }),
        (Some(_), Some(number), Some(capacity), Some(salt)) if number == volume => {
            Ok((capacity, salt))
        }
        _ => Err(damaged("it is the journal of another volume")),
    }
}
