//! The position of the relay, kept in a small file.

use std::io;
use std::path::{Path, PathBuf};

use plansync_log::Position;
use serde::{Deserialize, Serialize};

use crate::checked_file::{CheckedFile, Loaded};
use crate::port::LogName;

/// The last event that is known to be in the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    log: String,
    incarnation: u32,
    /// Nanoseconds since 1970, as text: not every JSON reader has numbers of that size.
    stream_created_ns: String,
    pub(crate) sequence: u64,
    position: u64,
    /// The position of an event that is missing from the stream, although later ones follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_out: Option<u64>,
}

impl Cursor {
    pub(crate) fn new(
        name: &LogName,
        stream_created_ns: i128,
        sequence: u64,
        position: Position,
    ) -> Self {
        Self {
            log: name.log.to_string(),
            incarnation: name.incarnation,
            stream_created_ns: stream_created_ns.to_string(),
            sequence,
            position: position.get(),
            left_out: None,
        }
    }

    /// The same, noting that an event is missing.
    pub(crate) fn without(self, position: Position) -> Self {
        Self {
            left_out: Some(position.get()),
            ..self
        }
    }

    /// The position of an event that is known to be missing.
    pub(crate) fn left_out(&self) -> Option<Position> {
        self.left_out.map(Position::new)
    }

    pub(crate) fn position(&self) -> Position {
        Position::new(self.position)
    }

    /// Whether the cursor is of this stream and of this incarnation of this log.
    pub(crate) fn speaks_of(&self, name: &LogName, stream_created_ns: i128) -> bool {
        *self.log == *name.log
            && self.incarnation == name.incarnation
            && self.stream_created_ns == stream_created_ns.to_string()
    }
}

/// Why the cursor cannot be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    /// The file cannot be read or written.
    #[error(
        "the file {path}, which states how far events were published, cannot be read or written; no event \
         is lost: check the disk and the permissions of the data folder"
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// The file was not written by the relay.
    #[error(
        "the file {path}, which states how far events were published, is damaged; no event is lost: remove \
         the file, and the engine continues after the last event in the stream"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl CursorError {
    /// Whether the only cause is a full disk.
    pub(crate) fn lacks_room(&self) -> bool {
        match self {
            Self::Io { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
            Self::Damaged { .. } => false,
        }
    }
}

/// The file that holds the cursor.
#[derive(Debug, Clone)]
pub struct CursorFile {
    file: CheckedFile,
}

impl CursorFile {
    /// Its name in the data folder.
    pub const NAME: &str = "RELAY";

    /// The cursor file of the engine with this data folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: CheckedFile::new(folder.join(Self::NAME)),
        }
    }

    /// Checks that the relay could continue with the cursor, if there is one.
    pub fn check(&self) -> Result<(), CursorError> {
        self.load().map(|_| ())
    }

    pub(crate) fn load(&self) -> Result<Option<Cursor>, CursorError> {
        let loaded = self.file.load();
        match loaded.map_err(|source| self.failed(source))? {
            Loaded::Saved(cursor) => Ok(Some(cursor)),
            Loaded::Nothing => Ok(None),
            Loaded::Damaged => Err(CursorError::Damaged {
                path: self.file.path().to_owned(),
            }),
        }
    }

    /// Replaces the cursor atomically: after a crash the file has the old or the new one.
    pub(crate) fn save(&self, cursor: &Cursor) -> Result<(), CursorError> {
        let saved = self.file.save(cursor);
        saved.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> CursorError {
        CursorError::Io {
            path: self.file.path().to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, CursorError, CursorFile};
    use plansync_log::Position;

    use crate::port::LogName;

    #[test]
    fn what_was_saved_is_loaded_and_damage_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = CursorFile::in_folder(folder.path());
        assert_eq!(file.load().unwrap(), None);
        let name = LogName {
            log: "0a".into(),
            incarnation: 2,
        };
        let cursor = Cursor::new(&name, 1_764_000_000_123_456_789, 7, Position::new(9));
        file.save(&cursor).unwrap();
        assert_eq!(file.load().unwrap(), Some(cursor.clone()));
        assert!(cursor.speaks_of(&name, 1_764_000_000_123_456_789));
        assert!(!cursor.speaks_of(&name, 1_764_000_000_123_456_788));
        let path = folder.path().join(CursorFile::NAME);
        let kept = std::fs::read(&path).unwrap();
        for index in 0..kept.len() {
            let mut changed = kept.clone();
            changed[index] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let refused = file.load().unwrap_err();
            assert!(matches!(refused, CursorError::Damaged { .. }), "{refused}");
        }
    }
}
