//! File systems that are full or read-only: small ones, in namespaces that are gone with the process.

use std::process::Command;

use plansync_tests::skipping::skip;

use super::world::{Told, World, doctor_by};

/// The exit code of a script that cannot mount.
const UNMOUNTED: i32 = 77;

/// Whether namespaces can be made here in which something can be mounted.
fn has_namespaces() -> bool {
    let unshared = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "true"])
        .output();
    unshared.is_ok_and(|ended| ended.status.success())
}

/// What the doctor says in a namespace in which a script has mounted something; `None` if nothing can be mounted here.
fn mounted(script: &str, url: &str, arguments: &[&str]) -> Option<Told> {
    if !has_namespaces() {
        skip("no namespaces can be made here (`unshare`)");
        return None;
    }
    let inner = format!("set -e; {{ {script}; }} || exit {UNMOUNTED}; exec \"$@\"");
    let outer = format!("exec unshare --user --map-root-user --mount sh -c '{inner}' sh \"$@\"");
    match doctor_by(&outer, url, arguments) {
        Ok(told) => Some(told),
        Err(ended) => {
            assert_eq!(ended.code, Some(UNMOUNTED), "{ended:?}");
            skip(format!("no file system can be mounted here: {}", ended.err));
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_a_read_only_one_and_a_small_folder_for_temporary_files_are_found() {
    let mut world = World::new().await;
    world.stop();
    let disk = tempfile::tempdir().unwrap();
    let (data, at) = (world.data(), disk.path().display().to_string());
    let copied = format!("cp -r {}/. {at}/", data.display());
    let url = world.nats.url();
    let arguments = ["--data", &*at];
    let small = format!("mount -t tmpfs -o size=32m none {at} && {copied}");
    let Some(told) = mounted(&small, &url, &arguments) else {
        return;
    };
    told.finds(
        ("data.space", "wrong"),
        "the-disk-is-full",
        &["MiB are free", "free up space"],
    );
    told.are_ok(&["data.folder", "data.log", "streams.commands"]);
    let read_only = format!("mount -t tmpfs none {at} && {copied} && mount -o remount,ro {at}");
    let told = mounted(&read_only, &url, &arguments).unwrap();
    told.finds(
        ("data.folder", "wrong"),
        "the-folder-is-read-only",
        &["is read-only", "mount the file system writable"],
    );
    let temporary = format!("mount -t tmpfs -o size=1m none {at} && export TMPDIR={at}");
    let told = mounted(&temporary, &url, &[]).unwrap();
    told.finds(
        ("process.temporary", "wrong"),
        "tmpdir-is-missing-or-small",
        &["MiB free", "set TMPDIR"],
    );
}
