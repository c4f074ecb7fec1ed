//! How far a node has followed the stream of records, kept in a small file. It only saves time: what it says is compared
//! with the stream and with the node's own log, and it is found again if it is lost.

use std::io;
use std::path::{Path, PathBuf};

use plansync_log::replication::{Applied, NodeId, Place, StreamSequence, Term};
use plansync_log::{Chain, Incarnation, LogId, Position};
use serde::{Deserialize, Serialize};

use crate::checked_file::{CheckedFile, Loaded};

/// The file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file {path}, which states how far this node has followed the log, cannot be read or written; no commit is lost: \
     check the disk and the permissions of the data folder"
)]
pub struct FollowFileError {
    /// The file.
    pub path: PathBuf,
    /// The message of the system.
    pub source: io::Error,
}

/// The file that holds the cursor.
#[derive(Debug, Clone)]
pub struct FollowFile {
    file: CheckedFile,
}

#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    log: LogId,
    incarnation: u32,
    /// Nanoseconds since 1970, as text: not every JSON reader has numbers of that size.
    stream_created_ns: String,
    sequence: StreamSequence,
    position: Position,
    chain: Chain,
    term: Term,
    leader: Option<NodeId>,
}

impl FollowFile {
    /// Its name in the data folder.
    pub const NAME: &str = "FOLLOW";

    /// The file of the node with this data folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            file: CheckedFile::new(folder.join(Self::NAME)),
        }
    }

    /// The cursor that was saved for the stream that was made at this time, in nanoseconds since 1970. `None` if there is
    /// none, or the file is damaged, which is logged.
    pub fn load(&self, stream_created_ns: i64) -> Result<Option<Applied>, FollowFileError> {
        let loaded = self.file.load();
        match loaded.map_err(|source| self.failed(source))? {
            Loaded::Saved(saved) => Ok(saved_for(&saved, stream_created_ns)),
            Loaded::Nothing => Ok(None),
            Loaded::Damaged => {
                let path = self.file.path().display();
                tracing::warn!(
                    %path,
                    "the file that states how far this node has followed the log is damaged; that is found out again"
                );
                Ok(None)
            }
        }
    }

    /// Replaces the cursor: after a crash the file has the old or the new one. The node's own log must be durable up to
    /// its end.
    pub fn save(&self, stream_created_ns: i64, cursor: &Applied) -> Result<(), FollowFileError> {
        let saved = self.file.save(&Saved {
            log: cursor.log,
            incarnation: cursor.incarnation.get(),
            stream_created_ns: stream_created_ns.to_string(),
            sequence: cursor.sequence,
            position: cursor.end.position,
            chain: cursor.end.chain,
            term: cursor.term,
            leader: cursor.leader,
        });
        saved.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> FollowFileError {
        FollowFileError {
            path: self.file.path().to_owned(),
            source,
        }
    }
}

fn saved_for(saved: &Saved, stream_created_ns: i64) -> Option<Applied> {
    let is_same = saved.stream_created_ns == stream_created_ns.to_string();
    is_same.then(|| Applied {
        log: saved.log,
        incarnation: Incarnation::new(saved.incarnation),
        sequence: saved.sequence,
        end: Place {
            position: saved.position,
            chain: saved.chain,
        },
        term: saved.term,
        leader: saved.leader,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const CREATED_NS: i64 = 1_764_000_000_123_456_789;

    fn cursor() -> Applied {
        Applied {
            log: LogId::new(Uuid::from_u128(1)),
            incarnation: Incarnation::new(2),
            sequence: StreamSequence::new(3),
            end: Place {
                position: Position::new(4),
                chain: Chain::new([5; 32]),
            },
            term: Term::new(6),
            leader: Some(NodeId::new(Uuid::from_u128(7))),
        }
    }

    #[test]
    fn what_was_saved_is_loaded_for_the_same_stream() {
        let folder = tempfile::tempdir().unwrap();
        let file = FollowFile::in_folder(folder.path());
        assert_eq!(file.load(CREATED_NS).unwrap(), None);
        for cursor in [
            cursor(),
            Applied {
                leader: None,
                ..cursor()
            },
        ] {
            file.save(CREATED_NS, &cursor).unwrap();
            assert_eq!(file.load(CREATED_NS).unwrap(), Some(cursor));
            assert_eq!(file.load(CREATED_NS + 1).unwrap(), None);
        }
    }

    #[test]
    fn what_was_changed_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let file = FollowFile::in_folder(folder.path());
        file.save(CREATED_NS, &cursor()).unwrap();
        let path = folder.path().join(FollowFile::NAME);
        let kept = std::fs::read(&path).unwrap();
        for index in 0..kept.len() {
            let mut changed = kept.clone();
            changed[index] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert_eq!(file.load(CREATED_NS).unwrap(), None, "byte {index}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = FollowFile::in_folder(&folder.path().join("gone"));
        let error = file.save(CREATED_NS, &cursor()).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::NotFound);
        assert!(error.path.ends_with(FollowFile::NAME));
    }
}
