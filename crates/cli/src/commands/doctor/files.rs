//! Who may read and write the files of a data folder.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Gid, Group, Uid, User, access};

use super::check::{Check, Section};
use super::name::Name;
use crate::{paths, shell};

/// The files that are looked at: a log of thousands of volumes has more, and their owners do not differ.
const FILES_MAX: usize = 20_000;
/// How deep folders are looked into: the files of volumes are in `volumes/NUMBER/store`.
const DEPTH_MAX: usize = 5;
/// The permissions of others.
const OTHERS: u32 = 0o077;
/// Files that only their owner may read.
const PRIVATE: [&str; 4] = ["KEYS", "KEYS.new", "KEYS.key", "KEYS.key.new"];

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
                give(folder, Uid::effective().as_raw(), Gid::effective().as_raw())
            ),
        )),
    }
}

/// Whether all files belong to the owner of the folder, and whether others can read what is private.
pub(super) fn owners(folder: &Path, metadata: &Metadata) -> Vec<Check> {
    let mut checks = Vec::new();
    let (strange, unseen) = strangers(folder, metadata.uid());
    if let Some((first, owner)) = strange.first() {
        checks.push(Check::wrong(
            Name::Files,
            format!(
                "{} of the files in {} do not belong to its owner {}, such as {} of {}; the engine may not be able to \
                 use them",
                strange.len(),
                paths::shown(folder),
                user(metadata.uid()),
                paths::shown(first),
                user(*owner)
            ),
            Section::Permissions,
            format!("run `{}`", give(folder, metadata.uid(), metadata.gid())),
        ));
    }
    if let Some((path, error)) = unseen {
        checks.push(Check::wrong(
            Name::Files,
            format!("{} cannot be looked at: {error}", paths::shown(&path)),
            Section::Permissions,
            "run this as root, or as the owner of the folder",
        ));
    }
    for name in PRIVATE {
        let path = folder.join(name);
        let is_public = |found: Metadata| found.mode() & OTHERS != 0;
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
    if checks.is_empty() {
        let told = "the files belong to the owner of the folder, and nobody else can read the keys";
        checks.push(Check::ok(Name::Files, told));
    }
    checks
}

/// A file and its owner.
type Owned = (PathBuf, u32);

/// Files of others than this owner, and a folder that cannot be looked into.
fn strangers(folder: &Path, owner: u32) -> (Vec<Owned>, Option<(PathBuf, io::Error)>) {
    let (mut strange, mut unseen) = (Vec::new(), None);
    let (mut open, mut seen) = (vec![(folder.to_owned(), 0)], 0);
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
            let Ok(found) = entry.metadata() else {
                continue;
            };
            seen += 1;
            if found.uid() != owner {
                strange.push((entry.path(), found.uid()));
            }
            if found.is_dir() && depth < DEPTH_MAX {
                open.push((entry.path(), depth + 1));
            }
        }
        if seen > FILES_MAX {
            break;
        }
    }
    (strange, unseen)
}

/// The command that gives a folder to somebody.
fn give(folder: &Path, owner: u32, group: u32) -> String {
    let name = Group::from_gid(Gid::from_raw(group)).ok().flatten();
    let group = name.map_or_else(|| group.to_string(), |group| group.name);
    let folder = shell::word(&paths::exact(folder));
    format!("chown -R {}:{group} {folder}", user(owner))
}

/// The name of a user, or the number.
fn user(id: u32) -> String {
    let user = User::from_uid(Uid::from_raw(id)).ok().flatten();
    user.map_or_else(|| id.to_string(), |user| user.name)
}
