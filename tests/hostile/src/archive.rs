//! A backup file.

use plansync_log::archive::ArchiveReader;

/// Commits that are read of one file: a short file may hold many, each of which is bounded.
const COMMITS_MAX: usize = 100_000;

/// A backup is refused, or gives commits that follow each other.
///
/// # Panics
/// If a guarantee is broken.
pub fn archive(bytes: &[u8]) {
    let Ok(mut reader) = ArchiveReader::new(bytes) else {
        return;
    };
    let mut last = None;
    for commit in reader.by_ref().take(COMMITS_MAX) {
        let Ok(commit) = commit else { return };
        if let Some(last) = last {
            assert!(commit.position() > last);
        }
        last = Some(commit.position());
    }
    if let Ok(tip) = reader.finish() {
        assert!(last.is_none_or(|last| tip.position == last));
    }
}
