//! The data folder: that it is there, its log, its keys, and the room on its disk. It is only read.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use plansync_log::backend::{GIVE_KEY, OpenError};
use plansync_log::environment;
use plansync_log::{Recorded, Tip};

use super::aside::aside;
use super::check::{Check, Section};
use super::files;
use super::name::Name;
use crate::backend;
use crate::erasure_key::ErasureKeyArguments;
use crate::observing::disk::Disk;
use crate::paths;

/// How long a disk may take to answer. The journals of a log are read, some volumes at most.
const DISK_PATIENCE: Duration = Duration::from_secs(7);
/// Without so many bytes, the next volume of the log cannot be made.
const VOLUME_BYTES: u64 = 64 << 20;
const NOT_READ: &str = "correct data.folder first";

/// What was found of a data folder.
#[derive(Debug, Default)]
pub(super) struct FolderFound {
    pub(super) checks: Vec<Check>,
    /// The id of the log.
    pub(super) log: Option<String>,
    /// The time of its last commit.
    pub(super) last: Option<Recorded>,
    /// Whether a process has it open, if that is known.
    pub(super) is_in_use: Option<bool>,
}

/// A log that was read.
struct LogFound {
    tip: Tip,
    is_in_use: bool,
}

impl FolderFound {
    /// Looks at the folder, if one is given.
    pub(super) async fn find(data: Option<&Path>, key: &ErasureKeyArguments) -> Self {
        let Some(data) = data else {
            let names = [
                Name::Folder,
                Name::Files,
                Name::Log,
                Name::Keys,
                Name::Space,
            ];
            return Self::without(
                names,
                "no data folder is given",
                "give it by `--data FOLDER`",
            );
        };
        let mut found = Self::default();
        // What a disk does not answer is not waited for by the others; the key may be on another one.
        let folder = data.to_owned();
        let looked = aside(DISK_PATIENCE, move || look(&folder));
        let (folder, of_log) = (data.to_owned(), key.clone());
        let opened = aside(DISK_PATIENCE, move || inspect(&folder, &of_log));
        let (folder, of_keys) = (data.to_owned(), key.clone());
        let keys = aside(DISK_PATIENCE, move || keys(&folder, &of_keys));
        let (looked, opened, keys) = tokio::join!(looked, opened, keys);
        let hangs = |name| hangs(name, data);
        match looked {
            Some(Ok(checks)) => found.checks.extend(checks),
            Some(Err(check)) => {
                let names = [Name::Files, Name::Log, Name::Keys, Name::Space];
                let mut without = Self::without(names, "the folder cannot be used", NOT_READ);
                without.checks.insert(0, check);
                return without;
            }
            None => found
                .checks
                .extend([Name::Folder, Name::Files, Name::Space].map(hangs)),
        }
        match opened {
            Some(Ok(log)) => found.has(&log),
            Some(Err(check)) => found.checks.push(check),
            None => found.checks.push(hangs(Name::Log)),
        }
        found.checks.push(keys.unwrap_or_else(|| hangs(Name::Keys)));
        found
            .checks
            .sort_by_key(|check| Name::ALL.iter().position(|name| *name == check.name));
        found
    }

    fn without(names: impl IntoIterator<Item = Name>, why: &str, advice: &str) -> Self {
        let check = |name| Check::not_checked(name, why, Section::IsItWell, advice);
        Self {
            checks: names.into_iter().map(check).collect(),
            ..Self::default()
        }
    }

    fn has(&mut self, log: &LogFound) {
        let tip = log.tip;
        let open = if log.is_in_use {
            "; a process has it open"
        } else {
            "; no process has it open"
        };
        let told = format!(
            "this version reads the log {} (incarnation {}) up to position {}{open}",
            tip.log, tip.incarnation, tip.position
        );
        self.checks.push(Check::ok(Name::Log, told));
        self.log = Some(tip.log.to_string());
        self.last = Some(tip.at);
        self.is_in_use = Some(log.is_in_use);
    }
}

fn hangs(name: Name, folder: &Path) -> Check {
    let seconds = DISK_PATIENCE.as_secs();
    let or_key = if [Name::Log, Name::Keys].contains(&name) {
        ", or that with the erasure key,"
    } else {
        ""
    };
    Check::not_checked(
        name,
        format!(
            "the disk with {}{or_key} did not answer within {seconds} s",
            paths::shown(folder)
        ),
        Section::DiskSilent,
        "see whether the disk is there and answers (`df`, `dmesg`, `iostat -x 1`)",
    )
}

/// The folder, its files, and its disk.
fn look(folder: &Path) -> Result<Vec<Check>, Check> {
    let metadata = match fs::metadata(folder) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => return Err(not_there(folder, "is not a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(not_there(folder, "does not exist"));
        }
        Err(error) => return Err(unseen(folder, &error)),
    };
    let mut checks = vec![files::folder(folder, &metadata)?];
    if backend::is_data_folder(folder) {
        checks.extend(files::owners(folder, &metadata));
    } else {
        checks.push(files::without_log(folder));
    }
    checks.push(space(folder, Disk::of(folder)));
    Ok(checks)
}

fn not_there(folder: &Path, what: &str) -> Check {
    Check::wrong(
        Name::Folder,
        format!("{} {what}", paths::shown(folder)),
        Section::Setting,
        "give the data folder of the engine (`--data`, PLANSYNC_DATA, `data` in [engine] of a settings file); an \
         engine that is started for the first time makes it",
    )
}

fn unseen(folder: &Path, error: &io::Error) -> Check {
    Check::wrong(
        Name::Folder,
        format!("{} cannot be looked at: {error}", paths::shown(folder)),
        Section::Permissions,
        "run this as root, or as the user of the engine",
    )
}

fn space(folder: &Path, disk: Option<Disk>) -> Check {
    let name = Name::Space;
    let Some(disk) = disk else {
        let why = "this system does not tell how much of a disk is free";
        return Check::not_checked(name, why, Section::DiskFull, "look at it by hand (`df`)");
    };
    let free = format!(
        "{} MiB are free on the disk with the data folder",
        disk.free_bytes >> 20
    );
    let advice = format!(
        "free up space on it, or move the folder to a larger disk (`df --human-readable {}`)",
        paths::shown(folder)
    );
    if disk.free_bytes < VOLUME_BYTES {
        Check::wrong(
            name,
            format!(
                "{free}, and the next volume of the log needs {}",
                VOLUME_BYTES >> 20
            ),
            Section::DiskFull,
            advice,
        )
    } else if disk.nearly_full().is_some() {
        let told = format!("{free} of {}", disk.bytes >> 20);
        Check::warning(name, told, Section::DiskFull, advice)
    } else {
        Check::ok(name, free)
    }
}

fn inspect(folder: &Path, key: &ErasureKeyArguments) -> Result<LogFound, Check> {
    // What is wrong with the key is a result of the check of the keys.
    let key = key.read_for(folder).ok().flatten();
    let inspection = backend::of_folder(folder, key).inspect();
    let inspection = inspection.map_err(|error| of_log(&error))?;
    Ok(LogFound {
        tip: inspection.tip(),
        is_in_use: inspection.is_in_use(),
    })
}

fn of_log(error: &OpenError) -> Check {
    let (name, said) = (Name::Log, error.to_string());
    match error {
        OpenError::NoLog { within: None, .. } => Check::warning(
            name,
            "there is no log in the folder yet",
            Section::NoEngine,
            "the engine begins one when it is started, if the folder has nothing else; if there was one before, see that this \
             is the right folder",
        ),
        OpenError::NoLog { .. } | OpenError::NotAFolder { .. } | OpenError::InTheWay { .. } => {
            let advice = "give the folder of the log by `--data`";
            Check::wrong(name, said, Section::Setting, advice)
        }
        OpenError::Newer { .. } => {
            let advice = "use the version of plansync that wrote it, or a newer one";
            Check::wrong(name, said, Section::Upgrade, advice)
        }
        OpenError::Io { source, .. } => Check::wrong(
            name,
            format!("{said} ({source})"),
            of_environment(source),
            environment::advice(source),
        ),
        OpenError::Locked { .. } | OpenError::Interrupted => {
            Check::not_checked(name, said, Section::IsItWell, "run this again")
        }
        OpenError::Behind { .. }
        | OpenError::Foreign { .. }
        | OpenError::Corrupt { .. }
        | OpenError::Keys { .. }
        | OpenError::NoErasureKey { .. } => Check::wrong(
            name,
            said,
            Section::Restore,
            "stop the engine, keep a copy of the folder, and see all of the damage with `plansync audit verify`",
        ),
    }
}

/// The section about an error of the file system.
fn of_environment(error: &io::Error) -> Section {
    let sections = [
        (ErrorKind::PermissionDenied, Section::Permissions),
        (ErrorKind::ReadOnlyFilesystem, Section::ReadOnly),
        (ErrorKind::StorageFull, Section::DiskFull),
        (ErrorKind::QuotaExceeded, Section::DiskFull),
    ];
    let known = sections.iter().find(|(kind, _)| *kind == error.kind());
    match known {
        Some((_, section)) => *section,
        None if environment::remedy(error).is_some() => Section::OpenFiles,
        None => Section::Restore,
    }
}

fn keys(folder: &Path, key: &ErasureKeyArguments) -> Check {
    let name = Name::Keys;
    let key = match key.read_for(folder) {
        Ok(key) => key,
        Err(error) => {
            let advice = "correct the file that `--erasure-key` or PLANSYNC_ERASURE_KEY names";
            return Check::wrong(name, error.to_string(), Section::Setting, advice);
        }
    };
    match backend::of_folder(folder, key).keys() {
        Ok(keys) if keys.tree().is_some() => Check::ok(
            name,
            "the keys of texts about persons are there and can be opened",
        ),
        Ok(_) => Check::warning(
            name,
            "the log has no keys yet: an earlier version wrote it, and texts about persons in it cannot be erased",
            Section::Upgrade,
            "the engine makes the keys when this version is started; see docs/erasure.md",
        ),
        Err(OpenError::NoLog { .. }) => Check::not_checked(
            name,
            "there is no log",
            Section::NoEngine,
            "the engine begins one when it is started",
        ),
        Err(OpenError::NoErasureKey { .. }) => Check::not_checked(
            name,
            "the keys are encrypted with a key that is kept elsewhere",
            Section::Setting,
            GIVE_KEY,
        ),
        Err(OpenError::Io { source, path, .. }) => Check::wrong(
            name,
            format!("{} cannot be read: {source}", paths::shown(&path)),
            of_environment(&source),
            environment::advice(&source),
        ),
        Err(error) => Check::wrong(
            name,
            error.to_string(),
            Section::Restore,
            "put back KEYS and KEYS.key from their latest copies; without them, names and reasons read as erased",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::check::State;
    use super::*;

    #[test]
    fn a_disk_without_room_for_a_volume_is_full() {
        let state = |free_bytes| {
            let disk = Disk {
                free_bytes,
                bytes: 100 << 30,
            };
            space(&PathBuf::from("/d"), Some(disk)).state
        };
        assert_eq!(state(50 << 30), State::Ok);
        assert_eq!(state(1 << 30), State::Warning);
        assert_eq!(state(VOLUME_BYTES), State::Warning);
        assert_eq!(state(VOLUME_BYTES - 1), State::Wrong);
        assert_eq!(space(&PathBuf::from("/d"), None).state, State::NotChecked);
    }

    #[test]
    fn damage_and_faults_of_the_environment_have_sections_of_their_own() {
        let section = |error: &OpenError| of_log(error).help.map(|help| help.section);
        let io = |kind: ErrorKind| OpenError::Io {
            doing: "read",
            path: PathBuf::from("/d/HEAD"),
            source: kind.into(),
        };
        let denied = section(&io(ErrorKind::PermissionDenied));
        assert_eq!(denied, Some(Section::Permissions));
        let full = section(&io(ErrorKind::StorageFull));
        assert_eq!(full, Some(Section::DiskFull));
        let newer = OpenError::Newer {
            path: PathBuf::from("/d/MANIFEST"),
            format: 9,
        };
        assert_eq!(section(&newer), Some(Section::Upgrade));
        let damaged = OpenError::Corrupt {
            path: PathBuf::from("/d/HEAD"),
            what: "it is gone".to_owned(),
            remedy: "put it back",
        };
        assert_eq!(section(&damaged), Some(Section::Restore));
    }
}
