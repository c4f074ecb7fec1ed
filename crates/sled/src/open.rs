//! Opening a log: everything that must be there is found and checked before anything is written. The
//! cost depends on the volumes that are not sealed, not on the number of commits. If something is
//! missing or damaged, the log is not opened.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use plansync_log::backend::{OpenError, Progress};
use plansync_log::sealing::Keys;
use plansync_log::{Incarnations, Tip};

use crate::damage::{RESTORE, While};
use crate::disk;
use crate::folder_inspection::is_data_folder;
use crate::head::{Head, HeadFile, Slots};
use crate::journal::Writer;
use crate::key_files::{self, KeyFiles, Seen, unstored};
use crate::lock::{self, Lock};
use crate::manifest::{self, Manifest, VolumeNumber};
use crate::recovery::{self, Found};
use crate::seal;
use crate::sealed::Sealed;
use crate::sealer::{self, Sealer};
use crate::shared::{Shared, State, VOLUMES, volume_dir, volumes};
use crate::unsealed::{Content, JOURNAL};
use crate::volume_inspection::{self, How};
use crate::{Options, SledAppender, SledReader};

/// A log on disk.
#[derive(Debug)]
pub struct SledLog;

impl SledLog {
    /// Opens the log in this folder, and begins one if the folder holds none. Background work is left to
    /// the [`Sealer`] and its [`HeadWriter`](crate::HeadWriter).
    ///
    /// The log is open until all three parts are dropped.
    pub fn open(
        dir: &Path,
        options: Options,
    ) -> Result<(SledAppender, Arc<SledReader>, Sealer), OpenError> {
        Self::open_watched(dir, options, &mut |_| ControlFlow::Continue(()))
    }

    /// The same. `watch` is called before and after the journals are read, which takes most of the time,
    /// and can end the opening: no existing log is changed before.
    pub(crate) fn open_watched(
        dir: &Path,
        options: Options,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(SledAppender, Arc<SledReader>, Sealer), OpenError> {
        if dir.is_file() {
            let path = dir.to_owned();
            return Err(OpenError::NotAFolder { path });
        }
        refuse_strangers(dir)?;
        disk::create_dirs(dir)?;
        let lock = Arc::new(Lock::take(dir)?);
        let manifest = match Manifest::read(dir)? {
            Some(manifest) => manifest,
            None => begin(dir, &options)?,
        };
        let operator = options.erasure_key.clone();
        let key_files = KeyFiles::new(dir, manifest.log, operator, Some(Arc::clone(&lock)));
        let keys = key_files.read(manifest.keys)?;
        let head = HeadFile::open(dir)?;
        go_on(watch, manifest.tip(), &head.held, 0)?;
        let found =
            volume_inspection::inspect(dir, &manifest, Some(&head.held), How::Own).whole()?;
        let tip = found.last().map_or(manifest.tip(), |last| last.content.tip);
        go_on(
            watch,
            tip,
            &head.held,
            found.iter().map(|one| one.content.end).sum(),
        )?;
        tell(&found, &head.held);
        settle(dir, &found, &head.held)?;
        let (manifest, keys) = with_keys(dir, manifest, key_files, keys)?;
        let (state, writer) = ready(dir, &options, &manifest, found)?;
        let shared = Arc::new(Shared::new(dir, options, lock, manifest, head, keys, state));
        let appender = SledAppender::new(Arc::clone(&shared), writer);
        let reader = Arc::new(SledReader {
            shared: Arc::clone(&shared),
        });
        Ok((appender, reader, Sealer::new(shared)))
    }
}

/// Calls `watch` with the progress of the opening, and ends the opening if it breaks.
fn go_on(
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    tip: Tip,
    head: &Head,
    bytes: u64,
) -> Result<(), OpenError> {
    let commits = tip.position.get();
    let progress = Progress {
        commits,
        commits_total: commits.max(head.position.get()),
        bytes,
    };
    match watch(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(OpenError::Interrupted),
    }
}

/// Makes the keys of a log durable, which are new if it has none, and the manifest say that it has them: only
/// then can a commit be sealed with them.
fn with_keys(
    dir: &Path,
    manifest: Manifest,
    key_files: KeyFiles,
    seen: Option<Seen>,
) -> Result<(Manifest, Keys), OpenError> {
    let tree = match seen {
        Some(seen) => key_files.settle(seen),
        None => key_files.begin(),
    };
    let tree = tree.map_err(|error| unstored(dir, error))?;
    let keys = Some(tree.id());
    let manifest = if manifest.keys == keys {
        manifest
    } else {
        let manifest = Manifest { keys, ..manifest };
        manifest.write(dir)?;
        manifest
    };
    Ok((manifest, Keys::new(tree, Box::new(key_files))))
}

/// Begins a log. The manifest is written last: a folder without one holds no commits.
fn begin(dir: &Path, options: &Options) -> Result<Manifest, OpenError> {
    refuse_lost_manifest(dir)?;
    refuse_foreign_files(dir)?;
    let volumes = volumes(dir);
    disk::remove_tree(&volumes)?;
    fs::create_dir_all(&volumes).while_doing("create", &volumes)?;
    disk::sync_dir(dir)?;
    disk::sync_parent(dir)?;
    let manifest = Manifest::new(options.new_log, Incarnations::first(options.new_log));
    let (log, room) = (options.new_log, options.volume_bytes);
    sealer::make_volume(
        &volumes,
        log,
        VolumeNumber::FIRST,
        room,
        options.cache_bytes,
    )?;
    // They would belong to another log than this `HEAD`, so that nobody could tell that they are left over.
    key_files::remove(dir)?;
    HeadFile::create(dir, Head::of(&manifest.tip()))?;
    let keys = KeyFiles::new(dir, log, options.erasure_key.clone(), None).begin();
    let manifest = Manifest {
        keys: Some(keys.map_err(|error| unstored(dir, error))?.id()),
        ..manifest
    };
    manifest.write(dir)?;
    Ok(manifest)
}

/// What the first steps of a log make in its folder, and what is left of them is called with `.new` behind it.
const FIRST: [&str; 8] = [
    lock::NAME,
    VOLUMES,
    crate::head::NAME,
    manifest::NAME,
    key_files::NAME,
    key_files::KEY_NAME,
    crate::filters::NAME,
    crate::checkpoints::NAME,
];
/// A folder that the file system makes where it is mounted.
const OF_FILE_SYSTEM: &str = "lost+found";

/// A log begins in a folder of its own: one that has other files was probably named by mistake, and there they would be
/// mixed with those of the log. Files whose names begin with a dot do not count.
fn refuse_strangers(dir: &Path) -> Result<(), OpenError> {
    if is_data_folder(dir) {
        return Ok(());
    }
    match stranger_in(dir) {
        Some(path) => Err(OpenError::InTheWay { path }),
        None => Ok(()),
    }
}

/// A file in a folder without a log that keeps a log from being begun there, if there is one.
pub fn stranger_in(dir: &Path) -> Option<PathBuf> {
    let may_be_there = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_of_log = |first: &&str| {
            let rest = name.strip_prefix(*first);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".new"))
        };
        name.starts_with('.') || name == OF_FILE_SYSTEM || FIRST.iter().any(is_of_log)
    };
    // Why a folder cannot be listed is told by what is done there next.
    let mut entries = disk::entries(dir).unwrap_or_default().into_iter();
    entries.find(|path| !may_be_there(path))
}

/// An interrupted beginning has no commits. If there may be some, the manifest was lost.
pub(crate) fn refuse_lost_manifest(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join(manifest::NAME);
    let lost = || OpenError::Corrupt {
        path,
        what: "it is missing, though there are commits".to_owned(),
        remedy: RESTORE,
    };
    let has_head = disk::read(&dir.join(crate::head::NAME))?.is_some();
    if has_head && HeadFile::open(dir).is_ok_and(|head| head.held.position.get() > 0) {
        return Err(lost());
    }
    for number in volume_inspection::numbers(&volumes(dir))? {
        let has_more = number > VolumeNumber::FIRST;
        let journal = volume_dir(&volumes(dir), number).join(JOURNAL);
        let content = disk::read(&journal)?.unwrap_or_default();
        let begins = crate::journal::HEADER_BYTES;
        let groups = usize::try_from(begins)
            .ok()
            .and_then(|begins| content.get(begins..));
        if has_more || groups.is_some_and(|groups| groups.iter().any(|byte| *byte != 0)) {
            return Err(lost());
        }
    }
    Ok(())
}

/// A new log overwrites what an interrupted beginning left, and nothing else: a folder of another program
/// may have a `volumes` or a `HEAD` of its own, and somebody may have put copies of keys there.
fn refuse_foreign_files(dir: &Path) -> Result<(), OpenError> {
    let in_the_way = |path| Err(OpenError::InTheWay { path });
    let (head, volumes) = (dir.join(crate::head::NAME), volumes(dir));
    if disk::read(&head)?.is_some_and(|bytes| !crate::head::is_ours(&bytes)) {
        return in_the_way(head);
    }
    if let Some(path) = key_files::not_of(dir, Slots::read(dir).ok().map(|slots| slots.held.log))? {
        return in_the_way(path);
    }
    let first = VolumeNumber::FIRST.to_string();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let rest = name.strip_prefix(&*first);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".new"))
    };
    let stranger = disk::entries(&volumes)?
        .into_iter()
        .find(|path| !is_ours(path));
    stranger.map_or(Ok(()), in_the_way)
}

/// Logs that the log was not closed, if it was not.
fn tell(found: &[Found], head: &Head) {
    let tip = found.last().map(|last| last.content.tip.position);
    if let Some(tip) = tip.filter(|tip| *tip > head.position) {
        tracing::info!(%tip, head = %head.position, "the log was not closed properly; every complete group of commits after HEAD is kept");
    }
}

/// Makes durable what was found. A process that was killed leaves bytes and names that can be read but may
/// not survive a loss of power. They must be durable before anything is written after them or shown.
///
/// What `HEAD` does not cover is written again: after a failed sync, the system may return from its memory
/// what it never wrote, and a second sync would not write it.
fn settle(dir: &Path, found: &[Found], head: &Head) -> Result<(), OpenError> {
    for name in [manifest::NAME, crate::head::NAME] {
        let path = dir.join(name);
        File::open(&path)
            .and_then(|file| file.sync_all())
            .while_doing("sync", &path)?;
    }
    for one in found {
        let (content, journal) = (&one.content, &one.content.volume.journal);
        if content.tip.position > head.position {
            let from = content.span(head.position.next()).from_offset;
            journal.write_again(from, content.end)?;
        }
        journal.sync()?;
        disk::sync_dir(&content.volume.dir)?;
    }
    disk::sync_dir(&volumes(dir))?;
    disk::sync_dir(dir)?;
    Ok(disk::sync_parent(dir)?)
}

/// Removes leftovers and opens the folder for writing, after it is known to be whole.
fn ready(
    dir: &Path,
    options: &Options,
    manifest: &Manifest,
    found: Vec<Found>,
) -> Result<(State, Writer), OpenError> {
    let volumes = volumes(dir);
    tidy(&volumes, manifest)?;
    let sealed = Sealed::all(&volumes, manifest);
    let sealed = Arc::new(sealed.into_iter().map(Arc::new).collect());
    let active = found
        .iter()
        .rposition(|found| !found.content.is_empty())
        .unwrap_or(0);
    let mut found = found.into_iter();
    let mut full = Vec::new();
    for one in found.by_ref().take(active) {
        full.push(Arc::new(one.content));
    }
    let cache_bytes = options.cache_bytes;
    let (active, previous) = if let Some(one) = found.next() {
        recovery::clear(&one)?;
        begin_filling(&one.content, cache_bytes);
        (one.content, one.previous)
    } else {
        let (tip, room) = (manifest.tip(), options.volume_bytes);
        let number = manifest.unsealed_from();
        let made = sealer::make_volume(&volumes, tip.log, number, room, cache_bytes)?;
        (Content::empty(Arc::new(made), tip), 0)
    };
    let mut next = None;
    for one in found {
        recovery::clear(&one)?;
        begin_filling(&one.content, cache_bytes);
        next.get_or_insert(one.content.volume);
    }
    let writer = Writer::new(Arc::clone(&active.volume.journal), active.end, previous);
    Ok((
        State {
            sealed,
            full,
            active,
            next,
        },
        writer,
    ))
}

/// Removes what an interrupted making or sealing of a volume left.
fn tidy(volumes: &Path, manifest: &Manifest) -> Result<(), OpenError> {
    for path in disk::entries(volumes)? {
        if path.extension().is_some_and(|extension| extension == "new") {
            disk::remove_tree(&path)?;
        }
    }
    if let Some(last) = u64::try_from(manifest.sealed.len())
        .ok()
        .filter(|count| *count > 0)
    {
        seal::remove_leftovers(&volume_dir(volumes, VolumeNumber::new(last)))?;
    }
    Ok(())
}

/// An empty volume gets an empty database. One with commits is filled by a later step, because
/// that takes too long for an opening; until then, commits are read from the journal.
fn begin_filling(content: &Content, cache_bytes: u64) {
    if !content.is_empty() {
        content.volume.to_fill.store(content.end, Ordering::Release);
    } else if let Some(store) = sealer::new_store(&content.volume.dir, cache_bytes) {
        content.volume.give_store(store);
    }
}
