//! A small file that is replaced as a whole. It has one line of JSON and one with the CRC-32 of that line, so that a
//! changed byte is detected.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file.
#[derive(Debug, Clone)]
pub(crate) struct CheckedFile {
    path: PathBuf,
}

/// What is in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Loaded<T> {
    /// There is no file.
    Nothing,
    /// Something else than what was saved.
    Damaged,
    /// What was saved.
    Saved(T),
}

impl CheckedFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn load<T: DeserializeOwned>(&self) -> io::Result<Loaded<T>> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(decode(&bytes).map_or(Loaded::Damaged, Loaded::Saved)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Loaded::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Replaces what is in the file: after a crash it has the old or the new.
    pub(crate) fn save(&self, saved: &impl Serialize) -> io::Result<()> {
        let text = with_checksum(&serde_json::to_string(saved)?);
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

fn with_checksum(text: &str) -> String {
    format!("{text}\n{:08x}\n", crc32fast::hash(text.as_bytes()))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let kept = std::str::from_utf8(bytes).ok()?;
    let text = kept.lines().next()?;
    if with_checksum(text) != kept {
        return None;
    }
    serde_json::from_str(text).ok()
}
