//! Data folders and backups: paths that are no text, readers that are gone, mounts.

use plansync_tests::binary::plansync;
use plansync_tests::skipping::skip;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;
use std::process::Stdio;

use super::{command, json_of, log};

#[tokio::test]
async fn a_path_that_is_no_text_is_shown_with_its_bytes() {
    let (around, folder) = log().await;
    let named = |name: &[u8]| around.path().join(OsStr::from_bytes(name));
    let (data, restored) = (named(b"l\xff"), named(b"r\xff\\"));
    std::fs::rename(folder, &data).unwrap();
    let file = named(b"b\xff");
    let backup = command(&["backup", "--output", "json", "--data"])
        .args([&data, &file])
        .output()
        .unwrap();
    assert_eq!(backup.status.code(), Some(0), "{backup:?}");
    let said = json_of(&backup)["file"].clone();
    assert!(said.as_str().unwrap().ends_with("/b\\xff"), "{said}");
    let restore = command(&["restore", "--output", "json", "--data"])
        .args([&restored, &file])
        .output()
        .unwrap();
    assert_eq!(restore.status.code(), Some(0), "{restore:?}");
    let said = json_of(&restore)["data"].clone();
    assert!(said.as_str().unwrap().ends_with("/r\\xff\\\\"), "{said}");
    let verify = command(&["audit", "verify", "--output", "json", "--data"])
        .arg(&restored)
        .output()
        .unwrap();
    assert_eq!(verify.status.code(), Some(0), "{verify:?}");
}

#[tokio::test]
async fn a_hint_can_be_typed_as_it_is_printed() {
    let (around, folder) = log().await;
    let file = around.path().join("b");
    let backup = command(&["backup", "--data"])
        .args([&folder, &file])
        .status();
    assert!(backup.unwrap().success());
    let data = around.path().join("a;touch x");
    let restore = command(&["restore", "--data"])
        .args([&data, &file])
        .output()
        .unwrap();
    let said = String::from_utf8(restore.stdout).unwrap();
    let expected = format!("plansync serve --data '{}'", data.display());
    assert!(said.contains(&expected), "{said}");
}

#[tokio::test]
async fn a_reader_that_is_gone_does_not_change_what_was_found_and_a_full_disk_is_told() {
    let (_around, folder) = log().await;
    let head = folder.join("HEAD");
    std::fs::write(&head, b"").unwrap();
    let verify = |out: Stdio| {
        let mut verify = command(&["audit", "verify", "--data"]);
        verify.arg(&folder).stdout(out).stderr(Stdio::piped());
        verify.spawn().unwrap().wait_with_output().unwrap()
    };
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(verify(writer.into()).status.code(), Some(4));
    let help = |out: Stdio| command(&["--help"]).stdout(out).status().unwrap().code();
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    assert_eq!(verify(full().into()).status.code(), Some(5));
    assert_eq!(help(full().into()), Some(5));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(help(writer.into()), Some(0));
}

/// A folder on which another is mounted, of the same file system, in a namespace of its own.
#[tokio::test]
async fn a_restore_onto_a_mount_is_refused_before_its_work() {
    let (around, folder) = log().await;
    let [file, other, target] = ["b", "other", "target"].map(|name| around.path().join(name));
    let backup = command(&["backup", "--data"])
        .args([&folder, &file])
        .status();
    assert!(backup.unwrap().success());
    std::fs::create_dir(&other).unwrap();
    std::fs::create_dir(&target).unwrap();
    // An archive that would be refused too, if it were read.
    std::fs::write(&file, "no archive").unwrap();
    let script = "mount --bind \"$1\" \"$2\" || exit 77; exec \"$3\" restore \"$4\" --data \"$2\"";
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .args([&other, &target, &plansync(), &file])
        .output();
    match output {
        Ok(output) if output.status.code() == Some(2) => {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains(" is a mount point"), "{said}");
        }
        skipped => {
            let code = skipped.map(|output| output.status.code());
            let cannot = matches!(code, Err(_) | Ok(Some(1 | 77)));
            assert!(cannot, "{code:?}");
            skip("nothing can be mounted here");
        }
    }
}
