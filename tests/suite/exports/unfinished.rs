//! What a killed export leaves, and that nothing is lost in between: an export is on the disk before it has its name, and
//! has its name on the disk before an old one is removed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use plansync_tests::binary::plansync;
use plansync_tests::skipping::skip;

use super::places::{entries, export};
use super::tables::{exported, of_csv, of_sqlite};
use super::world::World;

/// What a killed export left beside a place.
fn leave(place: &Path, name: &str, files: &[&str]) {
    let folder = place.join(name);
    fs::create_dir(&folder).unwrap();
    for file in files {
        fs::write(folder.join(file), "everything").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_export_left_is_removed_by_the_next_one_to_the_same_place() {
    let mut world = World::new().await;
    world.stop();
    let place = tempfile::tempdir().unwrap();
    leave(
        place.path(),
        ".a.sqlite.partial-aB3xY9",
        &["tables-1", "tables-1-journal"],
    );
    // Of an export that runs, of another place, and of somebody who gave such a name.
    leave(place.path(), ".a.sqlite.partial-runs00", &["tables-1"]);
    leave(
        place.path(),
        ".a.sqlite.partial-1.partial-aB3xY9",
        &["tables-1"],
    );
    leave(
        place.path(),
        ".a.sqlite.partial-thesis",
        &["tables-1", "thesis.txt"],
    );
    let running = fs::File::open(place.path().join(".a.sqlite.partial-runs00")).unwrap();
    running.try_lock().unwrap();
    let to = place.path().join("a.sqlite");
    let ended = export(&world.data(), &to, &[]);
    assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
    of_sqlite(&to);
    let left = [
        ".a.sqlite.partial-1.partial-aB3xY9",
        ".a.sqlite.partial-runs00",
        ".a.sqlite.partial-thesis",
        "a.sqlite",
    ];
    assert_eq!(entries(place.path()), left);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_whose_replacement_was_killed_half_way_is_put_back() {
    let mut world = World::new().await;
    world.stop();
    let (data, place) = (world.data(), tempfile::tempdir().unwrap());
    let folder = place.path().join("csv");
    let source = ["--data", data.to_str().unwrap(), "--format", "csv"];
    exported(&folder, &source);
    let before = of_csv(&folder);
    let half = place.path().join(".csv.partial-aB3xY9");
    fs::create_dir_all(half.join("files")).unwrap();
    fs::rename(&folder, half.join("replaced")).unwrap();
    let refused = export(&data, &folder, &["--format", "csv"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("already exists"), "{refused:?}");
    assert_eq!(of_csv(&folder), before);
    assert_eq!(entries(place.path()), ["csv"]);
}

/// The system calls of an export that give names and make them durable, in order.
fn traced(data: &Path, to: &Path, more: &[&str]) -> Option<Vec<String>> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let calls = "trace=fsync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir";
    let ended = Command::new("strace")
        .args(["-f", "-y", "-qq", "-e", calls, "-o"])
        .arg(trace.path())
        .arg(plansync())
        .args(["audit", "export", "--data", data.to_str().unwrap()])
        .args(["--to", to.to_str().unwrap()])
        .args(more)
        .stdout(Stdio::null())
        .status();
    let Ok(status) = ended else {
        skip("strace is missing, so the order of system calls is not seen");
        return None;
    };
    assert!(status.success());
    let text = fs::read_to_string(trace.path()).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// The first call at or after a place that has these parts.
#[track_caller]
fn next(calls: &[String], from: usize, parts: &[&str]) -> usize {
    let mut rest = calls.iter().enumerate().skip(from);
    let found = rest.find(|(_, call)| parts.iter().all(|part| call.contains(part)));
    found
        .unwrap_or_else(|| panic!("no {parts:?} after {from}: {calls:#?}"))
        .0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_and_its_name_are_on_the_disk_before_the_old_one_is_removed() {
    let mut world = World::new().await;
    world.stop();
    let (data, place) = (world.data(), tempfile::tempdir().unwrap());
    let parent = format!("<{}>", fs::canonicalize(place.path()).unwrap().display());
    let file = place.path().join("a.sqlite");
    let Some(calls) = traced(&data, &file, &[]) else {
        return;
    };
    let synced = next(&calls, 0, &["fsync(", "tables-"]);
    let named = next(&calls, synced, &["a.sqlite\""]);
    next(&calls, named, &["fsync(", &parent]);

    let folder = place.path().join("csv");
    let csv = ["--format", "csv", "--replace"];
    exported(
        &folder,
        &["--data", data.to_str().unwrap(), "--format", "csv"],
    );
    let calls = traced(&data, &folder, &csv).unwrap();
    let table = next(&calls, 0, &["fsync(", "commits.csv"]);
    let files = next(&calls, table, &["fsync(", "/files>"]);
    let aside = next(&calls, files, &["rename", "/replaced\""]);
    let named = next(&calls, aside, &["rename", "/files\"", "/csv\""]);
    let durable = next(&calls, named, &["fsync(", &parent]);
    let is_removal = |call: &String| call.contains("unlink") && call.contains("commits.csv");
    let removed = calls.iter().position(is_removal).unwrap();
    assert!(durable < removed, "{calls:#?}");
}
