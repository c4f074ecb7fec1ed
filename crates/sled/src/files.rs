//! `files`: what a sealed volume's database consists of, file by file with crc. A database is
//! compared with it before sled opens it for the first time, because sled writes to what it finds
//! damaged. It refuses to know what is in the files.
//!
//! ```text
//! magic 8 · format u32 · log 16 · volume u64 · count u32 · { name text · bytes u64 · crc u32 }* · crc u32
//! ```

use std::fs::File;
use std::io::Read;
use std::path::Path;

use plansync_log::LogId;

use crate::damage::{Damage, Failed, Fault, While};
use crate::disk;
use crate::manifest::VolumeNumber;

pub(crate) const NAME: &str = "files";
const MAGIC: [u8; 8] = *b"plansynF";
const FORMAT: u32 = 1;

/// The content of `files` for the database in this folder as it is now, and its crc.
pub(crate) fn describe(
    store: &Path,
    log: LogId,
    volume: VolumeNumber,
) -> Result<(Vec<u8>, u32), Failed> {
    let mut rows = Vec::new();
    gather(store, "", &mut rows)?;
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

fn gather(dir: &Path, prefix: &str, rows: &mut Vec<Vec<u8>>) -> Result<(), Failed> {
    for path in disk::entries(dir)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            gather(&path, &format!("{name}/"), rows)?;
        } else {
            rows.push(row(&path, &name)?);
        }
    }
    Ok(())
}

fn row(path: &Path, name: &str) -> Result<Vec<u8>, Failed> {
    let mut file = File::open(path).while_doing("open", path)?;
    let (mut crc, mut bytes) = (crc32fast::Hasher::new(), 0_u64);
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece).while_doing("read", path)?;
        if read == 0 {
            break;
        }
        crc.update(&piece[..read]);
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    let mut row = vec![u8::try_from(name.len()).unwrap_or(u8::MAX)];
    row.extend_from_slice(name.as_bytes());
    row.extend_from_slice(&bytes.to_be_bytes());
    row.extend_from_slice(&crc.finalize().to_be_bytes());
    Ok(row)
}

/// Whether the database in this folder is byte for byte what was sealed.
pub(crate) fn check(
    dir: &Path,
    store: &Path,
    log: LogId,
    volume: VolumeNumber,
    expected_crc: u32,
) -> Result<(), Fault> {
    let path = dir.join(NAME);
    let sealed = disk::read(&path)?.ok_or_else(|| Damage::new(&path, "it is missing"))?;
    let crc = sealed.split_last_chunk::<4>();
    let crc = crc.filter(|(covered, crc)| crc32fast::hash(covered).to_be_bytes() == **crc);
    if crc.is_none_or(|(_, crc)| *crc != expected_crc.to_be_bytes()) {
        return Err(Damage::new(&path, "it is not what was written").into());
    }
    let (found, _) = describe(store, log, volume)?;
    if found == sealed {
        return Ok(());
    }
    Err(Damage::new(store, "its files are not what was sealed").into())
}
