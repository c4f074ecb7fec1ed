//! What the file system refuses: each refusal says what was being done, where, and what to do; and
//! what only reads goes on.

use plansync_log::backend::unwatched;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{env, fs};

use plansync_log::Position;
use plansync_log::backend::Backend as _;
use plansync_log::contract::all;
use plansync_sled::{Folder as Look, SledBackend, SledLog, reindex, verify};

use crate::folder::{Folder, small};
use crate::namespace::{self, FOLDER};
use crate::verify::closed;

const READ_ONLY: &str = r#"
unshare --user --map-root-user --mount true || exit 77
exec unshare --user --map-root-user --mount sh -c \
    'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 77; exec "$@"' "$0" "$@"
"#;
const WITHOUT_RIGHTS: &str = r#"
unshare --user true || exit 77
exec unshare --user "$@"
"#;

/// How many commits a view of the folder has, all of which are read.
fn viewed(dir: &Path) -> usize {
    let temporary = tempfile::tempdir().unwrap();
    let view = SledBackend::new(dir, small()).view(temporary.path());
    all(&*view.unwrap().read).len()
}

fn folder() -> PathBuf {
    PathBuf::from(env::var_os(FOLDER).unwrap())
}

fn refusal(dir: &Path) -> String {
    let Err(error) = SledLog::open(dir, small()) else {
        panic!("the log must not open");
    };
    error.to_string().replace(&dir.display().to_string(), "DIR")
}

#[test]
fn a_file_is_no_folder() {
    let folder = Folder::new();
    fs::write(folder.path(), "text").unwrap();
    let text = "DIR is not a folder; give the data folder of a log";
    assert_eq!(folder.refusal(), text);
    let report = verify(&folder.path(), &mut unwatched);
    let found = report.findings[0].to_string();
    assert_eq!(
        found.replace(&folder.path().display().to_string(), "DIR"),
        "damage: DIR: it is not a folder; give the data folder of a log"
    );
    let error = reindex(&folder.path(), &mut unwatched).unwrap_err();
    assert_eq!(
        error
            .to_string()
            .replace(&folder.path().display().to_string(), "DIR"),
        text
    );
}

#[test]
fn a_log_on_a_read_only_file_system_is_read_but_not_opened() {
    let (folder, _) = closed();
    namespace::run(READ_ONLY, &folder.path(), "refused::read_only");
}

#[test]
#[ignore = "run by the test above, on a read-only file system"]
fn read_only() {
    let dir = folder();
    assert_eq!(
        refusal(&dir),
        "cannot open DIR/LOCK: the file system is read-only; mount it writable"
    );
    let look = Look::look(&dir).unwrap();
    let mut count = 0;
    look.commits(Position::FIRST, &mut |page| {
        count += page.len();
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(count, 240);
    let report = verify(&dir, &mut unwatched);
    assert_eq!((report.commits, report.findings), (240, Vec::new()));
    assert_eq!(viewed(&dir), 240);
}

#[test]
fn a_log_that_may_not_be_written_is_read_but_not_opened() {
    let (folder, _) = closed();
    let lock = folder.path().join("LOCK");
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o400)).unwrap();
    namespace::run(WITHOUT_RIGHTS, &folder.path(), "refused::not_writable");
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
#[ignore = "run by the test above, without rights"]
fn not_writable() {
    let dir = folder();
    assert_eq!(
        refusal(&dir),
        "cannot open DIR/LOCK: permission is denied; grant access to the user who runs this program"
    );
    assert_eq!(verify(&dir, &mut unwatched).findings, Vec::new());
    assert_eq!(viewed(&dir), 240);
}

#[test]
fn a_log_that_may_not_be_read_is_neither_opened_nor_whole() {
    let (folder, _) = closed();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o000)).unwrap();
    namespace::run(WITHOUT_RIGHTS, &folder.path(), "refused::not_readable");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
#[ignore = "run by the test above, without rights"]
fn not_readable() {
    let dir = folder();
    let remedy = "permission is denied; grant access to the user who runs this program";
    assert_eq!(refusal(&dir), format!("cannot open DIR/LOCK: {remedy}"));
    let error = Look::look(&dir).unwrap_err().to_string();
    assert_eq!(
        error.replace(&dir.display().to_string(), "DIR"),
        format!("cannot read DIR/MANIFEST: {remedy}")
    );
    let temporary = tempfile::tempdir().unwrap();
    let view = SledBackend::new(&dir, small()).view(temporary.path());
    assert_eq!(view.unwrap_err().to_string(), error);
    let report = verify(&dir, &mut unwatched);
    let texts: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            finding
                .to_string()
                .replace(&dir.display().to_string(), "DIR")
        })
        .collect();
    let denied = "cannot read it (Permission denied (os error 13))";
    assert_eq!(
        texts,
        [
            format!("unchecked: DIR/MANIFEST: {denied}; {remedy}"),
            format!("unchecked: DIR/HEAD: {denied}; {remedy}"),
        ]
    );
}
