//! Restores: a log made of an archive, in an empty folder, as the next incarnation of the log that was
//! backed up. The log is built beside the folder, and moved there after it was verified from end to
//! end; nothing is overwritten.

mod build_folder;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use plansync_log::archive::ArchiveReader;
use plansync_log::backend::{
    Finding, FindingKind, OpenError, Prepare, Progress, RestoreError, RestoreKeys, RestorePoint,
    Restored, SealedTrees, unprepared,
};
use plansync_log::sealing::{KeyStore as _, KeyTree, TreeId, WrappingKey};
use plansync_log::{
    Append, Bodies, Incarnation, Incarnations, LogId, Opaque, Position, Read, Sequenced, Tip,
};

use crate::backup::unread;
use crate::copied::check_temporary;
use crate::head::{Head, HeadFile};
use crate::key_files::{self, KeyFiles, unstored};
use crate::manifest::Manifest;
use crate::verify::verify_reading;
use crate::{Options, Sealer, SledAppender, SledBackend, SledLog, SledReader, Stepped};
use build_folder::BuildFolder;

/// The size of the groups in which commits are appended, in bytes; smaller if volumes are small.
const GROUP_BYTES_MAX: u64 = 1 << 20;
const GROUPS_PER_VOLUME_MIN: u64 = 8;

/// Makes a log in the folder `dir` of the commits in an archive, up to the position `to` if one is given.
/// The folder must be empty or missing. The log begins its next incarnation, with this number if one is
/// given.
///
/// The whole archive is read and checked, even with `to`. The log is built in a folder with `.restoring`
/// appended to the name, verified from end to end, and renamed. An interrupted restore is simply started
/// again.
///
/// `watch` is called now and then with the progress: first of the reading, whose total is 0 unless `to` is
/// given, then of the verifying.
pub fn restore(
    dir: &Path,
    archive: impl io::Read,
    to: Option<Position>,
    incarnation: Option<Incarnation>,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Restored, RestoreError> {
    restore_with(dir, archive, to, incarnation, Options::default(), watch)
}

/// The same with volumes of another size. For tests.
#[doc(hidden)]
pub fn restore_with(
    dir: &Path,
    archive: impl io::Read,
    to: Option<Position>,
    incarnation: Option<Incarnation>,
    options: Options,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Restored, RestoreError> {
    let point = RestorePoint { to, incarnation };
    let what = (point, RestoreKeys::New);
    let prepare = &mut unprepared;
    restore_all(dir, archive, what, &Opaque, options, prepare, watch)
}

/// The same, and every event that is restored is read by `bodies`. `prepare` gets the log before the folder has its
/// name.
pub(crate) fn restore_all(
    dir: &Path,
    archive: impl io::Read,
    (point, keys): (RestorePoint, RestoreKeys),
    bodies: &dyn Bodies,
    options: Options,
    prepare: &mut Prepare<'_>,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Restored, RestoreError> {
    // The new log is verified in temporary copies. If none can be made, the work would be lost.
    check_temporary().map_err(OpenError::from)?;
    let folder = BuildFolder::prepare(dir)?;
    let mut reader = ArchiveReader::new(archive)?;
    let RestorePoint { to, incarnation } = point;
    let incarnation = incarnation.unwrap_or_else(|| reader.incarnations().current().next());
    let mut incarnations = reader.incarnations().clone();
    // An incarnation that cannot begin is refused before any work is done.
    incarnations.clone().begin(incarnation, &reader.tip())?;
    let mut trees = SealedTrees::under(keys, reader.log())?;
    let erasure_key = options.erasure_key.clone();
    let options = Options {
        new_log: reader.log(),
        ..options
    };
    let prepared = options.clone();
    let mut building = Building::begin(&folder, options, to, watch)?;
    for commit in reader.by_ref() {
        let commit = commit?;
        if to.is_none_or(|to| commit.position() <= to) {
            unread(bodies, &commit)
                .map_err(|(position, problem)| RestoreError::Unreadable { position, problem })?;
            trees.take(&commit, bodies)?;
        }
        building.take(commit)?;
    }
    let bytes = reader.bytes();
    let last = reader.finish()?;
    if let Some(to) = to.filter(|to| *to > last.position) {
        let last = last.position;
        return Err(RestoreError::Beyond { to, last });
    }
    let tip = building.finish()?;
    drop(building);
    incarnations.begin(incarnation, &tip)?;
    let tip = Tip { incarnation, ..tip };
    let seed = key_files::seed(&folder.log())?;
    let keys = install(&folder, tip.log, trees.keys(&seed), erasure_key.clone())?;
    rename_incarnation(&folder, incarnations, keys, &tip)?;
    check(&folder, &tip, erasure_key.as_ref(), watch)?;
    let log = SledBackend::new(folder.log(), prepared);
    prepare(&log).map_err(RestoreError::NotPrepared)?;
    folder.finish()?;
    Ok(Restored {
        tip,
        archive: last,
        bytes,
    })
}

/// A log that takes the commits of an archive.
struct Building<'a> {
    appender: SledAppender,
    reader: Arc<SledReader>,
    sealer: Sealer,
    to: Option<Position>,
    group: Vec<Sequenced>,
    group_bytes: usize,
    group_bytes_max: usize,
    progress: Progress,
    watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl<'a> Building<'a> {
    fn begin(
        folder: &BuildFolder,
        options: Options,
        to: Option<Position>,
        watch: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, RestoreError> {
        let share = options.volume_bytes / GROUPS_PER_VOLUME_MIN;
        let group_bytes_max = usize::try_from(share.min(GROUP_BYTES_MAX)).unwrap_or(usize::MAX);
        let (appender, reader, sealer) = SledLog::open(&folder.log(), options)?;
        let progress = Progress {
            commits: 0,
            commits_total: to.map_or(0, Position::get),
            bytes: 0,
        };
        Ok(Self {
            appender,
            reader,
            sealer,
            to,
            group: Vec::new(),
            group_bytes: 0,
            group_bytes_max,
            progress,
            watch,
        })
    }

    /// Takes the next commit, or skips it if it is after `to`.
    fn take(&mut self, commit: Sequenced) -> Result<(), RestoreError> {
        if self.to.is_some_and(|to| commit.position() > to) {
            return Ok(());
        }
        self.group_bytes += commit.stored().len();
        self.group.push(commit);
        if self.group_bytes >= self.group_bytes_max {
            self.append()?;
        }
        Ok(())
    }

    fn append(&mut self) -> Result<(), RestoreError> {
        self.appender.append(&self.group)?;
        self.progress.commits += u64::try_from(self.group.len()).unwrap_or(u64::MAX);
        self.progress.bytes += u64::try_from(self.group_bytes).unwrap_or(u64::MAX);
        self.group.clear();
        self.group_bytes = 0;
        self.settle()?;
        match (self.watch)(self.progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(RestoreError::Interrupted),
        }
    }

    /// Seals every volume that is full.
    fn settle(&mut self) -> Result<(), RestoreError> {
        while self.sealer.step()? != Stepped::Idle {}
        Ok(())
    }

    /// Appends the rest and returns the tip.
    fn finish(&mut self) -> Result<Tip, RestoreError> {
        self.append()?;
        Ok(self.reader.tip())
    }
}

impl Drop for Building<'_> {
    fn drop(&mut self) {
        // sled may write for a while after it was dropped. Its folder is removed or renamed next, so
        // this waits for it.
        let state = self.reader.shared.state();
        let active = Arc::clone(&state.active.volume);
        let next = state.next.clone();
        drop(state);
        for volume in [Some(active), next].into_iter().flatten() {
            volume.give_up_store();
        }
    }
}

/// Replaces the keys that were made with the log, if it gets others.
fn install(
    folder: &BuildFolder,
    log: LogId,
    tree: Option<KeyTree>,
    erasure_key: Option<WrappingKey>,
) -> Result<Option<TreeId>, RestoreError> {
    let Some(tree) = tree else {
        return Ok(None);
    };
    let files = KeyFiles::new(&folder.log(), log, erasure_key, None);
    files
        .replace(&tree)
        .map_err(|error| unstored(&folder.log(), error))?;
    Ok(Some(tree.id()))
}

/// Replaces the first incarnation, in which the log was built, with the incarnations of the restored log.
fn rename_incarnation(
    folder: &BuildFolder,
    incarnations: Incarnations,
    keys: Option<TreeId>,
    tip: &Tip,
) -> Result<(), RestoreError> {
    let dir = folder.log();
    if let Some(manifest) = Manifest::read(&dir)? {
        Manifest {
            keys: keys.or(manifest.keys),
            incarnations,
            ..manifest
        }
        .write(&dir)?;
    }
    Ok(HeadFile::create(&dir, Head::of(tip))?)
}

/// Verifies the log that was built.
fn check(
    folder: &BuildFolder,
    tip: &Tip,
    erasure_key: Option<&WrappingKey>,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), RestoreError> {
    let mut ended = ControlFlow::Continue(());
    let report = verify_reading(
        &folder.log(),
        erasure_key,
        &Opaque,
        &mut |_, _| {},
        &mut |progress| {
            ended = watch(progress);
            ended
        },
    );
    if ended.is_break() {
        return Err(RestoreError::Interrupted);
    }
    let is_only_unchecked = report.is_only_unchecked();
    let elsewhere = Finding {
        path: folder.log(),
        what: "its end differs from that of the backup".to_owned(),
        remedy: "nothing was put in place",
        kind: FindingKind::Damage,
    };
    let wrong = report
        .findings
        .into_iter()
        .find(|finding| finding.kind != FindingKind::Note)
        .or_else(|| (report.tip != Some(*tip)).then_some(elsewhere));
    wrong.map_or(Ok(()), |finding| {
        let finding = Box::new(finding);
        Err(if is_only_unchecked {
            RestoreError::NotChecked { finding }
        } else {
            RestoreError::NotWhole { finding }
        })
    })
}
