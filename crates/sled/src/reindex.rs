//! Making everything again that is derived from the commits of sealed volumes: their rows, their tree
//! hashes, and the filters of groups. Stored state is removed, so that the next start folds the log. Databases of
//! volumes that are not sealed are made again whenever a log is opened. No commit is changed.

use std::ops::ControlFlow;
use std::path::Path;

use plansync_log::backend::{OpenError, Progress, Reindexed};

use crate::checkpoints;
use crate::damage::Failed;
use crate::derived;
use crate::disk;
use crate::folder_inspection::{must_be_folder, read_manifest};
use crate::lock::Lock;
use crate::merged;
use crate::sealed::Sealed;
use crate::shared::volumes;
use crate::tree;

const CACHE_BYTES: u64 = 16 << 20;

/// Makes the rows and tree hashes of every sealed volume again from its commits, whose chain is checked, and the filters of
/// groups from the rows. Stored state is removed. It holds the lock of the log, needs memory for one volume
/// at a time, and replaces each file as a whole, so that it can be interrupted and run again.
///
/// `watch` is called now and then with the progress.
pub fn reindex(
    dir: &Path,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Reindexed, OpenError> {
    must_be_folder(dir)?;
    // A folder without a log must not get a lock file.
    read_manifest(dir)?;
    let _lock = Lock::take(dir)?;
    let manifest = read_manifest(dir)?;
    let mut done = Reindexed {
        log: manifest.log,
        volumes: 0,
        commits: 0,
        rewritten: 0,
    };
    let mut progress = Progress {
        commits: 0,
        commits_total: manifest.tip().position.get(),
        bytes: 0,
    };
    let sealed = Sealed::all(&volumes(dir), &manifest);
    let mut ended = ControlFlow::Continue(());
    for volume in &sealed {
        let store = volume.open_store(CACHE_BYTES)?;
        let (index, hashes) = volume.derive(&store, &mut |commits, bytes| {
            progress.commits += commits;
            progress.bytes += bytes;
            ended = watch(progress);
        })?;
        if ended.is_break() {
            return Err(OpenError::Interrupted);
        }
        let rows = derived::encode(&volume.owner, &index);
        let hashes = tree::encode(&volume.owner, &hashes);
        let rewrote_rows = rewrite(&volume.dir.join(derived::NAME), &rows)?;
        let rewrote_hashes = rewrite(&volume.dir.join(tree::NAME), &hashes)?;
        done.rewritten += u64::from(rewrote_rows || rewrote_hashes);
        done.volumes += 1;
    }
    merged::remake(dir, &sealed)?;
    checkpoints::remove(dir)?;
    done.commits = progress.commits;
    Ok(done)
}

/// Writes a file unless it has this content. Returns whether it was written.
fn rewrite(path: &Path, content: &[u8]) -> Result<bool, Failed> {
    disk::remove_file(&disk::unfinished(path))?;
    let is_other = disk::read(path)?.as_deref() != Some(content);
    if is_other {
        disk::replace(path, content)?;
    }
    Ok(is_other)
}
