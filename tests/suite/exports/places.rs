//! Where an export goes: nothing is overwritten unasked, and nothing half is left, however it ends.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use plansync_tests::binary::command;
use plansync_tests::program::{Ended, exit_code, run, run_in};

use super::tables::{exported, of_csv, of_sqlite};
use super::world::World;

pub(super) fn export(data: &Path, to: &Path, more: &[&str]) -> Ended {
    let words = [
        "audit",
        "export",
        "--data",
        data.to_str().unwrap(),
        "--to",
        to.to_str().unwrap(),
    ];
    run_in(&[], &[&words[..], more].concat())
}

pub(super) fn entries(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_kept_unless_it_is_an_export_that_may_be_replaced() {
    let mut world = World::new().await;
    world.stop();
    let data = world.data();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a.sqlite");
    fs::write(&file, "mine").unwrap();
    let refused = export(&data, &file, &[]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("already exists") && refused.err.contains("--replace"),
        "{refused:?}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    assert_eq!(export(&data, &file, &["--replace"]).code, Some(0));
    of_sqlite(&file);

    let folder = place.path().join("csv");
    exported(
        &folder,
        &["--data", data.to_str().unwrap(), "--format", "csv"],
    );
    let refused = export(&data, &folder, &["--format", "csv"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    fs::write(folder.join("thesis.txt"), "mine").unwrap();
    let refused = export(&data, &folder, &["--format", "csv", "--replace"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("`thesis.txt`"), "{refused:?}");
    fs::remove_file(folder.join("thesis.txt")).unwrap();
    fs::remove_file(folder.join("commits.csv")).unwrap();
    assert_eq!(
        export(&data, &folder, &["--format", "csv", "--replace"]).code,
        Some(0)
    );
    of_csv(&folder);
    // A file is no folder, and the other way round.
    // The earlier name of the option.
    assert_eq!(
        export(&data, &file, &["--format", "csv", "--force"]).code,
        Some(2)
    );
    assert_eq!(
        export(&data, &folder, &["--format", "sqlite", "--replace"]).code,
        Some(2)
    );
    assert_eq!(entries(place.path()), ["a.sqlite", "csv"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_before_anything_is_read() {
    let place = tempfile::tempdir().unwrap();
    let nowhere = Path::new("/nowhere/at/all");
    for (to, more, told) in [
        ("missing/a.sqlite", &[][..], "there is no folder"),
        ("college", &[], "--format csv"),
        ("..", &["--format", "csv"], "no name of a new file"),
    ] {
        let ended = export(nowhere, &place.path().join(to), more);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(told), "{ended:?}");
    }
    let to = place.path().join("a.sqlite");
    let dossier = export(nowhere, &to, &["--dossier"]);
    assert!(dossier.err.contains("--learner"), "{dossier:?}");
    assert_eq!(export(nowhere, &to, &[]).code, Some(4));
    assert!(entries(place.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_system_may_export_and_a_period_must_not_end_before_it_begins() {
    let world = World::new().await;
    let to = world.folder.path().join("a.sqlite");
    let words = [
        "audit",
        "export",
        "--to",
        to.to_str().unwrap(),
        "--tenant",
        "northgate",
    ];
    let ended = run(&world.nats.url(), &[&words[..], &["--as", "sam"]].concat());
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("only `system`"), "{ended:?}");
    let backwards = ["--from", "2026-05-02", "--until", "2026-05-01"];
    let ended = export(&world.data(), &to, &backwards);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("ends before it begins"), "{ended:?}");
    assert!(!to.exists());
}

fn started(place: &Path, source: &[&str]) -> Child {
    let to = place.join("a.sqlite");
    command()
        .args(["audit", "export", "--to", to.to_str().unwrap()])
        .args(source)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    // It may have ended meanwhile.
    let _ = Command::new("kill").args([name, &pid]).status().unwrap();
}

/// Waits until an export has begun to write.
fn begun(place: &Path, child: &mut Child) {
    while entries(place).is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_interrupted_leaves_nothing_and_a_killed_one_nothing_with_its_name() {
    let world = World::new().await;
    let (data, url) = (world.data(), world.nats.url());
    let data = data.to_str().unwrap();
    for source in [
        &["--data", data][..],
        &[
            "--nats-url",
            &url,
            "--tenant",
            "northgate",
            "--as",
            "system",
        ],
    ] {
        for name in ["-INT", "-TERM"] {
            let place = tempfile::tempdir().unwrap();
            let mut child = started(place.path(), source);
            begun(place.path(), &mut child);
            signal(&child, name);
            match exit_code(&mut child) {
                Some(130) => assert!(
                    entries(place.path()).is_empty(),
                    "{:?}",
                    entries(place.path())
                ),
                Some(0) => assert_eq!(entries(place.path()), ["a.sqlite"]),
                other => panic!("{other:?}"),
            }
        }
        let place = tempfile::tempdir().unwrap();
        let mut child = started(place.path(), source);
        begun(place.path(), &mut child);
        signal(&child, "-KILL");
        if exit_code(&mut child).is_none() {
            let left = entries(place.path());
            assert!(
                left.iter()
                    .all(|name| name.starts_with(".a.sqlite.partial-")),
                "{left:?}"
            );
        }
        // The next one is not disturbed by what is left.
        let to = place.path().join("a.sqlite");
        let ended = run_in(
            &[],
            &[
                &["audit", "export", "--replace", "--to", to.to_str().unwrap()],
                source,
            ]
            .concat(),
        );
        assert_eq!(ended.code, Some(0), "{ended:?}");
        of_sqlite(&to);
    }
}
