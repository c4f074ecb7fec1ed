//! Who may read and write the files of a data folder.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Group, Uid, User, access};

use super::check::{Check, Section};
use super::name::Name;
use crate::{backend, paths, shell};

/// The files that are looked at: a log of thousands of volumes has more, and their owners do not differ.
const FILES_MAX: u64 = 20_000;
/// How deep folders are looked into: the files of volumes are in `volumes/NUMBER/store`.
const DEPTH_MAX: usize = 5;
/// The permissions of the group, and those of others.
const WHOLE_GROUP: u32 = 0o070;
const OTHERS: u32 = 0o007;
/// Files that only their owner may read.
const PRIVATE: [&str; 4] = ["KEYS", "KEYS.new", "KEYS.key", "KEYS.key.new"];
/// A folder of the file system, at its root; it belongs to root.
const OF_FILE_SYSTEM: &str = "lost+found";
/// The user and the data folder of the unit of the package.
const UNIT_USER: &str = "plansync";
const UNIT_FOLDER: &str = "/var/lib/plansync";

/// Whether this user can use the folder; what is wrong otherwise.
pub(super) fn folder(folder: &Path, metadata: &Metadata) -> Result<Check, Check> {
    let shown = paths::shown(folder);
    let all = AccessFlags::R_OK | AccessFlags::W_OK | AccessFlags::X_OK;
    match access(folder, all) {
        Ok(()) => Ok(Check::ok(
            Name::Folder,
            format!("{shown} can be read and written by this user"),
        )),
        Err(Errno::EROFS) => Err(Check::wrong(
            Name::Folder,
            format!("the file system with {shown} is read-only"),
            Section::ReadOnly,
            "look at the disk first (`dmesg`); then mount the file system writable, and restart the engine",
        )),
        Err(error) => Err(Check::wrong(
            Name::Folder,
            format!(
                "this user ({}) cannot use {shown}, which belongs to {}: {error}",
                user(Uid::effective().as_raw()),
                user(metadata.uid())
            ),
            Section::Permissions,
            format!(
                "run this as root or as that user; if the engine runs as this user, `{}`",
                give(folder, Uid::effective().as_raw())
            ),
        )),
    }
}

/// Whether the files belong to the user who must use them, and whether others can read what is private.
pub(super) fn owners(folder: &Path, metadata: &Metadata) -> Vec<Check> {
    let (seen, unseen) = seen(folder, FILES_MAX);
    let users = Users {
        own: Uid::effective().as_raw(),
        unit: of_unit(folder),
    };
    let mut checks = Vec::new();
    let wanted = users.wanted(&seen, metadata.uid());
    checks.extend(foreign(folder, &seen, wanted));
    if users.own == 0 {
        checks.extend(unusable(folder, metadata, wanted));
    }
    if let (0, Some(unit)) = (wanted, users.unit) {
        checks.push(of_root(folder, unit));
    }
    if let Some((path, error)) = unseen {
        checks.push(Check::wrong(
            Name::Files,
            format!("{} cannot be looked at: {error}", paths::shown(&path)),
            Section::Permissions,
            "run this as root, or as the owner of the folder",
        ));
    }
    checks.extend(public(folder, metadata, wanted));
    if checks.is_empty() {
        let all = if seen.is_all {
            "the files".to_owned()
        } else {
            format!("the first {FILES_MAX} files, of more,")
        };
        let told = format!(
            "{all} belong to {}, and nobody else can read the keys",
            user(wanted)
        );
        checks.push(Check::ok(Name::Files, told));
    }
    checks
}

/// A folder without a log. Nothing is said of the owners of its files, which may be anybody's.
pub(super) fn without_log(folder: &Path) -> Check {
    if !backend::has_strangers(folder) {
        return Check::ok(Name::Files, "there is nothing in the folder yet");
    }
    Check::wrong(
        Name::Files,
        format!(
            "{} has files, but no log: it is no data folder, and the engine begins no log in it",
            paths::shown(folder)
        ),
        Section::Setting,
        "give the data folder of the engine (`--data`, PLANSYNC_DATA, `data` in [engine] of a settings file); a new \
         engine needs a folder of its own",
    )
}

/// A folder that the user of its files cannot use; root can use everything.
fn unusable(folder: &Path, metadata: &Metadata, wanted: u32) -> Option<Check> {
    let mode = metadata.mode();
    let is_usable =
        metadata.uid() == wanted || mode & WHOLE_GROUP == WHOLE_GROUP || mode & OTHERS == OTHERS;
    if is_usable || wanted == 0 {
        return None;
    }
    Some(Check::wrong(
        Name::Files,
        format!(
            "{} belongs to {}, and {}, to whom its files belong, cannot use it",
            paths::shown(folder),
            user(metadata.uid()),
            user(wanted)
        ),
        Section::Permissions,
        format!("run `{}`", give(folder, wanted)),
    ))
}

/// The folder of the unit, as root has restored or copied it.
fn of_root(folder: &Path, unit: u32) -> Check {
    Check::warning(
        Name::Files,
        format!(
            "everything in {} belongs to root, and the engine of the unit `{UNIT_USER}` runs as {}",
            paths::shown(folder),
            user(unit)
        ),
        Section::Permissions,
        format!("run `{}`, unless root runs the engine", give(folder, unit)),
    )
}

/// Files that do not belong to whom they must belong to.
fn foreign(folder: &Path, seen: &Seen, wanted: u32) -> Option<Check> {
    let strange = seen.owners.iter().filter(|(owner, _)| **owner != wanted);
    let count: u64 = strange.clone().map(|(_, owned)| owned.count).sum();
    let (owner, files) = strange.clone().next()?;
    let of = if seen.is_all {
        String::new()
    } else {
        format!(" (of {FILES_MAX} that were looked at)")
    };
    let (them, belong) = if count == 1 {
        ("file", "belongs")
    } else {
        ("files", "belong")
    };
    Some(Check::wrong(
        Name::Files,
        format!(
            "{count} {them}{of} in {} {belong} to others than {}, to whom the rest belongs, such as {} of {}; the \
             engine may not be able to use them",
            paths::shown(folder),
            user(wanted),
            paths::shown(&files.first),
            user(*owner)
        ),
        Section::Permissions,
        format!("run `{}`", give(folder, wanted)),
    ))
}

/// Keys that others than their owner can read.
fn public(folder: &Path, metadata: &Metadata, wanted: u32) -> Vec<Check> {
    let mut checks = Vec::new();
    for name in PRIVATE {
        let path = folder.join(name);
        let is_public = |found: Metadata| {
            // A volume that is mounted for a group (`fsGroup` of Kubernetes) gives that group all files, each time.
            let is_of_volume = metadata.uid() != wanted
                && metadata.gid() == found.gid()
                && metadata.mode() & WHOLE_GROUP == WHOLE_GROUP;
            let denied = if is_of_volume {
                OTHERS
            } else {
                WHOLE_GROUP | OTHERS
            };
            found.mode() & denied != 0
        };
        if fs::symlink_metadata(&path).is_ok_and(is_public) {
            checks.push(Check::wrong(
                Name::Files,
                format!(
                    "others than its owner can read {}, which has keys",
                    paths::shown(&path)
                ),
                Section::Permissions,
                format!("run `chmod 600 {}`", shell::word(&paths::exact(&path))),
            ));
        }
    }
    checks
}

/// Users who may have to use the files.
struct Users {
    /// The user of this process.
    own: u32,
    /// The user of the engine's unit, if the folder is that of the unit.
    unit: Option<u32>,
}

impl Users {
    /// The user to whom the files must belong. The owner of the folder tells nothing: a volume that is mounted there
    /// belongs to root, whoever uses it.
    fn wanted(&self, seen: &Seen, of_folder: u32) -> u32 {
        if self.own != 0 {
            return self.own;
        }
        let owns = |unit: &u32| *unit == of_folder || seen.owners.contains_key(unit);
        if let Some(unit) = self.unit.filter(owns) {
            return unit;
        }
        let most = seen.owners.iter().max_by_key(|(_, owned)| owned.count);
        most.map_or(of_folder, |(owner, _)| *owner)
    }
}

/// The user of the unit of the package, if this is its folder.
fn of_unit(folder: &Path) -> Option<u32> {
    let is_of_unit = fs::canonicalize(folder).is_ok_and(|path| path == Path::new(UNIT_FOLDER));
    let user = is_of_unit.then(|| User::from_name(UNIT_USER).ok().flatten());
    Some(user.flatten()?.uid.as_raw())
}

/// The files of one owner.
#[derive(Debug, PartialEq, Eq)]
struct Owned {
    count: u64,
    /// One of them.
    first: PathBuf,
}

/// The files that were looked at.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// By their owner.
    owners: BTreeMap<u32, Owned>,
    /// Whether there are no more.
    is_all: bool,
}

impl Seen {
    fn add(&mut self, owner: u32, path: impl FnOnce() -> PathBuf) {
        let files = self.owners.entry(owner).or_insert_with(|| Owned {
            count: 0,
            first: path(),
        });
        files.count += 1;
    }
}

/// The owners of the first files in a folder, and a folder in it that cannot be looked into.
fn seen(folder: &Path, files_max: u64) -> (Seen, Option<(PathBuf, io::Error)>) {
    let (mut found, mut unseen) = (Seen::default(), None);
    let (mut open, mut count) = (vec![(folder.to_owned(), 0)], 0);
    while let Some((folder, depth)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // The engine removes files meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                unseen = unseen.or(Some((folder, error)));
                continue;
            }
        };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if depth == 0 && entry.file_name() == OF_FILE_SYSTEM {
                continue;
            }
            if count == files_max {
                return (found, unseen);
            }
            count += 1;
            found.add(metadata.uid(), || entry.path());
            if metadata.is_dir() && depth < DEPTH_MAX {
                open.push((entry.path(), depth + 1));
            }
        }
    }
    found.is_all = true;
    (found, unseen)
}

/// The command that gives a folder to somebody.
fn give(folder: &Path, owner: u32) -> String {
    let known = User::from_uid(Uid::from_raw(owner)).ok().flatten();
    let group = known.and_then(|user| Group::from_gid(user.gid).ok().flatten());
    // Without a name, only the owner: the group may be that of a mounted volume.
    let group = group.map_or_else(String::new, |group| format!(":{}", group.name));
    let folder = shell::word(&paths::exact(folder));
    format!("chown -R {}{group} {folder}", user(owner))
}

/// The name of a user, or the number.
fn user(id: u32) -> String {
    let user = User::from_uid(Uid::from_raw(id)).ok().flatten();
    user.map_or_else(|| id.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const ROOT: u32 = 0;
    const ENGINE: u32 = 65_532;
    const OTHER: u32 = 1_000;

    fn files(owners: &[(&str, u32)]) -> Seen {
        let mut seen = Seen {
            is_all: true,
            ..Seen::default()
        };
        for (path, owner) in owners {
            seen.add(*owner, || PathBuf::from(path));
        }
        seen
    }

    fn wanted(own: u32, unit: Option<u32>, seen: &Seen, of_folder: u32) -> u32 {
        Users { own, unit }.wanted(seen, of_folder)
    }

    #[test]
    fn the_root_of_a_mounted_volume_does_not_tell_who_must_use_its_files() {
        let seen = files(&[("/d/LOCK", ENGINE), ("/d/KEYS", ENGINE)]);
        for own in [ENGINE, ROOT] {
            assert_eq!(wanted(own, None, &seen, ROOT), ENGINE);
        }
        assert_eq!(foreign(Path::new("/d"), &seen, ENGINE), None);
    }

    #[test]
    fn what_root_left_in_the_folder_of_another_user_is_to_be_given_to_that_user() {
        let seen = files(&[("/d/LOCK", ROOT), ("/d/KEYS", OTHER), ("/d/HEAD", OTHER)]);
        assert_eq!(wanted(ROOT, None, &seen, OTHER), OTHER);
        let check = foreign(Path::new("/d"), &seen, OTHER).unwrap();
        assert!(check.message.starts_with("1 file in /d belongs to others"));
        assert!(check.message.contains("/d/LOCK of root"));
        let advice = check.help.unwrap().advice;
        assert!(advice.starts_with("run `chown -R "), "{advice}");
        assert!(!advice.contains("root"), "{advice}");
        let more = files(&[("/d/KEYS", ROOT), ("/d/HEAD", ROOT), ("/d/LOCK", OTHER)]);
        assert_eq!(wanted(ROOT, Some(OTHER), &more, ROOT), OTHER);
    }

    #[test]
    fn a_folder_that_was_restored_by_root_belongs_to_root() {
        let seen = files(&[("/d/LOCK", ROOT), ("/d/KEYS", ROOT)]);
        assert_eq!(wanted(ROOT, Some(OTHER), &seen, ROOT), ROOT);
        assert_eq!(wanted(ROOT, Some(OTHER), &seen, OTHER), OTHER);
        assert_eq!(wanted(ROOT, None, &files(&[]), ROOT), ROOT);
    }

    #[test]
    fn no_more_files_than_the_bound_are_looked_at_in_one_folder_and_none_of_the_file_systems_own() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(OF_FILE_SYSTEM)).unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        let count = |files_max| {
            let (found, unseen) = seen(folder.path(), files_max);
            assert!(unseen.is_none());
            let count: u64 = found.owners.values().map(|owned| owned.count).sum();
            (count, found.is_all)
        };
        assert_eq!(count(2), (2, false));
        assert_eq!(count(3), (3, true));
    }

    #[test]
    fn a_volume_that_is_mounted_for_a_group_is_usable_and_its_keys_may_be_of_that_group() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let keys = path.join("KEYS");
        fs::write(&keys, b"").unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(path, 0o770);
        mode(&keys, 0o660);
        let metadata = fs::metadata(path).unwrap();
        // Whoever runs this test owns the folder, as root owns that of a volume.
        let (of_volume, own) = (metadata.uid() + 1, metadata.uid());
        assert_eq!(unusable(path, &metadata, of_volume), None);
        assert_eq!(public(path, &metadata, of_volume), []);
        assert_eq!(public(path, &metadata, own).len(), 1);
        mode(&keys, 0o664);
        assert_eq!(public(path, &metadata, of_volume).len(), 1);
        mode(path, 0o700);
        let metadata = fs::metadata(path).unwrap();
        assert!(unusable(path, &metadata, of_volume).is_some());
    }
}
