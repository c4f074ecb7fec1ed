//! Restores a backup of an earlier version with all text about persons sealed. The backup is rewritten on its way into
//! the restore, which checks it like any other: nothing that is not sealed is written to a disk.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, PipeWriter};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use plansync_engine::{EventBodies, LogSealer, SealLogError};
use plansync_log::archive::{ArchiveReader, ArchiveWriter};
use plansync_log::backend::{
    Backend, Prepare, Progress, RestoreError, RestoreKeys, RestorePoint, Restored, SealedTrees,
};
use plansync_log::sealing::{KeyTree, Keys, Seed};
use plansync_log::{Incarnations, LogId};
use ring::rand::{SecureRandom as _, SystemRandom};
use uuid::Uuid;

/// So many commits are read between two looks at whether the process shall end.
const WATCH_EVERY: u64 = 1_000;

/// The keys of the texts in the backup, and those of the new log.
struct BothKeys {
    from: Keys,
    tree: KeyTree,
}

/// Restores the backup `file` as another log. `keys` are those of the texts that are sealed already.
pub(super) fn restore(
    file: &Path,
    to: &dyn Backend,
    keys: RestoreKeys,
    prepare: &mut Prepare<'_>,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> anyhow::Result<Restored> {
    let both = both_keys(file, keys, watch)?;
    let log = LogId::new(Uuid::new_v4());
    let (mut reading, writing) = io::pipe().context("no pipe could be made")?;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let rewriting = scope.spawn(|| rewrite((file, &both), writing, log, &is_over));
        let tree = both.tree.clone();
        let restored = to.restore(
            &mut BufReader::new(&mut reading),
            RestorePoint::default(),
            RestoreKeys::Given { log, tree },
            &EventBodies,
            prepare,
            watch,
        );
        is_over.store(true, Ordering::Relaxed);
        // Whoever writes into a pipe that nobody reads is ended by a signal. An error of reading ends the writing, too.
        let _ = io::copy(&mut reading, &mut io::sink());
        let rewritten = rewriting.join();
        match (
            restored,
            rewritten.unwrap_or_else(|_| Err(anyhow::anyhow!("sealing crashed"))),
        ) {
            // The restore was given an end too early because of the other error.
            (Err(RestoreError::Archive(_)), Err(error)) => Err(error),
            (Err(error), Ok(()) | Err(_)) => Err(error.into()),
            (Ok(restored), rewritten) => rewritten.map(|()| restored),
        }
    })
}

/// Reads the whole backup, and finds out whether every text in it can be read with these keys.
fn both_keys(
    file: &Path,
    keys: RestoreKeys,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> anyhow::Result<BothKeys> {
    let mut random = [0; 32];
    let filled = SystemRandom::new().fill(&mut random);
    filled.map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let seed = Seed::new(random);
    let mut reader = ArchiveReader::new(BufReader::new(File::open(file)?))?;
    let mut trees = SealedTrees::under(keys.clone(), reader.log())?;
    let mut progress = Progress {
        commits: 0,
        commits_total: 0,
        bytes: 0,
    };
    for commit in reader.by_ref() {
        let commit = commit?;
        trees.take(&commit, &EventBodies)?;
        progress.commits = commit.position().get();
        if progress.commits.is_multiple_of(WATCH_EVERY) && watch(progress).is_break() {
            return Err(RestoreError::Interrupted.into());
        }
    }
    reader.finish()?;
    let new = || KeyTree::begin(&seed, Vec::new());
    Ok(match keys {
        RestoreKeys::New => BothKeys {
            from: Keys::only_read(None),
            tree: new(),
        },
        RestoreKeys::Given { tree, .. } => {
            let lost = tree.lost().iter().copied().chain([tree.id()]);
            BothKeys {
                tree: KeyTree::begin(&seed, lost.collect()),
                from: Keys::only_read(Some(tree)),
            }
        }
        RestoreKeys::Lost => BothKeys {
            from: Keys::only_read(None),
            tree: trees.keys(&seed).unwrap_or_else(new),
        },
    })
}

/// Writes the backup of the new log. It has no end, and is refused, unless the other one is whole.
fn rewrite(
    (file, both): (&Path, &BothKeys),
    writing: PipeWriter,
    log: LogId,
    is_over: &AtomicBool,
) -> anyhow::Result<()> {
    let mut reader = ArchiveReader::new(BufReader::new(File::open(file)?))?;
    let out = BufWriter::new(writing);
    let mut writer = ArchiveWriter::new(out, log, &Incarnations::first(log))?;
    let keys = Keys::only_read(Some(both.tree.clone()));
    let mut sealer = LogSealer::new(&both.from, log, &keys);
    for commit in reader.by_ref() {
        anyhow::ensure!(!is_over.load(Ordering::Relaxed), "the restore ended");
        let next = sealer.seal(&commit?).map_err(|error| match error {
            SealLogError::Read(error) => anyhow::Error::from(error),
            SealLogError::TooLarge { .. } => anyhow::Error::from(error),
        })?;
        writer.push(&next)?;
    }
    reader.finish()?;
    io::Write::flush(&mut writer.finish()?)?;
    Ok(())
}
