//! `files`: the list of the files of a sealed volume's database, each with its checksum. A database is
//! compared with the list before sled opens it for the first time, because sled changes files that it
//! finds damaged.
//!
//! ```text
//! magic 8 · format u32 · log 16 · volume u64 · count u32 · { name text · bytes u64 · crc u32 }* · crc u32
//! ```

use std::fs::File;
use std::io::Read;
use std::path::Path;

use plansync_log::LogId;
use plansync_log::bytes::Cursor;
use uuid::Uuid;

use crate::damage::{Damage, Failed, Fault, MOVE_AWAY, While};
use crate::disk;
use crate::manifest::VolumeNumber;

pub(crate) const NAME: &str = "files";
const MAGIC: [u8; 8] = *b"plansynF";
const FORMAT: u32 = 1;
/// Files are read in pieces of this size, in bytes.
const PIECE_BYTES: usize = 1 << 20;

/// The content of `files` for the database in this folder as it is now, and its crc.
pub(crate) fn describe(
    store: &Path,
    log: LogId,
    volume: VolumeNumber,
) -> Result<(Vec<u8>, u32), Failed> {
    let mut all = Vec::new();
    names(store, "", &mut all)?;
    let rows: Vec<Vec<u8>> = all
        .iter()
        .map(|name| row(&store.join(name), name))
        .collect::<Result<_, _>>()?;
    let mut out = Vec::new();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_be_bytes());
    out.extend_from_slice(log.get().as_bytes());
    out.extend_from_slice(&volume.get().to_be_bytes());
    out.extend_from_slice(&u32::try_from(rows.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(rows.into_iter().flatten());
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_be_bytes());
    Ok((out, crc))
}

fn row(path: &Path, name: &str) -> Result<Vec<u8>, Failed> {
    let mut bytes = 0_u64;
    let mut crc = crc32fast::Hasher::new();
    read(path, &mut |piece| {
        crc.update(piece);
        bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        Ok(())
    })?;
    let mut row = vec![u8::try_from(name.len()).unwrap_or(u8::MAX)];
    row.extend_from_slice(name.as_bytes());
    row.extend_from_slice(&bytes.to_be_bytes());
    row.extend_from_slice(&crc.finalize().to_be_bytes());
    Ok(row)
}

/// Passes on the content of a file in pieces.
fn read(path: &Path, each: &mut dyn FnMut(&[u8]) -> Result<(), Failed>) -> Result<(), Failed> {
    let mut file = File::open(path).while_doing("open", path)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = file.read(&mut piece).while_doing("read", path)?;
        if read == 0 {
            return Ok(());
        }
        each(&piece[..read])?;
    }
}

/// A file as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    bytes: u64,
    crc: u32,
}

impl Listed {
    /// Passes on the content of the file at this path, and fails at the end if it is not what was
    /// sealed.
    pub(crate) fn read(
        &self,
        path: &Path,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Failed>,
    ) -> Result<(), Fault> {
        if !disk::find(path)?.is_some_and(|found| found.is_file()) {
            return Err(Damage::new(path, "it is missing").into());
        }
        let mut bytes = 0_u64;
        let mut crc = crc32fast::Hasher::new();
        read(path, &mut |piece| {
            crc.update(piece);
            bytes = bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            each(piece)
        })?;
        if bytes != self.bytes {
            let what = format!("it has {bytes} bytes instead of {}", self.bytes);
            return Err(Damage::new(path, what).into());
        }
        if crc.finalize() != self.crc {
            return Err(Damage::new(path, "it is not what was sealed").into());
        }
        Ok(())
    }
}

/// The list of files in this folder, which must be the one that the manifest names.
pub(crate) fn list(
    dir: &Path,
    log: LogId,
    volume: VolumeNumber,
    expected_crc: u32,
) -> Result<Vec<Listed>, Fault> {
    let path = dir.join(NAME);
    let (_, covered) = sealed(&path, expected_crc)?;
    let listed = decode(&covered, log, volume);
    Ok(listed.ok_or_else(|| Damage::new(&path, "it belongs to another volume"))?)
}

/// The bytes of the list, with and without their crc.
fn sealed(path: &Path, expected_crc: u32) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let bytes = disk::read(path)?.ok_or_else(|| Damage::new(path, "it is missing"))?;
    let mut cursor = Cursor::new(&bytes);
    let (magic, format) = (cursor.array::<8>(), cursor.u32().unwrap_or_default());
    let crc = bytes.split_last_chunk::<4>();
    let crc = crc.filter(|(covered, crc)| crc32fast::hash(covered).to_be_bytes() == **crc);
    match crc {
        Some(_) if magic == Some(MAGIC) && format > FORMAT => {
            Err(Damage::newer(path, format).into())
        }
        Some((covered, crc)) if *crc == expected_crc.to_be_bytes() => {
            let covered = covered.to_vec();
            Ok((bytes, covered))
        }
        _ => Err(Damage::new(path, "it is not what was written").into()),
    }
}

fn decode(covered: &[u8], log: LogId, volume: VolumeNumber) -> Option<Vec<Listed>> {
    let mut cursor = Cursor::new(covered);
    cursor.take(MAGIC.len() + 4)?;
    let is_mine = LogId::new(Uuid::from_bytes(cursor.array()?)) == log
        && VolumeNumber::new(cursor.u64()?) == volume;
    let count = cursor.u32()?;
    let listed = (0..count)
        .map(|_| listed(&mut cursor))
        .collect::<Option<_>>()?;
    (is_mine && cursor.is_empty()).then_some(listed)
}

fn listed(cursor: &mut Cursor<'_>) -> Option<Listed> {
    let name = cursor.text()?.to_owned();
    // We write no name that leads out of the folder.
    let is_inside = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    Some(Listed {
        name: is_inside.then_some(name)?,
        bytes: cursor.u64()?,
        crc: cursor.u32()?,
    })
}

/// Files in the folder of a database that were not sealed with it.
pub(crate) fn foreign_files(store: &Path, listed: &[Listed]) -> Result<Vec<Damage>, Failed> {
    let mut all = Vec::new();
    names(store, "", &mut all)?;
    let strange = all
        .into_iter()
        .filter(|name| listed.iter().all(|one| one.name != *name));
    Ok(strange
        .map(|name| Damage {
            path: store.join(name),
            what: "it is not one of the files that were sealed with this volume".to_owned(),
            remedy: MOVE_AWAY,
        })
        .collect())
}

fn names(dir: &Path, prefix: &str, all: &mut Vec<String>) -> Result<(), Failed> {
    for path in disk::entries(dir)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            names(&path, &format!("{name}/"), all)?;
        } else {
            all.push(name);
        }
    }
    Ok(())
}

/// Whether the database in this folder is byte for byte what was sealed.
pub(crate) fn check(
    dir: &Path,
    store: &Path,
    log: LogId,
    volume: VolumeNumber,
    expected_crc: u32,
) -> Result<(), Fault> {
    let (sealed, _) = sealed(&dir.join(NAME), expected_crc)?;
    let (found, _) = describe(store, log, volume)?;
    if found == sealed {
        return Ok(());
    }
    Err(Damage::new(store, "its files are not what was sealed").into())
}
