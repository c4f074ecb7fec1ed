//! The log in memory as a backend: the simplest implementation of the port, for tests.

use std::fs;
use std::io;
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{MemoryCheckpoints, MemoryLog};
use crate::archive::{ArchiveReader, ArchiveWriter, NotArchived};
use crate::backend::{
    BackedUp, Backend, BackupError, Existing, Finding, FindingKind, Inspection, LogView, OpenError,
    OpenLog, Prepare, Progress, Reindexed, Report, RestoreError, RestoreKeys, RestorePoint,
    Restored, SealedTrees,
};
use crate::memory::keys::StoredKeys;
use crate::merkle::Hash;
use crate::sealing::Keys;
use crate::{Bodies, Checkpoints, Incarnations, LogId, Position, Read, Sequenced, Tip};

/// What errors and findings name as the place of the log.
const PLACE: &str = "memory";
/// An inspection gives so many commits at once.
const PAGE_COUNT: usize = 1_000;

/// A place in memory for one log. Clones share the place.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use plansync_log::backend::{Backend, OpenError, unwatched};
/// use plansync_log::memory::MemoryBackend;
/// use plansync_log::{LogId, Opaque, Position};
/// use uuid::Uuid;
///
/// let backend = MemoryBackend::new(LogId::new(Uuid::from_u128(1)));
/// let open = backend.open(&mut |_| ControlFlow::Continue(()))?;
/// assert_eq!(open.read.tip().position, Position::ZERO);
/// drop(open);
/// assert!(backend.verify(&Opaque, &mut |_, _| {}, &mut unwatched).is_whole());
/// # Ok::<_, OpenError>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryBackend {
    held: Arc<Mutex<Place>>,
}

#[derive(Debug)]
struct Place {
    new_log: LogId,
    log: Option<MemoryLog>,
    checkpoints: MemoryCheckpoints,
    keys: StoredKeys,
}

impl MemoryBackend {
    /// A place that holds no log. The first opening begins one with this id.
    pub fn new(new_log: LogId) -> Self {
        let place = Place {
            new_log,
            log: None,
            checkpoints: MemoryCheckpoints::new(),
            keys: StoredKeys::default(),
        };
        Self {
            held: Arc::new(Mutex::new(place)),
        }
    }

    fn held(&self) -> MutexGuard<'_, Place> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Result<Snapshot, OpenError> {
        let place = self.held();
        let log = place.log.as_ref().ok_or_else(no_log)?;
        let held = log.held();
        Ok(Snapshot {
            tip: held.tip,
            incarnations: held.incarnations.clone(),
            commits: held.commits.clone(),
            is_in_use: log.is_shared(),
        })
    }
}

impl Backend for MemoryBackend {
    fn open(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<OpenLog, OpenError> {
        let mut place = self.held();
        if let Some(log) = &place.log {
            refuse_shared(log)?;
            if watch(progress(&log.held().commits)).is_break() {
                return Err(OpenError::Interrupted);
            }
        }
        let new_log = place.new_log;
        let log = place.log.get_or_insert_with(|| MemoryLog::new(new_log));
        let (append, read, tip) = (log.clone(), log.clone(), log.tip());
        let keys = place.keys.open(tip);
        let checkpoints: Arc<dyn Checkpoints> = Arc::new(place.checkpoints.clone());
        Ok(OpenLog {
            append: Box::new(append),
            read: Arc::new(read),
            checkpoints: Ok(checkpoints),
            keys: Arc::new(keys),
            background: Vec::new(),
        })
    }

    fn inspect(&self) -> Result<Box<dyn Inspection>, OpenError> {
        Ok(Box::new(self.look()?))
    }

    fn view(&self, _temporary: &Path) -> Result<LogView, OpenError> {
        let Snapshot {
            incarnations,
            commits,
            is_in_use,
            ..
        } = self.look()?;
        let place = self.held();
        let log = place.log.as_ref().ok_or_else(no_log)?.tip().log;
        Ok(LogView {
            read: Arc::new(MemoryLog::of(log, incarnations, commits.iter())),
            checkpoints: Some(Arc::new(place.checkpoints.only_read())),
            keys: Arc::new(place.keys.only_read()),
            is_in_use,
            wrong: Vec::new(),
        })
    }

    fn keys(&self) -> Result<Arc<Keys>, OpenError> {
        let place = self.held();
        place.log.as_ref().ok_or_else(no_log)?;
        Ok(Arc::new(place.keys.only_read()))
    }

    fn verify(
        &self,
        bodies: &dyn Bodies,
        each: &mut dyn FnMut(Position, Hash),
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Report {
        match self.look() {
            Ok(snapshot) => {
                let ended = watch(progress(&snapshot.commits));
                let mut report = snapshot.verify(bodies, each);
                if ended.is_break() {
                    report.add(Finding::ended(Path::new(PLACE)));
                }
                report
            }
            Err(error) => {
                let mut report = Report::default();
                let what = error.to_string();
                report.add(finding(FindingKind::Damage, what, "open the log first"));
                report
            }
        }
    }

    fn backup(
        &self,
        file: &Path,
        existing: Existing,
        bodies: &dyn Bodies,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<BackedUp, BackupError> {
        if existing == Existing::Keep && file.exists() {
            let file = file.to_owned();
            return Err(BackupError::Exists { file });
        }
        let snapshot = self.look()?;
        let failed = |source| BackupError::Io {
            doing: "write",
            path: file.to_owned(),
            source,
        };
        let bytes = snapshot.archived().map_err(|refused| match refused {
            NotArchived::Io(source) => failed(source),
            NotArchived::OutOfOrder { .. } => failed(io::Error::other(refused)),
        })?;
        for commit in &snapshot.commits {
            let position = commit.position();
            let unreadable = |problem| BackupError::Unreadable { position, problem };
            commit.read_with(bodies).map_err(unreadable)?;
        }
        let read_back = ArchiveReader::new(&*bytes).and_then(ArchiveReader::finish);
        let tip = read_back.map_err(|source| BackupError::NotReadBack {
            file: file.to_owned(),
            source,
        })?;
        let progress = progress(&snapshot.commits);
        if watch(progress).is_break() {
            return Err(BackupError::Interrupted);
        }
        fs::write(file, &bytes).map_err(failed)?;
        Ok(BackedUp {
            tip,
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            commit_bytes: progress.bytes,
        })
    }

    fn restore(
        &self,
        archive: &mut dyn io::Read,
        RestorePoint { to, incarnation }: RestorePoint,
        keys: RestoreKeys,
        bodies: &dyn Bodies,
        prepare: &mut Prepare<'_>,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Restored, RestoreError> {
        let mut place = self.held();
        if place.log.is_some() {
            let dir = PathBuf::from(PLACE);
            return Err(RestoreError::NotEmpty { dir });
        }
        let mut reader = ArchiveReader::new(archive)?;
        let incarnations = reader.incarnations().clone();
        let mut trees = SealedTrees::under(keys, reader.log())?;
        let mut commits = Vec::new();
        for commit in reader.by_ref() {
            let commit = commit?;
            let position = commit.position();
            if to.is_none_or(|to| position <= to) {
                let unreadable = |problem| RestoreError::Unreadable { position, problem };
                commit.read_with(bodies).map_err(unreadable)?;
                trees.take(&commit, bodies)?;
                commits.push(commit);
            }
        }
        let bytes = reader.bytes();
        let archive = reader.finish()?;
        if let Some(to) = to.filter(|to| *to > archive.position) {
            let last = archive.position;
            return Err(RestoreError::Beyond { to, last });
        }
        let incarnation = incarnation.unwrap_or_else(|| incarnations.current().next());
        let log = MemoryLog::inheriting(archive.log, incarnations, incarnation, commits.iter())?;
        if watch(progress(&commits)).is_break() {
            return Err(RestoreError::Interrupted);
        }
        let tip = log.tip();
        let seed = StoredKeys::seed(tip);
        let made = Self::new(tip.log);
        made.held().keys.put(trees.keys(&seed));
        made.held().log = Some(log);
        prepare(&made).map_err(RestoreError::NotPrepared)?;
        mem::swap(&mut *place, &mut *made.held());
        Ok(Restored {
            tip,
            archive,
            bytes,
        })
    }

    fn reindex(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Reindexed, OpenError> {
        let place = self.held();
        let log = place.log.as_ref().ok_or_else(no_log)?;
        refuse_shared(log)?;
        let progress = progress(&log.held().commits);
        if watch(progress).is_break() {
            return Err(OpenError::Interrupted);
        }
        place.checkpoints.clear();
        Ok(Reindexed {
            log: log.tip().log,
            volumes: 0,
            commits: progress.commits,
            rewritten: 0,
        })
    }
}

/// The log as it was at one moment.
struct Snapshot {
    tip: Tip,
    incarnations: Incarnations,
    commits: Vec<Sequenced>,
    is_in_use: bool,
}

impl Snapshot {
    fn verify(&self, bodies: &dyn Bodies, each: &mut dyn FnMut(Position, Hash)) -> Report {
        let mut report = Report {
            log: Some(self.tip.log),
            tip: Some(self.tip),
            incarnations: Some(self.incarnations.clone()),
            is_in_use: self.is_in_use,
            ..Report::default()
        };
        let mut tip = Tip::empty(self.tip.log, self.tip.incarnation);
        for commit in &self.commits {
            let position = commit.position();
            if tip.precedes(commit) {
                each(position, Hash::of_leaf(commit.stored()));
            } else {
                let what = format!("the chain breaks at commit {position}");
                report.add(finding(FindingKind::Damage, what, "restore a backup"));
            }
            match commit.read_with(bodies) {
                Ok(remarks) => remarks.into_iter().for_each(|remark| {
                    let what = format!("the commit {position}: {remark}");
                    report.add(finding(FindingKind::Note, what, "nothing is to be done"));
                }),
                Err(problem) => {
                    let what = format!("the commit {position} cannot be decoded: {problem}");
                    let remedy = "use the version that wrote it";
                    report.add(finding(FindingKind::Unreadable, what, remedy));
                }
            }
            tip = tip.after(commit);
        }
        let Progress { commits, bytes, .. } = progress(&self.commits);
        Report {
            commits,
            bytes,
            ..report
        }
    }

    fn archived(&self) -> Result<Vec<u8>, NotArchived> {
        let mut writer = ArchiveWriter::new(Vec::new(), self.tip.log, &self.incarnations)?;
        self.commits
            .iter()
            .try_for_each(|commit| writer.push(commit))?;
        Ok(writer.finish()?)
    }
}

impl Inspection for Snapshot {
    fn tip(&self) -> Tip {
        self.tip
    }

    fn incarnations(&self) -> Incarnations {
        self.incarnations.clone()
    }

    fn is_in_use(&self) -> bool {
        self.is_in_use
    }

    fn commits(
        &self,
        from: Position,
        each: &mut dyn FnMut(&[Sequenced]) -> ControlFlow<()>,
    ) -> Result<(), OpenError> {
        let first = self.commits.partition_point(|it| it.position() < from);
        let wanted = self.commits.get(first..).unwrap_or_default();
        // Whoever breaks off has what they want.
        let _ = wanted.chunks(PAGE_COUNT).try_for_each(each);
        Ok(())
    }
}

fn no_log() -> OpenError {
    OpenError::NoLog {
        dir: PathBuf::from(PLACE),
        within: None,
    }
}

fn refuse_shared(log: &MemoryLog) -> Result<(), OpenError> {
    if log.is_shared() {
        let dir = PathBuf::from(PLACE);
        return Err(OpenError::Locked { dir });
    }
    Ok(())
}

fn finding(kind: FindingKind, what: String, remedy: &'static str) -> Finding {
    Finding {
        path: PathBuf::from(PLACE),
        what,
        remedy,
        kind,
    }
}

/// The progress of an operation that has all of these behind it.
fn progress(commits: &[Sequenced]) -> Progress {
    let count = u64::try_from(commits.len()).unwrap_or(u64::MAX);
    let bytes: usize = commits.iter().map(|commit| commit.stored().len()).sum();
    Progress {
        commits: count,
        commits_total: count,
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
    }
}
